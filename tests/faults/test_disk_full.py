"""No space, no quota, no larger files: one line that says so, and the rest once there is room."""

from __future__ import annotations

import errno
import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import pytest
from tests.faults.builds import run_build
from tests.faults.forms import LONG, points
from tests.faults.lab import Lab, differing, fingerprint
from tests.faults.promises import assert_said_once, assert_the_same_command_finishes
from tests.faults.shim import Fault, Shim

ENVIRONMENT = 4
"""The exit code when the surroundings are at fault, not the data."""


@pytest.mark.parametrize(
    ("error", "short", "long"), [(errno.ENOSPC, 2, 100), (errno.EDQUOT, 1, 20)], ids=["disk", "quota"]
)
def test_full_from_the_nth_write_on(
    lab: Lab,
    whole: Mapping[str, str],
    changes: int,
    shim: Callable[..., Shim],
    tally: Counter[str],
    error: int,
    short: int,
    long: int,
) -> None:
    for number in points(changes, short=short, long=long):
        when = f"full at change {number} of about {changes}"
        full = run_build(lab, environment=shim(lab.disk, Fault(number, error, lasts=True)).environment)
        if full.code == 0:  # it needed fewer changes than the build that was counted
            assert not differing(fingerprint(lab.out), whole), when
        else:
            assert_said_once(full, "MIFA006", ENVIRONMENT)
            assert not lab.out.exists(), when
            tally["full disks"] += 1
        assert_the_same_command_finishes(lab, whole, when)
        lab.fresh_disk()


def test_a_write_that_fails(
    lab: Lab,
    whole: Mapping[str, str],
    changes: int,
    shim: Callable[..., Shim],
    tally: Counter[str],
) -> None:
    """A bad sector of the output is not the fault of the sample that met it: no dataset is made without it."""
    for number in points(changes, short=1, long=60):
        when = f"an error at change {number} of about {changes}"
        failed = run_build(lab, environment=shim(lab.disk, Fault(number, errno.EIO)).environment)
        tally["writes that failed"] += 1
        if failed.code != 0:
            assert failed.code == ENVIRONMENT, f"{when}\n{failed.out}"
            assert len(failed.errors()) == 1, when
            assert not lab.out.exists(), when
        assert_the_same_command_finishes(lab, whole, when)
        lab.fresh_disk()


# Mount, build, count what is visible, make room, build again, take the dataset out of the namespace.
SMALL_DISK = """
mount -t tmpfs -o size={size}k tmpfs {disk} || exit 77
"$@"; first=$?
[ $first -eq 0 ] || [ ! -e {disk}/dataset ] || exit 78
mount -o remount,size=64m {disk} || exit 77
[ $first -eq 0 ] || "$@" || exit 79
ls -A {disk} && cp -R {disk}/dataset {kept}
exit $first
"""


def test_a_small_disk(lab: Lab, whole: Mapping[str, str], tally: Counter[str], unshare: Sequence[str]) -> None:
    """A real one: writes fail where the file system, not the test, says so."""
    kept = lab.home / "kept"
    for size in range(8, 408, 8) if LONG else (120,):
        script = SMALL_DISK.format(size=size, disk=lab.disk, kept=kept)
        result = run_build(lab, before=(*unshare, "sh", "-c", script, "sh"))
        if result.code == 77:
            pytest.skip("this machine does not let us mount")
        when = f"a disk of {size} kB\n{result.err}"
        assert result.code in (0, ENVIRONMENT), when
        assert result.code == 0 or result.errors()[0].startswith("error[MIFA006]"), when
        assert result.out.split()[-1:] == ["dataset"], f"something else is left: {when}"
        assert not differing(fingerprint(kept), whole), when
        shutil.rmtree(kept)
        tally["small disks"] += result.code != 0


@pytest.fixture
def unshare() -> Sequence[str]:
    """Return what to put before a command so that it may mount."""
    program = shutil.which("unshare")
    if not program:
        pytest.skip("there is no unshare to make a small disk with")
    return (program, "-m") if os.geteuid() == 0 else (program, "-Urm")


def test_a_file_too_large(lab: Lab, whole: Mapping[str, str]) -> None:
    """A limit on the size of files: a write fails in the middle, but the disk is not full."""
    limited = run_build(lab, before=("sh", "-c", 'ulimit -f 4; exec "$@"', "sh"))
    assert limited.code == ENVIRONMENT, limited.out
    assert len(limited.errors()) == 1
    assert not lab.out.exists()
    assert_the_same_command_finishes(lab, whole, "a limit on the size of files")
