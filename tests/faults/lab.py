"""A lab folder of a few tiny images, so that a build is little more than its start, and ways to look at folders."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tifffile

SHEET = """\
format: mifakit study sheet 1
lab_folder: lab
study:
  title: Nuclei in small synthetic images for tests
  description: Images of nothing, to test what happens when machines fail.
  keywords: [nuclei]
  license: CC0
  funding_statement: Not funded.
  links:
    - url: https://example.org/code
      description: Code
authors:
  - first_name: Josiah
    last_name: Carberry
    email: jcarberry@example.com
    roles: [data acquisition]
    organisations:
      - name: EMBL-EBI
version:
  version: 1.0
  timestamp: 2026-03-31T12:00:00+00:00
biosamples:
  - title: Cells
    organisms:
      - scientific_name: Homo sapiens
        ncbi_taxon: 9606
specimens:
  - title: Slides
    biosample: Cells
    preparation: Fixed in 4 % PFA.
acquisitions:
  - title: Widefield
    instrument: Microscope
    parameters: 20x
    methods:
      - name: fluorescence microscopy
        fbbi_id: FBbi:00000246
images:
  - name: Fields of view
    description: Nuclei.
    files: [{images}]
    biosample: Cells
    specimen: Slides
    acquisition: Widefield
    pixel_size:
      x: 0.325
      y: 0.325
annotations:
  - name: nuclei
    files: ["masks/{{name}}.tif"]
    overview: Masks of nuclei.
    types: segmentation_mask
    method: By hand.
    criteria: All of them.
    coverage: All images.
    authors:
      - first_name: Josiah
        last_name: Carberry
        email: annotator@example.com
"""

TIFF = "images/{name}.tif"


class Lab:
    """A lab folder, its study sheet, and the disk that a dataset is built on.

    `disk` is all that a build writes to: faults are aimed at it. What is there already is kept.
    """

    def __init__(self, home: Path, images: Sequence[str] = (TIFF,)) -> None:
        self.home = home
        self.folder, self.sheet, self.disk = home / "lab", home / "mifa.yaml", home / "disk"
        for folder in (self.folder / "images", self.folder / "masks", self.disk):
            folder.mkdir(parents=True, exist_ok=True)
        if not self.sheet.exists():
            patterns = ", ".join(f'"{pattern}"' for pattern in images)
            self.sheet.write_text(SHEET.format(images=patterns), encoding="utf-8")

    @property
    def out(self) -> Path:
        """Where the dataset will be."""
        return self.disk / "dataset"

    @property
    def partial(self) -> Path:
        """Where all work happens until the dataset is whole."""
        return self.disk / "dataset.partial"

    @property
    def journal(self) -> Path:
        """What says which samples are finished."""
        return self.partial / "journal.jsonl"

    @property
    def unfinished(self) -> Path:
        """The dataset as it grows."""
        return self.partial / "dataset"

    def image(self, name: str, shape: tuple[int, ...] = (40, 50), *, mask: bool = True) -> Path:
        """Write an image of noise that depends on its name; a stack where the shape has three lengths."""
        rng = np.random.default_rng(list(name.encode()))
        path = self.folder / "images" / f"{name}.tif"
        _write(path, rng.integers(0, 60_000, shape, dtype=np.uint16))
        if mask:
            labels = np.zeros(shape, np.uint16)
            labels[..., 3:10, 4:12], labels[..., 20:30, 15:30] = 1, 2
            _write(self.folder / "masks" / f"{name}.tif", labels)
        return path

    def finished(self) -> list[str]:
        """Return the samples that the journal says are finished; a line that is being written is none."""
        samples = []
        for line in self.journal.read_bytes().splitlines() if self.journal.exists() else ():
            with suppress(ValueError, KeyError, TypeError):
                samples.append(json.loads(line)["converted"]["row"]["sample"])
        return samples

    def sources(self) -> dict[str, tuple[int, ...]]:
        """Return what cannot stay as it is when somebody touches the lab folder; times of change cannot be set."""
        status = {path.relative_to(self.folder).as_posix(): path.lstat() for path in self.folder.rglob("*")}
        return {
            name: (one.st_mode, one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns)
            for name, one in status.items()
        }

    def fresh_disk(self) -> None:
        """Remove all that builds have left."""
        shutil.rmtree(self.disk)
        self.disk.mkdir()


def _write(path: Path, pixels: npt.NDArray[np.uint16]) -> None:
    tifffile.imwrite(path, pixels, imagej=True, metadata={"axes": "ZYX"[-pixels.ndim :]})


def small_lab(home: Path, *, more: int = 0) -> Lab:
    """Make a lab with a plane, a stack and an image without a mask, each way that a sample is written, and more."""
    lab = Lab(home)
    lab.image("plane")
    lab.image("stack", (5, 32, 32))
    lab.image("unmasked", mask=False)
    for number in range(more):
        lab.image(f"more{number}")
    return lab


def awkward_lab(home: Path, *behaviours: str) -> Lab:
    """Make a lab with two good images, and files that do to the awkward reader what they are named after.

    They do it when pixels are read, or `at once` when opened: `segfault`, `segfault at once`.
    """
    lab = Lab(home, (TIFF, "images/{name}.awkward"))
    lab.image("good1")
    lab.image("good2")
    for behaviour in behaviours:
        (lab.folder / "images" / f"{behaviour}.awkward").write_text(behaviour)
    return lab


def fingerprint(folder: Path) -> dict[str, str]:
    """Return the content of everything below a folder by relative path: equal means equal in every byte."""
    assert folder.is_dir(), "there is nothing to compare"
    return {
        path.relative_to(folder).as_posix(): "" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
    }


def differing(found: Mapping[str, str], expected: Mapping[str, str]) -> list[str]:
    """Return the names of what is missing, added or different in one of two fingerprints."""
    return sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))


def flip_bit(path: Path, position: float) -> None:
    """Flip one bit of a file, at a fraction of its length, as a failing disk does."""
    data = bytearray(path.read_bytes())
    data[min(int(len(data) * position), len(data) - 1)] ^= 0x10
    path.write_bytes(data)
