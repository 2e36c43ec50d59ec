"""Tables and graphs of annotations are whole, and their classes are spelt alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mifakit.annotations.inspection.classes import nearly_the_same
from mifakit.dataset import layout
from mifakit.dataset.annotation_tables import KINDS, column_values, count_rows
from mifakit.dataset.dataset import Dataset
from mifakit.dataset.graphs import read_graph
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place


def check_tables(dataset: Dataset) -> Iterator[Finding]:
    """Yield every table that is missing, or has other rows or columns than the manifest and the format say."""
    for name in dataset.annotation_sets:
        for kind in KINDS:
            stated = _stated(dataset, name, kind)
            path = layout.table_path(name, kind)
            if not stated and not (dataset.path / path).exists():
                continue
            try:
                found = count_rows(dataset.path, name, kind)
            except MifaError as error:
                yield error.finding
                continue
            for sample in sorted(stated.keys() | found.keys()):
                if stated[sample] != found[sample]:
                    message = f"{found[sample]} {kind} of sample {sample}, {stated[sample]} in the manifest"
                    yield Finding.of("MIFA415", message, Place(path))


def _stated(dataset: Dataset, name: str, kind: str) -> Counter[str]:
    rows = {sample.id: sample.row.annotations.get(name) for sample in dataset}
    return Counter({sample: getattr(row, kind) or 0 for sample, row in rows.items() if row and getattr(row, kind)})


def check_graphs(dataset: Dataset) -> Iterator[Finding]:
    """Yield every graph that cannot be read, or whose edges lead to nodes that it does not have."""
    for sample in dataset:
        for row in sample.row.annotations.values():
            if row.graph:
                try:
                    graph = read_graph(dataset.path / row.graph)
                except Exception as error:  # a damaged Zarr raises whatever its codecs do
                    yield Finding.of("MIFA416", f"cannot be read: {error}", Place(row.graph))
                    continue
                if graph.lost_edges:
                    message = f"{graph.lost_edges} edges lead to nodes that are not there"
                    yield Finding.of("MIFA416", message, Place(row.graph))


def check_class_names(dataset: Dataset) -> Iterator[Finding]:
    """Yield classes of a set whose names differ by so little that they probably are one."""
    for name in dataset.annotation_sets:
        names: set[str] = set()
        for kind in KINDS:
            names |= column_values(dataset.path, name, kind, "class")
        yield from nearly_the_same(names, Place(f"{layout.ANNOTATIONS}/{name}"))
