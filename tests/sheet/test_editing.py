"""Edits of one value: every other line stays as it was, letter by letter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.editing import put_value, set_value
from mifakit.sheet.reading import Sheet
from mifakit.sheet.template import render_sheet
from mifakit.sources.yaml_text import parse_yaml

Read = Callable[[str | bytes], Sheet]


def changed(before: str, after: str) -> list[tuple[str, str]]:
    """Return the lines that differ; both texts must have as many."""
    old, new = before.split("\n"), after.split("\n")
    assert len(old) == len(new), "lines came or went"
    return [(one, other) for one, other in zip(old, new, strict=True) if one != other]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_of_a_rendered_sheet_one_line_changes(sheets: st.SearchStrategy[StudySheet], data: st.DataObject) -> None:
    sheet = data.draw(sheets)
    sheet.lab_folder = "~/scope: 1"
    text = render_sheet(sheet)
    assert changed(text, set_value(text, ("lab_folder",), None)) == [('lab_folder: "~/scope: 1"', "lab_folder:")]


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_the_new_value_is_read_back(texts: st.SearchStrategy[str], data: st.DataObject) -> None:
    value = data.draw(texts)
    text = "# top\nlab_folder: x  # where\nauthors:\n  # first\n  - first_name: A\n"
    for location in [("lab_folder",), ("authors", 0, "first_name")]:
        tree, _ = parse_yaml(set_value(text, location, value), "sheet")
        for part in location:
            tree = tree[part]  # type: ignore[index, call-overload]
        assert tree == value


@pytest.mark.parametrize(
    "text",
    [
        "# top\n\nlab_folder: x\n# after\nstudy:\n  # in\n  title: # nothing\n  license: CC0   # free\n",
        "lab_folder: x\nversion: 1.10\na: 007\nb: 0x1F\nc: 1e3\nd: .5\ne: 1_000\nf: no\ng: 2026-03-31T12:00:00+02:00\n",
        "lab_folder: x\nstudy:\n  d: >-\n    one two\n    three\n\n    four\n  e: |\n    lit\n     eral\n",
        "lab_folder: x\na: &q b\nc: *q\n",
        "a: é µ 😀\nlab_folder: x\n# end\n",
        "lab_folder: x\nauthors:\n- first_name: A\n- first_name: B\n",
        "lab_folder: x\nstudy:\n    title: a\n    links:\n        -   url: b\n",
        "lab_folder: x\nstudy:\n  title:    a\n  keywords: [ a,b ,  c ]\n",
        "lab_folder: x\nstudy:\n  d: one two\n    three\n",
        "lab_folder: x\nversion: +1\n",
        "lab_folder: x\nversion: -0\n",
        "lab_folder: x\ntitle: True\n",
        "lab_folder: x\ntitle: null\n",
        "lab_folder: x\ntitle: \"\\u00e9\"\n",
        "lab_folder: x\na: b\n...\n",
        "lab_folder: x\nversion: 2026-02-30\n",
    ],
)  # fmt: skip
def test_sheets_in_styles_of_their_own(text: str) -> None:
    assert changed(text, set_value(text, ("lab_folder",), None)) == [("lab_folder: x", "lab_folder:")]


def test_a_comment_beside_the_value_stays() -> None:
    after = set_value("lab_folder: x  # where\na: b\n", ("lab_folder",), None)
    assert after.splitlines()[0].split() == ["lab_folder:", "#", "where"]


@pytest.mark.parametrize("location", [("lab_folder",), ("studies", "title"), ("a", 3, "c"), ("study", "title", "x")])
def test_what_is_not_there_is_not_made_up(location: tuple[str | int, ...]) -> None:
    with pytest.raises(KeyError):
        set_value("study:\n  title: a\na: [b]\n", location, "x")


@pytest.mark.parametrize(
    "text",
    [
        "lab_folder: &l x\na: b\n",
        "lab_folder: >-\n  one\n  two\na: b\n",
        "lab_folder: |\n  one\n\na: b\n",
        "lab_folder: 'it''s'\na: b\n",
        "lab_folder: one\n  two\na: b\n",
        "lab_folder: [x,\n  y]\na: b\n",
        '"lab_folder": "x" # where\na: b\n',
        "{lab_folder: x, a: b}\n",
        "{a: b, lab_folder: x}\n",
        '{"lab_folder":"x","a":"b"}\n',
        "lab_folder:\na: b\n",
        "lab_folder:   # where\na: b\n",
        "lab_folder: x\r\na: b\r\n",
        "a: b\nlab_folder: 😀 é",
    ],
)
@pytest.mark.parametrize("value", [None, "new: 'value' # 1"])
def test_values_in_every_style_are_replaced_whole(text: str, value: str | None) -> None:
    assert parse_yaml(set_value(text, ("lab_folder",), value), "sheet")[0] == {"lab_folder": value, "a": "b"}


def test_a_sheet_without_its_lab_folder_says_the_same(read: Read) -> None:
    text = "lab_folder: x\nstudy:\n  title: a\nauthors:\n  - first_name: B\n"
    before, after = read(text).model, read(set_value(text, ("lab_folder",), None)).model
    assert after == before.model_copy(update={"lab_folder": None})


ACCESSION = ("study", "accession")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("study:\n  title: a\n# next\nb: c\n", "study:\n  title: a\n  accession: X\n# next\nb: c\n"),
        ("study:\n  accession:   # none yet\nb: c\n", "study:\n  accession: X   # none yet\nb: c\n"),
        ("study:\n  accession: old\nb: c\n", "study:\n  accession: X\nb: c\n"),
        ("study:\n    title: a  # why\n\n\nb: c\n", "study:\n    title: a  # why\n    accession: X\n\n\nb: c\n"),
        ("study:\n  links:\n    - url: u\nb: c\n", "study:\n  links:\n    - url: u\n  accession: X\nb: c\n"),
        ("study:\n  k: [a,\n    b]\nb: c\n", "study:\n  k: [a,\n    b]\n  accession: X\nb: c\n"),
        ("study:\n  d: |\n    one\n    two\nb: c\n", "study:\n  d: |\n    one\n    two\n  accession: X\nb: c\n"),
        ("study:\n  title:\nb: c\n", "study:\n  title:\n  accession: X\nb: c\n"),
        ("study: {title: a}\nb: c\n", "study: {title: a, accession: X}\nb: c\n"),
        ("study: {title: a, }\nb: c\n", "study: {title: a, accession: X}\nb: c\n"),
        ("study: {}\nb: c\n", "study: {accession: X}\nb: c\n"),
        ("study:\nb: c\n", "study: {accession: X}\nb: c\n"),
        ("b: c\n", "b: c\nstudy: {accession: X}\n"),
        ("b: c", "b: c\nstudy: {accession: X}"),
        ("study:\r\n  title: a\r\nb: c\r\n", "study:\r\n  title: a\r\n  accession: X\r\nb: c\r\n"),
    ],
)
def test_a_field_that_is_not_there_comes_last_in_its_block(text: str, after: str) -> None:
    assert put_value(text, ACCESSION, "X") == after
    tree, _ = parse_yaml(after, "sheet")
    assert tree["study"]["accession"] == "X"  # type: ignore[index, call-overload]


@pytest.mark.parametrize("text", ["study: a title\n", "study: [a]\n", "study:\n  - a\n"])
def test_what_stands_in_the_way_is_not_written_over(text: str) -> None:
    with pytest.raises(KeyError):
        put_value(text, ACCESSION, "X")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_any_sheet_takes_an_accession_number(sheets: st.SearchStrategy[StudySheet], data: st.DataObject) -> None:
    text = render_sheet(data.draw(sheets))
    tree, _ = parse_yaml(text, "sheet")
    without = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("  accession:"))
    for before in (text, without):
        found, _ = parse_yaml(put_value(before, ACCESSION, "S-BIAD1"), "sheet")
        assert found == {**tree, "study": {**tree["study"], "accession": "S-BIAD1"}}  # type: ignore[dict-item, index, call-overload]
