"""An annotation format that somebody else wrote is found, proposed and built."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults.lab import Lab
from tests.third_party.conftest import Package

import mifakit

TEXT = "SPOTS D:\\scope\\cells.tif\n12.5 20.25 nucleolus 0.9\n13 7 speckle 0.4\n"


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Write a lab folder with an image and its spots, and a study sheet that names them."""
    lab = Lab(tmp_path)
    lab.image("cells")
    (lab.folder / "spots").mkdir()
    (lab.folder / "spots" / "day 1.spots").write_text(TEXT, encoding="utf-8")
    text = lab.sheet.read_text(encoding="utf-8")
    text = text.replace('"masks/{name}.tif"', '"spots/*.spots"').replace("segmentation_mask", "point_annotations")
    lab.sheet.write_text(text, encoding="utf-8")
    return lab


def test_the_guide_names_every_file_of_the_package(spots: Package) -> None:
    files = {path.name for path in spots.source.iterdir()}
    assert files == {"pyproject.toml", "mifakit_spots.py", "test_spots.py"}


def test_it_keeps_the_contract(spots: Package) -> None:
    spots.check_contract()


def test_a_build_reads_its_files(spots: Package, lab: Lab) -> None:
    done = spots.python("-m", "mifakit", "build", lab.sheet, "-o", lab.out, cwd=lab.home)
    assert done.returncode == 0, done.stderr
    points = mifakit.open(lab.out)["cells"].table("nuclei", "points")
    assert points[["x", "y", "class", "confidence"]].to_numpy().tolist() == [
        [13, 20.75, "nucleolus", 0.9],
        [13.5, 7.5, "speckle", 0.4],
    ]
    assert not [finding for finding in mifakit.validate(lab.out) if finding.is_error]


def test_init_proposes_its_files(spots: Package, lab: Lab) -> None:
    sheet = lab.home / "proposed.yaml"
    done = spots.python("-m", "mifakit", "init", lab.folder, "--sheet", sheet, cwd=lab.home)
    assert done.returncode == 0, done.stderr
    text = sheet.read_text(encoding="utf-8")
    assert ".spots" in text
    assert "point_annotations" in text


def test_the_doctor_counts_it(spots: Package, tmp_path: Path) -> None:
    done = spots.python("-m", "mifakit", "doctor", cwd=tmp_path)
    assert "1 annotation formats of mifakit-spots 1.0" in done.stdout.splitlines()
