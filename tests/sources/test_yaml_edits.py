"""Additions to YAML texts: read back by PyYAML, and every line that was there is still there."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.sources.yaml_edits import append_item, set_entry

ADDRESS = "https://bioimage.io/#/?id=affable-shark"

LISTS = {
    "block": "study:\n  title: a\n  models:  # which\n    - https://x.org/1  # one\n    # none other\n  end: b\n",
    "block at the margin of its key": "study:\n  models:\n  - https://x.org/1\nversion: 1\n",
    "last in the text, without a line end": "study:\n  models:\n    - https://x.org/1",
    "flow": "study:\n  models: [https://x.org/1]  # one\n  end: b\n",
    "flow on two lines": "study:\n  models: [\n    https://x.org/1,  # one\n  ]\n",
    "one value": "study:\n  models: https://x.org/1  # one\n  end: b\n",
    "CRLF": "study:\r\n  models:\r\n    - https://x.org/1\r\n  end: b\r\n",
    "quoted": "study:\n  models:\n    - 'https://x.org/1'\n",
    "JSON": '{"study": {"models": ["https://x.org/1"], "end": "b"}}',
}
NOTHING = {
    "empty": "study:\n  models:  # which\n  # more\n  end: b\n",
    "empty list": "study:\n  models: []\n",
    "null": "study:\n  models: null\n",
    "absent": "study:\n  title: a\n  links:\n    - url: b  # c\n    # d\n# e\nversion: 1\n",
    "absent behind an empty value": "study:\n  title: a\n  links:  # none\n  # such\nversion: 1\n",
    "absent behind a block of text": "study:\n  title: |\n    a\n    b\n\n# e\nversion: 1\n",
    "absent from JSON": '{"study": {"title": "a"}}',
    "absent from an empty block": '{"study": {}}',
}


def assert_kept(before: str, after: str) -> None:
    """Every comment and every line of a block is still there, in its order."""
    if "\n" in before and "[" not in before and "models: https" not in before and "null" not in before:
        lines = iter(after.splitlines())
        kept = [line for line in before.splitlines() if not line.strip().startswith("models:")]
        assert all(line in lines for line in kept), after
    assert before.count("#") == after.replace(ADDRESS, "").count("#")


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_an_item_is_appended(text: str) -> None:
    after = append_item(text, ("study", "models"), ADDRESS)
    expected = yaml.safe_load(text)
    expected["study"]["models"] = ["https://x.org/1", ADDRESS]
    assert yaml.safe_load(after) == expected
    assert_kept(text, after)
    assert yaml.safe_load(append_item(after, ("study", "models"), "third"))["study"]["models"][2] == "third"


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_a_list_is_made(text: str) -> None:
    after = append_item(text, ("study", "models"), ADDRESS)
    expected = yaml.safe_load(text)
    expected["study"]["models"] = [ADDRESS]
    assert yaml.safe_load(after) == expected
    assert_kept(text, after)


@pytest.mark.parametrize("text", ["title: a\n", "study:\n", "study: [a]\n"])
def test_a_block_that_is_not_there_is_not_made(text: str) -> None:
    with pytest.raises(KeyError):
        append_item(text, ("study", "models"), ADDRESS)


VALUE = {"id": "s-biad634", "config": {"mifa": {"text": "one\ntwo"}}}
ENTRY = "training_data:\n  id: s-biad634\n  config:\n    mifa:\n      text: |-\n        one\n        two"
MODELS = {
    "absent": "# top\nname: a  # b\nweights:\n  onnx: {source: w.onnx}\n  # end\n",
    "absent, no line end": "name: a",
    "absent, document marks": "%YAML 1.2\n---\nname: a\n...\n",
    "absent behind text": "name: |\n  a\n  b\n# end\n",
    "there": "name: a\ntraining_data:\n  id: old  # why\n# next\nversion: 1\n",
    "there, on a line": "name: a\ntraining_data: {id: old}  # why\nversion: 1\n",
    "there, empty": "name: a\ntraining_data:  # why\nversion: 1\n",
    "there, last": "name: a\ntraining_data:\n  id: old",
    "JSON": '{"name": "a"}',
    "JSON, there": '{"training_data": {"id": "old"}, "name": "a"}',
}


@pytest.mark.parametrize("text", MODELS.values(), ids=MODELS)
def test_an_entry_is_set(text: str) -> None:
    after = set_entry(text, "training_data", ENTRY, json.dumps(VALUE))
    assert yaml.safe_load(after) == {**yaml.safe_load(text), "training_data": VALUE}
    assert text.count("#") == after.count("#")
    assert [line for line in text.splitlines() if "old" not in line and "training" not in line] == [
        line for line in after.splitlines() if line in text.splitlines() and "training" not in line
    ] or text.startswith("{")
    assert set_entry(after, "training_data", ENTRY, json.dumps(VALUE)) == after


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,5}", fullmatch=True),
        st.recursive(
            st.none() | st.booleans() | st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=8),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
            max_leaves=6,
        ),
        min_size=1,
    ),
    st.sampled_from([True, False, None]),
)
def test_any_document_takes_an_entry_and_an_item(tree: dict[str, object], flow: bool | None) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True, sort_keys=False)
    after = set_entry(text, "training_data", ENTRY, json.dumps(VALUE))
    assert yaml.safe_load(after) == {**tree, "training_data": VALUE}
    assert yaml.safe_load(append_item(text, ("models",), ADDRESS)) == {**tree, "models": [ADDRESS]}
