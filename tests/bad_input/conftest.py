"""A small lab that is in order, ways to spoil it, and proof that mifakit never changes it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from PIL import Image

import mifakit
from mifakit.api import Built
from mifakit.cli.app import main
from mifakit.findings import Finding

SHAPE = (40, 50)
NAMES = ("cell0", "cell1", "cell2", "cell3", "cell4")
TREE = dict[str, tuple[str, int, str]]

# Complete: neither `mifa check` nor `mifa validate` has anything to say about it.
SHEET = """\
format: mifakit study sheet 1
lab_folder: lab
study:
  title: Nuclei in small synthetic images for tests
  description: Images of nothing, to test what happens when something is wrong.
  keywords: [nuclei, segmentation]
  license: CC0
  funding_statement: Not funded.
  links:
    - url: https://example.org/code
      description: Code
  acknowledgements: Nobody.
  accession: S-BIAD634
  release_date: 2026-12-01
authors:
  - first_name: Josiah
    last_name: Carberry
    email: jcarberry@example.com
    orcid: 0000-0002-1825-0097
    roles: [data acquisition]
    organisations:
      - name: EMBL-EBI
        ror: https://ror.org/02catss52
version:
  version: 1.0
  timestamp: 2026-03-31T12:00:00+00:00
biosamples:
  - title: Cells
    organisms:
      - scientific_name: Homo sapiens
        ncbi_taxon: 9606
    biological_entity: Cells
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
    files: ["images/{name}.tif"]
    biosample: Cells
    specimen: Slides
    acquisition: Widefield
    pixel_size:
      x: 0.325
      y: 0.325
annotations:
  - name: nuclei
    files: ["masks/{name}.tif"]
    overview: Masks of nuclei.
    types: segmentation_mask
    method: By hand.
    criteria: All of them.
    coverage: Everything in focus.
    confidence_level: High.
    authors:
      - first_name: Josiah
        last_name: Carberry
        email: annotator@example.com
        orcid: 0000-0002-1825-0097
        roles: [data annotation]
        organisations:
          - name: EMBL-EBI
            ror: https://ror.org/02catss52
splits:
  train: 0.6
  val: 0.2
  test: 0.2
"""


def tree(folder: Path) -> TREE:
    """Return kind, time and content of everything below a folder; links are not followed."""
    found: TREE = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        if path.is_symlink():
            content = str(path.readlink())
        else:
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[os.fsdecode(path.relative_to(folder))] = (oct(status.st_mode), status.st_mtime_ns, content)
    return found


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything that a person sees."""
        return self.out + self.err


class Lab:
    """A lab folder and its study sheet. All changes to the folder go through its methods."""

    def __init__(self, home: Path) -> None:
        self.home, self.folder, self.sheet, self.out = home, home / "lab", home / "mifa.yaml", home / "dataset"
        self.as_left: TREE = {}

    # --- the lab folder -------------------------------------------------------------------------

    def write(self, name: str, content: bytes) -> Path:
        """Write a file's bytes."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.settle()
        return path

    def image(self, name: str, pixels: npt.ArrayLike | None = None, **options: object) -> Path:
        """Write an image as TIFF; a valid one when no pixels are given."""
        if pixels is None:
            pixels = np.random.default_rng(len(name)).integers(0, 4000, SHAPE, dtype=np.uint16)
            pixels[0, :20] = np.frombuffer(hashlib.sha256(os.fsencode(name)).digest()[:20], np.uint8)
        data = BytesIO()
        tifffile.imwrite(data, np.asarray(pixels), **options)
        return self.write(name, data.getvalue())

    def mask(self, name: str, pixels: npt.ArrayLike | None = None, **options: object) -> Path:
        """Write a mask as TIFF; a valid one of two objects when no pixels are given."""
        if pixels is None:
            pixels = np.zeros(SHAPE, np.uint16)
            pixels[3:10, 4:12], pixels[20:30, 15:30] = 1, 2
            bits = zlib.crc32(name.encode()) >> np.arange(15) & 1  # no two images have the same annotation
            pixels[30, 15:30] = 2 * bits
        return self.image(name, pixels, **options)

    def png(self, name: str, pixels: npt.NDArray[np.generic], mode: str | None = None) -> Path:
        """Write a PNG."""
        data, picture = BytesIO(), Image.fromarray(pixels)
        (picture.convert(mode) if mode else picture).save(data, "png")
        return self.write(name, data.getvalue())

    def link(self, name: str, target: Path | str) -> None:
        """Make a symbolic link."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
        self.settle()

    def remove(self, name: str) -> None:
        """Remove a file or a folder."""
        path = self.folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.settle()

    def cut(self, name: str, kept: float) -> None:
        """Keep only the first part of a file."""
        data = (self.folder / name).read_bytes()
        self.write(name, data[: int(len(data) * kept)])

    def settle(self) -> None:
        """Remember the folder as it is now: from here on nothing may change it."""
        self.as_left = tree(self.folder)

    def is_unchanged(self) -> bool:
        """Whether the folder is as its methods left it."""
        return tree(self.folder) == self.as_left

    # --- the study sheet ------------------------------------------------------------------------

    def edit(self, old: str, new: str) -> None:
        """Replace the first occurrence of a piece of the sheet."""
        text = self.sheet.read_text(encoding="utf-8")
        assert old in text, f"the sheet has no {old!r}"
        self.sheet.write_text(text.replace(old, new, 1), encoding="utf-8")

    def line(self, piece: str) -> int:
        """Return the 1-based line of the first occurrence of a piece of the sheet."""
        text = self.sheet.read_text(encoding="utf-8")
        return text[: text.index(piece)].count("\n") + 1

    # --- what mifakit says ----------------------------------------------------------------------

    def check(self, *codes: str) -> list[Finding]:
        """Return what `mifa check` finds, only the errors or only the given codes."""
        return self.errors(mifakit.check(self.sheet), *codes)

    def build(self) -> Built:
        """Build the dataset."""
        return mifakit.build(self.sheet, self.out)

    def built_samples(self) -> set[str]:
        """Return the samples of the dataset, which must be in order."""
        assert mifakit.validate(self.out) == []
        return {sample.id for sample in mifakit.open(self.out)}

    @staticmethod
    def errors(findings: Sequence[Finding], *codes: str) -> list[Finding]:
        """Return the errors, or the findings of the given codes."""
        return [finding for finding in findings if (finding.code in codes if codes else finding.is_error)]


@pytest.fixture(scope="session")
def _pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lab = Lab(tmp_path_factory.mktemp("pristine"))
    for name in NAMES:
        lab.image(f"images/{name}.tif")
        lab.mask(f"masks/{name}.tif")
    lab.sheet.write_text(SHEET, encoding="utf-8")
    return lab.home


@pytest.fixture(scope="session")
def new_lab(_pristine: Path) -> Callable[[Path], Lab]:
    """Make a lab in order: five images of 40 x 50 pixels with masks, and a complete sheet."""

    def make(home: Path) -> Lab:
        lab = Lab(home)
        shutil.copytree(_pristine, home, dirs_exist_ok=True)
        lab.settle()
        return lab

    return make


@pytest.fixture
def lab(new_lab: Callable[[Path], Lab], tmp_path: Path) -> Lab:
    """Return a lab of its own for this test."""
    return new_lab(tmp_path)


@pytest.fixture(autouse=True)
def _lab_folder_is_never_changed(lab: Lab) -> Iterator[None]:
    yield
    assert lab.is_unchanged(), "the lab folder changed"


@pytest.fixture(scope="session")
def _built(_pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mifakit.build(_pristine / "mifa.yaml", tmp_path_factory.mktemp("built") / "dataset").path


@pytest.fixture
def dataset(_built: Path, lab: Lab) -> Path:
    """Return a fresh copy of a dataset that is in order."""
    shutil.copytree(_built, lab.out)
    return lab.out


@pytest.fixture
def mifa(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run the command line in this process: `mifa("check", sheet)`; whatever happens, no traceback."""

    def run(*arguments: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["mifa", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        else:
            code = 0
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        assert "\x1b" not in said.out + said.err
        return Result(code, said.out, said.err)

    return run


@pytest.fixture
def shell(lab: Lab) -> Callable[..., Result]:
    """Run the real command in a process of its own, from the folder of the sheet."""

    def run(
        *arguments: object,
        before: Sequence[str] = (),
        env: dict[str, str] | None = None,
        timeout: float = 30,
    ) -> Result:
        command = [*before, sys.executable, "-m", "mifakit", *map(str, arguments)]
        done = subprocess.run(  # the arguments are ours
            command, cwd=lab.home, env={**os.environ, **(env or {})}, capture_output=True, timeout=timeout, check=False
        )
        out, err = (stream.decode("utf-8", "backslashreplace") for stream in (done.stdout, done.stderr))
        assert "Traceback" not in out + err, out + err
        return Result(done.returncode, out, err)

    return run


@pytest.fixture
def permissions_bind() -> tuple[str, ...]:
    """Return what to put before a command so that permission bits bind it: root would ignore them."""
    if os.name != "posix":
        pytest.skip("permission bits mean little here")
    if os.geteuid() != 0:
        return ()
    setpriv = shutil.which("setpriv")
    if not setpriv:
        pytest.skip("this is root, and there is no setpriv to give up its powers")
    return (setpriv, "--bounding-set=-dac_override,-dac_read_search")
