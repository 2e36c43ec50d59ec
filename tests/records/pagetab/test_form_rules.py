"""The checker accepts what the archive accepted, and notices every rule broken, in its records and in ours."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from tests.records.pagetab.conftest import FOLDER, Files, lists_as_named, rendered

from mifakit.records.pagetab.file_lists import FileList
from mifakit.records.pagetab.form_rules import check_form
from mifakit.records.pagetab.forms import FormName, form_data
from mifakit.records.pagetab.remarks import Remark, Weight

TODAY = date(2026, 6, 1)
PageTab = dict[str, Any]
Mutation = Callable[[PageTab], object]
Accepted = Callable[[str], PageTab]
BROKEN, OLD, REQUIRED, DESIRABLE = Weight


def check(pagetab: PageTab, lists: dict[str, FileList] | None = None, form: FormName = FormName.IMAGES) -> list[Remark]:
    return check_form(pagetab, form_data(form), TODAY, lists)


def weights(remarks: list[Remark]) -> set[Weight]:
    return {remark.weight for remark in remarks}


def sections(pagetab: PageTab) -> Iterator[PageTab]:
    def walk(section: PageTab) -> Iterator[PageTab]:
        yield section
        for inner in section.get("subsections", ()):
            yield from walk(inner)

    return walk(pagetab["section"])


def first(pagetab: PageTab, kind: str) -> PageTab:
    """Return the first section of a type, however it is spelled."""
    return next(one for one in sections(pagetab) if one["type"].lower().startswith(kind.lower()))


def attribute(pagetab: PageTab, kind: str, name: str) -> PageTab:
    found: PageTab = next(one for one in first(pagetab, kind)["attributes"] if one["name"] == name)
    return found


def put(kind: str, name: str, value: Any) -> Mutation:
    return lambda pagetab: attribute(pagetab, kind, name).update(value=value)


def rename(kind: str, name: str, other: str) -> Mutation:
    return lambda pagetab: attribute(pagetab, kind, name).update(name=other)


def drop(kind: str, name: str) -> Mutation:
    def mutate(pagetab: PageTab) -> None:
        section = first(pagetab, kind)
        section["attributes"] = [one for one in section["attributes"] if one["name"] != name]

    return mutate


def drop_sections(kind: str) -> Mutation:
    def mutate(pagetab: PageTab) -> None:
        inner = pagetab["section"]["subsections"]
        pagetab["section"]["subsections"] = [one for one in inner if not one["type"].startswith(kind)]

    return mutate


def head(name: str, value: str) -> Mutation:
    return lambda pagetab: next(one for one in pagetab["attributes"] if one["name"] == name).update(value=value)


def add(kind: str, name: str, value: str) -> Mutation:
    return lambda pagetab: first(pagetab, kind)["attributes"].append({"name": name, "value": value})


def both_dates(day: str) -> Mutation:
    def mutate(pagetab: PageTab) -> None:
        head("ReleaseDate", day)(pagetab)
        put("Study", "ReleaseDate", day)(pagetab)

    return mutate


def twice(kind: str, **change: str) -> Mutation:
    """Repeat a section, with another accno or title."""

    def mutate(pagetab: PageTab) -> None:
        again = copy.deepcopy(first(pagetab, kind))
        pagetab["section"]["subsections"].append(again | change)

    return mutate


def no_reference(pagetab: PageTab) -> None:
    del attribute(pagetab, "author", "affiliation")["reference"]


MUTATIONS: dict[str, tuple[Mutation, Weight, str]] = {
    "not a submission": (lambda page: page.update(type="study"), BROKEN, "its type is 'study', not 'submission'"),
    "not PageTab": (lambda page: page.update(section=[]), BROKEN, "it is no PageTab: Expected `object`, got `array`"),
    "another form": (head("Template", "BioImages.v4"), BROKEN, "its Template is 'BioImages.v4', not 'BioImages.v5'"),
    "another collection": (head("AttachTo", "BioAI"), BROKEN, "its AttachTo is 'BioAI', not 'BioImages'"),
    "another outer section": (lambda page: page["section"].update(type="Project"), BROKEN, "it is a 'Project', not a"),
    "two titles": (head("Title", "Another"), BROKEN, "its Title is 'Another', the study's "),
    "no keywords": (drop("Study", "Keywords"), REQUIRED, "it lacks Keywords"),
    "blank": (put("Study", "Description", " "), REQUIRED, "it lacks Description"),
    "no value": (put("Study", "Description", None), REQUIRED, "it lacks Description"),
    "short title": (put("Study", "Title", "Nuclei"), REQUIRED, "its Title has 6 characters, not 25: 'Nuclei'"),
    "late": (both_dates("2028-06-02"), REQUIRED, "its ReleaseDate 2028-06-02 is later than 2028-06-01"),
    "no date": (both_dates("1.12.2026"), BROKEN, "'1.12.2026' is not a date"),
    "licence spelled otherwise": (
        put("Study", "License", "CC-BY 4.0"), REQUIRED, "its License is 'CC-BY 4.0', not one of CC0, CC BY 4.0",
    ),
    "licence without its text": (
        lambda page: attribute(page, "Study", "License").pop("valqual"), BROKEN, "its License has the URL None, not 'h",
    ),
    "annotation type": (
        put("Annotation", "Annotation Type", "masks"), REQUIRED, "its Annotation Type is 'masks', not one of class_l",
    ),
    "no organism": (drop("Biosample", "Organism"), REQUIRED, "it lacks Organism"),
    "no imaging method": (drop("Image acquisition", "Imaging method"), REQUIRED, "it lacks Imaging method"),
    "no file list": (drop("Study Component", "File List"), REQUIRED, "it lacks File List"),
    "name of a file list": (
        put("Annotation", "File List", "masks #1.tsv"), BROKEN, "BioStudies takes no file list 'masks #1.tsv'",
    ),
    "no component": (drop_sections("Study Component"), REQUIRED, "it has no Study Component"),
    "no author": (drop_sections("Author"), REQUIRED, "it has no Author"),
    "no annotation": (drop_sections("Annotation"), DESIRABLE, "it has no Annotation"),
    "no criteria": (drop("Annotation", "Annotation Criteria"), DESIRABLE, "it lacks Annotation Criteria"),
    "unknown section": (twice("Biosample", type="Version", accno="v1"), BROKEN, "the form has no section 'Version'"),
    "old section": (
        lambda page: first(page, "organi").update(type="organization"), OLD, "'organization' is spelled 'organisation'",
    ),
    "unknown field": (add("Study", "Grants", "none"), BROKEN, "the form has no field 'Grants' here"),
    "old field": (rename("Study", "Keywords", "Keyword"), OLD, "'Keyword' is spelled 'Keywords' in the form"),
    "association": (
        put("Associations", "Specimen", "live cells"), BROKEN, "no Specimen has the Title 'live cells'",
    ),
    "no reference": (no_reference, BROKEN, "its affiliation is not marked as a reference"),
    "dangling reference": (
        put("author", "affiliation", "o9"), BROKEN, "its affiliation 'o9' is no section's accno",
    ),
    "accno twice": (twice("Author"), BROKEN, "2 sections have this accno"),
    "title twice": (twice("Specimen", accno="Specimen-9"), BROKEN, "2 sections Specimen have this Title"),
    "orcid": (put("author", "ORCID", "0000-0002-1825-0098"), BROKEN, "has a wrong check digit"),
    "e-mail": (put("author", "E-mail", "a@b.org; c@d.org"), BROKEN, "'a@b.org; c@d.org' is not one e-mail address"),
    "no e-mail": (drop("author", "E-mail"), REQUIRED, "it lacks E-mail"),
    "link": (lambda page: page["section"]["links"][0].update(url="EMPIAR-11380"), BROKEN, "is no web address and has"),
    "doi": (
        lambda page: page["section"]["subsections"].append(
            {"type": "Publication", "attributes": [{"name": "DOI", "value": "https://doi.org/DOI: TBD"}]}
        ),
        BROKEN, "is not a DOI",
    ),
    "pubmed": (
        lambda page: page["section"]["subsections"].append(
            {"type": "Publication", "attributes": [{"name": "Pubmed ID", "value": "pending"}]}
        ),
        BROKEN, "'pending' is not a PubMed id",
    ),
}  # fmt: skip


def noticed(before: list[Remark], after: list[Remark]) -> list[Remark]:
    return [remark for remark in after if remark not in before]


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_rule_is_noticed_in_our_record(name: str, ours: Files) -> None:
    pagetab = json.loads(ours["pagetab.json"])
    before = check(pagetab)
    mutate, weight, message = MUTATIONS[name]
    mutate(pagetab)
    assert any(one.weight is weight and message in one.message for one in noticed(before, check(pagetab)))


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_rule_is_noticed_in_an_accepted_record(name: str, accepted: Accepted) -> None:
    pagetab = accepted("S-BIAD2808")
    mutate, weight, message = MUTATIONS[name]
    if name == "no criteria":  # it has none
        assert Remark(weight, "anno-9-pzyg", message) in check(pagetab)
        return
    before = check(pagetab)
    mutate(pagetab)
    assert any(one.weight is weight and message in one.message for one in noticed(before, check(pagetab)))


def test_our_record_lacks_nothing_that_is_required(ours: Files) -> None:
    assert weights(check(json.loads(ours["pagetab.json"]), lists_as_named(ours))) == {DESIRABLE}


def test_our_annotations_alone_lack_nothing_that_is_required(said: dict[str, Any]) -> None:
    said["study"] |= {"images_accession": "S-BIAD1", "accession": None}
    del said["annotations"][0]["authors"][1]
    for author in (*said["authors"], *said["annotations"][0]["authors"]):
        author["roles"] = ["data analyst"]
    files = rendered(said)
    remarks = check(json.loads(files["pagetab.json"]), lists_as_named(files), FormName.ANNOTATIONS)
    assert weights(remarks) == {DESIRABLE}
    assert BROKEN in weights(check(json.loads(files["pagetab.json"]), lists_as_named(files), FormName.IMAGES))


def test_a_role_of_another_list_is_noticed(said: dict[str, Any]) -> None:
    said["study"] |= {"images_accession": "S-BIAD1"}
    found = check(json.loads(rendered(said)["pagetab.json"]), form=FormName.ANNOTATIONS)
    assert any("its Role is 'data annotation', not one of corresponding" in remark.message for remark in found)
    del said["study"]["images_accession"]  # the form for images only suggests roles
    assert REQUIRED not in weights(check(json.loads(rendered(said)["pagetab.json"])))


def test_a_past_date_is_refused_unless_it_was_submitted(said: dict[str, Any]) -> None:
    said["study"]["release_date"] = "2026-05-31"
    pagetab = json.loads(rendered(said)["pagetab.json"])
    assert REQUIRED not in weights(check(pagetab))
    del pagetab["accno"]
    assert Remark(REQUIRED, "study-1", "its ReleaseDate 2026-05-31 is in the past") in check(pagetab)


def test_a_leap_day_has_a_limit_too(said: dict[str, Any]) -> None:
    said["study"]["release_date"] = "2030-03-01"
    pagetab = json.loads(rendered(said)["pagetab.json"])
    found = check_form(pagetab, form_data(FormName.IMAGES), date(2028, 2, 29))
    assert any("is later than 2030-02-28" in remark.message for remark in found)


def test_a_record_of_the_form_is_accepted(accepted: Accepted) -> None:
    found = [remark for remark in check(accepted("S-BIAD2808")) if remark.weight is not DESIRABLE]
    assert found == [Remark(OLD, "anno-9-pzyg", "'Annotations' is spelled 'Annotation' in the form")]


def test_a_record_of_an_older_form_is_accepted_and_told_apart(
    accepted: Accepted, accepted_lists: dict[str, FileList]
) -> None:
    found = check(accepted("S-BIAD1492"), accepted_lists)
    assert BROKEN not in weights(found)
    lacks = [(remark.item, remark.message) for remark in found if remark.weight is REQUIRED]
    assert lacks == [
        *[("author", "it lacks E-mail")] * 4,
        ("Annotations-1", "it lacks Annotation Type"),
        ("Study", "its License is 'CC BY 3.0', not one of CC0, CC BY 4.0"),
    ]
    older = {remark.message for remark in found if remark.weight is OLD}
    assert older >= {
        "it names no Template",
        "its Title stands with the submission alone",
        "its Organism is a section, no longer a field",
        "its Imaging method is a section, no longer a field",
        "'Keyword' is spelled 'Keywords' in the form",
        "'Email' is spelled 'E-mail' in the form",
        "'Source image' is spelled 'Source Image' by other readers",
    }


ListMutation = Callable[[FileList], FileList]


def cell(row: int, column: int, text: str) -> ListMutation:
    def mutate(listed: FileList) -> FileList:
        rows = [list(cells) for cells in listed.rows]
        rows[row][column] = text
        return listed._replace(rows=tuple(map(tuple, rows)))

    return mutate


def header(column: int, text: str) -> ListMutation:
    return lambda listed: listed._replace(headers=(*listed.headers[:column], text, *listed.headers[column + 1 :]))


def source(listed: FileList) -> int:
    return next(number for number, name in enumerate(listed.headers) if name.lower() == "source image")


LIST_MUTATIONS: dict[str, tuple[ListMutation, Weight, str]] = {
    "first header": (header(0, "files"), BROKEN, "its first header is 'files', not 'Files'"),
    "empty": (lambda listed: FileList((), ()), BROKEN, "its first header is '', not 'Files'"),
    "no files": (lambda listed: listed._replace(rows=()), BROKEN, "it lists no file"),
    "blank header": (header(1, " "), BROKEN, "it has a column without header"),
    "header twice": (header(1, "Files"), BROKEN, "two of its columns have one header"),
    "path": (cell(0, 0, "annotations/µ.zip"), BROKEN, "'annotations/µ.zip': not taken by BioStudies"),
    "path twice": (
        lambda listed: listed._replace(rows=(*listed.rows, listed.rows[0], listed.rows[1])), BROKEN, " 1 more: list",
    ),
    "cells": (
        lambda listed: listed._replace(rows=((*listed.rows[0], "x"), *listed.rows[1:])), BROKEN, "with more cells than",
    ),
    "no source": (lambda listed: header(source(listed), "Of")(listed), BROKEN, "it has no column Source Image"),
    "dangling source": (
        lambda listed: cell(0, source(listed), "images/x.zip")(listed), BROKEN, "'images/x.zip': named as source, but",
    ),
    "one value": (
        lambda listed: FileList((*listed.headers, "Kind"), tuple((*row, "mask") for row in listed.rows)),
        DESIRABLE, "its column Kind says the same of every file",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIST_MUTATIONS)
def test_a_broken_list_is_noticed_in_our_record(name: str, ours: Files) -> None:
    pagetab, lists = json.loads(ours["pagetab.json"]), lists_as_named(ours)
    mutate, weight, message = LIST_MUTATIONS[name]
    path = f"{FOLDER}file_list_annotations_nuclei.tsv"
    found = noticed(check(pagetab, lists), check(pagetab, lists | {path: mutate(lists[path])}))
    assert any(one[:2] == (weight, path) and message in one.message for one in found)


@pytest.mark.parametrize("name", LIST_MUTATIONS)
def test_a_broken_list_is_noticed_in_an_accepted_record(
    name: str, accepted: Accepted, accepted_lists: dict[str, FileList]
) -> None:
    pagetab, path = accepted("S-BIAD1492"), "bbc024_masks.json"
    mutate, weight, message = LIST_MUTATIONS[name]
    after = accepted_lists | {path: mutate(accepted_lists[path])}
    found = noticed(check(pagetab, accepted_lists), check(pagetab, after))
    assert any(one[:2] == (weight, path) and message in one.message for one in found)


def test_a_list_that_is_not_there(ours: Files) -> None:
    lists = lists_as_named(ours)
    del lists[f"{FOLDER}file_list_images_Fixed.tsv"]
    found = check(json.loads(ours["pagetab.json"]), lists)
    assert (
        Remark(BROKEN, "Study Component-1", f"its file list {FOLDER}file_list_images_Fixed.tsv is not there") in found
    )


@pytest.mark.parametrize("depth", [800, 20_000])
def test_sections_in_sections_without_end_are_no_crash(depth: int, ours: Files) -> None:
    pagetab = json.loads(ours["pagetab.json"])
    for _ in range(depth):
        pagetab["section"] = {"type": "Study", "attributes": [], "subsections": [pagetab["section"]]}
    assert BROKEN in weights(check(pagetab, lists_as_named(ours)))
