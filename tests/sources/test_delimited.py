"""CSV and TSV: cells as they were typed, in the encodings of this world, and no more than the budgets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mifakit.errors import MifaError
from mifakit.sources import columns, delimited
from mifakit.sources.columns import Columns
from mifakit.sources.delimited import read_delimited


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def read(path: Path, content: str | bytes) -> Columns:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_delimited(path)


def cells(table: Columns) -> dict[str, list[str | None]]:
    return {name: table.texts(name) for name in table.names}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_ends_of_lines(path: Path, delimiter: str, newline: str) -> None:
    lines = [["id", "x", "name"], ["1", "2.5", "a b"], ["007", "", " c "]]
    table = read(path, newline.join(map(delimiter.join, lines)))
    assert cells(table) == {"id": ["1", "007"], "x": ["2.5", None], "name": ["a b", "c"]}
    assert table.findings == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-mark", "utf-16-be-mark"])
def test_encodings(path: Path, encoding: str) -> None:
    text = "größe,x\nµm,1\n"
    marks = {
        "utf-16-le-mark": b"\xff\xfe" + text.encode("utf-16-le"),
        "utf-16-be-mark": b"\xfe\xff" + text.encode("utf-16-be"),
    }
    table = read(path, marks.get(encoding) or text.encode(encoding))
    assert cells(table) == {"größe": ["µm"], "x": ["1"]}
    assert table.findings == ()


def test_latin_1_is_said(path: Path) -> None:
    table = read(path, "x,größe\n1,5 µm\n".encode("latin-1"))
    assert cells(table)["größe"] == ["5 µm"]
    assert [finding.code for finding in table.findings] == ["MIFA359"]


def test_quotes(path: Path) -> None:
    table = read(path, 'a,b\n"1,5","he said ""no"""\n"two\nlines",2\n')
    assert cells(table) == {"a": ["1,5", "two\nlines"], "b": ['he said "no"', "2"]}


def test_blank_rows_columns_and_headers(path: Path) -> None:
    table = read(path, "\n,x,y,\n0,1,2,\n\n,,,\n1,3,4,\n")
    assert cells(table) == {"x": ["1", "3"], "y": ["2", "4"]}


def test_excel_says_its_delimiter(path: Path) -> None:
    assert cells(read(path, "sep=;\na;b\n1,5;2\n")) == {"a": ["1,5"], "b": ["2"]}


def test_rows_of_other_length_are_said(path: Path) -> None:
    table = read(path, "a,b\n1,2\n3\n4,5,6\n7,8\n")
    assert cells(table) == {"a": ["1", "7"], "b": ["2", "8"]}
    assert [finding.message for finding in table.findings] == [
        "2 rows are left out, which have more or fewer cells than the header: 3, 4"
    ]


def test_headers_that_stand_twice(path: Path) -> None:
    table = read(path, "a,b,a\n1,2,3\n")
    assert cells(table) == {"a": ["1"], "b": ["2"]}
    assert "several columns are called 'a'" in table.findings[0].message


def test_a_header_alone(path: Path) -> None:
    table = read(path, "a,b")
    assert (table.names, table.count) == (("a", "b"), 0)
    assert table.numbers("a")[0].size == 0


def test_numbers(path: Path) -> None:
    table = read(path, "a,b,c\n1,1.5,x\n-2e3,NA,1\n+.5,nan,\n,,2\n")
    for name, expected, odd in (
        ("a", [1, -2000, 0.5, np.nan], [False] * 4),
        ("b", [1.5, np.nan, np.nan, np.nan], [False] * 4),
        ("c", [np.nan, 1, np.nan, 2], [True, False, False, False]),
    ):
        values, others = table.numbers(name)
        np.testing.assert_array_equal(values, expected)
        assert others.tolist() == odd


@pytest.mark.parametrize("text", ["1_000", "0x10", "1 2", "١", "1e", "--1", "1;5"])
def test_what_is_no_number(path: Path, text: str) -> None:
    values, others = read(path, f"a,b\n{text},1\n").numbers("a")
    assert np.isnan(values).all()
    assert others.all()


def test_decimal_commas(path: Path) -> None:
    assert read(path, "a;b\n1,5;2\n").numbers("a")[0].tolist() == [1.5]
    assert read(path, 'a,b\n"1,5",2\n').numbers("a")[1].tolist() == [True]


def test_plain_values(path: Path) -> None:
    table = read(path, "whole,gap,real,truth,text,code\n1,1,1,True,a,01\n2,,2.5,false,,02\n")
    assert np.asarray(table.plain("whole")).dtype == np.int64
    np.testing.assert_array_equal(table.plain("gap"), [1, np.nan])
    np.testing.assert_array_equal(table.plain("real"), [1, 2.5])
    assert table.plain("truth") == [True, False]
    assert table.plain("text") == ["a", None]
    assert table.plain("code") == ["01", "02"]


@pytest.mark.parametrize("content", [b"", b"\n\n", bytes(100), b"\x89PNG\r\n\x1a\n\0\0"])
def test_no_tables(path: Path, content: bytes) -> None:
    with pytest.raises(MifaError) as caught:
        read(path, content)
    assert caught.value.code == "MIFA204"


@pytest.mark.parametrize("content", [b"\xff\xfea", b"\xfe\xff\xd8\x00\x00\x41", b'a,"' + b"b" * 200_000])
def test_damaged_text(path: Path, content: bytes) -> None:
    with pytest.raises(MifaError) as caught:
        read(path, content)
    assert caught.value.code == "MIFA202"


@pytest.mark.parametrize(
    ("limit", "most", "content"),
    [
        ("MAX_COLUMNS", 2, "a,b,c\n1,2,3\n"),
        ("MAX_OBJECTS", 2, "a,b\n1,2\n3,4\n5,6\n"),
        ("MAX_CELLS", 5, "a,b\n1,2\n3,4\n5,6\n"),
    ],
)
def test_budgets(path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, content: str) -> None:
    read(path, content)
    monkeypatch.setattr(columns, limit, most)
    with pytest.raises(MifaError) as caught:
        read_delimited(path)
    assert caught.value.code == "MIFA226"


def test_delimiters_are_counted_before_anything_is_made_of_them(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_CELLS", 5)
    with pytest.raises(MifaError) as caught:
        read(path, "a,b\n" + "," * 6)
    assert caught.value.code == "MIFA226"
