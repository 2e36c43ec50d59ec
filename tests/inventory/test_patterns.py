"""Patterns against their own renderings: what a pattern was filled with, it finds again."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.errors import MifaError
from mifakit.inventory.patterns import MAX_WILD, FieldIndex, compile_pattern, escape, match_first

AWKWARD = string.ascii_letters + string.digits + " ._-+()[]^$|\\#&~,;'!@%=µé–"
LITERAL = st.text(AWKWARD, min_size=1, max_size=5)
VALUE = st.text(string.ascii_letters + string.digits + "_-. ", min_size=1, max_size=5)
FIELDS = ["name", "plate", "größe", "_x1"]


@st.composite
def filled_patterns(draw: st.DrawFn) -> tuple[str, str, dict[str, str]]:
    """Return a pattern, a path made from it, and the fields; texts between two fields keep them apart."""
    fields = {field: draw(VALUE) for field in draw(st.lists(st.sampled_from(FIELDS), max_size=3, unique=True))}
    pattern, path = "", ""
    for index in range(draw(st.integers(1, 4))):
        if index:
            pattern, path = pattern + "/", path + "/"
        if draw(st.booleans()) and index:
            folders = draw(st.lists(st.text("abc.", min_size=1, max_size=3), max_size=3))
            pattern, path = pattern + "**/", path + "".join(f"{folder}/" for folder in folders)
        kind = draw(st.sampled_from(["text", "field", "star", "one"]))
        before, after = draw(LITERAL), draw(LITERAL)
        middle = {"text": ("", ""), "star": ("*", draw(VALUE)), "one": ("?", draw(st.sampled_from("aé.[")))}
        if kind == "field" and fields:
            field = draw(st.sampled_from(sorted(fields)))
            middle["field"] = (f"{{{field}}}", fields[field])
        asked, given_text = middle.get(kind, ("", ""))
        pattern, path = pattern + before + asked + after, path + before + given_text + after
    return pattern, path, fields


@settings(max_examples=300, deadline=None)
@given(filled_patterns())
def test_a_pattern_matches_what_was_made_from_it(case: tuple[str, str, dict[str, str]]) -> None:
    pattern, path, fields = case
    found = match_first([pattern], path)
    assert found is not None
    used, values = found
    assert used == pattern
    assert set(values) == {field for field in fields if f"{{{field}}}" in pattern}
    # Several values may fit; those that were found give the same path again.
    filled = pattern
    for field, value in values.items():
        filled = filled.replace(f"{{{field}}}", value)
    assert compile_pattern(filled).fullmatch(path)
    assert all("/" not in value and value for value in values.values())


@settings(max_examples=150, deadline=None)
@given(LITERAL, LITERAL)
def test_text_stands_for_itself_alone(text: str, other: str) -> None:
    assert (match_first([text], other) is not None) == (text == other)


@pytest.mark.parametrize(
    ("pattern", "path", "fields"),
    [
        ("images/{name}.tif", "images/a.b.tif", {"name": "a.b"}),
        ("images/{name}.tif", "images/a/b.tif", None),
        ("images/{name}.tif", "images/.tif", None),
        ("images/{name}.tif", "images/a.tiff", None),
        ("images/{name}.tif", "Images/a.tif", None),
        ("images/{name}.tif", "x/images/a.tif", None),
        ("{id}/images/{id}.png", "7/images/7.png", {"id": "7"}),
        ("{id}/images/{id}.png", "7/images/8.png", None),
        ("**/{name}.tif", "a.tif", {"name": "a"}),
        ("**/{name}.tif", "x/y/a.tif", {"name": "a"}),
        ("x/**/{name}.tif", "x/a.tif", {"name": "a"}),
        ("x/**/{name}.tif", "xy/a.tif", None),
        ("x/**", "x/y/a.tif", {}),
        ("x/**", "x/a", {}),
        ("x/**", "y/x/a", None),
        ("*.tif", "a.tif", {}),
        ("*.tif", "x/a.tif", None),
        ("a*b?.tif", "ab1.tif", {}),
        ("a?.tif", "a.tif", None),
        ("a?.tif", "a/.tif", None),
        ("a.tif", "aXtif", None),
        ("(a|b)+[c].tif", "(a|b)+[c].tif", {}),
        ("(a|b)+[c].tif", "ac.tif", None),
        ("{a}_{b}.tif", "x_y_z.tif", {"a": "x_y", "b": "z"}),
    ],
)
def test_patterns_by_hand(pattern: str, path: str, fields: dict[str, str] | None) -> None:
    found = match_first([pattern], path)
    assert (found and found[1]) == fields


def test_the_first_of_several_patterns_wins() -> None:
    assert match_first(["x/*.tif", "{folder}/a.tif", "**"], "y/a.tif") == ("{folder}/a.tif", {"folder": "y"})
    assert match_first([], "a.tif") is None


@pytest.mark.parametrize("pattern", ["{name.tif", "name}.tif", "{}", "{a b}.tif", "{1}.tif", "{a{b}}", "{*}", "}{"])
def test_braces_that_hold_no_name_are_refused(pattern: str) -> None:
    with pytest.raises(MifaError) as error:
        compile_pattern(pattern)
    assert error.value.code == "MIFA125"
    assert repr(pattern) in error.value.finding.message


def test_a_line_break_in_a_name_is_text_too() -> None:
    assert match_first(["x/{name}.tif"], "x/a\nb.tif")
    assert match_first(["x/**"], "x/a\nb.tif")


@pytest.mark.parametrize("wild", ["*", "{a}", "**"])
def test_patterns_that_could_take_forever_are_refused(wild: str) -> None:
    few, many = ("x".join([wild] * count) for count in (MAX_WILD, MAX_WILD + 1))
    assert compile_pattern(f"{few}/{few}")
    with pytest.raises(MifaError) as error:
        compile_pattern(f"x/{many}/x")
    assert error.value.code == "MIFA125"


@settings(max_examples=150, deadline=None)
@given(st.text(AWKWARD + "{}*?", min_size=1, max_size=10))
def test_escaped_text_matches_itself(text: str) -> None:
    assert match_first([escape(text)], text) == (escape(text), {})
    assert len(escape(text)) == len(text)


SOME = st.dictionaries(st.sampled_from(["name", "plate", "well"]), st.sampled_from("ab"))


@settings(max_examples=150, deadline=None)
@given(st.lists(SOME, max_size=6), st.lists(SOME, max_size=4))
def test_the_index_finds_what_looking_at_every_path_finds(known: list[dict], wanted: list[dict]) -> None:
    fields = {f"p{number}": one for number, one in enumerate(known)}
    index = FieldIndex(fields)
    for one in wanted:
        assert index.find(one) == [path for path, has in fields.items() if one.items() <= has.items()]


def test_accents_match_in_both_forms() -> None:
    """macOS writes ü as two letters where a sheet, typed on another machine, has one."""
    composed, decomposed = "Zellen_\u00fc", "Zellen_u\u0308"
    for pattern, path in [(composed, decomposed), (decomposed, composed)]:
        assert match_first([f"{pattern}/{{name}}.tif"], f"{path}/a.tif")
    found = match_first(["{name}.tif"], f"{decomposed}.tif")
    assert found is not None
    assert found[1] == (match_first(["{name}.tif"], f"{composed}.tif") or found)[1], "image and mask must pair"
