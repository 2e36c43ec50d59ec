"""The method of SQLite: the build dies at its N-th change of the disk, for every N, and must get over it."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Mapping

import pytest
from tests.faults.builds import run_build, started, wait_until
from tests.faults.forms import LONG, points
from tests.faults.lab import Lab, fingerprint
from tests.faults.promises import assert_nothing_partial, assert_the_same_command_finishes
from tests.faults.shim import Fault, Shim

Aim = Callable[..., Shim]
SHARES = 16 if LONG else 1
"""Tests that the longest one is divided into, so that several processes can take part."""


@pytest.mark.parametrize("share", range(SHARES))
def test_all_processes_die(
    lab: Lab, whole: Mapping[str, str], changes: int, shim: Aim, tally: Counter[str], share: int
) -> None:
    for number in points(changes, short=2, last=2)[share::SHARES]:
        when = f"killed at change {number} of about {changes}"
        killed = run_build(lab, environment=shim(lab.disk, Fault(number, "kill all")).environment)
        assert killed.code in (-signal.SIGKILL, 0), when
        tally["kills at the N-th write"] += killed.code != 0
        assert_nothing_partial(lab, whole, when)
        assert_the_same_command_finishes(lab, whole, when)
        lab.fresh_disk()


def test_the_power_goes(lab: Lab, whole: Mapping[str, str], changes: int, shim: Aim, tally: Counter[str]) -> None:
    """What was written but never synced is lost, also behind names that are final already."""
    for number in points(changes, short=2, long=60):
        when = f"the power went at change {number} of about {changes}"
        aimed = shim(lab.disk, Fault(number, "kill all"))
        run_build(lab, environment=aimed.environment)
        tally["files lost in power cuts"] += aimed.lose_power(lab.disk)
        tally["power cuts"] += 1
        assert_nothing_partial(lab, whole, when)
        assert_the_same_command_finishes(lab, whole, when)
        lab.fresh_disk()


def test_one_process_dies(lab: Lab, whole: Mapping[str, str], changes: int, shim: Aim, tally: Counter[str]) -> None:
    """A worker that dies costs its sample, and is named; when the main process dies, its workers follow it."""
    for number in points(changes, short=2, long=60):
        when = f"one process killed at change {number} of about {changes}"
        aimed = shim(lab.disk, Fault(number, "kill one"))
        with started(lab, environment=aimed.environment) as build:
            result = build.result()
            assert wait_until(lambda: not build.processes(), 5), f"orphans: {when}"
        tally["kills of one process"] += 1
        if result.code == -signal.SIGKILL:
            assert_nothing_partial(lab, whole, when)
            assert_the_same_command_finishes(lab, whole, when)
        else:
            assert result.code == 3, f"{when}\n{result.err}"
            (lost,) = result.errors("MIFA315")
            assert "SIGKILL" in lost, when
            assert set(fingerprint(lab.out)) < set(whole), when
            assert not lab.partial.exists(), when
        lab.fresh_disk()
