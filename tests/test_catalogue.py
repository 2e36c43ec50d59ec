"""The catalogue: each code stands in one module, that of the step that speaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pytest

from mifakit import catalogue
from mifakit.catalogue import CATALOGUE, Entry

HUNDREDS = {
    "surroundings": 0,
    "study_sheet": 1,
    "workbooks_and_documents": 1,
    "statements": 1,
    "lab_folder": 2,
    "build": 3,
    "dataset": 4,
    "records": 5,
}


def _entries(module: str) -> Mapping[str, Entry]:
    entries: Mapping[str, Entry] = import_module(f"mifakit.catalogue.{module}").ENTRIES
    return entries


def test_every_module_has_its_hundred() -> None:
    modules = {path.stem for path in Path(catalogue.__path__[0]).glob("*.py")}
    assert modules - {"__init__", "entry"} == set(HUNDREDS)


@pytest.mark.parametrize("module", HUNDREDS)
def test_a_module_holds_only_its_own_hundred(module: str) -> None:
    entries = _entries(module)
    assert entries
    assert {code[:5] for code in entries} == {f"MIFA{HUNDREDS[module]}"}
    assert all(len(code) == 7 and code.isascii() and code[4:].isdigit() for code in entries)


def test_no_code_is_claimed_twice_and_none_is_left_out() -> None:
    claims = Counter(code for module in HUNDREDS for code in _entries(module))
    assert claims == Counter(CATALOGUE.keys())
    assert list(CATALOGUE) == sorted(CATALOGUE)
