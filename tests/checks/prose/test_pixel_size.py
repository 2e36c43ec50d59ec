"""Pixel sizes in sentences and in files."""

from __future__ import annotations

import pytest
from tests.checks.prose.told import found, pictures

from mifakit.checks.prose.pixel_size import check_stated_pixel_sizes


def said(text: str, x: float | None = 0.325, **more: float) -> bool:
    spacing = ({"x": x, "y": x} if x else {}) | more
    stated = {"acquisitions": [{"title": "A", "parameters": text}], "images": [{"name": "a", "acquisition": "A"}]}
    codes = found(check_stated_pixel_sizes, stated, pictures(2, spacing=spacing))
    assert codes in ([], [("MIFA174", "acquisitions[0].parameters")])
    return bool(codes)


@pytest.mark.parametrize(
    "text",
    [
        "20x, 0.65 µm/pixel",
        "20x, 0.65 \u03bcm per pixel",
        "0.65 um / px",
        "650 nm per pixel",
        "pixel size 0.65 µm",
        "pixel size of 0.65 x 0.65 µm",
        "Pixel size: 0,65 µm",
        "voxel size (0.65 × 0.65 × 2 µm)",
        "650 nm pixels",
        "0.65 microns per pixel",
        "0.65 micrometers per voxel",
        "6500 Å per pixel",
        "0.00065 mm per pixel",
        "65 nm pixel size",
    ],
)
def test_other_sizes(text: str) -> None:
    assert said(text)
    if not text.startswith("65 nm"):
        assert not said(text, 0.65)


@pytest.mark.parametrize(
    "text",
    [
        "0.325 µm per pixel",
        "325 nm per pixel",
        "0.33 µm per pixel",
        "0.3 µm/px",
        "pixel size 0.325 µm, 20x",
        "a camera with 6.5 µm pixels",
        "6.5 µm pixels, 20x/0.8",
        "ORCA camera, pixel size 6.5 µm",
        "561 nm laser, 100 nm beads",
        "2 µs per pixel",
        "sections of 50 nm",
        "planes 1 µm apart",
        "images of 2048 x 2048 pixels",
        "0.65 per pixel",
        "",
    ],
)
def test_the_same_size_or_another_thing(text: str) -> None:
    assert not said(text)


def test_the_distance_of_planes_may_be_what_is_stated() -> None:
    assert not said("voxel size 0.5 µm", 0.1, z=0.5)
    assert said("voxel size 0.7 µm", 0.1, z=0.5)


def test_without_pixel_size_there_is_nothing_to_compare() -> None:
    assert not said("0.65 µm per pixel", None)
