"""What a container may use, as the kernel says it."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from mifakit.conversion import machine
from mifakit.conversion.machine import available_cores, available_memory

CORES, MEMORY = 8, 64 * 1024**3


@pytest.fixture(autouse=True)
def cgroup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the kernel speaks of a machine with eight cores."""
    monkeypatch.setattr(machine, "CGROUP", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(CORES)), raising=False)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"total": MEMORY}))
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("files", "bytes_"),
    [
        ({}, MEMORY),
        ({"memory.max": "max\n"}, MEMORY),
        ({"memory.max": "1073741824\n"}, 1024**3),
        ({"memory.max": "99999999999999\n"}, MEMORY),
        ({"memory.max": "none of yours\n"}, MEMORY),
        ({"memory.max": ""}, MEMORY),
        ({"memory/memory.limit_in_bytes": "2147483648\n"}, 2 * 1024**3),
        ({"memory/memory.limit_in_bytes": "9223372036854771712\n"}, MEMORY),
    ],
)
def test_memory(cgroup: Path, files: dict[str, str], bytes_: int) -> None:
    write(cgroup, files)
    assert available_memory() == bytes_


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, CORES),
        ({"cpu.max": "max 100000\n"}, CORES),
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "10000 100000\n"}, 1),
        ({"cpu.max": "9900000 100000\n"}, CORES),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, CORES),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
        ({"cpu/cpu.cfs_quota_us": "300000\n"}, CORES),
    ],
)
def test_cores(cgroup: Path, files: dict[str, str], cores: int) -> None:
    write(cgroup, files)
    assert available_cores() == cores


def test_cores_that_others_must_leave_to_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available_cores() == 1
