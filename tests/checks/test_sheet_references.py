"""Fields that the sheet goes by and that its patterns lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from mifakit.checks.registry import check_sheet
from mifakit.example_lab.example import filled_sheet
from mifakit.metadata.conversion_choices import Splits
from mifakit.metadata.rembi import ImageAnalysis, ImageCorrelation
from mifakit.sheet.reading import read_sheet
from mifakit.sheet.template import render_sheet


def found(folder: Path, pattern: str, series: str | None = None, group_by: str | None = None) -> list[tuple[str, str]]:
    sheet = filled_sheet()
    sheet.images[0].files, sheet.images[0].series = [pattern], series
    sheet.splits = Splits(group_by=group_by)
    (folder / "mifa.yaml").write_text(render_sheet(sheet), encoding="utf-8")
    findings = check_sheet(read_sheet(folder / "mifa.yaml"))
    return [(one.code, (one.place.item or "") if one.place else "") for one in findings if one.is_error]


@pytest.mark.parametrize(
    ("pattern", "series", "expected"),
    [
        ("{name}_t{t:03d}_c{c}.tif", "tc", []),
        ("{name}_t{t}.tif", None, []),
        ("{name}_t{t:d}.tif", "tc", [("MIFA127", "images[0].series")]),
        ("{name}_t{t:q}.tif", None, [("MIFA125", "images[0].files")]),
        ("{name}.tif", "q", [("MIFA105", "images[0].series")]),
    ],
)
def test_a_series_goes_by_fields_of_the_patterns(
    tmp_path: Path, pattern: str, series: str | None, expected: list[tuple[str, str]]
) -> None:
    assert found(tmp_path, pattern, series) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("name", []),
        ("p", []),
        ("scene", []),
        ("patient", [("MIFA126", "splits.group_by")]),
        ("t", [("MIFA126", "splits.group_by")]),
    ],
)
def test_splits_go_by_fields_that_tell_images_apart(
    tmp_path: Path, field: str, expected: list[tuple[str, str]]
) -> None:
    assert found(tmp_path, "p{p:02d}/{name}_t{t:d}.tif", "t", field) == expected


@pytest.mark.parametrize("field", ["image_analyses", "image_correlations"])
def test_images_name_analyses_and_correlations_that_there_are(tmp_path: Path, field: str) -> None:
    sheet = filled_sheet()
    sheet.image_analyses = [ImageAnalysis(title="Known", overview="Counted.")]
    sheet.image_correlations = [ImageCorrelation(title="Known", alignment="By eye.")]
    setattr(sheet.images[0], field, ["Known", "Unknown"])
    (tmp_path / "mifa.yaml").write_text(render_sheet(sheet), encoding="utf-8")
    findings = [one for one in check_sheet(read_sheet(tmp_path / "mifa.yaml")) if one.is_error]
    assert [(one.code, one.message) for one in findings] == [
        ("MIFA122", "there is no entry 'Unknown'; there is 'Known'")
    ]


def unnamed(folder: Path, **changes: object) -> list[tuple[str, str]]:
    sheet = filled_sheet()
    sheet.acquisitions[0].title = "Zeiss 20x"
    sheet.images[0].acquisition = "Zeiss 20x"
    for field, value in changes.items():
        setattr(sheet.images[0], field, value)
    (folder / "mifa.yaml").write_text(render_sheet(sheet), encoding="utf-8")
    findings = check_sheet(read_sheet(folder / "mifa.yaml"))
    return [(one.code, one.hint or "") for one in findings if one.code in ("MIFA122", "MIFA134")]


def test_an_entry_that_is_named_by_a_slip_is_found_once(tmp_path: Path) -> None:
    assert unnamed(tmp_path) == []
    assert unnamed(tmp_path, acquisition="ZEISS 20X") == [("MIFA122", "did you mean 'Zeiss 20x'?")]
    assert {code for code, _ in unnamed(tmp_path, acquisition="confocal")} == {"MIFA122", "MIFA134"}


def test_a_biosample_is_named_by_its_specimen(tmp_path: Path) -> None:
    assert [code for code, _ in unnamed(tmp_path, specimen=None, biosample=None)] == ["MIFA134"]
