"""Kill -9 at random moments, again and again, as an impatient person or a batch system does."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.faults.builds import run_build, started, wait_until
from tests.faults.forms import LONG
from tests.faults.lab import differing, fingerprint, small_lab
from tests.faults.promises import assert_nothing_partial

SEEDS, KILLS = (2, 250) if LONG else (1, 3)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_killed_at_random_moments(tmp_path: Path, tally: Counter[str], seed: int) -> None:
    """Each run takes up what the one before left.

    Half of the kills spare the workers: the next run starts while they may still be there.
    """
    lab = small_lab(tmp_path, more=10)
    usual = run_build(lab).seconds
    whole = fingerprint(lab.out)
    lab.fresh_disk()
    dice = random.Random(seed)
    kills = 0
    with ExitStack() as builds:
        while kills < KILLS or lab.partial.exists():
            alone = bool(dice.getrandbits(1))
            build = builds.enter_context(started(lab))
            if kills < KILLS:  # most of them late: early moments are much alike
                wait_until(lambda: not build.is_running, dice.triangular(0, 1.1, 0.8) * usual)  # noqa: B023
                if build.is_running:
                    build.kill(workers=not alone)
            result = build.result()
            if result.code < 0:
                kills += 1
                tally["random kills"] += 1
                tally["of them with finished samples"] += bool(lab.finished())
                assert_nothing_partial(lab, whole, f"kill {kills} of seed {seed}")
            else:
                assert result.code == 0, f"after kill {kills} of seed {seed}\n{result.err}"
                assert not differing(fingerprint(lab.out), whole), f"after kill {kills} of seed {seed}"
                tally["builds finished after them"] += 1
            if lab.out.exists() and not lab.partial.exists():
                lab.fresh_disk()
