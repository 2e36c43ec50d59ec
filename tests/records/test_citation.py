from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import bibtexparser
import pytest
import yaml
from bibtexparser.bparser import BibTexParser
from bibtexparser.customization import author as split_authors
from bibtexparser.latexenc import latex_to_unicode
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records import bibtex
from mifakit.records.bundled import bundled_schema
from mifakit.records.citation import Citation

MakeDataset = Callable[..., Dataset]


def cff(dataset: Dataset) -> dict[str, Any]:
    # PyYAML reads YAML 1.1, as cffconvert does: what it takes for a date or a number must be quoted.
    loaded: dict[str, Any] = yaml.safe_load(Citation().render(dataset)["CITATION.cff"])
    return loaded


def entries(text: str) -> list[dict[str, str]]:
    parser = BibTexParser(ignore_nonstandard_types=False, common_strings=False)
    found: list[dict[str, str]] = bibtexparser.loads(text, parser=parser).entries
    return found


def errors(document: dict[str, Any]) -> list[str]:
    schema = bundled_schema("citation-file-format-1.2.0")
    validator = Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def test_only_what_nobody_said_is_missing(variant: Dataset) -> None:
    found = errors(cff(variant))
    if variant.sheet.study.title:
        assert found == []
    else:
        assert found == [f"$: {key!r} is a required property" for key in ("authors", "title")]


def test_cff_says_who_what_and_when(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    found = cff(make_dataset(full_sheet))
    assert found["type"] == "dataset"
    assert found["doi"] == "10.6019/S-BIAD634"
    assert found["version"] == "1.0"
    assert found["date-released"] == "2026-12-01"
    assert found["license"] == "CC-BY-4.0"
    assert found["authors"][0]["orcid"] == "https://orcid.org/0000-0002-1825-0097"
    assert found["keywords"] == ["nuclei", "segmentation", "no"]
    (paper, in_press) = found["references"]
    assert (paper["doi"], paper["year"], paper["authors"]) == (
        "10.1242/jcs.033340",
        2021,
        [{"name": "J. Carberry, T. Grayson"}],
    )
    assert in_press["title"] == "In press"


def test_a_doi_that_cff_has_no_place_for_is_given_by_its_address(
    make_dataset: MakeDataset, full_sheet: StudySheet
) -> None:
    full_sheet.study.publications[0].doi = "10.1002/(SICI)1097-0185(19991101)256:3<221::AID>3.0.CO;2-J"
    full_sheet.study.publications.append(full_sheet.study.publications[0])
    found = cff(make_dataset(full_sheet))
    assert errors(found) == []
    assert found["references"][0]["url"].startswith("https://doi.org/10.1002/(SICI)1097-0185(19991101)256:3%3C221")


def test_bibtex_says_the_same(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    full_sheet.study.title = "50 % of $cells & {other} #things_"
    first, *papers = entries(Citation().render(make_dataset(full_sheet))["records/citation.bib"].decode())
    assert first["ENTRYTYPE"] == "dataset"
    assert first["ID"] == "carberry2026cells"
    assert unescaped(first["title"]) == full_sheet.study.title
    assert split_authors(first)["author"] == ["Carberry, Josiah", "Skłodowska–Curie, Marie"]
    assert (first["year"], first["version"], first["doi"]) == ("2026", "1.0", "10.6019/S-BIAD634")
    assert [(paper["ENTRYTYPE"], paper.get("doi")) for paper in papers] == [
        ("article", "10.1242/jcs.033340"),
        ("article", None),
    ]


def test_of_a_blank_sheet_there_is_nothing_to_cite(make_dataset: MakeDataset) -> None:
    assert Citation().render(make_dataset(StudySheet(), {"a": ()}))["records/citation.bib"] == b""


def unescaped(text: str) -> str:
    """Return what TeX would print, by bibtexparser's own reading of commands."""
    for command, sign in (("textbraceleft", "\0"), ("textbraceright", "\1"), ("textbackslash", "\2")):
        text = text.replace(f"\\{command}{{}}", sign)  # bibtexparser drops braces, wherever they come from
    text = text.replace("\\textasciitilde{}", "~").replace("\\textasciicircum{}", "^")
    text = re.sub(r"\\([$&#%_])", r"\1", text)
    return text.replace("{", "").replace("}", "").translate({0: "{", 1: "}", 2: "\\"})


printable = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cf", "Cn", "Co")), min_size=1)
words = st.lists(printable, min_size=1, max_size=4).map(" ".join)


@settings(max_examples=40)
@given(title=words, note=words)
def test_bibtex_comes_back_as_it_was_said(title: str, note: str) -> None:
    text = bibtex.entry("misc", "key", {"title": bibtex.title(title), "note": note})
    (found,) = entries(text)
    assert (found["ENTRYTYPE"], found["ID"]) == ("misc", "key")
    assert unescaped(found["title"]) == title
    assert unescaped(found["note"]) == note


@given(people=st.lists(st.tuples(words, words), min_size=1, max_size=4))
def test_names_stay_apart(people: list[tuple[str, str]]) -> None:
    text = bibtex.names(people)
    depth, parts, start = 0, [], 0  # BibTeX parts names at " and " outside of braces
    for place, letter in enumerate(text):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0 and re.match(r" and ", text[place:], re.IGNORECASE):
            parts.append(text[start:place])
            start = place + 5
    parts.append(text[start:])
    assert [unescaped(part) for part in parts] == [", ".join(person) for person in people]


@pytest.mark.parametrize("text", ["Skłodowska–Curie", "Ångström", "李"])
def test_letters_stay_letters(text: str) -> None:
    assert latex_to_unicode(bibtex.escaped(text)) == text
    assert bibtex.citation_key(text).isascii()
