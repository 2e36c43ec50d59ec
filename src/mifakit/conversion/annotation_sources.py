"""What the files of an annotation set say of one image, read and looked over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.annotations.base import Grid
from mifakit.annotations.inspection.coordinates import without_nonfinite
from mifakit.annotations.inspection.layers import inspect
from mifakit.annotations.joining import join_layers
from mifakit.annotations.model import Labels, Layer
from mifakit.annotations.opening import open_annotations
from mifakit.annotations.raster.colour_mask import colour_labels
from mifakit.annotations.raster.label_file import read_label_file
from mifakit.annotations.raster.label_image import LabelImage
from mifakit.annotations.raster.object_files import read_object_files
from mifakit.conversion.plan import AnnotationJob, AnnotationSource, Job
from mifakit.findings import Finding, Place
from mifakit.metadata.image_formats import COLOUR_MASK, FILE_PER_OBJECT, IMAGE_FORMATS, LABEL_IMAGE
from mifakit.readers.base import full_region
from mifakit.readers.registry import open_image


@dataclass(frozen=True)
class Content:
    """What the files of a set say of one image.

    Attributes
    ----------
    image
        The label image of image files, if there is one; open.
    layers
        The rest, without what is nowhere.
    findings
        All that was noticed.
    """

    image: LabelImage | None
    layers: list[Layer]
    findings: list[Finding]


@contextmanager
def read_content(said: AnnotationJob, job: Job, grid: Grid, lab_folder: Path) -> Iterator[Content]:
    """Read what the files of a set say of one image, and look it over.

    Raises
    ------
    MifaError
        What the formats find.
    """
    layers: list[Layer] = []
    findings: list[Finding] = []
    for source in said.sources:
        place = source.origin.place
        if source.format == COLOUR_MASK:
            labels, unknown = _colours(source, said, job, lab_folder)
            layers.append(labels)
            findings += unknown
        elif source.format not in IMAGE_FORMATS:
            file = open_annotations(lab_folder / source.origin.path, source.format, said.options)
            annotation = file.read(source.origin.scene, grid)
            layers += annotation.layers
            # Its format knows it by another path.
            findings += [replace(finding, place=place) for finding in annotation.findings]
    in_images = [source for source in said.sources if source.format in (LABEL_IMAGE, FILE_PER_OBJECT)]
    with _opened(in_images, said, job, lab_folder) if in_images else nullcontext() as image:
        kept, noticed = _inspected(join_layers(layers), grid, job.facts.acquisition.acquired, said.place)
        yield Content(image, kept, findings + noticed)


def _inspected(
    layers: Sequence[Layer], grid: Grid, acquired: str | None, place: Place
) -> tuple[list[Layer], list[Finding]]:
    """Return the layers without what is nowhere, and all that was noticed of them."""
    kept: list[Layer] = []
    findings: list[Finding] = []
    for layer in layers:
        finite, noticed = without_nonfinite(layer, place)
        kept.append(finite)
        findings += noticed
    return kept, [*findings, *inspect(kept, grid, acquired, place)]


@contextmanager
def _opened(
    sources: Sequence[AnnotationSource], said: AnnotationJob, job: Job, lab_folder: Path
) -> Iterator[LabelImage]:
    if sources[0].format == FILE_PER_OBJECT:
        files = [(source.origin.path, lab_folder / source.origin.path) for source in sources]
        yield read_object_files(files, job.facts, lambda path: open_image(path, said.axes))
    else:
        with sources[0].origin.open(lab_folder, said.axes) as opened:
            yield read_label_file(opened, job.facts, sources[0].origin.place)


def _colours(
    source: AnnotationSource, said: AnnotationJob, job: Job, lab_folder: Path
) -> tuple[Labels, tuple[Finding, ...]]:
    with source.origin.open(lab_folder, said.axes) as opened:
        pixels: npt.NDArray[Any] = opened.read(full_region(opened.facts.shape))
        channel = opened.facts.axes.index("c")
    colours = np.moveaxis(pixels, channel, -1).reshape(*job.shape[-2:], -1)
    return colour_labels(colours, said.options.legend, source.origin.place)
