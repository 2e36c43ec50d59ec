"""Licences and annotation types as people spell them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from mifakit.metadata.vocabularies import (
    AnnotationType,
    License,
    as_list,
    parse_annotation_type,
    parse_license,
)

# The enum of BIA's LinkML schema, copied by hand.
TYPES = ["class_labels", "bounding_boxes", "counts", "derived_annotations", "geometrical_annotations", "graphs",
         "point_annotations", "segmentation_mask", "tracks", "weak_annotations", "other"]  # fmt: skip


def test_the_types_are_mifas() -> None:
    assert [kind.value for kind in AnnotationType] == TYPES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, License.CC0) for text in
          ["CC0", "cc0", "CC0 1.0", "CC0-1.0", "CC-0", "CC Zero", "https://creativecommons.org/publicdomain/zero/1.0/"]),
        *((text, License.CC_BY) for text in
          ["CC_BY", "CC BY", "cc-by", "CC BY 4.0", "CC-BY-4.0", "CC-BY 4.0", " ccby4.0 ",
           "https://creativecommons.org/licenses/by/4.0/", "http://www.creativecommons.org/licenses/by/4.0"]),
        ("https://creativecommons.org/licenses/by/4.0/deed.en", License.CC_BY),
        ("https://creativecommons.org/licenses/by/4.0/legalcode", License.CC_BY),
        ("Creative Commons Attribution 4.0 International", License.CC_BY),
        ("CC0 1.0 Universal", License.CC0),
    ],
)  # fmt: skip
def test_spellings_of_licences(text: str, expected: License) -> None:
    assert parse_license(text) is expected


@pytest.mark.parametrize(
    "text",
    ["CC BY-NC 4.0", "CC BY-SA", "CC-BY-ND-4.0", "CC BY 3.0", "CC BY-NC-SA", "MIT", "public domain", "GPL", "0", "CC",
     "https://creativecommons.org/licenses/by-nc/4.0/", "https://creativecommons.org/licenses/by/3.0/"],
)  # fmt: skip
def test_licences_that_mifa_does_not_allow_are_never_guessed(text: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        parse_license(text)
    assert error.value.type == "MIFA104"
    assert text in error.value.message()


@pytest.mark.parametrize("empty", [None, "", " "])
def test_no_licence(empty: str | None) -> None:
    assert parse_license(empty) is None


def test_licences_know_their_spdx_name_and_page() -> None:
    assert (License.CC0.spdx, License.CC_BY.spdx) == ("CC0-1.0", "CC-BY-4.0")
    assert License.CC0.url == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert License.CC_BY.url == "https://creativecommons.org/licenses/by/4.0/"
    for one in License:
        assert parse_license(one) is parse_license(one.spdx) is parse_license(one.url) is one


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(TYPES), st.sampled_from("_ -"), st.booleans(), st.sampled_from([str.lower, str.upper, str.title])
)
def test_spaces_hyphens_and_case_do_not_matter(name: str, between: str, padded: bool, case: object) -> None:
    text = case(name.replace("_", between))  # type: ignore[operator]
    assert parse_annotation_type(f" {text}\n" if padded else text) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class label", "class_labels"), ("count", "counts"), ("graph", "graphs"), ("track", "tracks"),
        ("point annotation", "point_annotations"), ("derived-annotation", "derived_annotations"),
        ("weak annotation", "weak_annotations"), ("geometrical annotation", "geometrical_annotations"),
        ("segmentation masks", "segmentation_mask"), ("bounding box", "bounding_boxes"),
        ("bounding_box", "bounding_boxes"),
    ],
)  # fmt: skip
def test_one_or_many_does_not_matter(text: str, expected: str) -> None:
    assert parse_annotation_type(text) == expected


@pytest.mark.parametrize("text", ["mask", "segmentation", "boxes", "", None, "bounding_boxe_s", "doodles"])
def test_other_words_are_refused_with_the_list(text: str | None) -> None:
    with pytest.raises(PydanticCustomError) as error:
        parse_annotation_type(text)
    assert error.value.type == "MIFA104"
    assert all(name in error.value.message() for name in TYPES)


def test_what_was_meant_is_offered_and_not_guessed() -> None:
    with pytest.raises(PydanticCustomError) as error:
        parse_annotation_type("polygons")
    assert error.value.message().endswith("did you mean geometrical_annotations?")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ("a", ["a"]),
        (["a", None, "", " ", "b"], ["a", "b"]),
        (("a",), ["a"]),
        (5, [5]),
        ([], []),
        ({"a": 1}, [{"a": 1}]),
    ],
)
def test_one_value_or_many(value: object, expected: list) -> None:
    assert as_list(value) == expected
