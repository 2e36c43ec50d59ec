"""The public names: all are there, and each costs only what it needs."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import mifakit
from mifakit import api


@pytest.mark.parametrize("name", api.__all__)
def test_a_public_name_is_there(name: str) -> None:
    assert getattr(import_module("mifakit.api"), name).__name__ == name


def test_nothing_is_at_home_in_two_modules() -> None:
    assert sorted(name for names in api._HOMES.values() for name in names) == sorted(api.__all__)


def test_what_is_not_public_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"module 'mifakit.api' has no attribute 'unheard_of'"):
        _ = api.unheard_of  # type: ignore[attr-defined]


def test_the_package_has_the_verbs() -> None:
    for name in set(mifakit.__all__) & set(api.__all__):
        assert getattr(mifakit, name) is getattr(api, name)


@pytest.mark.parametrize(
    ("statement", "needless"),
    [
        ("import mifakit.cli.app", {"api.checking", "api.sending", "conversion", "dataset", "packaging", "records"}),
        ("from mifakit.api import check", {"packaging", "exports", "documents", "bioimageio", "records"}),
        ("from mifakit.api import doctor", {"packaging", "exports", "documents", "records", "dataset"}),
    ],
)
def test_a_verb_imports_only_what_it_needs(statement: str, needless: set[str]) -> None:
    code = f"{statement}\nimport sys\nprint(*(name for name in sys.modules if name.startswith('mifakit.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "mifakit.errors" in loaded
    assert not loaded & {f"mifakit.{room}" for room in needless}
