"""A few kilobytes that declare gigabytes: refused before memory is asked for, by the whole command."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import tifffile
from tests.faults.forms import LONG
from tests.faults.lab import Lab

MEBIBYTE = 2**20


def bomb(path: Path, side: int) -> None:
    """Declare a square of `side` pixels in one compressed strip."""
    tifffile.imwrite(path, np.zeros((70_000, 1), np.uint8), compression="zlib", rowsperstrip=70_000, metadata=None)
    content = bytearray(path.read_bytes())
    (directory,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, directory)
    for entry in range(directory + 2, directory + 2 + 12 * entries, 12):
        code, _ = struct.unpack_from("<HH", content, entry)
        if code in (256, 257, 278):  # width, length, rows in a strip
            struct.pack_into("<HII", content, entry + 2, 4, 1, side)
    path.write_bytes(content)


@dataclass(frozen=True)
class Checked:
    """How `mifa check` ended, and what it cost in bytes of memory at its peak and seconds of processor time."""

    code: int
    said: str
    memory: int
    seconds: float


def check(lab: Lab) -> Checked:
    command = [sys.executable, "-m", "mifakit", "check", str(lab.sheet)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)  # unlike wait(), it tells what this one process used
        process.returncode = os.waitstatus_to_exitcode(status)
    return Checked(process.returncode, said, usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime)


@pytest.mark.parametrize("side", [60_000, 2**31][: 2 if LONG else 1])
def test_a_bomb_costs_neither_time_nor_memory(tmp_path: Path, side: int) -> None:
    lab = Lab(tmp_path)
    lab.image("good")
    usual = check(lab)
    bomb(lab.folder / "images" / "bomb.tif", side)
    bombed = check(lab)
    assert bombed.code == 1
    assert "error[MIFA214]" in bombed.said
    assert "images/bomb.tif" in bombed.said
    assert "Traceback" not in bombed.said
    assert bombed.memory - usual.memory < 50 * MEBIBYTE
    assert bombed.seconds - usual.seconds < 1
