"""Ctrl-C, SIGTERM, and kill -9 of the main process: no process stays, no traceback, finished samples are kept."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.faults.builds import Build, run_build, started, wait_until
from tests.faults.forms import LONG
from tests.faults.lab import Lab, awkward_lab, differing, fingerprint

import mifakit

if TYPE_CHECKING:
    from tests.faults.conftest import Undisturbed

STUCK = ("wait", "hang")
"""A codec that takes its time, and one that holds the interpreter's lock meanwhile."""


@pytest.fixture(params=STUCK if LONG else STUCK[1:])
def stuck_lab(tmp_path: Path, request: pytest.FixtureRequest) -> Lab:
    """Return a lab with an image that no worker gets done with."""
    return awkward_lab(tmp_path, request.param)


@contextmanager
def stuck_build(lab: Lab, environment: Mapping[str, str]) -> Iterator[Build]:
    """Start a build and wait until only what is stuck is left to do."""
    with started(lab, environment=environment) as build:
        assert wait_until(lambda: len(lab.finished()) == 2 or not build.is_running, 30)
        assert build.is_running, build.result().err
        yield build


def test_ctrl_c(stuck_lab: Lab, awkward: Mapping[str, str]) -> None:
    with stuck_build(stuck_lab, awkward) as build:
        build.interrupt()
        result = build.result(timeout=5)
        assert wait_until(lambda: not build.processes(), 2), "workers outlive the build"
    assert result.code == 130
    last = result.err.strip().splitlines()[-1]
    assert "cancelled" in last, result.err
    assert len(stuck_lab.finished()) == 2, "what was finished is lost"
    assert not stuck_lab.out.exists()


def test_ctrl_c_at_any_moment(lab: Lab, undisturbed: Undisturbed) -> None:
    """From the first import on."""
    steps = 40 if LONG else 3
    for step in range(1, steps):
        with started(lab) as build:
            wait_until(lambda: not build.is_running, undisturbed.seconds * step / steps)
            if not build.is_running:
                break
            build.interrupt()
            result = build.result(timeout=5)
            assert wait_until(lambda: not build.processes(), 2), "workers outlive the build"
        # Before Python reaches our first line the signal's default is all there is.
        assert result.code in (130, -signal.SIGINT, 0), result.err
    if not lab.out.exists():
        assert run_build(lab).code == 0
    assert not differing(fingerprint(lab.out), undisturbed.content)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP][: 2 if LONG else 1])
def test_terminated(stuck_lab: Lab, awkward: Mapping[str, str], sent: signal.Signals) -> None:
    """As batch systems and closed terminals do."""
    with stuck_build(stuck_lab, awkward) as build:
        build.interrupt(sent)
        assert build.result(timeout=5).code != 0
        assert wait_until(lambda: not build.processes(), 5), "workers outlive the build"
    assert len(stuck_lab.finished()) == 2, "what was finished is lost"
    assert not stuck_lab.out.exists()


def test_the_main_process_is_killed(stuck_lab: Lab, awkward: Mapping[str, str]) -> None:
    """Nobody tells the workers, not even those that are stuck: they must see it."""
    with stuck_build(stuck_lab, awkward) as build:
        assert build.workers()
        build.kill(workers=False)
        assert wait_until(lambda: not build.processes(), 5), "workers outlive the build"


def test_the_lock_ends_with_its_owner(tmp_path: Path, awkward: Mapping[str, str], gate: Path) -> None:
    """The next build need not wait for workers of a killed one, nor is harmed by them."""
    lab = awkward_lab(tmp_path, "wait")
    with stuck_build(lab, awkward) as build:
        build.kill(workers=False)
        gate.touch()
        again = run_build(lab, environment=awkward)
    assert again.code == 0, again.err
    assert not any(one.is_error for one in mifakit.validate(lab.out))
