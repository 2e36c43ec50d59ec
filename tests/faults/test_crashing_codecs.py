"""Codecs are C: they crash, exit, hang and hoard. One worker's end is one sample's end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.faults.builds import run_build
from tests.faults.forms import LONG
from tests.faults.lab import awkward_lab, differing, fingerprint

CRASHES = {
    "segfault": ("MIFA315", "SIGSEGV"),
    "abort": ("MIFA315", "SIGABRT"),
    "killed": ("MIFA315", "SIGKILL"),
    "exit": ("MIFA315", "3"),
    "hoard": ("MIFA3", "emory"),
    "segfault at once": ("MIFA315", "SIGSEGV"),
}


def test_codecs_that_crash(
    tmp_path: Path, awkward: Mapping[str, str], gate: Path, waited: Mapping[str, str], tally: Counter[str]
) -> None:
    """All at once, so that each crash meets the others and the good images."""
    gate.touch()
    lab = awkward_lab(tmp_path, "wait", *CRASHES)
    for _ in range(10 if LONG else 1):
        result = run_build(lab, environment=awkward)
        assert result.code == 3, result.err
        for behaviour, (code, word) in CRASHES.items():
            (error,) = [one for one in result.errors() if f"images/{behaviour}.awkward" in one]
            assert error.startswith(f"error[{code}"), error
            assert word in error
            tally["codecs that crashed"] += 1
        assert len(result.errors()) == len(CRASHES), result.out
        disturbed = differing(fingerprint(lab.out), waited)
        assert not [name for name in disturbed if name.startswith("images/")], "the crashes harmed other samples"
        assert not lab.partial.exists()
        lab.fresh_disk()
