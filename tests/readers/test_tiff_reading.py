"""A region is a slice of the whole, whatever the layout, and costs no more than it has to."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.readers.base import full_region
from mifakit.readers.tiff.reader import TiffReader

SIZES = {"T": 3, "Z": 4, "C": 2, "Y": 37, "X": 45}


@st.composite
def files(draw: st.DrawFn) -> tuple[np.ndarray[Any, Any], str, dict[str, Any]]:
    """Draw pixels, their axes, and the options that tifffile writes them with."""
    outer = draw(st.sampled_from(["", "Z", "T", "C", "ZC", "CZ", "TZ", "TZC", "TCZ"]))
    samples = draw(st.sampled_from([0, 0, 0, 3, 4]))
    shape = [draw(st.integers(2, SIZES[axis])) for axis in outer if not (samples and axis == "C")]
    axes = "".join(axis for axis in outer if not (samples and axis == "C")) + "YX"
    shape += [draw(st.integers(2, SIZES["Y"])), draw(st.integers(2, SIZES["X"]))]
    options: dict[str, Any] = {"photometric": "minisblack"}
    dtype = np.dtype(draw(st.sampled_from(["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"])))
    if samples:
        dtype = np.dtype(draw(st.sampled_from(["u1", "u2"])))
        options["photometric"] = "rgb"
        if draw(st.booleans()):
            axes, shape = f"{axes}S", [*shape, samples]
        else:
            axes, shape = f"{axes[:-2]}S{axes[-2:]}", [*shape[:-2], samples, *shape[-2:]]
        options["planarconfig"] = "contig" if axes.endswith("S") else "separate"
    compression = draw(st.sampled_from([None, None, "zlib", "lzw", "zstd", "packbits", "lzma"]))
    options["compression"] = compression
    if compression not in (None, "packbits") and dtype.itemsize <= 4:
        options["predictor"] = draw(st.booleans())
    if draw(st.booleans()):
        options["tile"] = (draw(st.sampled_from([16, 32])), draw(st.sampled_from([16, 48])))
    else:
        options["rowsperstrip"] = draw(st.integers(1, 40))
    options["byteorder"] = draw(st.sampled_from("<>"))
    options["bigtiff"] = draw(st.booleans())
    options["ome"] = draw(st.booleans())
    options["metadata"] = {"axes": axes}
    seed = draw(st.integers(0, 9))
    pixels = np.random.default_rng(seed).integers(0, 100, shape).astype(dtype)
    return pixels, axes, options


@settings(max_examples=150, deadline=None)
@given(file=files(), data=st.data())
def test_a_random_region_of_a_random_file(
    file: tuple[np.ndarray[Any, Any], str, dict[str, Any]], data: st.DataObject
) -> None:
    pixels, axes, options = file
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("a.ome.tif" if options["ome"] else "a.tif")
        tifffile.imwrite(path, pixels, **options)
        with TiffReader().open(path) as image:
            facts = image.facts
            region = tuple(
                slice(*sorted(data.draw(st.tuples(st.integers(0, n), st.integers(0, n))))) for n in facts.shape
            )
            part = image.read(region)
            whole = image.read(full_region(facts.shape))
    named = axes.replace("S", "C").lower()
    expected = pixels.transpose([named.index(axis) for axis in "tczyx" if axis in named])
    assert facts.axes == "".join(axis for axis in "tczyx" if axis in named or axis == "c")
    expected = expected.reshape(facts.shape)
    np.testing.assert_array_equal(whole, expected, strict=True)
    np.testing.assert_array_equal(part, expected[region], strict=True)


class Counted:
    """Counts the bytes that pass through a tifffile handle."""

    def __init__(self, image: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bytes = 0
        stream = image._file.filehandle._fh
        monkeypatch.setattr(image._file.filehandle, "_fh", self)
        self._stream = stream

    def read(self, count: int) -> bytes:
        self.bytes += count
        return bytes(self._stream.read(count))

    def readinto(self, buffer: Any) -> int:
        self.bytes += len(buffer)
        return int(self._stream.readinto(buffer))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@pytest.mark.parametrize(
    ("options", "limit"),
    [
        ({}, 2 * 64 * 1024 * 2),  # the rows of the two planes
        ({"rowsperstrip": 16, "compression": "zlib"}, 2 * 5 * 16 * 1024 * 2),
        ({"tile": (64, 64), "compression": "zlib"}, 2 * 2 * 2 * 64 * 64 * 2),
        ({"tile": (64, 64)}, 2 * 2 * 2 * 64 * 64 * 2),
    ],
)
def test_only_what_the_region_needs_is_read(
    tmp_path: Path, options: dict[str, Any], limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = np.random.default_rng(1).integers(0, 60_000, (6, 512, 1024), np.uint16)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, stack, metadata={"axes": "ZYX"}, **options)
    with TiffReader().open(path) as image:
        counted = Counted(image, monkeypatch)
        part = image.read((slice(0, 1), slice(2, 4), slice(100, 164), slice(500, 564)))
    np.testing.assert_array_equal(part[0], stack[2:4, 100:164, 500:564])
    assert 0 < counted.bytes <= limit * 1.1
    assert counted.bytes < stack.nbytes / 10


@pytest.mark.parametrize("samples", [1, 3])
def test_a_narrow_part_of_long_rows_does_not_cost_the_rows(
    tmp_path: Path, samples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = np.random.default_rng(1).integers(0, 60_000, (60, 10_000, samples), np.uint16)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, plane.squeeze(), photometric="rgb" if samples == 3 else "minisblack")
    with TiffReader().open(path) as image:
        counted = Counted(image, monkeypatch)
        part = image.read((slice(samples - 1, samples), slice(10, 40), slice(9000, 9064)))
    np.testing.assert_array_equal(part[0], plane[10:40, 9000:9064, -1], strict=True)
    assert counted.bytes == part.nbytes * samples


@pytest.mark.parametrize("byteorder", "<>")
@pytest.mark.parametrize("columns", [slice(0, 3000), slice(100, 2900), slice(2000, 3000)])
def test_a_part_of_each_row(tmp_path: Path, columns: slice, byteorder: str) -> None:
    stack = np.random.default_rng(1).integers(0, 60_000, (2, 300, 3000), np.uint16)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, stack, metadata={"axes": "ZYX"}, byteorder=byteorder)
    with TiffReader().open(path) as image:
        part = image.read((slice(0, 1), slice(0, 2), slice(1, 300), columns))
    np.testing.assert_array_equal(part[0], stack[:, 1:, columns], strict=True)


def test_indices_of_a_palette_stay_indices(tmp_path: Path) -> None:
    labels = np.arange(48, dtype=np.uint8).reshape(6, 8)
    path = tmp_path / "a.tif"
    colormap = np.random.default_rng(0).integers(0, 65_535, (3, 256), np.uint16)
    tifffile.imwrite(path, labels, photometric="palette", colormap=colormap)
    with TiffReader().open(path) as image:
        assert image.facts.channels == ()
        np.testing.assert_array_equal(image.read(full_region(image.facts.shape)), labels[np.newaxis], strict=True)


def test_bits_become_zero_and_one(tmp_path: Path) -> None:
    mask = np.random.default_rng(0).integers(0, 2, (21, 35)).astype(bool)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, mask, rowsperstrip=4, compression="zlib")
    with TiffReader().open(path) as image:
        part = image.read((slice(0, 1), slice(3, 20), slice(5, 30)))
    np.testing.assert_array_equal(part[0], mask[3:20, 5:30].astype(np.uint8), strict=True)
