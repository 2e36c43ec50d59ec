"""Faults that happen for real: processes die, disks fill, sectors rot. `MIFAKIT_FAULTS=long` tries them all.

The short form is part of every test run and samples each fault; the long form takes tens of minutes and gives the
figures that we quote. Everything goes through the command line: what a person types is what is tested.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.faults.builds import run_build
from tests.faults.lab import Lab, awkward_lab, fingerprint, small_lab
from tests.faults.shim import NEVER, Fault, Shim
from tests.sites import install

_HERE = Path(__file__).parent
_TALLY = "faults: "


@pytest.fixture(scope="session", autouse=True)
def _only_on_linux() -> None:
    if sys.platform != "linux":
        pytest.skip("these faults are made the Linux way: LD_PRELOAD, /proc, namespaces")


# --- labs ---------------------------------------------------------------------------------------------------


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Return a lab of three tiny images: a build is little more than its start."""
    return small_lab(tmp_path)


@dataclass(frozen=True)
class Undisturbed:
    """An uninterrupted build of `lab`: the dataset, its bytes, the calls that changed the disk, the time it took."""

    dataset: Path
    content: dict[str, str]
    changes: int
    seconds: float


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, _library: Path | None) -> Undisturbed:
    """Build `lab` once, with nothing in its way."""
    home = tmp_path_factory.mktemp("undisturbed")
    lab = small_lab(home)
    counter = Shim(_library, home, lab.disk) if _library else None
    result = run_build(lab, environment=counter.environment if counter else None)
    assert result.code == 0, result.err
    assert not lab.partial.exists()
    return Undisturbed(lab.out, fingerprint(lab.out), counter.calls if counter else 0, result.seconds)


@pytest.fixture
def whole(undisturbed: Undisturbed) -> dict[str, str]:
    """Return what an uninterrupted build makes of `lab`, byte for byte."""
    return undisturbed.content


@pytest.fixture
def changes(undisturbed: Undisturbed) -> int:
    """Return how many calls of an uninterrupted build of `lab` change its disk."""
    return undisturbed.changes


@pytest.fixture(scope="session")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install `awkward_reader.py` as a plugin into a folder of its own."""
    site = tmp_path_factory.mktemp("site")
    module = "awkward_reader.py"
    plugins = {"mifakit.readers": {"awkward": "awkward_reader:AwkwardReader"}}
    install(site, "awkward-reader", {module: (_HERE / module).read_text()}, plugins)
    return site


@pytest.fixture(scope="session")
def plugged(_site: Path) -> Callable[[Path], Mapping[str, str]]:
    """Make an environment in which the awkward reader is installed, and its gate is the given file."""
    path = os.pathsep.join(filter(None, (str(_site), os.environ.get("PYTHONPATH"))))
    return lambda gate: {"PYTHONPATH": path, "AWKWARD_GATE": str(gate)}


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """Return the file that an image which waits is waiting for."""
    return tmp_path / "gate"


@pytest.fixture
def awkward(plugged: Callable[[Path], Mapping[str, str]], gate: Path) -> Mapping[str, str]:
    """Return an environment in which the awkward reader is installed."""
    return plugged(gate)


@pytest.fixture(scope="session")
def waited(tmp_path_factory: pytest.TempPathFactory, plugged: Callable[[Path], Mapping[str, str]]) -> dict[str, str]:
    """Return what `awkward_lab(home, "wait")` gives when its gate is open from the beginning."""
    home = tmp_path_factory.mktemp("waited")
    gate = home / "gate"
    gate.touch()
    lab = awkward_lab(home, "wait")
    assert run_build(lab, environment=plugged(gate)).code == 0
    return fingerprint(lab.out)


# --- the shim -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _library(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """Compile the shim; None where it cannot be."""
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", library, _HERE / "shim.c", "-ldl", "-pthread"]
    try:
        made = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return library if made.returncode == 0 else None


@pytest.fixture
def shim(_library: Path | None, tmp_path: Path) -> Callable[..., Shim]:
    """Aim the shim at a folder or file: `shim(lab.disk, Fault(...))`; without a fault it only counts."""
    if not _library:
        pytest.skip("there is no C compiler here that can make the shim")

    def aim(target: Path, fault: Fault = NEVER) -> Shim:
        return Shim(_library, tmp_path, target, fault)

    return aim


# --- what a run adds up to ---------------------------------------------------------------------------------------


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Iterator[Counter[str]]:
    """Return counts that are summed over all tests, also those of other xdist workers, and said at the end."""
    counts: Counter[str] = Counter()
    yield counts
    for name, count in counts.items():
        record_property(_TALLY + name, count)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    totals: Counter[str] = Counter()
    for report in terminalreporter.getreports(""):
        for name, count in getattr(report, "user_properties", ()):
            if report.when == "teardown" and name.startswith(_TALLY):
                totals[name.removeprefix(_TALLY)] += count
    if totals:
        terminalreporter.write_line(_TALLY + ", ".join(f"{count} {name}" for name, count in totals.items()))
