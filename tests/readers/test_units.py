"""Units are converted exactly, and what is no pixel size is not taken for one."""

from __future__ import annotations

from math import inf, nan
from pathlib import Path

import pytest

from mifakit.readers.axes import map_axes
from mifakit.readers.base import Spacing
from mifakit.readers.units import duration, length, resolution, weigh

FILE = Path("a.tif")
PLANE = map_axes(FILE, "YX", (5, 7))
STACK = map_axes(FILE, "ZYX", (9, 5, 7))


@pytest.mark.parametrize(
    ("value", "unit", "micrometers"),
    [
        (0.25, "µm", 0.25),
        (0.25, "μm", 0.25),
        (0.25, "\\u00B5m", 0.25),
        (0.25, "um", 0.25),
        (0.25, "micron", 0.25),
        (0.25, "Microns", 0.25),
        (0.25, "micrometers", 0.25),
        (65, "nm", 0.065),
        (1.2, "Å", 0.00012),
        (1.2, "Å", 0.00012),
        (2, "mm", 2000),
        (2, "cm", 20000),
        (1e-6, "m", 1),
        (1e-5, "inch", 0.254),
        (500, "pm", 0.0005),
    ],
)
def test_lengths_become_micrometers(value: float, unit: str, micrometers: float) -> None:
    assert length(value, unit) == Spacing(pytest.approx(micrometers, rel=1e-15), "micrometer")


def test_nanometers_divide_without_a_rounding_error() -> None:
    assert length(65, "nm") == Spacing(0.065, "micrometer")
    assert length(161.3, "nm") == Spacing(0.1613, "micrometer")  # 161.3 * 0.001 is not


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        (1, "pixel"),
        (1, ""),
        (1, "reference frame"),
        (0, "µm"),
        (-1, "µm"),
        (nan, "µm"),
        (inf, "nm"),
        (1, "Mm"),
        (1, "s"),
    ],
)
def test_what_is_no_length_is_doubted(value: float, unit: str) -> None:
    assert isinstance(length(value, unit), str)


@pytest.mark.parametrize(
    ("value", "unit", "seconds"),
    [
        (59.86, "s", 59.86),
        (59.86, "sec", 59.86),
        (250, "ms", 0.25),
        (2, "min", 120),
        (1, "h", 3600),
        (500, "µs", 0.0005),
    ],
)
def test_durations_become_seconds(value: float, unit: str, seconds: float) -> None:
    assert duration(value, unit) == Spacing(pytest.approx(seconds), "second")


@pytest.mark.parametrize(
    ("pixels", "per", "unit"),
    [
        (72, 1, "inch"),
        (96000, 1000, "inch"),
        (150, 1, "inch"),
        (300, 1, "inch"),
        (600, 1, "inch"),
        (100, 1, "inch"),
        (28, 1, "cm"),  # 72 dpi, rounded
        (11811, 1, "m"),  # 300 dpi
        (1, 1, "inch"),
        (1, 1, "cm"),
        (1, 1, ""),
        (40_000, 1, ""),
        (0, 1, "cm"),
        (1, 0, "cm"),
        (0, 0, "cm"),
        (300_000_000, 1, "cm"),  # 0.03 nm
        (9, 1, "cm"),  # 1.1 mm
    ],
)
def test_print_resolutions_are_doubted(pixels: float, per: float, unit: str) -> None:
    assert isinstance(resolution(pixels, per, unit), str)


def test_a_calibrated_resolution_is_believed() -> None:
    assert resolution(40_000_000, 1000, "cm") == Spacing(0.25, "micrometer")
    assert resolution(254_000, 1, "inch") == Spacing(0.1, "micrometer")


def test_one_finding_says_all() -> None:
    pixel = Spacing(0.5, "micrometer")
    assert weigh(FILE, {"x": pixel, "y": pixel}, PLANE) == ({"y": pixel, "x": pixel}, ())
    assert weigh(FILE, {"x": pixel, "y": pixel, "z": "0 µm"}, PLANE)[1] == ()
    spacing, (finding,) = weigh(FILE, {"x": pixel, "y": None, "z": "0 µm"}, STACK)
    assert spacing == {"x": pixel}
    assert (finding.code, str(finding.place)) == ("MIFA205", "a.tif")
    assert finding.message == "the pixel size is not believable along z: 0 µm; it is not given along y"
    _, (finding,) = weigh(FILE, {"x": "96 dpi", "y": "96 dpi"}, PLANE)
    assert finding.message == "the pixel size is not believable along x and y: 96 dpi"
    _, (finding,) = weigh(FILE, {}, PLANE)
    assert finding.message == "the pixel size is not given along x and y"


def test_sizes_of_x_and_y_stay_with_the_dimensions_that_the_file_means() -> None:
    pixel = Spacing(0.5, "micrometer")
    readings = {"x": pixel, "y": pixel, "z": pixel}
    assert set(weigh(FILE, readings, map_axes(FILE, "IYX", (9, 5, 7), "zyx"))[0]) == {"z", "y", "x"}
    spacing, (finding,) = weigh(FILE, readings, map_axes(FILE, "YXS", (5, 7, 3), "zyx"))
    assert set(spacing) == {"z"}
    assert finding.message == "the pixel size is not given along x and y"
