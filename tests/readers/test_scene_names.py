"""Each image of a file has a name of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mifakit.readers.scene_names import scene_names


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ()),
        (["only"], ()),
        (["a", "b"], ("a", "b")),
        (["a", None, " "], ("a", "Scene 2", "Scene 3")),
        (["a", "a", "a"], ("a", "a (2)", "a (3)")),
        (["a", "a", "a (2)"], ("a", "a (3)", "a (2)")),
        (["two\n words", "b"], ("two words", "b")),
    ],
)
def test_names(names: list[str | None], expected: tuple[str, ...]) -> None:
    assert scene_names(names, "Scene") == expected


@given(
    st.lists(st.one_of(st.none(), st.sampled_from(["a", "a (2)", "Scene 1", "Scene 2", ""])), min_size=2, max_size=9)
)
def test_names_are_unique(names: list[str | None]) -> None:
    found = scene_names(names, "Scene")
    assert len(set(found)) == len(found) == len(names)
