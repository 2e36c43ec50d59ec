"""Wells by name: what people write, and nothing that only looks like it."""

from __future__ import annotations

import pytest

from mifakit.metadata.wells import FORMATS, Well, parse_well, row_letters, usual_format, well_at


@pytest.mark.parametrize(
    ("text", "well"),
    [
        ("A01", Well(1, 1)),
        ("b12", Well(2, 12)),
        ("A-1", Well(1, 1)),
        ("H_012", Well(8, 12)),
        (" P24 ", Well(16, 24)),
        ("Z1", Well(26, 1)),
        ("AA1", Well(27, 1)),
        ("AF48", Well(32, 48)),
    ],
)
def test_names(text: str, well: Well) -> None:
    assert parse_well(text) == well


@pytest.mark.parametrize(
    "text",
    ["", "A", "1", "A0", "A49", "AG1", "BA1", "A1.0", "A1-2", "Ä1", "A１", "A٣", "1A", "A 1 1", "A1\x00", "A--1"],
)
def test_what_is_no_well(text: str) -> None:
    assert parse_well(text) is None


def test_rows_by_number_or_letter() -> None:
    assert well_at("01", "01") == well_at("A", "1") == Well(1, 1)
    assert well_at("32", "48") == well_at("af", "048") == Well(32, 48)
    for row, column in [
        ("0", "1"),
        ("33", "1"),
        ("1", "0"),
        ("1", "49"),
        ("1", ""),
        ("", "1"),
        ("-1", "1"),
        ("1", "A"),
    ]:
        assert well_at(row, column) is None


def test_names_lead_back() -> None:
    rows, columns = FORMATS[1536]
    wells = [Well(row, column) for row in range(1, rows + 1) for column in range(1, columns + 1)]
    assert [parse_well(well.name) for well in wells] == wells
    assert len({row_letters(row) for row in range(1, rows + 1)}) == rows == 32
    assert all(rows * columns == size for size, (rows, columns) in FORMATS.items())


@pytest.mark.parametrize(
    ("well", "size"), [((1, 1), 96), ((8, 12), 96), ((9, 1), 384), ((1, 13), 384), ((16, 24), 384), ((32, 1), 1536)]
)
def test_the_usual_plate_that_holds_wells(well: tuple[int, int], size: int) -> None:
    assert usual_format([Well(1, 1), Well(*well)]) == size
