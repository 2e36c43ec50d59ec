"""One bit in one file of a finished dataset: `mifa validate` finds it, wherever it is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.faults.forms import LONG
from tests.faults.lab import flip_bit

import mifakit
from mifakit.errors import MifaError

if TYPE_CHECKING:
    from tests.faults.conftest import Undisturbed


@pytest.fixture
def dataset(undisturbed: Undisturbed, tmp_path: Path) -> Path:
    """Return a copy of a finished dataset."""
    return shutil.copytree(undisturbed.dataset, tmp_path / "dataset")


def is_found(dataset: Path, file: Path) -> bool:
    """Whether validation names the file, or cannot go on at all.

    Where a checksum itself is damaged, the file that it is of is named: nothing tells which of the two changed.
    """
    name = file.relative_to(dataset).as_posix()
    try:
        found = mifakit.validate(dataset)
    except MifaError as error:
        return error.finding.place is not None and error.finding.place.path.endswith(name)
    errors = [one.place.path for one in found if one.is_error and one.place]
    return name in errors or (name == "checksums.txt" and bool(errors))


def test_every_flipped_bit_is_found(dataset: Path, tally: Counter[str]) -> None:
    files = sorted(path for path in dataset.rglob("*") if path.is_file())
    chosen, positions = (files, (0, 0.3, 0.6, 1)) if LONG else (files[:: len(files) // 12], (0.5,))
    missed = []
    for file in chosen:
        before = file.read_bytes()
        for position in positions if before else ():
            flip_bit(file, position)
            tally["bits flipped"] += 1
            if is_found(dataset, file):
                tally["of them found"] += 1
            else:
                missed.append((file, position))
            file.write_bytes(before)
    assert not missed
    assert not any(one.is_error for one in mifakit.validate(dataset))


def test_the_command_says_so(dataset: Path) -> None:
    """Exit code and words, once, for all that is tried above."""
    (shard, *_) = dataset.glob("images/plane.ome.zarr/0/c/0/0/*")
    flip_bit(shard, 0.5)
    command = [sys.executable, "-m", "mifakit", "validate", str(dataset)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert str(shard.relative_to(dataset)) in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
