"""The vocabularies: their facts, and a search that forgives."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mifakit.metadata import vocabularies
from mifakit.metadata.identifiers import parse_fbbi, parse_taxon, parse_url
from mifakit.metadata.vocabularies import (
    VOCABULARIES,
    AnnotationType,
    Term,
    Vocabulary,
    find,
    find_vocabulary,
    identified,
    load,
    misspelt,
    names,
    nearest,
    search,
)

TERMS = [(vocabulary, term) for vocabulary in VOCABULARIES for term in load(vocabulary)]


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_a_vocabulary_is_small_and_names_each_term_once(vocabulary: Vocabulary) -> None:
    terms = load(vocabulary)
    assert 10 < len(terms) < 200
    assert len({term.name for term in terms}) == len(terms)
    ids = [term.identifier for term in terms if term.identifier]
    assert len(set(ids)) == len(ids)
    assert names(vocabulary) == tuple(term.name for term in terms)
    for term in terms:
        assert all(text == " ".join(text.split()) for text in (*term.spellings, term.meaning))
        assert len(set(term.spellings)) == len(term.spellings)


def test_ids_have_the_form_of_their_kind() -> None:
    assert all(parse_fbbi(term.identifier) == term.identifier for term in load("imaging_method"))
    assert all(parse_taxon(term.identifier) == term.identifier for term in load("organism"))
    assert all(not term.identifier or parse_url(term.identifier) for term in load("role"))


def test_annotation_types_are_mifas() -> None:
    assert names("annotation_type") == tuple(kind.value for kind in AnnotationType)


def test_where_each_vocabulary_comes_from_is_said() -> None:
    notice = files(vocabularies).joinpath("NOTICE.md").read_text("utf-8")
    assert all(f"`{vocabulary}.tsv`" in notice for vocabulary in VOCABULARIES)


# Known by hand: what the archive's own records and BIA's model say.
@pytest.mark.parametrize(
    ("vocabulary", "name", "identifier"),
    [
        ("organism", "Homo sapiens", "9606"),
        ("organism", "Mus musculus", "10090"),
        ("organism", "Danio rerio", "7955"),
        ("organism", "Drosophila melanogaster", "7227"),
        ("organism", "Arabidopsis thaliana", "3702"),
        ("imaging_method", "confocal microscopy", "FBbi:00000251"),
        ("imaging_method", "fluorescence microscopy", "FBbi:00000246"),
        ("imaging_method", "spinning disk confocal microscopy", "FBbi:00000253"),
    ],
)
def test_ids_known_by_hand(vocabulary: Vocabulary, name: str, identifier: str) -> None:
    found = identified(vocabulary, identifier)
    assert found is not None
    assert found.name == name
    assert identified(vocabulary, "") is None


def test_methods_and_roles_of_real_records_are_known(reference: Callable[[str], Path]) -> None:
    record = reference("biostudies/S-BIAD2808.json").read_text(encoding="utf-8")
    methods = re.findall(r'"Imaging method",\s*"value" : "([^"]*)"', record)
    organisms = re.findall(r'"Organism",\s*"value" : "([^"]*) \(', record)
    assert set(methods) <= set(names("imaging_method"))
    assert set(organisms) <= set(names("organism"))
    assert len(methods) == 5 and organisms
    form = json.loads(reference("biostudies/BioImages.v5.json").read_text(encoding="utf-8"))
    (roles,) = (
        column["controlType"]["values"]
        for table in form["sectionType"]["tableTypes"]
        for column in table["columnTypes"]
        if column["name"] == "Role"
    )
    model = YAML(typ="safe").load(reference("mifa/bia_mifa_models.yaml"))
    examples = model["slots"]["role"]["examples"]
    of_mifa = {role for one in examples for role in ([one["value"]] if isinstance(one["value"], str) else one["value"])}
    assert {*roles, *of_mifa} <= set(names("role"))


@pytest.mark.parametrize(
    ("vocabulary", "text", "best"),
    [
        ("imaging_method", "confocal", "confocal microscopy"),
        ("imaging_method", "spinning disc", "spinning disk confocal microscopy"),
        ("imaging_method", "SEM", "scanning electron microscopy (SEM)"),
        ("imaging_method", "FIB SEM", "focussed ion beam scanning electron microscopy (FIB-SEM)"),
        ("imaging_method", "light-sheet", "SPIM"),
        ("imaging_method", "two photon", "two-photon laser scanning microscopy"),
        ("imaging_method", "widefield", "fluorescence microscopy"),
        ("imaging_method", "confocl microscpy", "confocal microscopy"),
        ("imaging_method", "STED", "stimulated emission depletion (STED)"),
        ("organism", "zebra fish", "Danio rerio"),
        ("organism", "drosophila", "Drosophila melanogaster"),
        ("organism", "Mice", "Mus musculus"),
        ("organism", "e coli", "Escherichia coli"),
        ("organism", "Mus muculus", "Mus musculus"),
        ("role", "annotator", "data annotation"),
        ("role", "PI", "principal investigator"),
        ("annotation_type", "masks", "segmentation_mask"),
        ("annotation_type", "poligons", "geometrical_annotations"),
    ],
)
def test_what_people_write_finds_what_they_mean(vocabulary: Vocabulary, text: str, best: str) -> None:
    found = nearest(vocabulary, text)
    assert found is not None
    assert found.name == best


@pytest.mark.parametrize("text", ["", " ", "-", "Zeiss", "qqqqq", "Ж", "\0"])
def test_what_means_nothing_finds_nothing(text: str) -> None:
    assert search("imaging_method", text) == ()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TERMS), st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from(["-", "  ", "_"]))
def test_any_name_in_any_dress_finds_its_term(
    pair: tuple[Vocabulary, Term], case: Callable[[str], str], between: str
) -> None:
    vocabulary, term = pair
    for spelling in term.spellings:
        assert term in find(vocabulary, case(spelling).replace(" ", between))
        assert term in search(vocabulary, spelling)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([term for _, term in TERMS if _ == "organism"]), st.data())
def test_one_lost_letter_of_a_species_is_forgiven(term: Term, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(term.name) - 1))
    assert term in search("organism", term.name[:place] + term.name[place + 1 :])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_may_be_asked(text: str) -> None:
    for vocabulary in VOCABULARIES:
        assert {*search(vocabulary, text)} <= {*load(vocabulary)}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Homo sapien", "Homo sapiens"),
        ("M. musculus", "Mus musculus"),
        ("D. melanogaster", "Drosophila melanogaster"),
        ("Caenorhabditis elegance", "Caenorhabditis elegans"),
        ("Aspergillus flavus", None),
        ("Aspergillus niger", None),
        ("Candida auris", None),
        ("Mus spretus", None),
        ("Macaca fuscata", None),
        ("Mus musculus domesticus", None),
        ("Mus", None),
        ("", None),
    ],
)
def test_species_of_one_genus_are_no_slips_of_each_other(text: str, meant: str | None) -> None:
    found = misspelt("organism", text)
    assert (found.name if found else None) == meant


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("organism", "organism"), ("organisms", "organism"), ("method", "imaging_method"),
        ("Methods", "imaging_method"),        ("imaging-method", "imaging_method"),
        ("annotation-type", "annotation_type"), ("role", "role"),
        ("ganism", None), ("", None), ("x", None),
    ],
)  # fmt: skip
def test_vocabularies_by_name(name: str, found: str | None) -> None:
    assert find_vocabulary(name) == found
