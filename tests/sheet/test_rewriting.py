"""Changes carried into a sheet of YAML: it says what it shall, and every line that is not concerned stays."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mifakit.errors import MifaError
from mifakit.example_lab.example import filled_sheet
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.reading import read_sheet
from mifakit.sheet.rewriting import rewrite
from mifakit.sheet.template import render_sheet

MINE = """\
# my sheet
study:   # about it
  license:  CC0      # free
  title: 'Nuclei'    # short
  keywords:
    - a
    # between
    - b
authors:
# the first
- {first_name: Ann, orcid: 0000-0002-1825-0097}  # one line
- last_name: B       # no first name

  # a loose end
version: {version: 1.10}
biosamples:
    -   title: >-
          folded
          title
        organisms: [{scientific_name: Homo sapiens}]
# the end
"""


def model_of(text: str, folder: Path) -> StudySheet:
    path = folder / "sheet.yaml"
    path.write_bytes(text.encode())
    return read_sheet(path).model


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_any_sheet_becomes_any_other(sheets: st.SearchStrategy[StudySheet], data: st.DataObject) -> None:
    was, now = data.draw(sheets), data.draw(sheets)
    text = render_sheet(was)
    after = rewrite(text, was, now, "sheet")  # reads it back itself
    comments = [line for line in text.split("\n") if line.lstrip().startswith("#")]
    kept = iter(after.split("\n"))
    assert all(comment in kept for comment in comments[:20]), "a comment went, or moved"


def test_nothing_is_touched_where_nothing_changes(tmp_path: Path) -> None:
    for text in (MINE, render_sheet(filled_sheet()), render_sheet(StudySheet())):
        model = model_of(text, tmp_path)
        assert rewrite(text, model, model.model_copy(deep=True), "sheet") == text


@pytest.mark.parametrize(
    ("place", "value", "lines"),
    [
        (("study", "title"), "Nuclei: all", ['  title: "Nuclei: all"    # short']),
        (("study", "license"), None, ["  license:      # free"]),
        (("study", "acknowledgements"), "you", ["  acknowledgements: you"]),
        (("study", "keywords"), ["a", "c"], ['    ["a", "c"]']),
        (("version", "version"), "1.20", ['version: {"version": "1.20"}']),
        (("authors", 1, "last_name"), "C", ["- last_name: C       # no first name"]),
        (("authors", 1, "first_name"), "Bob", ["  first_name: Bob"]),
        (("biosamples", 0, "title"), "plain", ["    -   title: plain"]),
        (("biosamples", 0, "description"), "new", ["        description: new"]),
    ],
)
def test_one_value_one_place(tmp_path: Path, place: tuple[str | int, ...], value: object, lines: list[str]) -> None:
    was = model_of(MINE, tmp_path)
    now = was.model_copy(deep=True)
    here: object = now
    for part in place[:-1]:
        here = here[part] if isinstance(part, int) else getattr(here, part)  # type: ignore[index]
    setattr(here, str(place[-1]), value)
    after = rewrite(MINE, was, now, "sheet")
    changed = [line for line in difflib.ndiff(MINE.splitlines(), after.splitlines()) if line.startswith("+")]
    assert [line[2:] for line in changed] == lines


def test_lines_end_as_they_did(tmp_path: Path) -> None:
    text = MINE.replace("\n", "\r\n")
    was = model_of(text, tmp_path)
    now = StudySheet.model_validate({**was.model_dump(), "splits": {"seed": 1}})
    after = rewrite(text, was, now, "sheet")
    assert after.count("\n") == after.count("\r\n") > text.count("\n")


def test_an_alias_is_not_pulled_apart(tmp_path: Path) -> None:
    text = "study:\n  title: &t same\n  description: *t\n"
    was = model_of(text, tmp_path)
    now = was.model_copy(deep=True)
    now.study.title = "other"
    with pytest.raises(MifaError) as error:
        rewrite(text, was, now, "sheet.yaml")
    assert error.value.code == "MIFA149"
