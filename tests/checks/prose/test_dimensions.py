"""Stacks and movies in sentences and in files."""

from __future__ import annotations

import pytest
from tests.checks.prose.told import found, pictures

from mifakit.checks.prose.dimensions import check_dimensions


def said(text: str, **lengths: int) -> bool:
    codes = found(check_dimensions, {"study": {"description": text}}, pictures(2, **lengths))
    assert codes in ([], [("MIFA173", "study.description")])
    return bool(codes)


@pytest.mark.parametrize(
    "text",
    [
        "3D stacks of nuclei",
        "Z-stacks were acquired",
        "three-dimensional confocal images",
        "3-D light-sheet volumes",
        "Volumetric data",
    ],
)
def test_depth(text: str) -> None:
    assert said(text, z=1)
    assert said(text, t=5)
    assert not said(text, z=9)


@pytest.mark.parametrize("text", ["Time-lapse microscopy of cells", "time series of embryos", "timelapses"])
def test_time(text: str) -> None:
    assert said(text, z=9)
    assert not said(text, t=9)


def test_flat() -> None:
    assert said("2D images of nuclei", z=9)
    assert said("Two-dimensional fluorescence images", z=9)
    assert not said("2D images of nuclei", z=1)


@pytest.mark.parametrize(
    "text",
    [
        "Maximum projections of z-stacks",
        "Single planes of z-stacks",
        "Frames from time-lapse movies",
        "Images of cells from a time-lapse experiment",
        "Cells in 3D culture",
        "No z-stacks were taken",
        "3D-printed holders",
        "movies were aligned",
        "the volume of cells",
        "slices of a 3D volume",
        "lapse of time",
        "",
    ],
)
def test_what_says_nothing_of_the_files_axes(text: str) -> None:
    assert not said(text)
