"""What the vendors' readers have in common: packages that are missing, cut files, damaged bytes."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mifakit.errors import MifaError
from mifakit.readers.base import Reader, full_region
from mifakit.readers.registry import find_reader, load_readers

Pixels = np.ndarray[Any, Any]

REAL = ("czi/xyz__multiple_images.czi", "nd2/cluster.nd2", "lif/xz-example.lif")
ROUNDS = 120

# In a process of its own: a finder that stands in front of all others hides the package, as if it were not installed.
BLOCKED = """
import sys
from pathlib import Path

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == sys.argv[1]:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from mifakit.errors import MifaError
from mifakit.readers.registry import load_readers, open_image

assert not load_readers()[1], "a reader does not load without its package"
try:
    open_image(Path(sys.argv[2]))
except MifaError as error:
    print(error.code, "|", error.finding.message, "|", error.finding.hint)
"""


@pytest.fixture(params=REAL)
def vendor_file(request: pytest.FixtureRequest, real_file: Callable[[str], Path]) -> Path:
    return real_file(request.param)


@pytest.fixture
def reader(vendor_file: Path) -> Reader:
    found = find_reader(vendor_file.name)
    assert found is not None
    return found


def read_all(reader: Reader, path: Path) -> Pixels:
    with reader.open(path) as image:
        return image.read(full_region(image.facts.shape))


def test_the_readers_are_registered() -> None:
    assert {"czi", "nd2", "lif", "bioio"} <= {reader.name for reader in load_readers()[0]}


@pytest.mark.parametrize(
    ("package", "file", "extra"),
    [("pylibCZIrw", REAL[0], "czi"), ("nd2", REAL[1], "nd2"), ("liffile", REAL[2], "lif")],
)
def test_a_package_that_is_not_installed_is_named(
    real_file: Callable[[str], Path], package: str, file: str, extra: str
) -> None:
    command = [sys.executable, "-c", BLOCKED, package, str(real_file(file))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.split(" | ")[0] == "MIFA217", done.stderr
    assert f"'{package}" in done.stdout
    assert done.stdout.strip().endswith(f'pip install "mifakit[{extra}]"')


def test_a_plugin_of_bioio_that_is_not_installed_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.dv"
    path.write_bytes(bytes(2000))
    command = [sys.executable, "-c", BLOCKED, "bioio_dv", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    expected = "MIFA217 | needs the package 'bioio_dv' | pip install \"mifakit[dv]\""
    assert done.stdout.strip() == expected, done.stderr


def test_every_cut_is_said_when_the_file_is_opened(vendor_file: Path, reader: Reader, tmp_path: Path) -> None:
    data = vendor_file.read_bytes()
    cut = tmp_path / vendor_file.name
    for percent in range(1, 100):
        cut.write_bytes(data[: len(data) * percent // 100])
        with pytest.raises(MifaError) as caught:
            reader.open(cut)
        assert caught.value.code == "MIFA203", f"{percent} %: {caught.value}"


def test_every_scene_of_a_cut_file_is_refused(vendor_file: Path, reader: Reader, tmp_path: Path) -> None:
    with reader.open(vendor_file) as image:
        scenes = len(image.facts.scenes) or 1
    cut = tmp_path / vendor_file.name
    cut.write_bytes(vendor_file.read_bytes()[:-2000])
    for scene in range(scenes):
        with pytest.raises(MifaError, match="MIFA203"):
            reader.open(cut, scene=scene)


def test_damaged_bytes_end_in_pixels_or_in_one_error(vendor_file: Path, reader: Reader, tmp_path: Path) -> None:
    rng = random.Random(vendor_file.name)
    data = vendor_file.read_bytes()
    path = tmp_path / vendor_file.name
    for _ in range(ROUNDS):
        damaged = bytearray(data)
        for _ in range(rng.choice([1, 1, 1, 3, 20])):
            # Directories and headers are at either end; the rest is mostly pixels.
            place = rng.choice(
                [rng.randrange(len(data)), rng.randrange(2000), len(data) - 1 - rng.randrange(4000)]
            )  # fmt: skip
            damaged[place] = rng.choice([0, 255, rng.randrange(256), damaged[place] ^ 1 << rng.randrange(8)])
        path.write_bytes(damaged)
        with suppress(MifaError), reader.open(path) as image:
            found = image.read(full_region(image.facts.shape))
            assert (found.shape, found.dtype) == (image.facts.shape, image.facts.dtype)
