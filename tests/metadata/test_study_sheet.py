"""The sheet's own rules: axes, names, shares, sizes."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.conversion_choices import Splits
from mifakit.metadata.image_sets import ImageSet, PixelSize
from mifakit.metadata.mifa import Author, Study, Version, as_text
from mifakit.metadata.study_sheet import StudySheet


def codes(error: pytest.ExceptionInfo[ValidationError]) -> list[str]:
    return [one["type"] for one in error.value.errors()]


def test_a_blank_sheet_loads_and_two_share_nothing() -> None:
    one, other = StudySheet(), StudySheet()
    assert one == other
    one.study.keywords.append("x")
    one.images.append(ImageSet())
    assert other == StudySheet()


@pytest.mark.parametrize(
    ("said", "kept"), [("yx", "yx"), ("ZYX", "zyx"), ("tczyx", "tczyx"), ("xyz", "xyz"), (None, None)]
)
def test_axes(said: str | None, kept: str | None) -> None:
    assert ImageSet(axes=said).axes == kept


@pytest.mark.parametrize("said", ["zz", "zy", "xyy", "yxs", "y x", "yx?"])
def test_axes_that_are_refused(said: str) -> None:
    with pytest.raises(ValidationError) as error:
        ImageSet(axes=said)
    assert codes(error) == ["MIFA105"]


@pytest.mark.parametrize("name", ["a", "A-b_9", "0", "x" * 40])
def test_names_of_sets(name: str) -> None:
    assert AnnotationSet(name=name).name == name


@pytest.mark.parametrize("name", ["-a", "_a", "a b", "a/b", "é", "x" * 41, "a.b", "..", "a\n"[:1] + "/"])
def test_names_of_sets_that_are_refused(name: str) -> None:
    with pytest.raises(ValidationError) as error:
        AnnotationSet(name=name)
    assert codes(error) == ["MIFA105"]


@pytest.mark.parametrize("shares", [(1, 0, 0), (0.7, 0.15, 0.15), (0.1, 0.2, 0.7), (1 / 3, 1 / 3, 1 / 3)])
def test_shares(shares: tuple[float, float, float]) -> None:
    train, val, test = shares
    assert Splits(train=train, val=val, test=test).val == val


@pytest.mark.parametrize(
    ("shares", "code"),
    [
        ((0.5, 0.2, 0.2), "MIFA105"),
        ((0.7, 0.7, 0.7), "MIFA105"),
        ((1.2, -0.1, -0.1), "less_than_equal"),
        ((80, 10, 10), "less_than_equal"),
    ],
)
def test_shares_that_are_refused(shares: tuple[float, float, float], code: str) -> None:
    with pytest.raises(ValidationError) as error:
        Splits(train=shares[0], val=shares[1], test=shares[2])
    assert code in codes(error)


def test_the_message_about_shares_holds_their_sum() -> None:
    with pytest.raises(ValidationError, match=r"add up to 0\.9, not to 1"):
        Splits(train=0.5, val=0.2, test=0.2)


@pytest.mark.parametrize("value", [0, -1, 1e6, float("inf"), float("nan"), "0,3", "wide"])
def test_pixel_sizes_that_are_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        PixelSize(x=value)


def test_numbers_are_taken_for_text_where_text_is_declared() -> None:
    assert Version(version=1.0).version == "1.0"
    assert Study(keywords=[7, "a"]).keywords == ["7", "a"]
    assert as_text(True) is True
    with pytest.raises(ValidationError):
        Study(title=True)


def test_classes() -> None:
    assert AnnotationSet(classes=None).classes == {}
    assert AnnotationSet(classes={"1": "a", 2: "b"}).classes == {1: "a", 2: "b"}
    with pytest.raises(ValidationError):
        AnnotationSet(classes={"one": "a"})


def test_text_is_stripped_and_unknown_fields_are_refused() -> None:
    assert Study(title="  a\n").title == "a"
    with pytest.raises(ValidationError) as error:
        StudySheet(studies={})
    assert codes(error) == ["extra_forbidden"]


def test_full_names() -> None:
    assert Author(first_name="Josiah", last_name="Carberry").full_name == "Josiah Carberry"
    assert Author(last_name="Carberry").full_name == "Carberry"
    assert Author().full_name == ""


def test_files_come_before_what_mifa_asks_about_them() -> None:
    fields = list(AnnotationSet.model_fields)
    assert fields.index("overview") < fields.index("authors")
    assert set(fields) >= {"name", "files", "exclude", "format", "pairs", "classes", "overview", "types", "method"}
