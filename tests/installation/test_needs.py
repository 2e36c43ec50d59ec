"""What distributions need, as their metadata say it."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tests.sites import install

from mifakit.errors import MifaError
from mifakit.installation.needs import CORE, Need, extras_of, needs_of, whole_core

REQUIRES = (
    "alpha>=2",
    "absent",
    "alpha<3; extra == 'old'",
    "alpha>=9; extra == 'new'",
    "absent>=1.5; extra == 'new'",
    "late-one; python_version >= '9' and extra == 'late'",
    "toy-reader[old,late]; extra == 'all'",
    "Toy_Reader[all,loop]; extra == 'loop'",
    "alpha; extra == 'dotted.name'",
)
EXTRAS = ("old", "new", "late", "all", "loop", "Dotted_Name", "nothing")


@pytest.fixture(autouse=True)
def toys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "alpha", version="2.5.0rc1")
    install(tmp_path, "toy-reader", requires=REQUIRES, extras=EXTRAS)
    monkeypatch.syspath_prepend(tmp_path)


LATE = Need("late-one", "", None, 'python_version >= "9"')
OLD = Need("alpha", "<3", "2.5.0rc1")


@pytest.mark.parametrize(
    ("extra", "needs"),
    [
        ("", [Need("alpha", ">=2", "2.5.0rc1"), Need("absent", "", None)]),
        ("old", [OLD]),
        ("new", [Need("alpha", ">=9", "2.5.0rc1"), Need("absent", ">=1.5", None)]),
        ("late", [LATE]),
        ("all", [LATE, OLD]),
        ("loop", [LATE, OLD]),
        ("dotted-name", [Need("alpha", "", "2.5.0rc1")]),
        ("nothing", []),
        ("unknown", []),
    ],
)
def test_needs(extra: str, needs: list[Need]) -> None:
    assert list(needs_of("toy-reader", extra)) == needs


def test_a_distribution_that_is_not_there_needs_nothing() -> None:
    assert needs_of("no-such-distribution") == ()
    assert extras_of("no-such-distribution") == frozenset()


def test_extras_are_normalised() -> None:
    assert extras_of("toy-reader") == {"old", "new", "late", "all", "loop", "dotted-name", "nothing"}


@pytest.mark.parametrize(
    ("need", "met", "text"),
    [
        (Need("a", ">=2", "2.0"), True, "a>=2 (2.0 is installed)"),
        (Need("a", ">=2", "2.1.dev3"), True, "a>=2 (2.1.dev3 is installed)"),
        (Need("a", ">=2", "1.9"), False, "a>=2 (1.9 is installed)"),
        (Need("a", "", None), False, "a"),
        (Need("a", "", "1", "os_name == 'os2'"), False, "a (only where os_name == 'os2')"),
    ],
)
def test_what_is_met(need: Need, met: bool, text: str) -> None:
    assert (need.met, str(need)) == (met, text)


def test_our_own_needs_are_those_of_pyproject() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = {Requirement(text).name.replace(".", "-") for text in project["dependencies"]}
    assert {need.package.replace(".", "-") for need in needs_of(CORE)} == stated
    assert extras_of(CORE) == set(project["optional-dependencies"])


def test_a_core_that_does_not_load_is_told() -> None:
    with pytest.raises(MifaError) as caught, whole_core():
        raise ImportError("DLL load failed")
    assert caught.value.code == "MIFA217"
    assert caught.value.finding.message == "mifakit does not load: DLL load failed"


def test_a_package_that_the_core_lacks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "earlier"
    install(site, "mifakit", requires=["alpha>=3", "absent", "zarr>=3"])
    monkeypatch.syspath_prepend(site)
    with pytest.raises(MifaError, match=r"alpha>=3 \(2.5.0rc1 is installed\), absent$"), whole_core():
        raise ModuleNotFoundError("No module named 'absent'")
