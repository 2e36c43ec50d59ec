"""The label images of an annotation set: taken from image files, or drawn of masks and shapes, and written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mifakit.annotations.base import Grid
from mifakit.annotations.inspection.objects import in_pieces, rows_and_objects, without_background
from mifakit.annotations.inspection.tracks import missing_frames
from mifakit.annotations.joining import join_objects
from mifakit.annotations.model import (
    Labels,
    Layer,
    Lineage,
    Masks,
    Objects,
    Shapes,
    Table,
)
from mifakit.annotations.raster.label_image import LabelImage
from mifakit.annotations.raster.label_properties import LabelProperties, properties_of
from mifakit.annotations.raster.raster_labels import Rule, rasterised
from mifakit.conversion.plan import AnnotationJob, Job
from mifakit.conversion.workbench import OpenSample
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.metadata.image_formats import COLOUR_MASK, LABEL_IMAGE
from mifakit.ngff.levels import downsample_mode, downsample_stride
from mifakit.ngff.metadata import label_group, multiscales
from mifakit.ngff.store import write_group
from mifakit.ngff.writing import write_multiscale

_METHODS = {"mode": downsample_mode, "stride": downsample_stride}


@dataclass(frozen=True)
class Labelled:
    """A label image of a set, by its name in the image, and what is said of each of its objects."""

    name: str
    labels: LabelImage
    found: LabelProperties
    said: Objects


def label_images(
    image: LabelImage | None, layers: Sequence[Layer], said: AnnotationJob, job: Job, grid: Grid
) -> list[Labelled]:
    """Return the label images of a set: of image files, or of masks and shapes in annotation files."""
    drawn = [
        layer
        for layer in layers
        if isinstance(layer, (Masks, Labels)) or (isinstance(layer, Shapes) and said.rasterise != "no")
    ]
    if image is None and not drawn:
        return []
    tables = [layer.objects for layer in layers if isinstance(layer, Table)]
    if image is not None:
        if drawn:
            message = f"set {said.annotation_set} has label images in image files and in annotation files"
            raise MifaError("MIFA210", message, job.origin.place, "make a second annotation set")
        return [_labelled(said.annotation_set, image, Objects(0), tables)]
    rule = Rule.ORDER if said.rasterise == "no" else Rule(said.rasterise)
    made = rasterised(drawn, grid, job.facts.axes.replace("c", ""), rule, said.place)
    objects = join_objects([layer.objects for layer in drawn])
    begins = np.cumsum([0, *(layer.objects.count for layer in drawn)])
    labelled = []
    for number, labels in enumerate(made.images):
        here = made.placement.images == number
        places = begins[made.placement.layers[here]] + made.placement.objects[here]
        own = replace(objects.take(places), label=made.placement.labels[here].astype(np.int64))
        # Sets have no dot in their names: a further label image has no other set's.
        name = f"{said.annotation_set}.{number + 1}" if number else said.annotation_set
        labelled.append(_labelled(name, labels, own, tables))
    return labelled


def _labelled(name: str, labels: LabelImage, own: Objects, tables: Sequence[Objects]) -> Labelled:
    """Measure a label image, and look up what is said of its objects: where they come from, or in tables of the set."""
    return Labelled(name, labels, properties_of(labels), join_objects([own, *tables]) if tables else own)


def inspected_labels(labelled: Sequence[Labelled], layers: Sequence[Layer], said: AnnotationJob) -> Iterator[Finding]:
    """Yield what was noticed of label images, and of tables about their objects and tracks."""
    place = said.place
    for one in labelled:
        yield from one.labels.findings
        if not _labels_are_classes(said):
            yield from in_pieces(one.found, place)
            yield from without_background(one.labels, one.found, place)
    for layer in layers:
        if isinstance(layer, Table) and labelled:
            ids = np.unique(np.concatenate([one.labels.ids for one in labelled])).astype(np.int64)
            yield from rows_and_objects(layer.objects, Objects(len(ids), label=ids), place)
        if isinstance(layer, Lineage) and labelled:
            yield from missing_frames(layer, labelled[0].found, place)


def _labels_are_classes(said: AnnotationJob) -> bool:
    """Whether label values are classes: they lie here and there, and one of them may be the background."""
    formats = {source.format for source in said.sources}
    return COLOUR_MASK in formats or (LABEL_IMAGE in formats and bool(said.options.classes))


def write_label_images(
    sample: OpenSample, said: AnnotationJob, labelled: Sequence[Labelled]
) -> tuple[list[str], dict[str, str]]:
    """Write label images; return their digests, and the sha256 of their files by path in the image."""
    job = sample.job
    digests: list[str] = []
    checksums: dict[str, str] = {}
    for one in labelled:
        target = sample.labels(one.name, one.labels.dtype)
        digests.append(write_multiscale(target, one.labels, _METHODS[job.storage.labels]))
        pyramid = target.pyramid
        spacing = {axis: length for axis, length in job.spacing.items() if axis in pyramid.axes}
        scales = multiscales(one.name, pyramid.axes, spacing, pyramid.steps, job.storage.labels)
        classes = said.options.classes or _classes(one.said)
        attributes = label_group(scales, [int(value) for value in one.labels.ids], classes, job.storage.ngff)
        described = target.descriptions() | write_group(target.folder, attributes, job.storage.ngff)
        checksums |= {f"labels/{one.name}/{file}": digest for file, digest in (target.checksums | described).items()}
    return digests, checksums


def _classes(objects: Objects) -> dict[int, str]:
    """Return the class of each label value that has one."""
    if objects.label is None or objects.name is None:
        return {}
    pairs = zip(objects.label.tolist(), objects.name, strict=True)
    return {value: name for value, name in pairs if name is not None}
