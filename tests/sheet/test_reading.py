"""Sheets as people write them: lines of findings, hints, encodings, and what is left when a value is refused."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mifakit.errors import MifaError
from mifakit.findings import Place
from mifakit.metadata.fields import SheetModel
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.locations import format_location
from mifakit.sheet.reading import Sheet, read_sheet
from mifakit.sheet.template import render_sheet
from mifakit.sheet.validation import models_in

Read = Callable[[str | bytes], Sheet]


def found(sheet: Sheet) -> list[tuple[str, int | None, str | None]]:
    return [(one.code, one.place.line, one.place.item) for one in sheet.findings if one.place]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_the_line_of_every_value_is_the_one_it_stands_on(
    tmp_path_factory: pytest.TempPathFactory, sheets: st.SearchStrategy[StudySheet], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("sheet") / "mifa.yaml"
    path.write_text(render_sheet(data.draw(sheets)), encoding="utf-8", newline="\n")
    read = read_sheet(path)
    lines = path.read_text(encoding="utf-8").split("\n")
    for location, number in read.lines.items():
        line = lines[number - 1]
        assert not line.lstrip().startswith("#"), location
        if isinstance(location[-1], str):
            assert f"{location[-1]}:" in line, location
        else:
            assert line.lstrip().startswith("- ") or "[" in line, location


WRONG = """\
# a study sheet
format: mifakit study sheet 1
study:
  title: Nuclei
  tittle: typo

  license: MIT
  links:
    - url: www.example.org
    - url: https://example.org
      descripton: typo
  release_date: 31.3.2026
authors:
  # nobody yet
  - first_name: Ann
    orcid: 0000-0002-1825-0098
  - first_name: Bob
    email: bob at example.com
    organisations:
      - name: EMBL
        ror: 02catss53
biosamples:
  - organisms:
      - {scientific_name: Homo sapiens, ncbi_taxon: human}
images:
  - files:
      - "{name}.tif"
    pixel_size:
      x: -1
      y: wide
    axes: xyy
    alpha: maybe
annotations:
  - name: two words
    types: [segmentation_mask, doodles]
    created: yesterday
    classes: {one: nucleus}
splits: {train: 0.5, val: 0.1, test: 0.1}
version: {timestamp: now}
"""


def test_every_wrong_value_is_found_on_its_line(read: Read) -> None:
    sheet = read(WRONG)
    lines = WRONG.splitlines()

    def line(text: str) -> int:
        return next(index for index, one in enumerate(lines, start=1) if text in one)

    expected = [
        ("MIFA103", line("tittle"), "study.tittle"),
        ("MIFA104", line("MIT"), "study.license"),
        ("MIFA117", line("www"), "study.links[0].url"),
        ("MIFA103", line("descripton"), "study.links[1].descripton"),
        ("MIFA115", line("31.3"), "study.release_date"),
        ("MIFA111", line("0098"), "authors[0].orcid"),
        ("MIFA114", line("bob at"), "authors[1].email"),
        ("MIFA113", line("ss53"), "authors[1].organisations[0].ror"),
        ("MIFA115", line("now"), "version.timestamp"),
        ("MIFA118", line("human"), "biosamples[0].organisms[0].ncbi_taxon"),
        ("MIFA105", line("x: -1"), "images[0].pixel_size.x"),
        ("MIFA105", line("wide"), "images[0].pixel_size.y"),
        ("MIFA105", line("xyy"), "images[0].axes"),
        ("MIFA104", line("maybe"), "images[0].alpha"),
        ("MIFA105", line("two words"), "annotations[0].name"),
        ("MIFA104", line("doodles"), "annotations[0].types[1]"),
        ("MIFA115", line("yesterday"), "annotations[0].created"),
        ("MIFA105", line("one: nucleus"), "annotations[0].classes.one.[key]"),
        ("MIFA105", line("splits"), "splits"),
    ]
    assert sorted(found(sheet)) == sorted(expected)
    assert {str(one.place.path) for one in sheet.findings if one.place} == {str(sheet.path)}


def test_what_was_not_refused_stays(read: Read) -> None:
    model = read(WRONG).model
    assert model.study.title == "Nuclei"
    assert model.study.license is None
    assert [link.url for link in model.study.links] == [None, "https://example.org"]
    assert [author.first_name for author in model.authors] == ["Ann", "Bob"]
    assert model.authors[1].organisations[0].name == "EMBL"
    assert model.annotations[0].types == ["segmentation_mask"]
    assert model.images[0].files == ["{name}.tif"]
    assert model.splits is None


@pytest.mark.parametrize("break_", ["\r\n", "\r"])
def test_lines_count_the_same_however_they_end(read: Read, break_: str) -> None:
    assert found(read(WRONG.replace("\n", break_))) == found(read(WRONG))


def test_lines_after_a_blank_entry(read: Read) -> None:
    sheet = read("authors:\n  - first_name:\n    orcid:\n  - last_name: C\n")
    assert [author.last_name for author in sheet.model.authors] == ["C"]
    assert sheet.place("authors", 0, "orcid").line == 4


def test_places_of_what_is_not_there_are_the_nearest_around(read: Read) -> None:
    sheet = read("# top\nstudy:\n  links:\n    - url: https://a.org\n")
    assert sheet.place("study", "links", 0, "description") == Place(str(sheet.path), 4, "study.links[0].description")
    assert sheet.place("study", "title").line == 2
    assert sheet.place("version", "version").line is None


def field_names(model: type[SheetModel] = StudySheet, here: str = "") -> Iterator[tuple[str, str]]:
    """Yield text of a sheet up to a field, and the field's name."""
    for name, info in model.model_fields.items():
        yield here, name
        is_list = getattr(info.annotation, "__origin__", None) is list
        for inner in models_in(info.annotation):
            yield from field_names(inner, f"{here}{name}: {'[' if is_list else ''}{{")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(field_names())), st.data())
def test_a_misspelt_field_is_met_with_its_name(
    tmp_path_factory: pytest.TempPathFactory, field: tuple[str, str], data: st.DataObject
) -> None:
    above, name = field
    place = data.draw(st.integers(1, len(name) - 2) if len(name) > 3 else st.just(len(name)))
    typo = name[:place] + name[place + 1 :] if len(name) > 4 else f"{name}s"
    path = tmp_path_factory.mktemp("sheet") / "mifa.yaml"
    closing = above[::-1].translate(str.maketrans("[{", "]}"))
    closing = "".join(letter for letter in closing if letter in "]}")
    path.write_text(f"{{{above}{typo}: x{closing}}}\n")
    (finding,) = read_sheet(path).findings
    assert finding.code == "MIFA103"
    assert finding.message == f"there is no field {typo}"
    assert (finding.hint or "").startswith("did you mean ")
    assert finding.hint == f"did you mean {name}?" or name in {"x", "y", "z", "name", "image", "images", "train"}


@pytest.mark.parametrize(
    ("typo", "meant"),
    [("licence", "license"), ("tittle", "title"), ("key_words", "keywords"), ("fundingstatement", "funding_statement")],
)
def test_usual_misspellings(read: Read, typo: str, meant: str) -> None:
    (finding,) = read(f"study:\n  {typo}: x\n").findings
    assert finding.hint == f"did you mean {meant}?"


def test_a_field_like_no_other_is_met_without_a_guess(read: Read) -> None:
    (finding,) = read("study:\n  qqq: x\n").findings
    assert "did you mean" not in (finding.hint or "")


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "SIGALRM"):  # Windows: an endless loop would hang the run instead
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("authors: Bob\n", ["authors"]),
        ("authors: [Bob]\n", ["authors[0]"]),
        ("study: Nuclei\n", ["study"]),
        ("images:\n  name: a\n", ["images"]),
        ("splits: 80/20\n", ["splits"]),
        ("study:\n  title: [a, b]\n", ["study.title"]),
        ("study:\n  title: {a: b}\n", ["study.title"]),
        ("study:\n  keywords: {a: b}\n", ["study.keywords[0]"]),
        ("annotations:\n  - name: a\n    classes: [b]\n", ["annotations[0].classes"]),
        ("format: mifakit study sheet 9\n", ["format"]),
        ("authors:\n  - Bob\n  - first_name: Ann\n", ["authors[0]"]),
        ("annotations:\n  - name: a\n    pairs: [m.tif, {image: a.tif}]\n", ["annotations[0].pairs[0]"]),
        ("study:\n  links: [https://a.org, {url: https://b.org}]\n", ["study.links[0]"]),
    ],
)  # fmt: skip
def test_values_of_another_shape_are_findings(read: Read, text: str, places: list[str]) -> None:
    with at_most(1.0):
        sheet = read(text)
    assert [item for _, _, item in found(sheet)] == places


def test_messages_hold_the_value_that_was_found(read: Read) -> None:
    texts = [one.message for one in read("format: 2\nsplits: {train: 2}\nstudy: [a]\n").findings]
    assert texts[0].startswith("'2' is not allowed here: 'mifakit study sheet 1'")
    assert "'2': input should be less than or equal to 1" in texts
    assert "a list: must be a block of fields" in texts


def test_empty_values_are_defaults_and_no_findings(read: Read) -> None:
    sheet = read("study:\n  title:\n  keywords: []\n  links:\n    - url:\nsplits:\n  train:\nimages:\n  - alpha: ''\n")
    assert sheet.findings == ()
    assert sheet.model == StudySheet()


def test_a_list_may_be_written_as_one_value(read: Read) -> None:
    model = read("images:\n  - files: '{name}.tif'\n    channels: [DAPI, '', ~]\nstudy: {keywords: 5}\n").model
    assert model.images[0].files == ["{name}.tif"]
    assert model.images[0].channels == ["DAPI"]
    assert model.study.keywords == ["5"]


def test_values_stay_as_they_were_typed(read: Read) -> None:
    model = read(
        "version: {version: 1.10}\nstudy: {title: no, description: 2026-03-31, keywords: [007, 1e3, on]}\n"
    ).model
    assert model.version.version == "1.10"
    assert (model.study.title, model.study.description) == ("no", "2026-03-31")
    assert model.study.keywords == ["007", "1e3", "on"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_windows_are_read(read: Read, encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert read(mark + "study: {title: Zürich µ}".encode(encoding)).model.study.title == "Zürich µ"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("study:\n  title: a\n  note: Zür".encode("latin-1"), "MIFA100", 3),
        (b"", "MIFA106", None),
        (b"# nothing\n", "MIFA106", None),
        (b"just words\n", "MIFA106", None),
        (b"- a\n- b\n", "MIFA106", None),
        (b"study:\n  title: 'a\n", "MIFA106", 3),
        (b"study:\n  title: a: b\n", "MIFA106", 2),
        (b"study:\n  title: a\n   license: CC0\n", "MIFA106", 3),
        (b"study:\n\ttitle: a\n", "MIFA107", 2),
        (b"study:\n  title: a\n\tlicense: CC0\n", "MIFA107", 3),
        (b"study:\n  title: a\n  title: b\n", "MIFA108", 3),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_their_line(
    read: Read, tmp_path: Path, text: bytes, code: str, line: int | None
) -> None:
    with pytest.raises(MifaError) as error:
        read(text)
    place = error.value.finding.place
    assert place is not None
    assert (error.value.code, place.path, place.line) == (code, str(tmp_path / "mifa.yaml"), line)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path, code in [(tmp_path / "no.yaml", "MIFA001"), (tmp_path, "MIFA008")]:
        with pytest.raises(MifaError) as error:
            read_sheet(path)
        assert error.value.code == code


def test_the_lab_folder_is_found_from_the_sheet(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir("/")
    for said in ("lab", "./lab", "~/lab", str(tmp_path / "lab"), "nowhere/../lab"):
        assert read(f"lab_folder: {said}\n").lab_folder == tmp_path / "lab"
    for said, code in [("nowhere", "MIFA001"), ("file", "MIFA008"), ("", "MIFA001")]:
        with pytest.raises(MifaError) as error:
            _ = read(f"# x\nlab_folder: {said}\n").lab_folder
        place = error.value.finding.place
        assert place is not None
        assert (error.value.code, place.line, place.item) == (code, 2, "lab_folder")


@pytest.mark.parametrize(
    ("location", "text"),
    [
        (("authors", 0, "orcid"), "authors[0].orcid"),
        (("study",), "study"),
        (("images", 1, "files", 0), "images[1].files[0]"),
        ((), ""),
    ],
)
def test_locations_in_words(location: tuple[Any, ...], text: str) -> None:
    assert format_location(location) == text


WORDS = st.sampled_from(["a", "0000", "1", "-1", "yx", "drop", "CC0", "2026-03-31", "", "~", "https://a.org", "train"])


ODD = WORDS | st.lists(WORDS, max_size=2) | st.dictionaries(WORDS, WORDS, max_size=2)


def odd_blocks(model: type[SheetModel]) -> st.SearchStrategy[Any]:
    """Return blocks of a model's fields, each with words, lists or blocks in it, whichever it should hold."""
    fields: dict[str, st.SearchStrategy[Any]] = {"tittle": ODD}
    for name, info in model.model_fields.items():
        inner = [odd_blocks(one) for one in models_in(info.annotation)]
        fields[name] = st.one_of(ODD, *inner, *(st.lists(one | WORDS, max_size=3) for one in inner))
    return st.lists(st.sampled_from(sorted(fields)), max_size=4, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({name: fields[name] for name in chosen})
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_whatever_stands_there_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    tree = data.draw(odd_blocks(StudySheet))
    path = tmp_path_factory.mktemp("sheet") / "mifa.yaml"
    path.write_text(json.dumps({"lab_folder": "x", **tree}, indent=1), encoding="utf-8")
    with at_most(5.0):
        sheet = read_sheet(path)
    lines = len(sheet.text.splitlines())
    for finding in sheet.findings:
        assert finding.place is not None
        assert finding.place.line is not None
        assert 1 <= finding.place.line <= lines
