"""Findings under the rooms of the sheet, in its order."""

from __future__ import annotations

from mifakit.findings import Finding, Place
from mifakit.reports.grouping import count_levels, format_rooms


def at(code: str, item: str | None, path: str = "mifa.yaml") -> Finding:
    return Finding.of(code, "m", Place(path, item=item))


FINDINGS = [
    at("MIFA207", None, "images/a.tif"),
    at("MIFA358", "annotations[0].types"),
    at("MIFA101", "study.title"),
    at("MIFA160", "study.title"),
    at("MIFA408", "level 0", "images/a.ome.zarr"),
    Finding.of("MIFA005", "m"),
]


def test_rooms_stand_in_the_order_of_the_sheet_and_files_behind() -> None:
    lines = list(format_rooms(FINDINGS))
    heads = [lines[index - 1] for index, line in enumerate(lines) if line and set(line) == {"-"}]
    assert heads == ["study: 1 error, 1 warning", "annotations: 1 warning", "files: 1 error, 2 warnings"]
    assert len([line for line in lines if "[MIFA" in line]) == len(FINDINGS)


def test_one_room_has_no_head() -> None:
    assert next(format_rooms(FINDINGS[2:4])).startswith("error[MIFA101]")
    assert list(format_rooms([])) == []


def test_levels_are_counted() -> None:
    assert count_levels(FINDINGS) == "2 MIFA-required, 1 archive"
    assert count_levels([]) == ""
