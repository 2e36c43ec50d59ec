"""What one annotation set says of a sample -> label images, rows of tables, a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mifakit.annotations.base import Grid
from mifakit.annotations.inspection.repetition import fingerprint
from mifakit.annotations.model import (
    Classes,
    Counts,
    Graph,
    Layer,
    Lineage,
    Points,
    Shapes,
)
from mifakit.annotations.raster.lineage import follow
from mifakit.conversion.annotation_columns import (
    class_rows,
    concatenated,
    count_rows,
    graph_arrays,
    object_rows,
    point_rows,
    shape_rows,
)
from mifakit.conversion.annotation_sources import read_content
from mifakit.conversion.label_images import Labelled, inspected_labels, label_images, write_label_images
from mifakit.conversion.plan import AnnotationJob, Job
from mifakit.conversion.workbench import OpenSample
from mifakit.dataset import layout
from mifakit.dataset.annotation_tables import part_path, write_part
from mifakit.dataset.checksums import dataset_files, file_sha256
from mifakit.dataset.graphs import write_graph
from mifakit.dataset.rows import ROW_KINDS, AnnotationRow
from mifakit.findings import Finding
from mifakit.previews.sample import Drawing, middle_plane

if TYPE_CHECKING:
    import pyarrow as pa


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
    label_images: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    drawing: Drawing = field(default_factory=Drawing)


def write_annotation(sample: OpenSample, said: AnnotationJob) -> WrittenAnnotation:
    """Write what one annotation set says of a sample.

    Raises
    ------
    MifaError
        What the formats find; MIFA210 when label images come of two kinds of files.
    """
    job, bench = sample.job, sample.bench
    grid = Grid(dict(zip(job.facts.axes, job.shape, strict=True)), job.spacing)
    with read_content(said, job, grid, bench.lab_folder) as content:
        layers = content.layers
        labelled = label_images(content.image, layers, said, job, grid)
        digests, checksums = write_label_images(sample, said, labelled)
    findings = (*content.findings, *inspected_labels(labelled, layers, said))
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
        findings,
        label_images={one.name: one.labels.dtype.name for one in labelled},
        checksums=checksums,
        files=files,
        parts={path: write_part(bench.parts, path, table) for path, table in parts.items()},
        fingerprint=digests[0] if content.image and labelled[0].found.labels.size else fingerprint(layers),
        drawing=Drawing.of(layers, middle_plane(job.facts.axes, job.shape)),
    )


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
    job: Job, layers: Sequence[Layer], labelled: Sequence[Labelled], said: AnnotationJob, grid: Grid
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
