"""The manifest: one row a sample, as Parquet for programs and CSV for people."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.json import ParseOptions, ReadOptions, read_json

from mifakit.dataset import layout
from mifakit.dataset.rows import AnnotationRow, SampleRow
from mifakit.errors import MifaError

LENGTH_UNIT = "micrometer"
TIME_UNIT = "second"

_LARGEST_BLOCK = 2**30
"""Bytes of JSON that are read at once."""

_STRINGS, _INTEGERS, _NUMBERS = pa.list_(pa.string()), pa.list_(pa.int64()), pa.list_(pa.float64())

COLUMNS: dict[str, tuple[pa.DataType, str]] = {
    "sample": (pa.string(), "the sample's id, unique in the dataset"),
    "image": (pa.string(), "path of the OME-Zarr image"),
    "component": (pa.string(), "name of the image set in the study sheet"),
    "split": (pa.string(), "train, val or test; empty when the sheet asks for no split"),
    "group": (pa.string(), "samples of one group never stand in two splits"),
    "plate": (pa.string(), "name of the plate that it is a field of; empty when it is on none"),
    "well_row": (pa.string(), "row of its well: A to AF"),
    "well_column": (pa.int64(), "column of its well, from 1"),
    "well_field": (pa.int64(), "which image of its well it is, as the microscope counts"),
    "axes": (pa.string(), "order of the axes, letters of tczyx"),
    "shape": (_INTEGERS, "length along each axis, in pixels"),
    "dtype": (pa.string(), "numpy name of the pixel type"),
    "pixel_size_x": (pa.float64(), "distance between pixels along x, in micrometers; empty when unknown"),
    "pixel_size_y": (pa.float64(), "distance between pixels along y, in micrometers; empty when unknown"),
    "pixel_size_z": (pa.float64(), "distance between planes, in micrometers; empty when unknown or flat"),
    "pixel_size_unit": (pa.string(), "always micrometer where a pixel size is known"),
    "time_step": (pa.float64(), "time between time points, in seconds; empty when unknown or still"),
    "channels": (_STRINGS, "channel names, in order"),
    "excitation": (_NUMBERS, "excitation wavelength of each channel, in nanometers; empty when none is known"),
    "emission": (_NUMBERS, "emission wavelength of each channel, in nanometers; empty when none is known"),
    "instrument": (pa.string(), "the microscope, as the file names it"),
    "objective": (pa.string(), "the objective, as the file names it"),
    "acquired": (pa.string(), "date and time of acquisition, ISO 8601, as the file says"),
    "source": (pa.string(), "path of the image in the lab folder; of a series, its first file"),
    "scene": (pa.string(), "the image's name in that file, when it holds several; else empty"),
    "source_files": (_STRINGS, "paths of the other files that it was made of; often none"),
    "source_sha256": (pa.string(), "sha256 of that file; of several, of their names and sha256"),
    "pixel_digest": (pa.string(), "digest of the full-resolution pixels, see mifakit.ngff.digest"),
    "preview": (pa.string(), "path of the preview"),
}

SET_COLUMNS: dict[str, tuple[pa.DataType, str]] = {
    "sources": (_STRINGS, "paths of the annotation's files in the lab folder; empty when the sample is not annotated"),
    "label": (pa.string(), "path of the label image; empty when there is none"),
    "objects": (pa.int64(), "number of different object ids in it, and in further label images"),
    "label_dtype": (pa.string(), "numpy name of the label type"),
    "label_digest": (pa.string(), "digest of its full-resolution pixels"),
    "further_labels": (_STRINGS, "paths of label images with the objects that overlap those of the first"),
    "further_digests": (_STRINGS, "digests of their full-resolution pixels"),
    "shapes": (pa.int64(), "rows of the sample in the set's shapes.parquet"),
    "points": (pa.int64(), "rows of the sample in the set's points.parquet"),
    "classes": (pa.int64(), "rows of the sample in the set's classes.parquet"),
    "counts": (pa.int64(), "rows of the sample in the set's counts.parquet"),
    "graph": (pa.string(), "path of the sample's tracks, or other graph, as GEFF"),
}
"""Columns that stand once for each annotation set, as `<set>.<column>`."""


def set_column(annotation_set: str, column: str) -> str:
    """Return the name of a set's column; sets have no dot in their names, so no two are one."""
    return f"{annotation_set}.{column}"


CONDITION_COLUMN: tuple[pa.DataType, str] = pa.string(), "what the table of conditions says of its well, as typed"
"""A column that stands once for each condition, as `condition:<name>`."""


def condition_column(name: str) -> str:
    """Return the name of a condition's column; sets have no colon in their names, so it is no set's."""
    return f"condition:{name}"


def _conditions(rows: Sequence[SampleRow]) -> tuple[str, ...]:
    return tuple(sorted({name for row in rows for name in row.conditions}))


def _values(row: SampleRow, sets: Sequence[str], conditions: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(row, name, None) for name in COLUMNS}
    values["pixel_size_unit"] = LENGTH_UNIT if row.pixel_size_x or row.pixel_size_y or row.pixel_size_z else None
    for name in sets:
        for column in SET_COLUMNS:
            values[set_column(name, column)] = getattr(row.annotations.get(name), column, None)
    return values | {condition_column(name): row.conditions.get(name) for name in conditions}


def _schema(sets: Sequence[str], conditions: Sequence[str]) -> pa.Schema:
    columns = dict(COLUMNS)
    for name in sets:
        columns |= {
            set_column(name, column): (kind, f"annotation set {name}: {meaning}")
            for column, (kind, meaning) in SET_COLUMNS.items()
        }
    columns |= {condition_column(name): CONDITION_COLUMN for name in conditions}
    return pa.schema(
        [pa.field(name, kind, metadata={"description": meaning}) for name, (kind, meaning) in columns.items()],
        metadata={"annotation_sets": json.dumps(list(sets)), "conditions": json.dumps(list(conditions))},
    )


def render_csv(rows: Sequence[SampleRow], annotation_sets: Sequence[str]) -> bytes:
    """Return the bytes of `manifest.csv` (RFC 4180, UTF-8), samples in order of their ids."""
    text = StringIO(newline="")
    sheet = csv.writer(text)
    conditions = _conditions(rows)
    sheet.writerow(_schema(annotation_sets, conditions).names)
    for row in sorted(rows, key=lambda row: row.sample):
        sheet.writerow([_as_cell(value) for value in _values(row, annotation_sets, conditions).values()])
    return text.getvalue().encode()


def write_manifest(folder: Path, rows: Sequence[SampleRow], annotation_sets: Sequence[str]) -> None:
    """Write `manifest.parquet` and `manifest.csv`, samples in order of their ids."""
    ordered = sorted(rows, key=lambda row: row.sample)
    conditions = _conditions(rows)
    records = [_values(row, annotation_sets, conditions) for row in ordered]
    table = _table(records, _schema(annotation_sets, conditions))
    pq.write_table(table, folder / layout.MANIFEST, compression="zstd")
    (folder / layout.MANIFEST_CSV).write_bytes(render_csv(rows, annotation_sets))


def _table(records: Sequence[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """Return records as a table, by way of JSON: pyarrow imports pandas, half a second, to look at Python's objects."""
    if not records:
        return schema.empty_table()
    lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()
    table = read_json(
        pa.BufferReader(lines),
        read_options=ReadOptions(use_threads=False, block_size=min(len(lines) + 1, _LARGEST_BLOCK)),
        parse_options=ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )
    return pa.Table.from_arrays(table.columns, schema=schema)


def _as_cell(value: Any) -> Any:
    """Return a list as JSON, and text that a spreadsheet would run as a formula behind a quote."""
    if isinstance(value, tuple):
        return json.dumps(list(value), ensure_ascii=False)
    if isinstance(value, str) and value.lstrip().startswith(("=", "+", "-", "@")):
        return f"'{value}"
    return value


def read_manifest(folder: Path) -> tuple[list[SampleRow], tuple[str, ...]]:
    """Read `manifest.parquet`.

    Returns
    -------
    rows
        In the manifest's order.
    annotation_sets
        Names of the annotation sets that have columns.

    Raises
    ------
    MifaError
        MIFA400 when there is none or it is not such a table.
    """
    path = folder / layout.MANIFEST
    if path.exists() and not path.is_file():
        raise MifaError("MIFA400", f"{layout.MANIFEST} is not a file", str(path))
    try:
        with pq.ParquetFile(path) as file:  # `read_table` would import pandas
            table = file.read()
        metadata = table.schema.metadata or {}
        sets, conditions = (tuple(json.loads(metadata[name])) for name in (b"annotation_sets", b"conditions"))
        if not table.schema.equals(_schema(sets, conditions)):
            raise ValueError("its columns are not those of a manifest")
        needed = ("sample", "image", "axes", "shape", "dtype", "channels", "source", "pixel_digest")
        if any(table.column(name).null_count for name in needed):
            raise ValueError("a sample lacks its name, image or shape")
        rows = [_row(record, sets, conditions) for record in table.to_pylist()]
    except FileNotFoundError:
        raise MifaError("MIFA400", f"no {layout.MANIFEST} in this folder", str(folder)) from None
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise MifaError("MIFA400", f"{layout.MANIFEST} cannot be read: {error}", str(path)) from error
    return rows, sets


def _row(record: dict[str, Any], sets: Sequence[str], conditions: Sequence[str]) -> SampleRow:
    annotations = {
        name: AnnotationRow(
            **_listed({column: record[set_column(name, column)] for column in SET_COLUMNS}, SET_COLUMNS)
        )
        for name in sets
        if record[set_column(name, "sources")]
    }
    plain = {name: record[name] for name in COLUMNS if name != "pixel_size_unit"}
    stood = {name: record[condition_column(name)] for name in conditions}
    known = {name: value for name, value in stood.items() if value is not None}
    return SampleRow(**_listed(plain, COLUMNS), annotations=annotations, conditions=known)


def _listed(values: dict[str, Any], columns: Mapping[str, tuple[pa.DataType, str]]) -> dict[str, Any]:
    """Return values with tuples where the columns hold lists."""
    lists = {name for name, (kind, _) in columns.items() if pa.types.is_list(kind)}
    return {name: tuple(value or ()) if name in lists else value for name, value in values.items()}
