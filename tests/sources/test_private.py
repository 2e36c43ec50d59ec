"""What is private shows itself, what is not stays, and neither takes long to tell."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mifakit.sources.private import EMAIL, FOLDER, PATIENT, SERIAL, find_private, scrub


@pytest.mark.parametrize(
    ("text", "code", "value", "clean"),
    [
        ("by ada@uni.edu, ok", EMAIL, "ada@uni.edu", "by removed, ok"),
        ("mailto:ada.b+c@x-y.uni.edu.", EMAIL, "ada.b+c@x-y.uni.edu", "mailto:removed."),
        ('"/home/ada/scope/a.tif"', FOLDER, "ada", '"/home/removed/scope/a.tif"'),
        ("file:///Users/ada/a.tif", FOLDER, "ada", "file:///Users/removed/a.tif"),
        ("C:\\Users\\Ada Lovelace\\a b.tif", FOLDER, "Ada Lovelace", "C:\\Users\\removed\\a b.tif"),
        ('"D:\\\\users\\\\ada\\\\a.tif"', FOLDER, "ada", '"D:\\\\users\\\\removed\\\\a.tif"'),
        ("c:/Documents and Settings/ada", FOLDER, "ada", "c:/Documents and Settings/removed"),
        ('<Detector SerialNumber="A-12"/>', SERIAL, "A-12", '<Detector SerialNumber="removed"/>'),
        ("<SerialNumber>0012</SerialNumber>", SERIAL, "0012", "<SerialNumber>removed</SerialNumber>"),
        ("Serial no.: 77.1", SERIAL, "77.1", "Serial no.: removed"),
        ('{"serial_number": 4711}', SERIAL, "4711", '{"serial_number": 0}'),
        ("PatientName: Doe^Jane", PATIENT, "Doe^Jane", "PatientName: removed"),
        ('{"PatientID": "4711"}', PATIENT, "4711", '{"PatientID": "removed"}'),
    ],
)
def test_it_is_found_and_replaced(text: str, code: str, value: str, clean: str) -> None:
    (found,) = find_private(text.encode())
    assert (found.code, found.value) == (code, value.encode())
    assert text.encode()[found.start : found.end] == found.value
    assert scrub(text.encode()) == (clean.encode(), 1)
    assert scrub(clean.encode()) == (clean.encode(), 0)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/home/ada",
        "https://example.org/@ada.b",
        "git@github.com:lab/code.git",
        "napari@0.4.2",
        "# Example: jcarberry@example.com",
        "you@lab.example.org",
        "/Users/Shared/data",
        "homes/ada",
        "mitosis @ 40x",
        "the serial number: see the label",
        "serial numbers 1 to 5",
        "patient: P12",
        "patients id",
    ],
)
def test_what_is_not_private_stays(text: str) -> None:
    assert list(find_private(text.encode())) == []


def test_an_address_that_was_released_stays() -> None:
    text = b"Ada@Uni.edu, bob@uni.edu"
    assert [found.value for found in find_private(text, {b"ada@uni.edu"})] == [b"bob@uni.edu"]


PRIVATE = st.sampled_from(["ada@uni.edu", "/home/ada", "C:\\Users\\ada", "SerialNumber 12", "/Users/a", "a@b.cd"])
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)


@given(st.dictionaries(WORDS, st.lists(WORDS | PRIVATE | st.tuples(WORDS, PRIVATE).map(" ".join), max_size=4)))
def test_what_was_cleaned_is_clean_and_still_of_its_format(said: dict[str, list[str]]) -> None:
    text = json.dumps(said, ensure_ascii=False).encode()
    clean, count = scrub(text)
    assert scrub(clean) == (clean, 0)
    assert count == sum(1 for _ in find_private(text))
    assert len(json.loads(clean)) <= len(said)
    if not re.search(rb"removed", text) and not count:
        assert json.loads(clean) == said


def test_yaml_stays_yaml() -> None:
    text = "a: ada@uni.edu\nb: [/home/ada/x, 'C:\\Users\\ada']\nserial_number: 12\n"
    assert yaml.safe_load(scrub(text.encode())[0]) == {
        "a": "removed",
        "b": ["/home/removed/x", "C:\\Users\\removed"],
        "serial_number": 0,
    }
