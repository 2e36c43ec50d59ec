"""What it takes to open a format here."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.sites import install

from mifakit.findings import Finding
from mifakit.installation.formats import KnownFormat, formats_of
from mifakit.plugins import Plugin
from mifakit.readers.base import Carries, Format


@pytest.fixture(autouse=True)
def toys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    requires = ["toy-codec; extra == 'codec'", "absent; extra == 'gone'", "x; python_version < '3' and extra == 'old'"]
    install(
        tmp_path,
        "toy-reader",
        requires=requires,
        extras=["codec", "gone", "old", "empty"],
        plugins={"toys": {"toy": "toy:Toy"}},
    )
    install(tmp_path, "toy-codec", version="3.2")
    monkeypatch.syspath_prepend(tmp_path)


def registered() -> EntryPoint:
    (point,) = entry_points(group="toys")
    return point


def known(extra: str) -> KnownFormat:
    reader = SimpleNamespace(formats=(Format("Toy", (".toy",), frozenset({Carries.DATE}), extra),))
    return formats_of(Plugin(registered(), reader))[0]


@pytest.mark.parametrize(
    ("extra", "ready", "install_command", "missing"),
    [
        ("", True, None, []),
        ("codec", True, None, []),
        ("Codec", True, None, []),
        ("empty", True, None, []),
        ("gone", False, 'pip install "toy-reader[gone]"', ["absent"]),
        ("old", False, None, ["x"]),
        ("unknown", False, None, []),
    ],
)
def test_what_a_format_needs(extra: str, ready: bool, install_command: str | None, missing: list[str]) -> None:
    found = known(extra)
    assert (found.ready, found.install) == (ready, install_command)
    assert [need.package for need in found.missing] == missing
    record = found.to_record()
    assert (record["ready"], record["install"], record["extra"]) == (ready, install_command, extra or None)
    assert record["carries"] == ["date"]


def test_an_extra_that_does_not_exist_is_a_mistake_of_the_plugin() -> None:
    finding = known("unknown").finding
    assert finding
    assert finding.code == "MIFA005"
    assert finding.message == "'toy': Toy names the extra 'unknown', which toy-reader 1.0 does not have"


def test_a_broken_reader_has_no_formats() -> None:
    assert formats_of(Plugin(registered(), finding=Finding.of("MIFA005", "broken"))) == ()
