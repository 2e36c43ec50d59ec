from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mifakit.records.serialisation import said, yaml_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(TEXT, TEXT | st.lists(TEXT), max_size=4))
@example({"a": "no", "b": ["1_000", "12:30", "2026-03-31", "1e3", "~", "=", "<<", "0o7", ".inf"]})
@example({"a": "one\n\ntwo\n", "b": " one\n two", "c": "tab\there\nx", "d": "a: b # c", "e": "\x85 \ufeff"})
def test_every_text_comes_back_as_the_text_it_was(data: dict[str, str | list[str]]) -> None:
    assert YAML(typ="safe", pure=True).load(yaml_text(data)) == data


@pytest.mark.parametrize("text", ["no", "on", "Y", "1.10", "1_000", "12:30", "2026-03-31", "0x1F", ".5", "1e3"])
def test_readers_of_yaml_1_1_read_text_too(text: str) -> None:
    yaml = pytest.importorskip("yaml")
    assert yaml.safe_load(yaml_text({"value": text})) == {"value": text}


def test_keys_keep_their_order_and_lines_are_not_folded() -> None:
    assert yaml_text({"z": "x " * 200 + "x", "a": "µm"}) == f"z: {'x ' * 200}x\na: µm\n"


def test_said_drops_what_says_nothing() -> None:
    assert said(a=None, b="", c=[], d={}, e=0, f="x") == {"e": 0, "f": "x"}
