"""Many builds into one place: one wins, the others are told who."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.faults.builds import started, wait_until
from tests.faults.forms import LONG
from tests.faults.lab import awkward_lab
from tests.faults.promises import assert_said_once

USAGE = 2


def test_started_at_once(
    tmp_path: Path,
    awkward: Mapping[str, str],
    gate: Path,
    tally: Counter[str],
) -> None:
    """The winner's last image waits for a gate, so that it is still at work when the slowest loser comes."""
    lab = awkward_lab(tmp_path, "wait")
    count = 20 if LONG else 3
    with ExitStack() as stack:
        builds = [stack.enter_context(started(lab, environment=awkward)) for _ in range(count)]
        assert wait_until(lambda: sum(build.is_running for build in builds) <= 1, 120)
        (winner,) = [build for build in builds if build.is_running]
        for loser in set(builds) - {winner}:
            result = loser.result()
            assert_said_once(result, "MIFA002", USAGE)
            assert f"process {winner.pid} on {socket.gethostname()}" in result.err
            tally["builds told who is at it"] += 1
        gate.touch()
        assert winner.result().code == 0, "the winner is not disturbed"
    assert lab.out.is_dir()
    assert not lab.partial.exists()
