"""The sheet as text: what is rendered is read back the same, and the template leaves no field out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.conversion_choices import Splits
from mifakit.metadata.fields import Need, SheetModel, example_of, need_of
from mifakit.metadata.image_sets import ImageSet, PixelSize
from mifakit.metadata.mifa import Author, Study, Version
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.reading import Sheet, read_sheet
from mifakit.sheet.template import render_sheet
from mifakit.sheet.validation import models_in

MARKS = {
    Need.MIFA_REQUIRED: "REQUIRED by MIFA. ",
    Need.MIFA_RECOMMENDED: "Recommended by MIFA. ",
    Need.ARCHIVE: "Required by the archive. ",
    Need.AI_READY: "Recommended for AI. ",
    Need.OPTIONAL: "",
}
Read = Callable[[str | bytes], Sheet]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_what_is_rendered_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, sheets: st.SearchStrategy[StudySheet], data: st.DataObject
) -> None:
    sheet = data.draw(sheets)
    path = tmp_path_factory.mktemp("sheet") / "mifa.yaml"
    path.write_text(render_sheet(sheet), encoding="utf-8", newline="\n")
    found = read_sheet(path)
    assert found.findings == ()
    assert found.model == sheet


def test_every_awkward_text_comes_back(read: Read, awkward: list[str]) -> None:
    for start in range(0, len(awkward), 12):
        some = awkward[start : start + 12]
        sheet = StudySheet(
            study=Study(title=some[0], keywords=some),
            authors=[Author(first_name=text, roles=[text]) for text in some],
            annotations=[AnnotationSet(name="n", classes=dict(enumerate(some)))],
        )
        found = read(render_sheet(sheet, {("study", "title"): "\n".join(some), ("authors", 0, "first_name"): some[-1]}))
        assert found.model == sheet
        assert found.findings == ()


@pytest.mark.parametrize("letter", "\u2028\u2029\ufeff\t\0\x01\x0b\x1b\x7f\x80\x85\x9f\uffff")
def test_letters_that_yaml_does_not_take_are_escaped(read: Read, letter: str) -> None:
    sheet = StudySheet(images=[ImageSet(files=[f"a{letter}b/{{name}}.tif"])], study=Study(title=f"a{letter}b"))
    assert read(render_sheet(sheet)).model == sheet


def test_a_block_that_says_the_defaults_is_not_blank(read: Read) -> None:
    sheet = StudySheet(splits=Splits(train=0.7, val=0.15, test=0.15))
    assert read(render_sheet(sheet)).model == sheet


def test_a_blank_template_reads_as_a_blank_sheet(read: Read) -> None:
    text = render_sheet(StudySheet())
    found = read(text)
    assert (found.model, found.findings) == (StudySheet(), ())
    said = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert all(re.fullmatch(r"\s*(- )?\w+:", line) for line in said if not line.startswith("format:"))


def fields(model: type[SheetModel], depth: int = 0) -> Iterator[tuple[str, FieldInfo, int]]:
    """Yield each field once for each place where it stands, with its indentation."""
    for name, info in model.model_fields.items():
        yield name, info, depth
        for inner in models_in(info.annotation):
            is_list = getattr(info.annotation, "__origin__", None) is list
            yield from fields(inner, depth + (4 if is_list else 2))


def test_every_declared_field_stands_in_the_template_with_meaning_and_example() -> None:
    text = render_sheet(StudySheet())
    written: list[tuple[str, int, str]] = []
    above: list[str] = []
    for line in text[text.index("\n\n") :].splitlines():
        if line.lstrip().startswith("#"):
            above.append(line.strip(" #"))
        elif line.strip():
            name = line.strip(" -").partition(":")[0]
            written.append((name, len(line) - len(line.lstrip(" -")), " ".join(above)))
            above = []
    declared = list(fields(StudySheet))
    assert [(name, indent) for name, indent, _ in written] == [(name, depth) for name, _, depth in declared]
    for (name, info, _), (_, _, said) in zip(declared, written, strict=True):
        assert (info.description or "?") in said, name
        assert said.startswith(MARKS[need_of(info)]), name
        assert ("Example: " in said) == (example_of(info) is not None), name


def test_help_is_no_wider_than_a_screen() -> None:
    assert max(map(len, render_sheet(StudySheet()).splitlines())) <= 120


def test_every_example_is_a_value_that_its_field_takes() -> None:
    def hold(model: type[SheetModel]) -> None:
        for name, info in model.model_fields.items():
            if example_of(info) is not None:
                assert getattr(model.model_validate({name: example_of(info)}), name) not in (None, [], {}), name
            for inner in models_in(info.annotation):
                hold(inner)

    hold(StudySheet)


def test_help_stands_once_for_a_list(read: Read) -> None:
    text = render_sheet(StudySheet(authors=[Author(first_name="A"), Author(first_name="B")]))
    block = text[text.index("\nauthors:") : text.index("\nversion:")]
    assert block.count("Given name.") == 1
    assert [line for line in block.splitlines() if "first_name" in line] == [
        "  - first_name: A",
        "  - first_name: B",
    ]
    assert [author.first_name for author in read(text).model.authors] == ["A", "B"]


def test_notes_stand_above_their_field() -> None:
    notes: dict[Any, str] = {
        ("images", 0, "files"): "Seen: 3 files.",
        ("annotations", 0, "pairs", 0, "image"): "a or b?\nsettle it",
    }
    sheet = StudySheet(
        images=[ImageSet(files=["{name}.tif"])],
        annotations=[AnnotationSet(name="n", pairs=[{"annotation": "m.tif"}])],
    )
    lines = [line.strip() for line in render_sheet(sheet, notes).splitlines()]
    place = lines.index("#> Seen: 3 files.")
    assert lines[place + 1] == 'files: ["{name}.tif"]'
    place = lines.index("#> a or b?")
    assert lines[place + 1 : place + 3] == ["#> settle it", "image:"]


def test_values_are_plain_where_that_is_safe() -> None:
    sheet = StudySheet(
        lab_folder="~/scope",
        study=Study(title="Nuclei of HaCaT cells, 20x", license="CC-BY-4.0", keywords=["a", "b c"]),
        version=Version(version="1.10", timestamp="2026-03-31"),
        images=[ImageSet(name="µ: x", pixel_size=PixelSize(x=0.325), channels=["DAPI"])],
    )
    text = render_sheet(sheet)
    for line in [
        'lab_folder: "~/scope"',
        "  title: Nuclei of HaCaT cells, 20x",
        "  license: CC_BY",
        '  keywords: ["a", "b c"]',
        "  version: 1.10",
        "  timestamp: 2026-03-31T00:00:00+00:00",
        '  - name: "µ: x"',
        "      x: 0.325",
        "    alpha: drop",
    ]:
        assert line in text.splitlines(), line


def test_rendered_text_is_ready_for_every_system(tmp_path: Path) -> None:
    text = render_sheet(StudySheet(study=Study(title="a\r\nb")))
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text
    assert "\t" not in text
    assert not any(line != line.rstrip() for line in text.splitlines())
