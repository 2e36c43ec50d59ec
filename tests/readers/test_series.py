"""Several files that are one image: read together as numpy would put them together."""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.errors import MifaError
from mifakit.inventory.inspecting import Inspected, join
from mifakit.readers.base import CANONICAL_AXES, full_region
from mifakit.readers.origin import Origin
from mifakit.readers.series import Series, SeriesImage

WHOLE = np.random.default_rng(3).integers(0, 60_000, (3, 2, 4, 12, 18), np.uint16)
"""tczyx"""


def write_series(folder: Path, axes: str, whole: np.ndarray = WHOLE, tiles: int = 2) -> Series:
    """Cut an image into files along some axes: one for each place, along y and x one for each of two tiles."""
    places = []
    for axis in axes:
        length = whole.shape[CANONICAL_AXES.index(axis)]
        size = length // tiles if axis in "yx" else 1
        places.append([slice(start, start + size) for start in range(0, length, size)])
    files = []
    for cut in product(*places):
        region = [slice(None)] * 5
        for axis, part in zip(axes, cut, strict=True):
            region[CANONICAL_AXES.index(axis)] = part
        name = "_".join(f"{axis}{part.start:03}" for axis, part in zip(axes, cut, strict=True)) + ".ome.tif"
        tifffile.imwrite(folder / name, whole[tuple(region)], ome=True, metadata={"axes": "TCZYX"})
        files.append(name)
    values = tuple(tuple(f"{part.start:03}" for part in parts) for parts in places)
    return Series(axes, values, tuple(files))


@pytest.mark.parametrize("axes", ["t", "c", "z", "tc", "tz", "tcz", "yx", "x", "ty"])
def test_files_are_put_together_along_their_axes(tmp_path: Path, axes: str) -> None:
    origin = Origin("", series=write_series(tmp_path, axes))
    with origin.open(tmp_path, None) as image:
        assert (image.facts.axes, image.facts.shape) == ("tczyx", WHOLE.shape)
        np.testing.assert_array_equal(image.read(full_region(WHOLE.shape)), WHOLE, strict=True)


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Series]:
    folder = tmp_path_factory.mktemp("cut")
    return folder, write_series(folder, "tcx")


BOUNDS = st.tuples(*(st.tuples(st.integers(0, n), st.integers(0, n)).map(sorted) for n in WHOLE.shape))


@settings(max_examples=150, deadline=None)
@given(BOUNDS)
def test_any_region_is_a_slice_of_the_whole(cut: tuple[Path, Series], bounds: list[list[int]]) -> None:
    folder, series = cut
    region = tuple(slice(*bound) for bound in bounds)
    with Origin("", series=series).open(folder, None) as image:
        np.testing.assert_array_equal(image.read(region), WHOLE[region], strict=True)


def open_files() -> set[str]:
    return {Path(os.path.realpath(link)).name for link in Path("/proc/self/fd").iterdir()}


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not list open files")
def test_only_files_that_a_region_touches_are_opened_and_few_stay_open(tmp_path: Path) -> None:
    series = write_series(tmp_path, "tcz")
    opened: list[int] = []

    def open_file(number: int):  # type: ignore[no-untyped-def]
        opened.append(number)
        return Origin(series.files[number]).open(tmp_path, None)

    with SeriesImage(series, open_file) as image:
        image.read((slice(1, 2), slice(1, 2), slice(2, 4), slice(0, 5), slice(0, 5)))
        assert opened == [0, 14, 15]
        image.read(full_region(WHOLE.shape))
        assert len(open_files() & set(series.files)) <= 8
    assert not open_files() & set(series.files)
    with pytest.raises(ValueError, match="closed"):
        image.read(full_region(WHOLE.shape))


def test_a_file_that_differs_is_refused_not_stretched(tmp_path: Path) -> None:
    series = write_series(tmp_path, "t")
    tifffile.imwrite(tmp_path / series.files[1], WHOLE[:1, ..., :9], ome=True, metadata={"axes": "TCZYX"})
    with Origin("", series=series).open(tmp_path, None) as image:
        image.read((slice(0, 1), *full_region(WHOLE.shape)[1:]))
        with pytest.raises(MifaError) as error:
            image.read(full_region(WHOLE.shape))
    assert error.value.code == "MIFA219"
    assert error.value.finding.place is not None
    assert error.value.finding.place.path == series.files[1]


@pytest.mark.parametrize(
    ("values", "named", "expected"),
    [
        (("DAPI", "GFP"), None, ["DAPI", "GFP"]),
        (("1", "2"), None, []),
        (("1", "2"), ["nuclei", "actin"], ["nuclei", "actin"]),
    ],
)
def test_channels_are_named_by_the_files_else_by_their_names(
    tmp_path: Path, values: tuple[str, str], named: list[str] | None, expected: list[str]
) -> None:
    for number, value in enumerate(values):
        about = {"axes": "YX", "Channel": {"Name": named[number]}} if named else {"axes": "YX"}
        tifffile.imwrite(tmp_path / f"{value}.ome.tif", WHOLE[0, number, 0], ome=True, metadata=about)
    origin = Origin("", series=Series("c", (values,), tuple(f"{value}.ome.tif" for value in values)))
    members = []
    for name in origin.files:
        with Origin(name).open(tmp_path, None) as image:
            members.append(Inspected(Origin(name), image.facts))
    joined = join(origin, members)
    assert joined.facts is not None
    assert [channel.name for channel in joined.facts.channels] == expected
    assert (joined.facts.axes, joined.facts.shape) == ("cyx", (2, 12, 18))


def test_a_truncated_member_is_not_made_up(tmp_path: Path) -> None:
    series = write_series(tmp_path, "t")
    path = tmp_path / series.files[2]
    path.write_bytes(path.read_bytes()[:-200])
    with Origin("", series=series).open(tmp_path, None) as image, pytest.raises(MifaError) as error:
        image.read(full_region(WHOLE.shape))
    assert error.value.code == "MIFA203"
