"""Dataset -> facts: what the manifest, the tables and the graphs say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mifakit.annotations.mifa_types import types_of
from mifakit.annotations.model import Kind
from mifakit.checks.facts import Facts, Picture, SetContents
from mifakit.dataset.annotation_tables import column_values
from mifakit.dataset.dataset import Dataset
from mifakit.dataset.graphs import read_graph
from mifakit.dataset.rows import ROW_KINDS, AnnotationRow, SampleRow

_FEW = 10
"""Values that a mask of classes has at most."""


def facts_of_dataset(dataset: Dataset) -> Facts:
    """Return the facts of a finished dataset."""
    numbers = {component.name or "images": index for index, component in enumerate(dataset.sheet.images)}
    pictures = tuple(
        _picture(sample.row, numbers[sample.row.component]) for sample in dataset if sample.row.component in numbers
    )
    sets = {name: contents for name in dataset.annotation_sets if (contents := _contents(dataset, name))}
    return Facts(pictures, len(dataset) - len(pictures), sets)


def _picture(row: SampleRow, component: int) -> Picture:
    spacing = {"x": row.pixel_size_x, "y": row.pixel_size_y, "z": row.pixel_size_z}
    return Picture(
        name=row.sample,
        component=component,
        lengths=dict(zip(row.axes, row.shape, strict=True)),
        channels=row.channels,
        spacing={axis: value for axis, value in spacing.items() if value},
        acquired=row.acquired,
        annotated_by=frozenset(row.annotations),
    )


def _contents(dataset: Dataset, name: str) -> SetContents | None:
    rows = [sample.row.annotations[name] for sample in dataset if name in sample.row.annotations]
    if not rows:
        return None
    counted = [getattr(row, kind) for row in rows for kind in ("objects", "shapes", "points") if getattr(row, kind)]
    return SetContents(
        types=tuple(types_of(_kinds(dataset, name, rows))),
        objects=sum(counted) if counted else None,
        values=_values(dataset, name, rows),
        named=bool(column_values(dataset.path, name, "objects", "class")),
    )


def _kinds(dataset: Dataset, name: str, rows: Sequence[AnnotationRow]) -> set[Kind]:
    kinds = {Kind(kind) for kind in ROW_KINDS if kind != "shapes" and any(getattr(row, kind) for row in rows)}
    if any(row.label for row in rows):
        kinds.add(Kind.LABELS)
    if any(row.shapes for row in rows):
        drawn = column_values(dataset.path, name, "shapes", "kind")
        kinds |= {Kind.BOXES if kind == "box" else Kind.SHAPES for kind in drawn}
    for row in rows:
        if row.graph:
            try:
                kinds.add(Kind.TRACKS if read_graph(dataset.path / row.graph).over_time else Kind.GRAPHS)
            except Exception:  # check_graphs says what is wrong
                continue
    return kinds


def _values(dataset: Dataset, name: str, rows: Sequence[AnnotationRow]) -> tuple[int, ...]:
    """Return the values of label images if they are the same few in all, and in pieces, as objects are not.

    The manifest tells whether to look.
    """
    counts = {row.objects or 0 for row in rows if row.label}
    if len(counts) != 1 or not 0 < max(counts) <= _FEW:
        return ()
    try:
        table = dataset.table(name, "objects")
    except Exception:  # check_tables says what is wrong
        return ()
    values: dict[str, set[int]] = defaultdict(set)
    for sample, value in zip(table["sample"], table["id"], strict=True):
        values[sample].add(int(value))
    alike = {tuple(sorted(found)) for found in values.values()}
    in_pieces = table[table["pieces"] > 1]["sample"].nunique()
    return alike.pop() if len(alike) == 1 and 2 * in_pieces >= len(values) else ()
