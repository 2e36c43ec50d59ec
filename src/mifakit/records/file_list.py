"""file_list.tsv: one row an image, one a label image, one a plain file, as the archive's ingest reads it.

Every byte that is listed is in one row alone:

- An image's row is its `.ome.zarr` group *without* the label images inside it. The archive takes a
  Zarr as one row: many rows of one Zarr that share a label would be one image of many files, which
  its ingest refuses. So a plate is one row, with all its wells and fields.
- A label image's row is its own group, `images/<sample>.ome.zarr/labels/<set>`, or deeper in a plate.
  It has a label and a type of its own, so that it is never joined with the image's row. Whether a
  path *inside* a listed Zarr is welcome is nowhere stated; BIA's validator and its conversion to the
  archive's API (both of May 2026) were run on such lists and take them, and no other row can name the
  method and the source of each label image. Its type is `bia:AnnotationData`. BIA's ontology would let
  a mask be a `bia:Image` too, but then the archive would set out to render it by the suffix of its
  path, and a group inside a Zarr has none.
- A graph, a GEFF, is a row like a label image's.
- Tables of annotations belong to the annotations' `bia:Dataset`. They and plain files have no type.

Labels end in `.ome.zarr` or hold a space, because the archive reads the list with pandas, which would
make a number of `0001` and nothing of `NA`, and then lose the source image of that name.

Methods, samples and protocols are said once, on the `bia:Dataset` that a row belongs to: a column for
them would hide the Dataset's wherever a cell is blank.

A submission, where each of these groups is a zip, has a manifest that names the zips: its list does too.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from mifakit.dataset import layout
from mifakit.dataset.checksums import dataset_sizes
from mifakit.dataset.dataset import Dataset
from mifakit.dataset.packing import label_name
from mifakit.dataset.rows import SampleRow
from mifakit.records import mifa_model
from mifakit.records.bia_profile import (
    ANNOTATION_DATA,
    FILE_PATH,
    IMAGE,
    IN_DATASET,
    LABEL,
    SIZE,
    SOURCE_IMAGE,
    TYPE,
)
from mifakit.records.lookup import annotation_set

Row = dict[str, str]


class Column(NamedTuple):
    """A column: its header, and the property that the archive knows it by."""

    name: str
    property_url: str | None


COLUMNS = (
    Column("file_path", FILE_PATH),
    Column("dataset", IN_DATASET),
    Column("size_in_bytes", SIZE),
    Column("type", TYPE),
    Column("label", LABEL),
    Column("associated_source_image", SOURCE_IMAGE),
    Column("annotation_type", None),
    Column("annotation_creation_time", None),
    Column("split", None),
)


class DatasetIds(NamedTuple):
    """The crate's `bia:Dataset` entities: by image set, by annotation set, and for plain files."""

    images: dict[str, str]
    annotations: dict[str, str]
    documents: str


LEFT_OUT = {
    layout.CRATE: "the crate cannot list itself",
    layout.FILE_LIST: "the list cannot list itself",
    layout.CHECKSUMS: "checksums are written after the list",
    layout.GUIDE: "it is for those who send the files",
    f"{layout.RECORDS}/": "records for other destinations are no part of what is archived",
}
"""The files that no row lists, or the folders of such, and why."""


def is_listed(path: str) -> bool:
    """Whether a plain file gets a row; files below `images/` are in the rows of their images."""
    if path.startswith(f"{mifa_model.FOLDER}/"):
        return True
    left_out = any(path == one or (one.endswith("/") and path.startswith(one)) for one in LEFT_OUT)
    return not left_out and not path.startswith(f"{layout.IMAGES}/")


def listed_sizes(dataset: Dataset) -> dict[str, int]:
    """Return the bytes on disk of all that has a row: images, label images, plain files; hidden files never do."""
    groups = {sample.row.store: 0 for sample in dataset}
    groups |= {path: 0 for sample in dataset for path in _separate(sample.row)}
    plain: dict[str, int] = {}
    for path, size in dataset_sizes(dataset.path).items():
        if path.rpartition("/")[2].startswith("."):
            continue
        group = next((one for one in (path, *_parents(path)) if one in groups), None)
        if group is not None:
            groups[group] += size
        elif is_listed(path):
            plain[path] = size
    return groups | plain


def _parents(path: str) -> Iterator[str]:
    """Yield the folders around a path, innermost first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def image_label(store: str) -> str:
    """Return the label by which annotation rows name an image, or the plate that holds it."""
    return store.rpartition("/")[2]


def file_rows(dataset: Dataset, ids: DatasetIds) -> list[Row]:
    """Return the rows: images, each followed by its label images, then plain files by path."""
    sizes = listed_sizes(dataset)
    stores: dict[str, list[SampleRow]] = defaultdict(list)
    for sample in dataset:
        stores[sample.row.store].append(sample.row)
    rows: list[Row] = []
    for store, members in stores.items():
        splits = {row.split or "" for row in members}
        rows.append(
            {
                "file_path": store,
                "dataset": ids.images[members[0].component],
                "type": IMAGE,
                "label": image_label(store),
                "split": splits.pop() if len(splits) == 1 else "",
            }
        )
        rows += [row for member in members for row in _annotation_rows(dataset, member, ids)]
    rows += _table_rows(dataset, ids)
    grouped = {row["file_path"] for row in rows}
    rows += [{"file_path": path, "dataset": ids.documents} for path in sorted(sizes) if path not in grouped]
    return [{**row, "size_in_bytes": str(sizes[row["file_path"]])} for row in rows]


def _separate(row: SampleRow) -> dict[str, str]:
    """Return what annotates this sample alone, label images and graphs, with the set that each is of."""
    separate: dict[str, str] = {}
    for name, annotation in row.annotations.items():
        separate |= dict.fromkeys(annotation.label_images, name)
        separate |= {annotation.graph: name} if annotation.graph else {}
    return separate


def _annotation_rows(dataset: Dataset, row: SampleRow, ids: DatasetIds) -> Iterator[Row]:
    labelled = set(row.labels.values())
    for path, name in _separate(row).items():
        protocol, graph = annotation_set(dataset.sheet, name), row.annotations[name].graph
        title = name if path in labelled else path.rpartition("/")[2] if path == graph else label_name(path)
        yield {
            "file_path": path,
            "dataset": ids.annotations[name],
            "type": ANNOTATION_DATA,
            "label": f"{title} of {row.sample}.ome.zarr",
            "associated_source_image": image_label(row.store),
            "annotation_type": " ".join(kind.value for kind in protocol.types),
            "annotation_creation_time": protocol.created or "",
            "split": row.split or "",
        }


def _table_rows(dataset: Dataset, ids: DatasetIds) -> Iterator[Row]:
    """Yield a row for each table of a set: it is about many images, so it names none."""
    for name in dataset.annotation_sets:
        kinds = {
            kind for sample in dataset if name in sample.row.annotations for kind in sample.row.annotations[name].tables
        }
        for kind in sorted(kinds):
            yield {"file_path": layout.table_path(name, kind), "dataset": ids.annotations[name]}


def used_columns(rows: list[Row]) -> tuple[Column, ...]:
    """Return the columns that say something in at least one row."""
    return tuple(column for column in COLUMNS if any(row.get(column.name) for row in rows))


def table_bytes(rows: list[Row]) -> bytes:
    """Return the rows as TSV with the used columns."""
    stream = io.StringIO()
    names = [column.name for column in used_columns(rows)]
    writer = csv.DictWriter(stream, names, restval="", extrasaction="ignore", dialect="excel-tab", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()
