"""A folder as labs have them: many good images, and some that are broken each in its own way."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import tifffile
from tests.faults.builds import run_build
from tests.faults.lab import Lab, flip_bit

import mifakit

Harm = Callable[[Path], object]


def keep(part: float) -> Harm:
    return lambda path: os.truncate(path, int(path.stat().st_size * part))


def write(content: bytes) -> Harm:
    return lambda path: path.write_bytes(content)


def flip_in_pixels(path: Path) -> None:
    """Flip a bit of compressed pixels: only their checksum can tell."""
    pixels = tifffile.imread(path)
    tifffile.imwrite(path, pixels, compression="zlib")
    with tifffile.TiffFile(path) as file:
        middle = file.pages.first.dataoffsets[0] + file.pages.first.databytecounts[0] // 2
    flip_bit(path, middle / path.stat().st_size)


def zero_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(64))


def link_to_nothing(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere.tif")


HARMS: dict[str, Harm] = {
    "empty": keep(0),
    "cut in the header": keep(0.01),
    "half": keep(0.5),
    "without its end": keep(0.98),
    "flipped": flip_in_pixels,
    "zeros": write(bytes(4096)),
    "zeros for a header": zero_header,
    "a web page": write(b"<!DOCTYPE html><title>404 Not Found</title>"),
    "a PNG": write(b"\x89PNG\r\n\x1a\n" + bytes(64)),
    "noise": write(np.random.default_rng(0).bytes(4096)),
    "unreadable": lambda path: path.chmod(0),
    "a link to nothing": link_to_nothing,
}
GOOD = 48


@pytest.fixture
def permissions_bind() -> Sequence[str]:
    """Return what to put before a command so that permission bits bind it: root would ignore them."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0:
        return ()
    return (setpriv, "--bounding-set=-dac_override,-dac_read_search") if setpriv else ()


def test_bad_files_among_many(tmp_path: Path, permissions_bind: Sequence[str], tally: Counter[str]) -> None:
    lab = Lab(tmp_path)
    good = [f"good{number:02}" for number in range(GOOD)]
    for name in good:
        lab.image(name)
    for name, harm in HARMS.items():
        harm(lab.image(name))
    bound = bool(permissions_bind) or os.geteuid() != 0
    bad = {name for name in HARMS if bound or name != "unreadable"}
    result = run_build(lab, before=permissions_bind)
    assert result.code == 3, result.err
    for name in bad:
        assert [one for one in result.errors() if f"images/{name}.tif" in one], f"{name} is not named"
    assert {sample.row.source for sample in mifakit.open(lab.out)} == {
        f"images/{name}.tif" for name in {*good, *HARMS} - bad
    }
    assert not any(one.is_error for one in mifakit.validate(lab.out))
    tally["good files built"] += GOOD
    tally["bad files named"] += len(bad)
