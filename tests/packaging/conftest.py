"""Datasets to be sent: stacks with masks in both versions of OME-Zarr, plates, and tracks."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import tifffile
from tests.conversion.samples import noise, write_lab

import mifakit
from mifakit.conversion.resources import Resources
from mifakit.example_lab.example import filled_sheet
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.conversion_choices import StorageChoice
from mifakit.metadata.image_sets import Plate
from mifakit.sheet.template import render_sheet

ONE = Resources(workers=1)


def build(sheet: Path, output: Path) -> Path:
    built = mifakit.build(sheet, output, resources=ONE)
    assert not [finding for finding in built.findings if finding.is_error]
    return built.path


def build_stacks(home: Path, ngff: Literal["0.4", "0.5"]) -> Path:
    """Build a stack of several levels and chunks, and a plane."""
    sheet = write_lab(home, StorageChoice(ngff=ngff), stack=noise(2, 260, 520), plane=noise(40, 50))
    return build(sheet, home / "my-data")


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_stacks(tmp_path_factory.mktemp("plain"), "0.5")


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_stacks(tmp_path_factory.mktemp("old"), "0.4")


@pytest.fixture(params=["plain", "old"], ids=["0.5", "0.4"])
def stacks(request: pytest.FixtureRequest) -> Path:
    """The same in either version of OME-Zarr."""
    return Path(request.getfixturevalue(request.param))


@pytest.fixture(scope="session")
def plate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plate of two wells, one image each."""
    home = tmp_path_factory.mktemp("plate")
    sheet = filled_sheet()
    sheet.images[0].files, sheet.annotations[0].files = ["P1_{well}.tif"], ["P1_{well}_mask.tif"]
    sheet.images[0].plate, sheet.splits = Plate(name=None, well="well"), None
    (home / "lab").mkdir()
    for well in ("A01", "B12"):
        pixels = noise(40, 50)
        tifffile.imwrite(home / "lab" / f"P1_{well}.tif", pixels)
        tifffile.imwrite(home / "lab" / f"P1_{well}_mask.tif", (pixels > 30_000).astype("u1"))
    (home / "mifa.yaml").write_text(render_sheet(sheet), encoding="utf-8")
    return build(home / "mifa.yaml", home / "my-data")


@pytest.fixture(scope="session")
def tracks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A movie with masks and a lineage; one of its sets has a name that is a folder's too."""
    home = tmp_path_factory.mktemp("tracks")
    sheet = filled_sheet()
    said = dict(sheet.annotations[0]) | {
        "name": "labels",
        "files": ["tracked/{name}_{t}.tif", "tracked/{name}_track.txt"],
        "series": "t",
        "types": ["segmentation_mask", "tracks"],
    }
    sheet.images[0].files, sheet.annotations = ["{name}.tif"], [AnnotationSet.model_validate(said)]
    (home / "lab" / "tracked").mkdir(parents=True)
    movie = np.random.default_rng(1).integers(0, 4096, (3, 40, 50)).astype(np.uint16)
    tifffile.imwrite(home / "lab" / "movie.tif", movie, imagej=True, metadata={"axes": "TYX"})
    for t, values in enumerate(([1, 0], [2, 3], [2, 3])):
        frame = np.zeros((40, 50), np.uint8)
        frame[:4, :4], frame[:4, 10:14] = values
        tifffile.imwrite(home / "lab" / "tracked" / f"movie_{t}.tif", frame)
    (home / "lab" / "tracked" / "movie_track.txt").write_text("1 0 0 0\n2 1 2 1\n3 1 2 1\n")
    (home / "mifa.yaml").write_text(render_sheet(sheet), encoding="utf-8")
    return build(home / "mifa.yaml", home / "my-data")
