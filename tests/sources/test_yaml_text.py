"""YAML from strangers: what it says, on which line, and what it may not ask of this machine."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.errors import MifaError
from mifakit.sources import yaml_text
from mifakit.sources.limits import MAX_SHEET_BYTES, MAX_YAML_NODES
from mifakit.sources.yaml_text import parse_yaml, read_text, says_nothing

WORD = st.text("abcXYZ09 _.é", min_size=1, max_size=6).map(lambda text: f"v{text}v")
TREES = st.dictionaries(
    st.from_regex(r"[a-z]{1,5}", fullmatch=True).map(lambda key: f"k{key}"),
    st.recursive(
        WORD,
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.dictionaries(st.from_regex(r"k[a-z]{1,5}", fullmatch=True), inner, min_size=1, max_size=3)
        ),
        max_leaves=8,
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(TREES, st.booleans())
def test_what_another_library_wrote_is_read_the_same(tree: Any, flow: bool) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True, sort_keys=False, width=10_000)
    found, lines = parse_yaml(text, "sheet")
    assert found == tree
    rows = text.splitlines()
    for location, line in lines.items():
        here: Any = tree
        for part in location:
            here = here[part]
        if isinstance(here, str):
            assert here in rows[line - 1], location
        if isinstance(location[-1], str):
            assert location[-1] in rows[line - 1], location


@pytest.mark.parametrize(
    "text",
    ["1.10", "no", "Yes", "true", "007", "0x1F", "1e3", "12:30", "2026-03-31", "1_000", ".nan", "-.inf", "0o14",
     "2026-02-30", "'null'", "2026-03-31T12:00:00Z", "+1"],
)  # fmt: skip
def test_values_stay_as_typed(text: str) -> None:
    assert parse_yaml(f"a: {text}\nb: [{text}]\n", "sheet")[0] == {"a": text.strip("'"), "b": [text.strip("'")]}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_with_all_its_escapes_is_yaml(text: str) -> None:
    """JSON writes a sign beyond 16 bits as two escapes."""
    assert parse_yaml(json.dumps({"a": text, "🧬": "c"}), "sheet")[0] == {"a": text, "🧬": "c"}


@pytest.mark.parametrize("text", ["null", "~", "", "NULL", "Null"])
def test_nothing_is_none(text: str) -> None:
    assert parse_yaml(f"a: {text}\n", "sheet")[0] == {"a": None}


def test_blank_items_are_left_out_of_lists() -> None:
    text = "a:\n  - x\n  -\n  - b:\n    c:\n  - ''\n  - [~]\n  - y\n"
    tree, lines = parse_yaml(text, "sheet")
    assert tree == {"a": ["x", "y"]}
    assert (lines["a", 0], lines["a", 1]) == (2, 8)


def test_anchors_stand_for_what_they_name() -> None:
    tree, _ = parse_yaml("a: &x {b: c}\nd: *x\ne: &y text\nf: [*y, *y]\n", "sheet")
    assert tree == {"a": {"b": "c"}, "d": {"b": "c"}, "e": "text", "f": ["text", "text"]}


@pytest.mark.parametrize(
    "text",
    [
        "a: &x {b: c}\nd:\n  <<: *x\n  e: f\n",
        "a: !!omap [x: 1, y: 2]\n",
        "a: !!python/object/apply:os.system [ls]\n",
        "a: !foo {b: c}\n",
        "a: !!set {x, y}\n",
        "a: !!binary aGVsbG8=\n",
        "a: !foo bar\n",
        "? [a, b]\n: c\n",
        "? {d: e}\n: f\n",
        "~: c\n",
        "1: a\n2.5: b\n",
        "a: &a [*a]\n",
        "a: &a {b: *a}\n",
        "---\na: b\n...\n",
        "%YAML 1.1\n---\na: no\n",
    ],
)
def test_unusual_yaml_is_read_or_refused_but_never_crashes(text: str) -> None:
    try:
        tree, lines = parse_yaml(text, "sheet")
    except MifaError as error:
        assert error.code == "MIFA106"
    else:
        assert isinstance(tree, dict)
        assert all(isinstance(line, int) for line in lines.values())


@settings(max_examples=300, deadline=None)
@given(st.text("ab:-#&*!|>'\"%@`{}[],? \n\t~<1.", max_size=30))
def test_nonsense_is_read_or_refused_but_never_crashes(text: str) -> None:
    try:
        parse_yaml(text, "sheet")
    except MifaError as error:
        assert error.code in {"MIFA106", "MIFA107", "MIFA108"}
        assert error.finding.place is not None
        assert error.finding.place.path == "sheet"
    except (KeyError, TypeError):
        assert "<<" in text or "!" in text, "see UNUSUAL"


def test_nothing_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with suppress(MifaError, TypeError):
        parse_yaml(f"a: !!python/object/apply:os.system ['touch {mark}']\n", "sheet")
    assert not mark.exists()


def test_aliases_that_multiply_are_refused_soon() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    start = time.process_time()
    with pytest.raises(MifaError, match="too many") as error:
        parse_yaml("\n".join(rows), "sheet")
    assert error.value.code == "MIFA106"
    assert time.process_time() - start < 10


@pytest.mark.parametrize("text", ["[" * 300 + "]" * 300, "[" * 20_000, "a: " * 3, "{a: " * 100 + "}" * 100])
def test_deep_nests_are_refused(text: str) -> None:
    with pytest.raises(MifaError) as error:
        parse_yaml(text, "sheet")
    assert error.value.code == "MIFA106"


def test_the_budget_counts_values(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_YAML_NODES > 100_000, "a large sheet must pass"
    monkeypatch.setattr(yaml_text, "MAX_YAML_NODES", 5)
    assert parse_yaml("a: [1, 2, 3]\n", "sheet")[0] == {"a": ["1", "2", "3"]}
    with pytest.raises(MifaError, match="too many"):
        parse_yaml("a: [1, 2, 3, 4]\n", "sheet")


@pytest.mark.parametrize(
    ("text", "code", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "MIFA108", 3, "'a' stands twice"),
        ("a: 1\n\tb: 2\n", "MIFA107", 2, "tab"),
        ("a:\n  - b\n\t- c\n", "MIFA107", 3, "tab"),
        ("a: 'b\nc: d\n", "MIFA106", 3, ""),
        ("a: b: c\n", "MIFA106", 1, "mapping values"),
        ("a: [b\nc: d\n", "MIFA106", 2, ""),
        ("a: 1\n---\nb: 2\n", "MIFA106", None, ""),
    ],
)
def test_mistakes_are_explained_on_their_line(text: str, code: str, line: int | None, said: str) -> None:
    with pytest.raises(MifaError) as error:
        parse_yaml(text, "sheet")
    place = error.value.finding.place
    assert place is not None
    assert error.value.code == code
    assert line is None or place.line == line
    assert said in error.value.finding.message


def test_text_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path.write_text("é µ\n", encoding=encoding)
        assert read_text(path) == "é µ\n"
    path.write_bytes(b"a\nb\n\xe9\n")
    with pytest.raises(MifaError) as error:
        read_text(path)
    assert (error.value.code, error.value.finding.place.line) == ("MIFA100", 3)  # type: ignore[union-attr]
    with path.open("wb") as stream:
        stream.truncate(MAX_SHEET_BYTES + 1)
    with pytest.raises(MifaError, match="larger") as error:
        read_text(path)
    assert error.value.code == "MIFA100"
    path.unlink()
    with pytest.raises(MifaError) as error:
        read_text(path)
    assert error.value.code == "MIFA001"


@pytest.mark.parametrize(
    ("tree", "blank"),
    [
        (None, True), ("", True), (" \n", True), ([], True), ({}, True), ({"a": None, "b": [{"c": ""}]}, True),
        ("0", False), (["", "a"], False), ({"a": {"b": "c"}}, False),
    ],
)  # fmt: skip
def test_what_says_nothing(tree: Any, blank: bool) -> None:
    assert says_nothing(tree) is blank
