"""What one annotation set says of a sample -> label images, rows of tables, a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mifakit.annotations.base import Grid
from mifakit.annotations.colour_mask import colour_labels
from mifakit.annotations.inspection.coordinates import without_nonfinite
from mifakit.annotations.inspection.layers import inspect
from mifakit.annotations.inspection.objects import in_pieces, rows_and_objects, without_background
from mifakit.annotations.inspection.repetition import fingerprint
from mifakit.annotations.inspection.tracks import missing_frames
from mifakit.annotations.joining import join_layers, join_objects
from mifakit.annotations.label_file import read_label_file
from mifakit.annotations.label_image import LabelImage
from mifakit.annotations.label_properties import LabelProperties, properties_of
from mifakit.annotations.lineage import follow
from mifakit.annotations.model import (
    Classes,
    Counts,
    Graph,
    Labels,
    Layer,
    Lineage,
    Masks,
    Objects,
    Points,
    Shapes,
    Table,
)
from mifakit.annotations.object_files import read_object_files
from mifakit.annotations.opening import open_annotations
from mifakit.annotations.raster_labels import Rule, rasterised
from mifakit.conversion.annotation_columns import (
    class_rows,
    concatenated,
    count_rows,
    graph_arrays,
    object_rows,
    point_rows,
    shape_rows,
)
from mifakit.conversion.plan import AnnotationJob, AnnotationSource, Job
from mifakit.conversion.source_files import Stamp, reading
from mifakit.conversion.workbench import OpenSample
from mifakit.dataset import layout
from mifakit.dataset.annotation_tables import part_path, write_part
from mifakit.dataset.checksums import dataset_files, file_sha256
from mifakit.dataset.graphs import write_graph
from mifakit.dataset.rows import ROW_KINDS, AnnotationRow
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.metadata.image_formats import COLOUR_MASK, FILE_PER_OBJECT, IMAGE_FORMATS, LABEL_IMAGE
from mifakit.ngff.levels import downsample_mode, downsample_stride
from mifakit.ngff.metadata import label_group, multiscales
from mifakit.ngff.store import write_group
from mifakit.ngff.writing import write_multiscale
from mifakit.previews.sample import Drawing, middle_plane
from mifakit.readers.base import full_region
from mifakit.readers.registry import open_image

if TYPE_CHECKING:
    import pyarrow as pa

_METHODS = {"mode": downsample_mode, "stride": downsample_stride}


@dataclass(frozen=True)
class WrittenAnnotation:
    """What a set says of a sample, written.

    Attributes
    ----------
    annotation_set
        Its name.
    row
        Its part of the sample's row in the manifest.
    findings
        What was noticed.
    stamps
        Of the sources, when they were read.
    label_images
        The type of each label image, by its name in the image.
    checksums
        The sha256 of each file in the sample's image, by path in it.
    files
        The sha256 of each file of the dataset that is in no image, by path.
    parts
        The sha256 of its part of each table, by path among the parts.
    fingerprint
        Equal for samples of the same annotation; empty where too little is said to tell.
    drawing
        What a preview shows of it besides label images.
    """

    annotation_set: str
    row: AnnotationRow
    findings: tuple[Finding, ...]
    stamps: dict[str, Stamp]
    label_images: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    drawing: Drawing = field(default_factory=Drawing)


@dataclass(frozen=True)
class _Labelled:
    """A label image of a set, by its name in the image, and what is said of each of its objects."""

    name: str
    labels: LabelImage
    found: LabelProperties
    said: Objects


def write_annotation(sample: OpenSample, said: AnnotationJob) -> WrittenAnnotation:
    """Write what one annotation set says of a sample.

    Raises
    ------
    MifaError
        What the formats find; MIFA210 when label images come of two kinds of files.
    """
    job, bench = sample.job, sample.bench
    grid = Grid(dict(zip(job.facts.axes, job.shape, strict=True)), job.spacing)
    with reading(bench.lab_folder, said.files) as stamps, _read(said, job, grid, bench.lab_folder) as read:
        layers, findings = _inspected(read, grid, job.facts.acquisition.acquired, said.place)
        labelled = _label_images(read.image, layers, said, job, grid)
        digests, checksums = _write_label_images(sample, said, labelled)
    findings += _inspected_labels(labelled, layers, said)
    graphs = [layer for layer in layers if isinstance(layer, Graph)]
    graphs += [follow(layer, labelled[0].found) for layer in layers if isinstance(layer, Lineage) and labelled]
    graph, files = _write_graph(sample, said, graphs, bool(labelled))
    tables = _tables(job, layers, labelled, said, grid)
    parts = {part_path(job.sample, said.annotation_set, kind): table for kind, table in tables.items()}
    paths = [layout.label_path(job.image, one.name) for one in labelled]
    row = AnnotationRow(
        sources=tuple(source.origin.key for source in said.sources),
        label=paths[0] if paths else None,
        objects=sum(len(one.labels.ids) for one in labelled) if paths else None,
        label_dtype=labelled[0].labels.dtype.name if paths else None,
        label_digest=digests[0] if paths else None,
        further_labels=tuple(paths[1:]),
        further_digests=tuple(digests[1:]),
        graph=graph,
        **{kind: tables[kind].num_rows for kind in ROW_KINDS if kind in tables},
    )
    return WrittenAnnotation(
        said.annotation_set,
        row,
        tuple(findings),
        stamps,
        label_images={one.name: one.labels.dtype.name for one in labelled},
        checksums=checksums,
        files=files,
        parts={path: write_part(bench.parts, path, table) for path, table in parts.items()},
        fingerprint=digests[0] if read.image and labelled[0].found.labels.size else fingerprint(layers),
        drawing=Drawing.of(layers, middle_plane(job.facts.axes, job.shape)),
    )


@dataclass(frozen=True)
class _Read:
    """What the files of a set say of one image: a label image of image files, and the rest."""

    image: LabelImage | None
    layers: list[Layer]
    findings: list[Finding]


@contextmanager
def _read(said: AnnotationJob, job: Job, grid: Grid, lab_folder: Path) -> Iterator[_Read]:
    layers: list[Layer] = []
    findings: list[Finding] = []
    for source in said.sources:
        place = source.origin.place
        if source.format == COLOUR_MASK:
            labels, noticed = _colours(source, said, job, lab_folder)
            layers.append(labels)
            findings += noticed
        elif source.format not in IMAGE_FORMATS:
            file = open_annotations(lab_folder / source.origin.path, source.format, said.options)
            annotation = file.read(source.origin.scene, grid)
            layers += annotation.layers
            # Its format knows it by another path.
            findings += [replace(finding, place=place) for finding in annotation.findings]
    in_images = [source for source in said.sources if source.format in (LABEL_IMAGE, FILE_PER_OBJECT)]
    with _opened(in_images, said, job, lab_folder) if in_images else nullcontext() as image:
        yield _Read(image, join_layers(layers), findings)


def _inspected(read: _Read, grid: Grid, acquired: str | None, place: Place) -> tuple[list[Layer], list[Finding]]:
    """Return the layers without what is nowhere, and all that was noticed of them."""
    layers: list[Layer] = []
    findings = list(read.findings)
    for layer in read.layers:
        kept, noticed = without_nonfinite(layer, place)
        layers.append(kept)
        findings += noticed
    return layers, [*findings, *inspect(layers, grid, acquired, place)]


def _inspected_labels(labelled: Sequence[_Labelled], layers: Sequence[Layer], said: AnnotationJob) -> Iterator[Finding]:
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


def _label_images(
    image: LabelImage | None, layers: Sequence[Layer], said: AnnotationJob, job: Job, grid: Grid
) -> list[_Labelled]:
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


def _labelled(name: str, labels: LabelImage, own: Objects, tables: Sequence[Objects]) -> _Labelled:
    """Measure a label image, and look up what is said of its objects: where they come from, or in tables of the set."""
    return _Labelled(name, labels, properties_of(labels), join_objects([own, *tables]) if tables else own)


def _write_label_images(
    sample: OpenSample, said: AnnotationJob, labelled: Sequence[_Labelled]
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


def _write_graph(
    sample: OpenSample, said: AnnotationJob, graphs: Sequence[Graph], labelled: bool
) -> tuple[str | None, dict[str, str]]:
    """Write the graph of a set; return its path in the dataset, and the sha256 of its files."""
    if not graphs:
        return None, {}
    job, dataset = sample.job, sample.bench.dataset
    path = layout.graph_path(job.sample, said.annotation_set)
    label = f"../../../../{layout.label_path(job.image, said.annotation_set)}" if labelled else None
    write_graph(dataset / path, graph_arrays(graphs, job.facts.axes), job.spacing, label)
    return path, {f"{path}/{name}": file_sha256(dataset / path / name) for name in dataset_files(dataset / path)}


def _tables(
    job: Job, layers: Sequence[Layer], labelled: Sequence[_Labelled], said: AnnotationJob, grid: Grid
) -> dict[str, pa.Table]:
    """Return the sample's parts of the set's tables, by kind."""
    tables: dict[str, pa.Table] = {}
    for layer in layers:
        match layer:
            case Shapes():
                tables["shapes"] = shape_rows(job.sample, layer)
            case Points():
                tables["points"] = point_rows(job.sample, layer)
            case Classes():
                tables["classes"] = class_rows(job.sample, layer)
            case Counts():
                tables["counts"] = count_rows(job.sample, layer)
    if labelled:
        rows = [
            object_rows(
                job.sample, layout.label_path(job.image, one.name), one.found, one.said, said.options.classes, grid
            )
            for one in labelled
        ]
        tables["objects"] = concatenated(rows)
    return {kind: table for kind, table in tables.items() if table.num_rows}
