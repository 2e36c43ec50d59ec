"""What one annotation set says of a sample -> label images, rows of tables, a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mifakit.annotations.base import Grid
from mifakit.annotations.colour_mask import colour_labels
from mifakit.annotations.inspection import inspect_layers, inspect_table
from mifakit.annotations.label_file import read_label_file
from mifakit.annotations.label_image import LabelImage
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
from mifakit.annotations.rasterising import rasterised
from mifakit.conversion.annotation_columns import (
    class_rows,
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
from mifakit.findings import Finding
from mifakit.metadata.image_formats import COLOUR_MASK, FILE_PER_OBJECT, IMAGE_FORMATS
from mifakit.ngff.levels import downsample_mode, downsample_stride
from mifakit.ngff.metadata import label_group, multiscales
from mifakit.ngff.store import write_group
from mifakit.ngff.writing import write_multiscale
from mifakit.previews.sample import Drawing
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
    drawing: Drawing = field(default_factory=Drawing)


@dataclass(frozen=True)
class _LabelImages:
    """The label images of a set and what is said of the objects in them."""

    images: Sequence[LabelImage]
    objects: Objects


def write_annotation(sample: OpenSample, said: AnnotationJob) -> WrittenAnnotation:
    """Write what one annotation set says of a sample.

    Raises
    ------
    MifaError
        What the formats find; MIFA210 when label images come from two kinds of files.
    """
    job, bench = sample.job, sample.bench
    grid = _grid(job)
    with reading(bench.lab_folder, said.files) as stamps, _read(said, job, bench.lab_folder) as (image, read, noticed):
        layers, findings = inspect_layers(read, grid, said.place)
        findings = [*noticed, *findings]
        labelled = _label_images(image, layers, said, job)
        digests, checksums = _write_label_images(sample, said, labelled)
        findings += [finding for one in labelled.images for finding in one.findings]
        findings += inspect_table(labelled.images, [one for one in layers if isinstance(one, Table)], said.place)
        graphs = [one for one in layers if isinstance(one, Graph)]
        graphs += [follow(one, labelled.images[0]) for one in layers if isinstance(one, Lineage) and labelled.images]
        graph, files = _write_graph(sample, said, graphs, bool(labelled.images))
        tables = _tables(job, said, layers, labelled)
    parts = {
        path: write_part(bench.parts, path, table)
        for kind, table in tables.items()
        if (path := part_path(job.sample, said.annotation_set, kind))
    }
    paths = [layout.label_path(job.image, name) for name in _names(said, labelled)]
    row = AnnotationRow(
        sources=tuple(source.origin.key for source in said.sources),
        label=paths[0] if paths else None,
        objects=sum(len(one.ids) for one in labelled.images) if paths else None,
        label_dtype=labelled.images[0].dtype.name if paths else None,
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
        {name: one.dtype.name for name, one in zip(_names(said, labelled), labelled.images, strict=True)},
        checksums,
        files,
        parts,
        Drawing.of(layers),
    )


def _grid(job: Job) -> Grid:
    return Grid(dict(zip(job.facts.axes, job.shape, strict=True)), job.spacing)


_Read = tuple[LabelImage | None, list[Layer], list[Finding]]


@contextmanager
def _read(said: AnnotationJob, job: Job, lab_folder: Path) -> Iterator[_Read]:
    """Give the label image of image files, if there is one, and all that annotation files say of the sample."""
    layers: list[Layer] = []
    findings: list[Finding] = []
    with ExitStack() as stack:
        image = None
        in_images = [source for source in said.sources if source.format in IMAGE_FORMATS]
        if in_images and in_images[0].format == COLOUR_MASK:
            labels, noticed = _colours(in_images[0], said, job, lab_folder)
            layers.append(labels)
            findings += noticed
        elif in_images:
            image = stack.enter_context(_opened(in_images, said, job, lab_folder))
        for source in said.sources:
            if source.format not in IMAGE_FORMATS:
                file = open_annotations(lab_folder / source.origin.path, source.format, said.options)
                annotation = file.read(source.origin.scene, _grid(job))
                layers += annotation.layers
                findings += [_placed(finding, source) for finding in annotation.findings]
        yield image, layers, findings


def _placed(finding: Finding, source: AnnotationSource) -> Finding:
    """Return a finding at the file of the lab folder; its format knows another path."""
    return Finding.of(finding.code, finding.message, source.origin.place, finding.hint)


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


def _colours(source: AnnotationSource, said: AnnotationJob, job: Job, lab_folder: Path) -> tuple[Labels, list[Finding]]:
    with source.origin.open(lab_folder, said.axes) as opened:
        pixels = opened.read(full_region(opened.facts.shape))
        channel = opened.facts.axes.index("c")
    colours = np.moveaxis(pixels, channel, -1).reshape(*job.shape[-2:], -1)
    return colour_labels(colours, said.options.legend, source.origin.place)


def _label_images(image: LabelImage | None, layers: Sequence[Layer], said: AnnotationJob, job: Job) -> _LabelImages:
    """Return the label images of a set: of image files, or of masks and shapes in annotation files."""
    burnt = [
        layer
        for layer in layers
        if isinstance(layer, (Masks, Labels)) or (isinstance(layer, Shapes) and said.rasterise != "no")
    ]
    if image is None:
        axes = job.facts.axes.replace("c", "")
        rule = "order" if said.rasterise == "no" else said.rasterise
        return (
            _LabelImages(*rasterised(burnt, axes, _grid(job), rule, said.place))
            if burnt
            else _LabelImages((), Objects(0))
        )
    if burnt:
        message = f"set {said.annotation_set} has label images of image files and of annotation files"
        raise MifaError("MIFA210", message, job.origin.place, "make a second annotation set")
    return _LabelImages((image,), Objects(0))


def _names(said: AnnotationJob, labelled: _LabelImages) -> list[str]:
    """Return the names of label images in their image; sets have no dot in theirs, so none is another set's."""
    numbers = range(2, len(labelled.images) + 1)
    return [said.annotation_set, *(f"{said.annotation_set}.{number}" for number in numbers)][: len(labelled.images)]


def _write_label_images(
    sample: OpenSample, said: AnnotationJob, labelled: _LabelImages
) -> tuple[list[str], dict[str, str]]:
    """Write label images; return their digests, and the sha256 of their files by path in the image."""
    job = sample.job
    digests: list[str] = []
    checksums: dict[str, str] = {}
    for name, labels in zip(_names(said, labelled), labelled.images, strict=True):
        target = sample.labels(name, labels.dtype)
        digests.append(write_multiscale(target, labels, _METHODS[job.storage.labels]))
        pyramid = target.pyramid
        spacing = {axis: one for axis, one in job.spacing.items() if axis in pyramid.axes}
        scales = multiscales(name, pyramid.axes, spacing, pyramid.steps, job.storage.labels)
        classes = said.options.classes or _classes(labelled.objects)
        attributes = label_group(scales, [int(value) for value in labels.ids], classes, job.storage.ngff)
        described = target.descriptions() | write_group(target.folder, attributes, job.storage.ngff)
        checksums |= {f"labels/{name}/{file}": one for file, one in (target.checksums | described).items()}
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
    label = f"../../../{layout.label_path(job.image, said.annotation_set)}" if labelled else None
    write_graph(dataset / path, graph_arrays(graphs), job.spacing, label)
    files = sorted(dataset_files(dataset / path))
    return path, {f"{path}/{name}": file_sha256(dataset / path / name) for name in files}


def _tables(job: Job, said: AnnotationJob, layers: Sequence[Layer], labelled: _LabelImages) -> dict[str, pa.Table]:
    """Return the sample's parts of the set's tables, by kind; ids count from 1 in each."""
    tables: dict[str, list[pa.Table]] = {}
    begin = dict.fromkeys(("shapes", "points", "classes", "counts"), 1)

    def numbered(kind: str, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        begin[kind] += count
        return np.arange(begin[kind] - count, begin[kind], dtype=np.int64)

    for layer in layers:
        match layer:
            case Shapes():
                tables.setdefault("shapes", []).append(shape_rows(job.sample, layer, numbered("shapes", len(layer))))
            case Points():
                tables.setdefault("points", []).append(point_rows(job.sample, layer, numbered("points", len(layer))))
            case Classes():
                ids = numbered("classes", layer.objects.count)
                tables.setdefault("classes", []).append(class_rows(job.sample, layer, ids))
            case Counts():
                ids = numbered("counts", len(layer.values))
                tables.setdefault("counts", []).append(count_rows(job.sample, layer, ids))
    for name, labels in zip(_names(said, labelled), labelled.images, strict=True):
        known = [labelled.objects, *(layer.objects for layer in layers if isinstance(layer, Table))]
        path = layout.label_path(job.image, name)
        tables.setdefault("objects", []).append(
            object_rows(job.sample, path, labels, known, said.options.classes, _grid(job))
        )
    return {kind: joined(parts) for kind, parts in tables.items()}
