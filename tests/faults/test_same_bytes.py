"""The same input gives the same bytes, however many workers make it and whatever memory they have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.faults.builds import run_build
from tests.faults.forms import LONG
from tests.faults.lab import Lab, differing, fingerprint


@pytest.fixture
def large_lab(tmp_path: Path) -> Lab:
    """Return a lab whose images take several regions where memory is short."""
    lab = Lab(tmp_path)
    lab.image("plane", (1500, 2100))
    lab.image("stack", (40, 300, 260))
    for number in range(4):
        lab.image(f"small{number}")
    return lab


def test_workers_and_memory_leave_no_trace(large_lab: Lab) -> None:
    options: Sequence[Sequence[str]] = [
        ("--workers", "1"),
        ("--workers", "3", "--memory", "300MB"),
        *((("--workers", "8"), ("--memory", "200MB"), ("--memory", "8GB"), ()) if LONG else ()),
    ]
    seen = []
    for one in options:
        assert run_build(large_lab, *one).code == 0
        seen.append(fingerprint(large_lab.out))
        large_lab.fresh_disk()
    for one, found in zip(options, seen, strict=True):
        assert not differing(found, seen[0]), f"{' '.join(one)} gives other bytes than {' '.join(options[0])}"
