"""Texts that speak of another organism than the biosample's."""

from __future__ import annotations

import pytest
from tests.checks.prose.told import sheet_of

from mifakit.checks.prose.organisms import check_organisms


def said(text: str, organism: str = "Homo sapiens", common: str | None = None) -> list[str]:
    stated = {
        "biosamples": [
            {"title": "B", "organisms": [{"scientific_name": organism, "common_name": common}]},
            {"title": "C", "organisms": []},
        ],
        "images": [{"name": "a", "biosample": "B", "description": text}],
    }
    findings = list(check_organisms(sheet_of(stated)))
    assert {(one.code, one.place and one.place.item) for one in findings} <= {("MIFA175", "images[0].description")}
    return [one.message for one in findings]


@pytest.mark.parametrize(
    ("text", "organism"),
    [
        ("Nuclei of mouse embryos", "Homo sapiens"),
        ("Zebrafish larvae", "Homo sapiens"),
        ("HeLa cells, human", "Mus musculus"),
        ("Drosophila melanogaster wing discs", "Danio rerio"),
        ("Sections of rats' brains", "Mus musculus"),
    ],
)
def test_another_organism(text: str, organism: str) -> None:
    assert len(said(text, organism)) == 1
    assert organism in said(text, organism)[0]


@pytest.mark.parametrize(
    ("text", "organism"),
    [
        ("Nuclei of human cells", "Homo sapiens"),
        ("Human cells in mouse xenografts", "Homo sapiens"),
        ("Mouse embryos", "Mus musculus"),
        ("D. rerio and mouse", "Danio rerio"),
        ("Nuclei of cells", "Homo sapiens"),
        ("Stained with mouse anti-tubulin", "Homo sapiens"),
        ("Stained with anti-mouse antibodies", "Homo sapiens"),
        ("Grown in fetal bovine serum", "Homo sapiens"),
        ("Cells of patients", "Mus musculus"),
        ("A mouse-like shape", "Homo sapiens"),
        ("Mouse cells", "Nobody knows"),
        ("Ratio of intensities; the user's cathode", "Homo sapiens"),
    ],
)
def test_the_same_or_none(text: str, organism: str) -> None:
    assert said(text, organism) == []


def test_the_common_name_of_the_sheet_counts() -> None:
    assert said("Mouse cells", "Mus sp.", "mouse") == []


def test_what_the_study_says_is_of_its_only_biosample() -> None:
    biosamples = [{"title": "B", "organisms": [{"scientific_name": "Homo sapiens"}]}]
    stated = {"study": {"title": "Nuclei of the mouse"}, "biosamples": biosamples}
    assert [one.place and one.place.item for one in check_organisms(sheet_of(stated))] == ["study.title"]
    two = [*biosamples, {"title": "C", "organisms": [{"scientific_name": "Mus musculus"}]}]
    assert list(check_organisms(sheet_of({**stated, "biosamples": two}))) == []
