"""What this machine has for us: cores and memory, container limits included."""

from __future__ import annotations

import os
from collections.abc import Iterator
from math import ceil
from pathlib import Path

import psutil

CGROUP = Path("/sys/fs/cgroup")
"""Where Linux says what a container may use: one file for version 2, others for version 1."""


def available_cores() -> int:
    """Return how many cores this process may use."""
    cores: int = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for quota, period in (("cpu.max", None), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        numbers = [*_numbers(quota), *(_numbers(period) if period else ())]
        if len(numbers) == 2 and min(numbers) > 0:
            cores = min(cores, ceil(numbers[0] / numbers[1]))
    return cores


def available_memory() -> int:
    """Return the bytes of memory that this process may use."""
    limits = (number for file in ("memory.max", "memory/memory.limit_in_bytes") for number in _numbers(file))
    return min([int(psutil.virtual_memory().total), *limits])


def _numbers(file: str) -> Iterator[int]:
    """Yield the numbers in a file; none when it is absent, or says `max`."""
    try:
        words = (CGROUP / file).read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return
    yield from (int(word) for word in words if word.lstrip("-").isdigit())
