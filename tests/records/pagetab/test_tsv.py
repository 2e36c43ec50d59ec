"""PageTab TSV, read by a parser that was written after BioStudies' reader and shares nothing with the writer."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.records.pagetab.conftest import Files, rendered

from mifakit.records.pagetab.elements import attributes, references, section
from mifakit.records.pagetab.tsv import tsv_bytes

PageTab = dict[str, Any]


def cells(text: str) -> list[list[str]]:
    """Return the cells of each line: pairs of quotes on one line are letters, others go on over lines."""
    escaped = re.sub(r'"([^\n\t|"]*)"', r'\\"\1\\"', text)
    rows = csv.reader(escaped.split("\n"), delimiter="\t", quotechar='"', strict=True)
    return [[cell.strip(" ").replace('\\"', '"') for cell in row] for row in rows if not (row and row[0][:1] == "#")]


def parse(text: str) -> PageTab:
    """Return what BioStudies makes of a PageTab TSV."""
    blocks: list[list[list[str]]] = [[]]
    for row in cells(text):
        if any(row):
            blocks[-1].append(row)
        elif blocks[-1]:
            blocks.append([])
    (head, *said), *sections = [block for block in blocks if block]
    assert head[0] == "Submission"
    page: PageTab = {"attributes": _attributes(said), "type": "submission"}
    if len(head) > 1 and head[1]:
        page["accno"] = head[1]
    known: dict[str, PageTab] = {}
    current: PageTab = {}
    for (kind, name, *around), *lines in sections:
        if kind == "Link":
            current.setdefault("links", []).append({"url": name, "attributes": _attributes(lines)})
            continue
        current = known[name] = {"accno": name, "type": kind, "attributes": _attributes(lines)}
        if around:
            known[around[0]].setdefault("subsections", []).append(current)
        else:
            page["section"] = current
    return page


def _attributes(lines: list[list[str]]) -> list[PageTab]:
    said: list[PageTab] = []
    for name, value in lines:
        if name.startswith("["):
            said[-1].setdefault("valqual", []).append({"name": name[1:-1], "value": value})
        elif name.startswith("<"):
            said.append({"name": name[1:-1], "value": value, "reference": True})
        else:
            said.append({"name": name, "value": value})
    return said


def in_lines(node: Any) -> Any:
    """Return a document with the values that TSV can hold: on one line, and none that starts with a double quote."""
    if isinstance(node, dict):
        return {key: in_lines(value) for key, value in node.items()}
    if isinstance(node, list):
        return [in_lines(item) for item in node]
    if not isinstance(node, str):
        return node
    text = " ".join(re.split(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", node)).strip()
    return text.replace('"', "'") if text.startswith('"') else text


def test_tsv_says_what_json_says(ours: Files) -> None:
    assert parse(ours["pagetab.tsv"].decode()) == in_lines(json.loads(ours["pagetab.json"]))


def test_annotations_alone_and_a_blank_sheet(said: PageTab) -> None:
    said["study"]["images_accession"] = "S-BIAD1"
    for sheet in (said, {"images": [{"name": "Images"}]}):
        files = rendered(sheet)
        assert parse(files["pagetab.tsv"].decode()) == in_lines(json.loads(files["pagetab.json"]))


def test_accepted_records_survive(accepted: Callable[[str], PageTab]) -> None:
    page = accepted("S-BIAD2808")
    assert parse(tsv_bytes(page).decode()) == in_lines(page)


# A backslash before a quote is dropped by BioStudies' reader; nobody writes one in prose.
values = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\\"), max_size=40)


@given(st.lists(values, max_size=3), values, values)
def test_any_text_survives(keywords: list[str], title: str, address: str) -> None:
    inner = section("Author", "a1", attributes(("Name", title)) + references("affiliation", ["o1"]))
    study = section("Study", "s1", attributes(("Title", title), ("Keywords", keywords)), [inner])
    study["links"] = [{"url": "https://example.org", "attributes": attributes(("Description", address))}]
    page = {"attributes": attributes(("Title", title)), "section": study, "type": "submission"}
    assert parse(tsv_bytes(page).decode()) == in_lines(page)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("a\tb\nc", "Title\ta b c"),
        ('5" dish', 'Title\t5" dish'),
        ('"Nuclei" of "cells"', "Title\t'Nuclei' of 'cells'"),
        ("# no comment", "Title\t# no comment"),
    ],
)
def test_values_as_lines(value: str, line: str) -> None:
    page = {"attributes": attributes(("Title", value)), "section": section("Study", "s1", []), "type": "submission"}
    assert tsv_bytes(page).decode() == f"Submission\n{line}\n\nStudy\ts1\n"
