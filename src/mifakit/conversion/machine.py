"""How much memory this machine has for us, container limits included; for cores, dask.system knows."""

from __future__ import annotations

from pathlib import Path

import psutil

_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def available_memory() -> int:
    """Return the bytes of memory that this machine, or the container we are in, has."""
    total = int(psutil.virtual_memory().total)
    for limit in _CGROUP_LIMITS:
        try:
            return min(total, int(limit.read_text()))
        except (OSError, ValueError):  # not there, or "max"
            continue
    return total
