"""A plate is one OME-Zarr of many samples: killed at any point, it is taken up where it was."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.builds import Result, run_build
from tests.faults.lab import Lab, fingerprint
from tests.faults.promises import assert_nothing_partial, assert_the_same_command_finishes
from tests.faults.shim import Fault, Shim

PATTERN = "{plate}_{well}_{site}.tif"
PLATE = """
    plate:
      name: plate
      well: well
      field: site
"""
AMONG_GROUPS = 2
"""Changes before the last in a plate's folder: its samples are finished, and some of its groups are there."""


def make_screen(home: Path) -> Lab:
    """Make a lab of one plate with three images in two wells."""
    lab = Lab(home, (f"images/{PATTERN}",))
    text = lab.sheet.read_text("utf-8").replace("masks/{name}.tif", f"masks/{PATTERN}")
    lab.sheet.write_text(text.replace("    description: Nuclei.\n", f"    description: Nuclei.{PLATE}"), "utf-8")
    for name in ("p_A01_1", "p_A01_2", "p_B03_1"):
        lab.image(name)
    return lab


@pytest.fixture
def screen(tmp_path: Path) -> Lab:
    """Return a lab of one plate."""
    return make_screen(tmp_path)


@pytest.fixture(scope="module")
def undisturbed_plate(tmp_path_factory: pytest.TempPathFactory, _library: Path | None) -> tuple[dict[str, str], int]:
    """Build the plate with nothing in its way: its bytes, and the calls that changed its folder."""
    if not _library:
        pytest.skip("there is no C compiler here that can make the shim")
    screen = make_screen(tmp_path_factory.mktemp("plate"))
    counter = Shim(_library, screen.home, plate_of(screen))
    assert run_build(screen, environment=counter.environment).code == 0
    return fingerprint(screen.out), counter.calls


def plate_of(screen: Lab) -> Path:
    """Return the plate as it grows."""
    return screen.unfinished / "images" / "p.ome.zarr"


def images(journal: Path) -> set[str]:
    """Return the paths of the images that a journal says are finished."""
    lines = journal.read_text("utf-8").splitlines() if journal.exists() else []
    return {json.loads(line)["converted"]["row"]["image"] for line in lines}


def stamps(dataset: Path, finished: set[str]) -> dict[str, tuple[int, int]]:
    """Return inode and time of each file of finished images."""
    files = [path for image in finished for path in (dataset / image).rglob("*") if path.is_file()]
    return {str(path.relative_to(dataset)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def kill_among_groups(screen: Lab, changes: int, shim: Callable[..., Shim]) -> Result:
    """Kill a build near its end; as processes race, how many changes there are varies by a few."""
    for before in range(AMONG_GROUPS, 10):
        fault = Fault(changes - before, "kill all")
        result = run_build(screen, environment=shim(plate_of(screen), fault).environment)
        if result.code == -signal.SIGKILL:
            return result
        screen.fresh_disk()
    raise AssertionError("no build was killed")


@pytest.mark.parametrize("near_the_end", [False, True], ids=["halfway", "in the groups"])
def test_a_plate_gets_over_a_kill(
    screen: Lab,
    undisturbed_plate: tuple[dict[str, str], int],
    near_the_end: bool,
    shim: Callable[..., Shim],
    tally: Counter[str],
) -> None:
    whole, changes = undisturbed_plate
    assert {"images/p.ome.zarr/zarr.json", "images/p.ome.zarr/B/3/1/zarr.json"} <= set(whole)
    when = f"killed among {changes} changes in the plate, near the end: {near_the_end}"
    if near_the_end:
        kill_among_groups(screen, changes, shim)
    else:
        fault = Fault(changes // 2, "kill all")
        killed = run_build(screen, environment=shim(plate_of(screen), fault).environment)
        assert killed.code == -signal.SIGKILL, when
    assert_nothing_partial(screen, whole, when)
    finished = images(screen.journal)
    assert not near_the_end or len(finished) >= 2
    before = stamps(screen.unfinished, finished)
    assert_the_same_command_finishes(screen, whole, when)
    assert stamps(screen.out, finished) == before, "finished images are kept"
    tally["kills at the N-th write"] += 1
    tally["finished samples kept"] += len(finished)


def test_what_a_plate_no_longer_holds_is_swept(
    screen: Lab, undisturbed_plate: tuple[dict[str, str], int], shim: Callable[..., Shim]
) -> None:
    kill_among_groups(screen, undisturbed_plate[1], shim)
    assert (plate_of(screen) / "B" / "3").is_dir()
    for room in ("images", "masks"):
        (screen.folder / room / "p_B03_1.tif").unlink()
    assert run_build(screen).code == 0
    resumed = fingerprint(screen.out)
    screen.fresh_disk()
    assert run_build(screen).code == 0
    assert resumed == fingerprint(screen.out)
    assert not [name for name in resumed if "/B" in name]
