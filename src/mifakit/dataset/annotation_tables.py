"""The tables of a dataset's annotations: one Parquet a set and kind, put together of one part a sample.

Parts are Arrow files beside the unfinished dataset: workers write them, in any order. Together they become
`annotations/<set>/<kind>.parquet`, samples in order of their ids. Units stand in the metadata of the columns.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from mifakit.dataset import layout
from mifakit.errors import MifaError

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("objects", "shapes", "points", "classes", "counts")
PROPERTY = "property:"
"""Before the name of a column that is the annotation file's own."""
GEOMETRY = "geometry"

_WHOLE, _REAL, _TEXT = pa.int64(), pa.float64(), pa.string()
_SAID: dict[str, tuple[pa.DataType, str, str]] = {
    "sample": (_TEXT, "", "the sample's id, as in the manifest"),
    "id": (_WHOLE, "", "number of the object, unique in its sample, set and kind; of objects their label value"),
    "source_id": (_TEXT, "", "what the annotation file calls it"),
    "class": (_TEXT, "", "its class, as the annotation file spells it"),
    "t": (_WHOLE, "frame", "time point, from 0; empty for all of them"),
    "z": (_REAL, "plane", "plane, from 0, whole in its middle; empty for all of them"),
    "c": (_WHOLE, "channel", "channel, from 0; empty for all of them"),
    "confidence": (_REAL, "", "how sure the annotation file is of it"),
    "annotator": (_TEXT, "", "who made it, as far as the file says"),
    "created": (_TEXT, "", "when, ISO 8601"),
}
_BOX = {
    f"{axis}_{side}": (_REAL, "pixel", f"{words} corner along {axis}, on the corner grid")
    for side, words in (("min", "lower"), ("max", "upper"))
    for axis in "xy"
}
COLUMNS: dict[str, dict[str, tuple[pa.DataType, str, str]]] = {
    "objects": {
        **{name: column for name, column in _SAID.items() if name not in ("z", "c")},
        "label_image": (_TEXT, "", "path of the label image that it is in"),
        "area": (_WHOLE, "pixel", "number of its pixels; of voxels in a stack"),
        "area_um": (
            _REAL,
            "micrometer^2",
            "the same in square micrometers; in a stack cubic (micrometer^3); empty when unknown",
        ),
        **{
            f"{axis}_{side}": (_WHOLE, "pixel", f"its box: {words} along {axis}")
            for side, words in (("min", "first pixel"), ("max", "one past the last pixel"))
            for axis in "xyz"
        },
        **{f"centroid_{axis}": (_REAL, "pixel", f"its middle along {axis}, on the corner grid") for axis in "xy"},
        "centroid_z": (_REAL, "plane", "its middle along z, whole in the middle of a plane"),
        **{f"centroid_{axis}_um": (_REAL, "micrometer", f"the same along {axis}") for axis in "xyz"},
        "pieces": (_WHOLE, "", "how many pieces it is in; 1 for an object in one"),
    },
    "shapes": {
        **_SAID,
        "kind": (_TEXT, "", "polygon, box, ellipse or line: what it was drawn as"),
        **_BOX,
        GEOMETRY: (pa.binary(), "pixel", "its outline as WKB; x, y on the corner grid"),
    },
    "points": {
        **_SAID,
        "x": (_REAL, "pixel", "on the corner grid: a pixel's middle is at .5"),
        "y": (_REAL, "pixel", "on the corner grid: a pixel's middle is at .5"),
    },
    "classes": dict(_SAID),
    "counts": {**_SAID, "count": (_REAL, "", "how many")},
}
"""By kind, each column's type, unit and meaning; the file's own properties come after them."""


def part_path(sample: str, annotation_set: str, kind: str) -> str:
    """Return where a sample's part of a table is, among the parts."""
    return f"{annotation_set}/{kind}/{sample}.arrow"  # a folder a sample would cost as much as the file


def whole_column(values: npt.ArrayLike, missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Return whole numbers as a column; `missing` says which say nothing.

    Straight from memory: `pa.array` would import pandas to look at a NumPy array.
    """
    numbers = np.ascontiguousarray(values, np.int64)
    return pa.Array.from_buffers(_WHOLE, len(numbers), [_validity(missing), pa.py_buffer(numbers)])


def real_column(values: npt.ArrayLike) -> pa.Array:
    """Return numbers as a column; NaN says nothing."""
    numbers = np.ascontiguousarray(values, np.float64)
    return pa.Array.from_buffers(_REAL, len(numbers), [_validity(np.isnan(numbers)), pa.py_buffer(numbers)])


def _validity(missing: npt.NDArray[np.bool_] | None) -> Any:
    if missing is None or not missing.any():
        return None
    return pa.py_buffer(np.packbits(~missing, bitorder="little"))


def text_column(values: Sequence[str | None]) -> pa.Array:
    """Return texts as a column; halves of a surrogate pair, which JSON may hold, become question marks."""
    encoded = [b"" if value is None else value.encode(errors="replace") for value in values]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    missing = np.array([value is None for value in values], bool)
    buffers = [_validity(missing), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(_TEXT, len(encoded), buffers)


def property_column(values: Sequence[Any] | npt.NDArray[Any]) -> pa.Array:
    """Return a property: as truth values, numbers or text if all that is said is one of these, else as JSON."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
        return whole_column(values)
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        return real_column(values)
    listed = [None if isinstance(value, float) and np.isnan(value) else value for value in _plain(values)]
    kinds = {type(value) for value in listed if value is not None}
    if kinds <= {bool}:
        return pa.array(listed, pa.bool_())
    if kinds <= {int} and all(value is None or -(2**63) <= value < 2**63 for value in listed):
        return pa.array(listed, _WHOLE)
    if kinds <= {int, float}:
        return pa.array([None if value is None else float(value) for value in listed], _REAL)
    return pa.array([_as_text(value) for value in listed], _TEXT)


def _plain(values: Sequence[Any] | npt.NDArray[Any]) -> list[Any]:
    if isinstance(values, np.ndarray):
        return list(values.tolist())
    return [value.item() if isinstance(value, np.generic) else value for value in values]


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def make_part(kind: str, sample: str, columns: Mapping[str, pa.Array], count: int) -> pa.Table:
    """Return a sample's part of a table.

    Parameters
    ----------
    kind
        One of `KINDS`.
    sample
        Its id.
    columns
        Those of `COLUMNS` that say something, and properties by their own names behind `PROPERTY`.
    count
        The number of rows.
    """
    known = COLUMNS[kind]
    arrays: dict[str, pa.Array] = {}
    for name, (type_, _, _) in known.items():
        arrays[name] = columns[name] if name in columns else pa.nulls(count, type_)
    arrays["sample"] = text_column([sample] * count)
    arrays |= {name: column for name, column in columns.items() if name.startswith(PROPERTY)}
    return pa.table(arrays)


def write_part(parts: Path, path: str, table: pa.Table) -> str:
    """Write a part.

    Returns
    -------
    str
        The sha256 of its file.
    """
    target = parts / path
    target.parent.mkdir(parents=True, exist_ok=True)
    made = pa.BufferOutputStream()
    with pa.ipc.new_stream(made, table.schema) as writer:
        writer.write_table(table)
    data = made.getvalue()
    target.write_bytes(data)
    return sha256(data).hexdigest()


def write_tables(folder: Path, parts: Path, written: Iterable[str]) -> None:
    """Put the tables of a dataset together.

    Parameters
    ----------
    folder
        The dataset.
    parts
        Where the parts are.
    written
        Their paths there, in the order in which their rows will stand. What a build that was stopped left
        besides is passed over.
    """
    tables: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for path in written:
        annotation_set, kind, _ = path.split("/")
        tables[annotation_set, kind].append(parts / path)
    for (annotation_set, kind), files in tables.items():
        _merge(folder / layout.table_path(annotation_set, kind), kind, files)


def clear_tables(folder: Path) -> None:
    """Remove the tables of an unfinished dataset, and the folders of sets of which nothing is left."""
    for annotation_set in list((folder / layout.ANNOTATIONS).glob("*")):
        for table in annotation_set.glob("*.parquet"):
            table.unlink()
        graphs = annotation_set / "graphs"
        for place in (graphs, annotation_set):
            if place.is_dir() and not any(place.iterdir()):
                place.rmdir()


_ROWS = 2**16
"""In a row group: what a reader must take at once."""


def _merge(target: Path, kind: str, files: Sequence[Path]) -> None:
    schema = _schema(kind, files)
    target.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(target, schema, compression="zstd", write_page_index=True) as writer:
        waiting: list[pa.Table] = []
        rows = 0
        for file in files:
            waiting.append(_read(file))
            rows += waiting[-1].num_rows
            if rows >= _ROWS:
                writer.write_table(_fitted_together(waiting, schema), row_group_size=_ROWS)
                waiting, rows = [], 0
        if waiting:
            writer.write_table(_fitted_together(waiting, schema), row_group_size=_ROWS)


def _fitted_together(tables: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    """Return tables as one, in the types of a schema; those that are alike already are fitted at once."""
    alike = groupby(tables, key=lambda table: table.schema)
    return pa.concat_tables([_fitted(pa.concat_tables(list(group)), schema) for _, group in alike])


def _read(file: Path) -> pa.Table:
    with pa.memory_map(str(file)) as source:
        return pa.ipc.open_stream(source).read_all()


def _schema(kind: str, files: Sequence[Path]) -> pa.Schema:
    """Return the schema that holds every part: properties that differ in type become the wider one, or text."""
    own: dict[str, pa.DataType] = {}
    kinds: set[str] = set()
    boxes: list[npt.NDArray[np.float64]] = []
    for file in files:
        with pa.memory_map(str(file)) as source:
            part = pa.ipc.read_schema(source)
        for place, name in enumerate(part.names):
            if name.startswith(PROPERTY):
                type_ = part.field(place).type
                own[name] = _wider(own.get(name, type_), type_)
        if kind == "shapes":
            kinds |= set(json.loads(part.metadata[b"geometry_types"]))
            boxes.append(np.array(json.loads(part.metadata[b"bbox"]), float))
    fields = [
        pa.field(name, type_, metadata={"description": meaning} | ({"unit": unit} if unit else {}))
        for name, (type_, unit, meaning) in COLUMNS[kind].items()
        if name != GEOMETRY
    ]
    fields += [pa.field(name, type_) for name, type_ in own.items()]
    if kind != "shapes":
        return pa.schema(fields)
    type_, unit, meaning = COLUMNS[kind][GEOMETRY]
    fields.append(pa.field(GEOMETRY, type_, metadata={"description": meaning, "unit": unit}))
    return pa.schema(fields, metadata={"geo": json.dumps(_geo(sorted(kinds), np.array(boxes)))})


def _geo(kinds: Sequence[str], boxes: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Return GeoParquet's metadata (1.1): planar, and on no map: `crs` null says so, left out it would mean degrees."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": list(kinds), "crs": None, "edges": "planar"}
    if boxes.size and np.isfinite(boxes).any():
        column["bbox"] = [*np.nanmin(boxes[:, :2], axis=0).tolist(), *np.nanmax(boxes[:, 2:], axis=0).tolist()]
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def _wider(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    if one == other or other == pa.null():
        return one
    if one == pa.null():
        return other
    return _REAL if {one, other} == {_WHOLE, _REAL} else _TEXT


def _fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns, known = [], set(table.column_names)
    for field in schema:
        if field.name not in known:
            columns.append(pa.nulls(table.num_rows, field.type))
            continue
        column = table[field.name]
        if pa.types.is_string(field.type) and not pa.types.is_string(column.type):
            column = pa.chunked_array([pa.array([_as_text(value) for value in column.to_pylist()], _TEXT)])
        # Only where it must be: for `cast`, pyarrow imports much.
        columns.append(column if column.type == field.type else column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def read_table(folder: Path, annotation_set: str, kind: str, sample: str | None = None) -> pd.DataFrame:
    """Read a table of a dataset; of one sample only, if one is named. Geometries are shapely's.

    Raises
    ------
    KeyError
        When there is no such table.
    """
    path = folder / layout.table_path(annotation_set, kind)
    if not path.is_file():
        raise KeyError(f"{annotation_set} has no {kind}")
    table = pq.read_table(path, filters=[("sample", "==", sample)] if sample is not None else None)
    frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    if GEOMETRY in frame:
        import shapely

        frame[GEOMETRY] = shapely.from_wkb(frame[GEOMETRY].to_numpy())
    return frame


def count_rows(folder: Path, annotation_set: str, kind: str) -> Counter[str]:
    """Return how many things a table tells of each sample: rows; of objects, which have one a time point, objects.

    Raises
    ------
    MifaError
        MIFA415 when the table is missing or not what it should be.
    """
    path = layout.table_path(annotation_set, kind)
    try:
        with pq.ParquetFile(folder / path) as file:
            for name, (type_, _, _) in COLUMNS[kind].items():
                if file.schema_arrow.field(name).type != type_:
                    raise ValueError(f"its column {name} is {file.schema_arrow.field(name).type}, not {type_}")
            if kind == "objects":
                objects = file.read(["sample", "label_image", "id"])
                samples = objects.group_by(objects.column_names).aggregate([]).column("sample")
            else:
                samples = file.read(["sample"]).column(0)
            counts = Counter({entry["values"].as_py(): entry["counts"].as_py() for entry in samples.value_counts()})
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise MifaError("MIFA415", f"cannot be read: {error}", path) from error
    return counts


def column_values(folder: Path, annotation_set: str, kind: str, column: str) -> set[str]:
    """Return the different texts in a column; none when the table is not there, or cannot be read."""
    try:
        with pq.ParquetFile(folder / layout.table_path(annotation_set, kind)) as file:
            batches = [batch.column(0).unique().to_pylist() for batch in file.iter_batches(columns=[column])]
    except (OSError, pa.ArrowException):
        return set()
    return {value for batch in batches for value in batch if value}
