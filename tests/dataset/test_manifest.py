"""The manifest: what is written is read back, and CSV and Parquet say the same."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mifakit.dataset.layout import MANIFEST, MANIFEST_CSV
from mifakit.dataset.manifest import COLUMNS, SET_COLUMNS, read_manifest, write_manifest
from mifakit.dataset.rows import AnnotationRow, SampleRow
from mifakit.errors import MifaError


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, manifests: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    sets, rows = data.draw(manifests)
    folder = tmp_path_factory.mktemp("dataset")
    write_manifest(folder, rows, sets)
    assert read_manifest(folder) == (sorted(rows, key=lambda row: row.sample), sets)
    frame = pd.read_parquet(folder / MANIFEST)
    with (folder / MANIFEST_CSV).open(encoding="utf-8", newline="") as stream:
        header, *cells = csv.reader(stream)
    assert header == list(frame.columns)
    assert len(cells) == len(frame) == len(rows)
    for line, (_, record) in zip(cells, frame.iterrows(), strict=True):
        for cell, value in zip(line, record, strict=True):
            assert _means(cell, value), (cell, value)


def _means(cell: str, value: Any) -> bool:
    """Whether a cell of the CSV says what the Parquet file says."""
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return cell == ""
    if isinstance(value, str):
        formula = value.lstrip().startswith(("=", "+", "-", "@"))
        return cell == (f"'{value}" if formula else value)
    if isinstance(value, (int, float)):
        return float(cell) == value
    return json.loads(cell) == list(value)


def test_text_that_a_spreadsheet_would_run_is_quoted(tmp_path: Path, plain_row: Any) -> None:
    awkward = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "a=b", "'x"]
    write_manifest(tmp_path, [plain_row(f"s{i}", source=text, group=text) for i, text in enumerate(awkward)], [])
    frame = pd.read_csv(tmp_path / MANIFEST_CSV, keep_default_na=False)
    assert list(frame["source"]) == ["'=cmd|' /C calc'!A0", "'+1", "'-1", "'@SUM(A1)", "a=b", "'x"]
    assert list(pd.read_parquet(tmp_path / MANIFEST)["source"]) == awkward
    for line in (tmp_path / MANIFEST_CSV).read_text(encoding="utf-8").splitlines()[1:]:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in next(csv.reader([line])))


def test_a_line_end_of_old_macs_does_not_split_a_row(tmp_path: Path, plain_row: Any) -> None:
    write_manifest(tmp_path, [plain_row(source="Icon\r.tif")], [])
    assert list(pd.read_csv(tmp_path / MANIFEST_CSV, lineterminator="\n")["source"]) == ["Icon\r.tif"]
    with (tmp_path / MANIFEST_CSV).open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.reader(stream))) == 2


@pytest.mark.parametrize("text", ["\t=1+1", "\r=1+1"])
def test_a_formula_behind_a_tab_is_quoted_too(tmp_path: Path, plain_row: Any, text: str) -> None:
    write_manifest(tmp_path, [plain_row(source=text)], [])
    assert f"'{text}" in (tmp_path / MANIFEST_CSV).read_bytes().decode()


def test_csv_by_hand(tmp_path: Path, plain_row: Any) -> None:
    label = AnnotationRow(("m/b.tif", "m/ü.tif"), "images/b.ome.zarr/labels/nuclei", 3, "uint8", "2" * 64)
    rows = [plain_row("b", pixel_size_x=0.5, pixel_size_y=0.25, annotations={"nuclei": label}), plain_row("a")]
    write_manifest(tmp_path, rows, ["nuclei"])
    raw = (tmp_path / MANIFEST_CSV).read_bytes()
    first, a, b = raw.decode("utf-8").splitlines()
    assert first.split(",") == [*COLUMNS, *(f"nuclei.{column}" for column in SET_COLUMNS)]
    shared = 'cyx,"[1, 4, 6]",uint8'
    assert a == (
        f'a,images/a.ome.zarr,Cells,,,,,,,{shared},,,,,,"[""DAPI""]",[],[],,,,a.tif,,[],'
        f"{'0' * 64},{'1' * 64},{',' * 12}"
    )
    assert b == (
        f'b,images/b.ome.zarr,Cells,,,,,,,{shared},0.5,0.25,,micrometer,,"[""DAPI""]",[],[],,,,b.tif,,[],'
        f'{"0" * 64},{"1" * 64},,"[""m/b.tif"", ""m/ü.tif""]",images/b.ome.zarr/labels/nuclei,3,uint8,{"2" * 64},'
        "[],[],,,,,"
    )


def test_every_column_says_what_it_means(tmp_path: Path, plain_row: Any) -> None:
    write_manifest(tmp_path, [plain_row()], ["nuclei"])
    schema = pq.read_schema(tmp_path / MANIFEST)
    assert schema.names == [*COLUMNS, *(f"nuclei.{column}" for column in SET_COLUMNS)]
    for field in schema:
        assert field.metadata[b"description"], field.name
    assert schema.field("shape").type == pa.list_(pa.int64())
    assert json.loads(schema.metadata[b"annotation_sets"]) == ["nuclei"]


@pytest.mark.parametrize(
    ("sizes", "unit"),
    [
        ({}, None),
        ({"pixel_size_x": 0.5, "pixel_size_y": 0.5}, "micrometer"),
        ({"pixel_size_z": 0.5}, "micrometer"),
        ({"time_step": 3.0}, None),
    ],
)
def test_the_unit_stands_where_a_pixel_size_does(
    tmp_path: Path, plain_row: Any, sizes: dict[str, float], unit: str | None
) -> None:
    write_manifest(tmp_path, [plain_row(**sizes)], [])
    assert pq.read_table(tmp_path / MANIFEST)["pixel_size_unit"].to_pylist() == [unit]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path, plain_row: Any) -> None:
    rows = [plain_row(name) for name in "abc"]
    for name, order in (("one", rows), ("two", rows[::-1])):
        (tmp_path / name).mkdir()
        write_manifest(tmp_path / name, order, ["nuclei"])
    for file in (MANIFEST, MANIFEST_CSV):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize("other", ["digest_nuclei", "dtype_nuclei", "sources_nuclei"])
def test_columns_of_two_sets_are_never_one(tmp_path: Path, plain_row: Any, other: str) -> None:
    labels = {
        name: AnnotationRow((f"{name}.tif",), f"labels/{name}", 1, "uint8", "2" * 64) for name in ("nuclei", other)
    }
    row = plain_row(annotations=labels)
    write_manifest(tmp_path, [row], list(labels))
    assert read_manifest(tmp_path)[0] == [row]


def _break(path: Path, how: str, row: SampleRow) -> None:
    if how == "absent":
        path.unlink()
    elif how == "folder":
        path.unlink()
        path.mkdir()
    elif how == "truncated":
        path.write_bytes(path.read_bytes()[:-30])
    elif how == "text":
        path.write_text("sample,image\n")
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "other table":
        pq.write_table(pa.table({"a": [1]}), path)
    elif how == "column missing":
        table = pq.read_table(path)
        pq.write_table(table.drop_columns(["axes"]), path)
    elif how == "not our metadata":
        pq.write_table(pq.read_table(path).replace_schema_metadata({"annotation_sets": "{"}), path)
    elif how == "empty cell":
        table = pq.read_table(path)
        place = table.schema.get_field_index("shape")
        nothing = pa.array([None], table.schema.field("shape").type)
        pq.write_table(table.set_column(place, table.schema.field("shape"), nothing), path)


@pytest.mark.parametrize(
    "how",
    [
        "absent",
        "folder",
        "truncated",
        "text",
        "empty",
        "other table",
        "column missing",
        "not our metadata",
        "empty cell",
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, plain_row: Any, how: str) -> None:
    write_manifest(tmp_path, [plain_row()], ["nuclei"])
    _break(tmp_path / MANIFEST, how, plain_row())
    with pytest.raises(MifaError) as error:
        read_manifest(tmp_path)
    assert error.value.code == "MIFA400"
