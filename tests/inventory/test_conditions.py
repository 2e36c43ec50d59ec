"""Tables of conditions: as spreadsheets save them, and as strangers send them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mifakit.errors import MifaError
from mifakit.inventory.conditions import Conditions, read_conditions
from mifakit.metadata.wells import Well
from mifakit.sources.limits import MAX_TABLE_BYTES

A1, B3 = Well(1, 1), Well(2, 3)


def read(folder: Path, text: str | bytes) -> Conditions:
    (folder / "t.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    return read_conditions(folder, "t.csv")


def refused(folder: Path, text: str | bytes) -> tuple[str, str]:
    with pytest.raises(MifaError) as error:
        read(folder, text)
    return error.value.code, str(error.value.finding.place)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_spreadsheets_csv(tmp_path: Path, delimiter: str, end: str, mark: str) -> None:
    rows = [["Well", "compound", "dose, µM", ""], ["A01", "a; b", "1,5", ""], ["", "", "", ""], ["b3", "", " 2 ", ""]]
    text = mark + "".join(delimiter.join(f'"{cell}"' for cell in row) + end for row in rows)
    if delimiter == "\t":
        text = text.replace('"dose, µM"', '"dose, µM"').replace('"', "")
    found = read(tmp_path, text)
    assert found.names == ("compound", "dose, µM")
    assert found.of("any", A1) == {"compound": "a; b", "dose, µM": "1,5"}
    assert found.of("any", B3) == {"dose, µM": "2"}
    assert found.of("any", Well(1, 2)) is None


def test_a_table_with_plates_speaks_of_each(tmp_path: Path) -> None:
    found = read(tmp_path, "plate,well,x\nP1,A1,1\nP2,A1,2\nMu\u0308ller,A1,3\n")
    assert [found.of(plate, A1) for plate in ("P1", "P2", "P3", "M\u00fcller")] == [
        {"x": "1"},
        {"x": "2"},
        None,
        {"x": "3"},
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (b"", "t.csv:1"),
        (b"\n\n", "t.csv:1"),
        (b"row,x\nA1,1\n", "t.csv:1"),
        (b"well\nA1\n", "t.csv:1"),
        (b"well,plate\nA1,p\n", "t.csv:1"),
        (b"well,x,x\nA1,1,2\n", "t.csv:1"),
        (b"well,,x\nA1,1,2\n", "t.csv:1"),
        (b"well,x\ty\x07\nA1,1\n", "t.csv:1"),
        (b"well,x\nA1,1\nA2\n", "t.csv:3"),
        (b"well,x\nA1,1\n\nA2,1,2\n", "t.csv:4"),
        (b"well,x\nA1,M\xfcller\n", "t.csv:2"),
        (b'well,x\nA1,"open\n', "t.csv:2"),
        ("well,x\nA1,1\n".encode("utf-16"), "t.csv:1"),
        (b"," * 1000, "t.csv:1"),
        (b"well," + b",".join(b"c%d" % n for n in range(300)), "t.csv:1"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "t.csv:1"),
        (b"well,x\nA1," + b"x" * 200_000, "t.csv:2"),
    ],
)  # fmt: skip
def test_what_is_no_table(tmp_path: Path, text: bytes, where: str) -> None:
    assert refused(tmp_path, text) == ("MIFA230", where)


def test_wells_that_are_none_or_stand_twice(tmp_path: Path) -> None:
    assert refused(tmp_path, "well,x\nA1,1\nI99,1\n") == ("MIFA231", "t.csv:3")
    assert refused(tmp_path, "well,x\nA1,1\n,1\n") == ("MIFA231", "t.csv:3")
    assert refused(tmp_path, "well,x\nA1,1\na-01,1\n") == ("MIFA231", "t.csv:3")
    assert refused(tmp_path, "well,plate,x\nA1,p,1\nA1,q,1\nA01,p,2\n") == ("MIFA231", "t.csv:4")


def test_a_table_beyond_the_budget(tmp_path: Path) -> None:
    with (tmp_path / "t.csv").open("wb") as stream:
        stream.truncate(MAX_TABLE_BYTES + 1)
    with pytest.raises(MifaError) as error:
        read_conditions(tmp_path, "t.csv")
    assert (error.value.code, "larger" in str(error.value)) == ("MIFA230", True)


def test_tables_elsewhere_are_not_read(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    (lab / "folder").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("well,x\nA1,1\n")
    (lab / "link.csv").symlink_to(tmp_path / "secret.csv")
    for path in ("../secret.csv", str(tmp_path / "secret.csv"), "link.csv", "folder", "none.csv", "a\0b", "x" * 5000):
        with pytest.raises(MifaError) as error:
            read_conditions(lab, path)
        assert error.value.code == "MIFA230", path


def test_wells_without_images_and_images_without_row(tmp_path: Path) -> None:
    found = read(tmp_path, "plate,well,x\nP1,A1,1\nP1,B3,1\nP9,A1,1\n")
    told = [(one.code, one.message) for one in found.compare([("P1", A1), ("P2", A1), ("P2", B3)])]
    assert told == [("MIFA232", "no image is of P1 B03, P9 A01"), ("MIFA233", "has no row for P2 A01, P2 B03")]
    assert not list(read(tmp_path, "well,x\nA1,1\n").compare([("P1", A1), ("P2", A1)]))
