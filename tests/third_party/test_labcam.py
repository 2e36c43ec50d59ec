"""A package that somebody else wrote is found, used, and not spoilt by its neighbours."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.faults.lab import Lab
from tests.third_party.conftest import Package

import mifakit

BROKEN = ("bad_hangs", "bad_is_none", "bad_leaves", "bad_raises")


@pytest.fixture
def lab(package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Write a lab folder with an image of the guide's format, as the guide's test writes it, and a TIFF."""
    monkeypatch.syspath_prepend(package.site)
    guide = runpy.run_path(str(package.source / "test_labcam.py"))
    sys.modules.pop("mifakit_labcam")
    lab = Lab(tmp_path, ("images/{name}.labcam", "images/{name}.tif"))
    lab.image("other")
    guide["write_labcam"](lab.folder / "images" / "cells.labcam")
    np.save(tmp_path / "pixels.npy", guide["PIXELS"])
    return lab


def test_the_guide_names_every_file_of_the_package(package: Package) -> None:
    files = {path.name for path in package.source.iterdir()}
    assert files == {"pyproject.toml", "mifakit_labcam.py", "test_labcam.py"}


def test_it_keeps_the_contract(package: Package) -> None:
    package.check_contract()


def test_a_scan_finds_its_files_and_names_broken_neighbours(bad_company: Package, lab: Lab) -> None:
    done = bad_company.python("-m", "mifakit", "scan", lab.folder, "--json", cwd=lab.home)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    readers = {image["path"]: image["reader"] for image in record["images"]}
    assert readers == {"images/cells.labcam": "labcam", "images/other.tif": "tiff"}
    said = sorted(finding["message"].split("'")[1] for finding in record["findings"] if finding["code"] == "MIFA005")
    assert said == list(BROKEN)


def test_a_build_reads_its_files_in_worker_processes(bad_company: Package, lab: Lab) -> None:
    done = bad_company.python("-m", "mifakit", "build", lab.sheet, "-o", lab.out, cwd=lab.home)
    assert done.returncode == 0, done.stderr
    dataset = mifakit.open(lab.out)
    cells = next(sample for sample in dataset if sample.row.origin.endswith(".labcam"))
    np.testing.assert_array_equal(np.asarray(cells.image), np.load(lab.home / "pixels.npy")[np.newaxis])
    assert len(dataset) == 2


def test_the_doctor_tells_the_good_from_the_bad(bad_company: Package, tmp_path: Path) -> None:
    done = bad_company.python("-m", "mifakit", "doctor", cwd=tmp_path)
    assert done.returncode == 1
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert "Formats of mifakit-labcam 1.0" in lines
    assert next(line for line in lines if line.startswith("LabCam")).split() == ["LabCam", ".labcam", "labcam", "ready"]
    told = [line for line in lines if line.startswith("warning[MIFA005]")]
    assert len(told) == len(BROKEN)
    assert all("of bad-company 1.0" in line for line in told)
    assert any("'bad_hangs' does not come to an end" in line for line in told)
