"""Portable names against the rules of Windows, macOS and BioStudies."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mifakit.sources.names import MAX_NAME_LENGTH, collision_key, portable_name

BIOSTUDIES = re.compile(r"^(?!\./)(?!.*/$)(?!.*\.\./)[0-9A-Za-z!\-_*'(). /]+$")
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789")}


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.text('abAB01._- /\\:*?"<>|µéß\u0301', max_size=20)))
@example("a" * 99 + ".b")
@example("." * 300 + "a")
@example("a\u0301")
def test_every_text_becomes_a_name_that_every_system_takes(text: str) -> None:
    name = portable_name(text)
    assert 1 <= len(name) <= MAX_NAME_LENGTH + 1
    assert BIOSTUDIES.match(name)
    assert re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z._-]*", name)
    assert not name.endswith((".", "-", " "))
    assert unicodedata.normalize("NFC", name) == unicodedata.normalize("NFD", name) == name
    assert portable_name(name) == name, "a name that is portable stays"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Zelle 3, 10 µM.v2", "Zelle_3_10_uM.v2"),
        ("10 μm", "10_um"),  # the Greek letter, which keyboards and Unicode's own folding give for the micro sign
        ("Straße", "Strasse"),
        ("café", "cafe"),
        ("cafe\u0301", "cafe"),
        ("a/b\\c:d", "a_b_c_d"),
        ("__a__b__", "a__b"),
        ("-a-", "a"),
        ("..", "unnamed"),
        ("日本", "RiBen"),
        ("Клетка 1", "Kletka_1"),
        ("", "unnamed"),
        ("x" * 300, "x" * MAX_NAME_LENGTH),
        ("aux", "aux_"),
        ("CON", "CON_"),
        ("com¹", "com1_"),
        ("console", "console"),
        ("com10", "com10"),
    ],
)
def test_names_by_hand(text: str, name: str) -> None:
    assert portable_name(text) == name


@pytest.mark.parametrize("text", ["con.v2", "NUL.tar", "lpt1.a.b"])
def test_names_of_devices_with_any_ending_are_changed(text: str) -> None:
    assert portable_name(text).partition(".")[0].lower() not in DEVICES


@settings(max_examples=150, deadline=None)
@given(st.text())
def test_names_that_differ_in_case_or_form_only_collide(text: str) -> None:
    assert collision_key(unicodedata.normalize("NFD", text)) == collision_key(unicodedata.normalize("NFC", text))
    assert collision_key("Straße") == collision_key("STRASSE")
    assert collision_key("a_B") == collision_key("A_b") != collision_key("a-B")
