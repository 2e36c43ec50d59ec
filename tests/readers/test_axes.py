"""Native axes, and what the sheet says instead, become canonical ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from mifakit.errors import MifaError
from mifakit.readers.axes import map_axes, region_bounds

FILE = Path("a.tif")


@pytest.mark.parametrize(
    ("native", "shape", "axes", "found", "dims", "seen"),
    [
        ("YX", (5, 7), "cyx", (1, 5, 7), (None, 0, 1), "YX"),
        ("YXS", (5, 7, 3), "cyx", (3, 5, 7), (2, 0, 1), "YXS"),
        ("SYX", (3, 5, 7), "cyx", (3, 5, 7), (0, 1, 2), "SYX"),
        ("TZCYXS", (1, 9, 2, 5, 7, 1), "czyx", (2, 9, 5, 7), (2, 1, 3, 4), "ZCYX"),
        ("TZCYXS", (4, 1, 1, 5, 7, 1), "tcyx", (4, 1, 5, 7), (0, 2, 3, 4), "TYX"),
        ("XYCZT", (7, 5, 2, 3, 4), "tczyx", (4, 2, 3, 5, 7), (4, 2, 3, 1, 0), "XYCZT"),
        ("QYX", (1, 5, 7), "cyx", (1, 5, 7), (None, 1, 2), "YX"),
        ("YX", (1, 7), "cyx", (1, 1, 7), (None, 0, 1), "YX"),
    ],
)
def test_known_axes_are_put_in_order(
    native: str,
    shape: tuple[int, ...],
    axes: str,
    found: tuple[int, ...],
    dims: tuple[int | None, ...],
    seen: str,
) -> None:
    mapped = map_axes(FILE, native, shape)
    # Of an axis of length 1 it is all the same which stored dimension it is, if any.
    needed = [dim if length > 1 else None for dim, length in zip(dims, found, strict=True)]
    got = [dim if length > 1 else None for dim, length in zip(mapped.dims, mapped.shape, strict=True)]
    assert (mapped.axes, mapped.shape, mapped.native, got) == (axes, found, seen, needed)


@pytest.mark.parametrize(
    ("native", "shape", "message", "hint"),
    [
        ("IYX", (16, 5, 7), "IYX of shape 16×5×7", "set axes: zyx in the sheet (or tyx, cyx)"),
        ("QYXS", (16, 5, 7, 3), "QYXS of shape 16×5×7×3", "set axes: zyxc in the sheet (or tyxc)"),
        ("QQYX", (4, 4, 5, 7), "QQYX", "set axes: ztyx in the sheet (or zcyx, tzyx)"),
        ("CYXS", (2, 5, 7, 3), "CYXS", "set axes: zyxc in the sheet (or tyxc)"),
        ("QRVPYX", (2, 2, 2, 2, 5, 7), "QRVPYX", "export it with no other axes than t, c, z, y and x"),
    ],
)
def test_unknown_axes_are_refused_with_proposals(native: str, shape: tuple[int, ...], message: str, hint: str) -> None:
    with pytest.raises(MifaError) as caught:
        map_axes(FILE, native, shape)
    assert caught.value.code == "MIFA206"
    assert message in caught.value.finding.message
    assert caught.value.finding.hint == hint


@pytest.mark.parametrize(
    ("native", "shape", "override", "axes", "found"),
    [
        ("IYX", (16, 5, 7), "zyx", "czyx", (1, 16, 5, 7)),
        ("IYX", (16, 5, 7), "cyx", "cyx", (16, 5, 7)),
        ("IYX", (16, 5, 7), "TYX", "tcyx", (16, 1, 5, 7)),
        ("ZYX", (16, 5, 7), "tyx", "tcyx", (16, 1, 5, 7)),
        ("YXS", (5, 7, 3), "zyx", "czyx", (1, 5, 7, 3)),
        ("IYXS", (16, 5, 7, 3), "zyxc", "czyx", (3, 16, 5, 7)),
        ("TZCYXS", (1, 16, 1, 5, 7, 1), "tyx", "tcyx", (16, 1, 5, 7)),
        ("TZCYX", (1, 16, 1, 5, 7), "tzcyx", "czyx", (1, 16, 5, 7)),
        ("YX", (1, 7), "yx", "cyx", (1, 1, 7)),
        ("YX", (1, 7), "x", "cyx", (1, 1, 7)),
    ],
)
def test_the_sheet_overrides_the_file(
    native: str, shape: tuple[int, ...], override: str, axes: str, found: tuple[int, ...]
) -> None:
    mapped = map_axes(FILE, native, shape, override)
    assert (mapped.axes, mapped.shape) == (axes, found)


@pytest.mark.parametrize("override", ["yx", "tzyx", "zzy", "qyx", "ztc", "", "z y"])
def test_an_override_that_does_not_fit_is_refused(override: str) -> None:
    with pytest.raises(MifaError, match=r"IYX of shape 16×5×7, which axes: .* does not fit") as caught:
        map_axes(FILE, "IYX", (16, 5, 7), override)
    assert caught.value.code == "MIFA206"


def test_a_region_has_to_lie_within() -> None:
    assert region_bounds((slice(0, 2), slice(3, 3)), (2, 5)) == ((0, 2), (3, 3))
    for region in [
        (slice(0, 1),),
        (slice(0, 1), slice(0, 6)),
        (slice(0, 1), slice(-1, 2)),
        (slice(0, 2, 2), slice(0, 1)),
    ]:
        with pytest.raises(ValueError, match="region"):
            region_bounds(region, (2, 5))
