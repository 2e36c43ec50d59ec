"""Plugins as packages register them: those that work, and all the ways of being broken."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol, runtime_checkable

import pytest
from tests.sites import HANGS, install

from mifakit import imports
from mifakit.plugins import find_plugins, load_plugins

GROUP = "mifakit.test_plugins"

MODULES = {
    "good_toy.py": "class Greeter:\n    def greet(self):\n        return 'hello'\n",
    "raising_toy.py": "raise RuntimeError('no luck')\n",
    "exiting_toy.py": "import sys\nsys.exit('gone')\n",
    "stuck_toy.py": HANGS,
    "shy_toy.py": "class Greeter:\n    def __init__(self):\n        raise SystemExit(1)\n",
}


@runtime_checkable
class Greets(Protocol):
    def greet(self) -> str: ...


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(imports, "PATIENCE", 0.2)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_broken_plugins_spoil_nothing(site: Path) -> None:
    install(site, "toys", MODULES, {GROUP: {name[:-7]: f"{name[:-3]}:Greeter" for name in MODULES}})
    install(site, "more-toys", {}, {GROUP: {"absent": "no_such_toy:Greeter", "wrong": "pathlib:Path"}}, version="2.1")
    found = {plugin.name: plugin for plugin in find_plugins(GROUP, protocol=Greets)}
    (site / "gate").touch()
    assert list(found) == ["absent", "exiting", "good", "raising", "shy", "stuck", "wrong"]
    good = found.pop("good")
    assert (good.distribution, good.version, good.finding) == ("toys", "1.0", None)
    assert good.loaded.greet() == "hello"
    said = {name: plugin.finding.message for name, plugin in found.items() if plugin.finding}
    where = {name: f"{name!r} ({name}_toy:Greeter) of toys 1.0, for {GROUP}, does not load" for name in found}
    assert said == {
        "absent": f"'absent' (no_such_toy:Greeter) of more-toys 2.1, for {GROUP}, does not load: "
        "No module named 'no_such_toy'",
        "exiting": f"{where['exiting']}: its import raises SystemExit(gone)",
        "raising": f"{where['raising']}: no luck",
        "shy": f"{where['shy']}: its import raises SystemExit(1)",
        "stuck": f"{where['stuck']}: the import of 'stuck_toy' does not come to an end",
        "wrong": f"'wrong' (pathlib:Path) of more-toys 2.1, for {GROUP}, is not a Greets",
    }
    assert all(plugin.loaded is None for plugin in found.values())
    assert {plugin.finding.code for plugin in found.values() if plugin.finding} == {"MIFA005"}
    assert (found["absent"].distribution, found["absent"].version) == ("more-toys", "2.1")


def test_two_plugins_of_a_module_that_hangs_cost_the_time_of_one(site: Path) -> None:
    install(site, "twins", {"twin_toy.py": HANGS}, {GROUP: {"one": "twin_toy:One", "two": "twin_toy:Two"}})
    started = time.monotonic()
    plugins, findings = load_plugins(GROUP)
    (site / "gate").touch()
    assert time.monotonic() - started < 4 * imports.PATIENCE
    assert plugins == {}
    assert len(findings) == 2


def test_without_a_protocol_a_plugin_is_taken_as_it_is(site: Path) -> None:
    install(
        site, "functions", {"function_toy.py": "def check():\n    return 1\n"}, {GROUP: {"f": "function_toy:check"}}
    )
    plugins, findings = load_plugins(GROUP)
    assert plugins["f"]() == 1
    assert findings == ()
