"""What must hold after any fault, in one place."""

from __future__ import annotations

from collections.abc import Mapping

from tests.faults.builds import Result, run_build
from tests.faults.lab import Lab, differing, fingerprint


def assert_nothing_partial(lab: Lab, whole: Mapping[str, str], when: str) -> None:
    """Assert that the dataset's name is free, or stands for all of it."""
    if lab.out.exists():
        wrong = differing(fingerprint(lab.out), whole)
        assert not wrong, f"half a dataset is visible at its final name: {when}"


def assert_the_same_command_finishes(lab: Lab, whole: Mapping[str, str], when: str) -> None:
    """Assert that a rerun gives what an uninterrupted build gives, and leaves nothing beside it.

    A build that died with all its work done looks like one that ended well, and is not built over.
    """
    if not lab.out.exists() or lab.partial.exists():
        again = run_build(lab)
        assert again.code == 0, f"the same command does not finish: {when}\n{again.err}"
    assert not lab.partial.exists(), f"the unfinished output stays: {when}"
    wrong = differing(fingerprint(lab.out), whole)
    assert not wrong, f"not what an uninterrupted build makes: {when}"


def assert_said_once(result: Result, code: str, exit_code: int) -> None:
    """Assert that a build ended with one error, in one line, and its exit code."""
    assert result.code == exit_code, result.err
    assert [line.partition("]")[0] for line in result.errors()] == [f"error[{code}"], result.err
