"""Documents that are broken, hostile, or no documents: a message, never a traceback."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.documents.conftest import Read
from tests.documents.examples import CFF, EXAMPLES

from mifakit.documents.registry import read_document
from mifakit.errors import MifaError

BOMB = '<?xml version="1.0"?><!DOCTYPE OME [<!ENTITY a "aaaa">]><OME>&a;</OME>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "MIFA150"),
        (b"hello", "MIFA150"),
        (b"{}", "MIFA150"),
        (b"[1, 2]", "MIFA150"),
        (b'{"titles": [', "MIFA202"),
        (b'{"a": 1, "a": 2}', "MIFA108"),
        (b"title: a\ntitle: b\n", "MIFA108"),
        (b"title:\n\t- a\n", "MIFA107"),
        (b"title: !!python/object/apply:os.system [ls]\n", "MIFA106"),
        (b"\xff\xfe\x00", "MIFA202"),
        (b"title: \xe9\n", "MIFA202"),
        (b"[" * 100_000, "MIFA226"),
        (json.dumps({"a": "x"}).replace('"x"', "[" * 60 + "]" * 60).encode(), "MIFA226"),
        (b"\x89PNG\r\n\x1a\n\0\0", "MIFA150"),
        (b"<html></html>", "MIFA150"),
        (BOMB.encode(), "MIFA150"),
        (b"<OME><Image></OME>", "MIFA202"),
        (b"format: mifakit study sheet 1\nstudy:\n  title: T\n", "MIFA150"),
    ],
)
def test_what_is_no_document(content: bytes, code: str, read: Read) -> None:
    with pytest.raises(MifaError) as caught:
        read(content)
    assert caught.value.code == code
    assert caught.value.finding.place


def test_what_is_no_file(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none", "MIFA001"), (tmp_path, "MIFA008")):
        with pytest.raises(MifaError) as caught:
            read_document(path)
        assert caught.value.code == code


def test_utf_16_with_its_mark(read: Read) -> None:
    text = "cff-version: 1.2.0\ntitle: Zellkerne µ\nmessage: m\nauthors: []\n"
    assert read(text.encode("utf-16")).model.study.title == "Zellkerne µ"
    assert read(json.dumps(CFF).encode("utf-16")).model.study.title == "Nuclei"


PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_anything_in_place_of_a_part(data: st.DataObject, read: Read) -> None:
    _, example = EXAMPLES[data.draw(st.sampled_from(sorted(EXAMPLES)))]
    document = json.loads(json.dumps(example))
    here: object = document
    for _ in range(data.draw(st.integers(0, 4))):
        keys = list(here) if isinstance(here, dict) else list(range(len(here))) if isinstance(here, list) else []
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if data.draw(st.booleans()):
            here[key] = data.draw(PARTS)  # type: ignore[index]
        here = here[key]  # type: ignore[index]
    with contextlib.suppress(MifaError):
        read(document)
