"""Organisms and imaging methods under names that the archive does not use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mifakit.catalogue import Level, Severity
from mifakit.checks.registry import check_sheet
from mifakit.example_lab.example import filled_sheet
from mifakit.findings import Finding
from mifakit.metadata.image_sets import ImageSet
from mifakit.metadata.rembi import ImageAnalysis, ImagingMethod, Organism
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.reading import read_sheet
from mifakit.sheet.template import render_sheet

CODES = ("MIFA122", "MIFA130", "MIFA131", "MIFA132", "MIFA134")
Told = tuple[str, str, str | None]


@pytest.fixture
def told(tmp_path: Path) -> Callable[[StudySheet], list[Told]]:
    """Return a function that says what is found in a sheet: code, place and hint."""

    def check(sheet: StudySheet) -> list[Told]:
        (tmp_path / "mifa.yaml").write_text(render_sheet(sheet), encoding="utf-8")
        found: list[Finding] = check_sheet(read_sheet(tmp_path / "mifa.yaml"))
        ours = [one for one in found if one.code in CODES]
        for one in ours:
            assert one.place and one.place.line
            if one.code != "MIFA122":
                assert (one.severity, one.level) == (Severity.WARNING, Level.ARCHIVE)
        return [(one.code, str(one.place.item if one.place else ""), one.hint) for one in ours]

    return check


def test_the_example_is_in_order(told: Callable[[StudySheet], list[Told]]) -> None:
    assert told(filled_sheet()) == []


NAME, TAXON = "biosamples[0].organisms[0].scientific_name", "biosamples[0].organisms[0].ncbi_taxon"


@pytest.mark.parametrize(
    ("name", "taxon", "expected"),
    [
        ("Mus musculus", "10090", []),
        ("Mus musculus", None, []),
        ("Mus musculus domesticus", "10092", []),
        ("Escherichia coli K-12", "562", []),
        ("Aspergillus flavus", "5059", []),
        ("Drosophila", "7215", []),
        ("A beast that nobody named", "5059", []),
        ("mouse", "10090", [("MIFA130", NAME, "write Mus musculus")]),
        ("Homo sapien", None, [("MIFA130", NAME, "write Homo sapiens")]),
        ("homo sapiens", None, [("MIFA130", NAME, "write Homo sapiens")]),
        ("Homo sapiens (human)", None, [("MIFA130", NAME, "write Homo sapiens")]),
        ("M. musculus", None, [("MIFA130", NAME, "write Mus musculus")]),
        ("Giardia lamblia", "5741", [("MIFA130", NAME, "write Giardia intestinalis")]),
        ("Mus musculus", "9606", ["MIFA131"]),
        ("Aspergillus flavus", "9606", ["MIFA131"]),
        ("Homo sapiens", "1", ["MIFA131"]),
        ("fly", "9606", [("MIFA130", NAME, "write Drosophila melanogaster"), "MIFA131"]),
    ],
)
def test_organisms(told: Callable[[StudySheet], list[Told]], name: str, taxon: str | None, expected: list[Any]) -> None:
    sheet = filled_sheet()
    sheet.biosamples[0].organisms = [Organism(scientific_name=name, ncbi_taxon=taxon)]
    found = told(sheet)
    assert [one if one[0] != "MIFA131" else one[0] for one in found] == expected
    assert all(place == TAXON for code, place, _ in found if code == "MIFA131")


METHOD, FBBI = "acquisitions[0].methods[0].name", "acquisitions[0].methods[0].fbbi_id"


@pytest.mark.parametrize(
    ("name", "fbbi", "expected"),
    [
        ("confocal microscopy", "FBbi:00000251", []),
        ("confocal microscopy", None, []),
        ("Confocal Microscopy", None, []),
        ("stimulated emission depletion (STED)", "FBbi:00000334", []),
        ("confocal", "FBbi:00000251", [("MIFA132", METHOD, "did you mean 'confocal microscopy'?")]),
        ("Confocl microscopy", None, [("MIFA132", METHOD, "did you mean 'confocal microscopy'?")]),
        ("magic", None, [("MIFA132", METHOD, "mifa terms method TEXT looks for its name there")]),
        ("magic", "FBbi:00000001", [("MIFA132", METHOD, "mifa terms method TEXT looks for its name there")]),
        ("confocal microscopy", "FBbi:00000246", ["MIFA131"]),
        ("confocal microscopy", "FBbi:00000001", ["MIFA131"]),
        ("magic", "FBbi:00000246", [("MIFA132", METHOD, "mifa terms method TEXT looks for its name there"), "MIFA131"]),
    ],
)
def test_imaging_methods(
    told: Callable[[StudySheet], list[Told]], name: str, fbbi: str | None, expected: list[Any]
) -> None:
    sheet = filled_sheet()
    sheet.acquisitions[0].methods = [ImagingMethod(name=name, fbbi_id=fbbi)]
    found = told(sheet)
    assert [one if one[0] != "MIFA131" else one[0] for one in found] == expected
    assert all(place == FBBI for code, place, _ in found if code == "MIFA131")


def analyses(*named: list[str]) -> StudySheet:
    """Return a sheet with two analyses, and an image set for each list of titles."""
    sheet = filled_sheet()
    sheet.image_analyses = [
        ImageAnalysis(title="Counting", overview="x"),
        ImageAnalysis(title="Tracking", overview="x"),
    ]
    first = sheet.images[0]
    sheet.images = [
        ImageSet.model_validate({**first.model_dump(), "name": f"set {i}", "image_analyses": titles})
        for i, titles in enumerate(named)
    ]
    return sheet


def test_a_single_image_set_need_not_name_its_analyses(told: Callable[[StudySheet], list[Told]]) -> None:
    assert told(analyses([])) == []
    assert [(code, place) for code, place, _ in told(analyses(["Counting"]))] == [
        ("MIFA134", "image_analyses[1].title")
    ]


def test_what_no_image_set_names_is_told(told: Callable[[StudySheet], list[Told]]) -> None:
    assert told(analyses(["Counting"], ["Tracking", "Counting"])) == []
    assert [(code, place) for code, place, _ in told(analyses([], ["Counting"]))] == [
        ("MIFA134", "image_analyses[1].title")
    ]
    sheet = analyses([], [])
    sheet.specimens.append(sheet.specimens[0].model_copy(update={"title": "Spare"}))
    assert [(code, place) for code, place, _ in told(sheet)] == [
        ("MIFA134", "specimens[1].title"),
        ("MIFA134", "image_analyses[0].title"),
        ("MIFA134", "image_analyses[1].title"),
    ]


def test_a_biosample_may_be_named_by_its_specimen(told: Callable[[StudySheet], list[Told]]) -> None:
    sheet = filled_sheet()
    sheet.images[0].biosample = None
    assert told(sheet) == []


def test_a_title_that_no_analysis_has_is_told_with_the_nearest(told: Callable[[StudySheet], list[Told]]) -> None:
    assert ("MIFA122", "images[0].image_analyses", "did you mean 'Counting'?") in told(
        analyses(["Countin", "Tracking"])
    )
