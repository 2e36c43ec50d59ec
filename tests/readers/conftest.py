"""Files that the reader tests share: real ones, small ones of each kind, and an independent view of both."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from PIL import Image
from tests.conftest import REAL_DATA

from mifakit.errors import MifaError
from mifakit.readers.base import Reader, full_region
from mifakit.readers.jpeg import JpegReader
from mifakit.readers.png import PngReader
from mifakit.readers.tiff.reader import TiffReader

Pixels = npt.NDArray[np.generic]

READERS: dict[str, Reader] = {
    suffix: reader
    for reader in (TiffReader(), PngReader(), JpegReader())
    for known in reader.formats
    for suffix in known.suffixes
}

# One real file of each kind that a reader treats in its own way.
REAL_FILES = (
    "neubias/xy_16bit_labels__nuclei.tif",
    "neubias/xyc_16bit__cell_dna_mts_actin.tif",
    "neubias/xyc_16bit__hela-cells.tif",
    "neubias/xyt_calibrated_16bit__golgi_bfa_sum_projection.tif",
    "neubias/xyz_calibrated_16bit__golgi_bfa.tif",
    "neubias/xyzc_16bit__dna_conf_wf.tif",
    "neubias/xyzc_16bit__spots.tif",
    "ome_tiff/cells-2c.ome.tif",
    "ome_tiff/cells-2t.ome.tif",
    "ome_tiff/cells-2z.ome.tif",
    "ome_tiff/test_image.ome.tif",
    "omnipose_bacteria/Sample000306.tiff",
    "omnipose_bacteria/caulo_15.tif",
    "omnipose_bacteria/e1t1_crop.tif",
    "omnipose_bacteria/Sample000033.png",
    "omnipose_bacteria/Sample000252.png",
    "cellpose_seg/00071198d059.tif",
    "ctc_dreem/test_1/frame_0000.tif",
    "kromp_nuclear/dataset_singlecellgroundtruth/Ganglioneuroma/images/Ganglioneuroma_4.tif",
    "kromp_nuclear/dataset_singlecellgroundtruth/normal/images/normal_26.tif",
    "lif/expected-outputs/c0t0.tif",
    "voc_bccd/BCCD/JPEGImages/BloodImage_00007.jpg",
    "coco_embryo/valid/6d40-11_jpg.rf.ad56ec4c77d48f9b9a932a938e9fdd34.jpg",
)


OPEN_FILES = Path("/proc/self/fd")
_PATIENCE = 2.0
"""Seconds."""


@pytest.fixture(autouse=True)
def no_file_stays_open(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fail a test that leaves an image open, where the system tells which files are."""
    if not OPEN_FILES.is_dir():
        yield
        return
    before = _open_images(tmp_path_factory.getbasetemp())
    yield
    deadline = time.monotonic() + _PATIENCE  # tensorstore closes in threads of its own
    while (left := _open_images(tmp_path_factory.getbasetemp()) - before) and time.monotonic() < deadline:
        time.sleep(_PATIENCE / 50)
    assert not left, f"left open: {sorted(left)}"


def _open_images(written: Path) -> set[str]:
    """Return the files that are open among the real ones and those that tests write."""
    paths = {os.path.realpath(link) for link in OPEN_FILES.iterdir()}
    return {path for path in paths if path.startswith((str(written), str(REAL_DATA)))}


@pytest.fixture(params=REAL_FILES)
def any_real_file(request: pytest.FixtureRequest, real_file: Callable[[str], Path]) -> Path:
    """Return one of the real files after the other."""
    return real_file(request.param)


@pytest.fixture(scope="session")
def reader_of() -> Callable[[Path], Reader]:
    """Return the reader for a file's suffix."""
    return lambda path: READERS[path.suffix.lower()]


@pytest.fixture(scope="session")
def read_all() -> Callable[..., Pixels]:
    """Read all pixels through the reader under test."""
    return _read_all


@pytest.fixture(scope="session")
def refusal() -> Callable[..., MifaError]:
    """Return the error that opening and reading a file ends in."""

    def refused(path: Path, axes: str | None = None) -> MifaError:
        with pytest.raises(MifaError) as caught:
            _read_all(path, axes)
        return caught.value

    return refused


@pytest.fixture(scope="session")
def cut_everywhere() -> Callable[..., list[MifaError]]:
    """Cut a file at every percent, hold what can still be read against the whole, and return the refusals."""

    def cut(path: Path, read: Callable[[Path], Pixels]) -> list[MifaError]:
        data, whole = path.read_bytes(), read(path)
        refusals = []
        for percent in range(1, 100):
            path.write_bytes(data[: len(data) * percent // 100])
            try:
                found = read(path)
            except MifaError as error:
                refusals.append(error)
            else:
                np.testing.assert_array_equal(found, whole, err_msg=f"cut to {percent} %", strict=True)
        return refusals

    return cut


@pytest.fixture(scope="session")
def oracle() -> Callable[[Path], Pixels]:
    """Return all pixels in canonical order, as tifffile or Pillow alone give them."""
    return _oracle


def _read_all(path: Path, axes: str | None = None) -> Pixels:
    with READERS[path.suffix.lower()].open(path, axes) as image:
        return image.read(full_region(image.facts.shape))


def _oracle(path: Path) -> Pixels:
    if path.suffix.lower() in (".tif", ".tiff"):
        with tifffile.TiffFile(path) as file:
            series = file.series[0]
            pixels, axes = series.asarray(), series.axes
        if pixels.dtype == np.bool_:
            pixels = pixels.astype(np.uint8)
    else:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB") if image.mode == "P" else image)
        axes = "YXS"[: pixels.ndim]
    axes = axes.replace("S", "C").lower()
    if "c" not in axes:
        pixels, axes = pixels[np.newaxis], f"c{axes}"
    return pixels.transpose([axes.index(axis) for axis in "tczyx" if axis in axes])


def _kinds() -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Yield a file name and how to write it, for each way in which pixels are stored."""
    rng = np.random.default_rng(7)
    stack = rng.poisson(200, (12, 40, 56)).astype(np.uint16)
    movie = rng.poisson(200, (3, 2, 4, 30, 42)).astype(np.uint16)
    colour = rng.integers(0, 256, (64, 80, 3), np.uint8)
    real = rng.normal(size=(50, 60)).astype(np.float32)

    def tiff(pixels: Pixels, **options: object) -> Callable[[Path], None]:
        return lambda path: tifffile.imwrite(path, pixels, **options)

    def picture(pixels: Pixels, **options: object) -> Callable[[Path], None]:
        return lambda path: Image.fromarray(pixels).save(path, **options)

    yield "ome-plain.ome.tif", tiff(stack, ome=True, metadata={"axes": "ZYX"})
    yield "ome-zlib.ome.tif", tiff(stack, ome=True, compression="zlib", metadata={"axes": "ZYX"})
    yield "ome-5d.ome.tif", tiff(movie, ome=True, compression="zlib", predictor=True, metadata={"axes": "TCZYX"})
    yield "ome-tiled.ome.tif", tiff(stack, ome=True, tile=(16, 32), metadata={"axes": "TYX"})
    yield "imagej.tif", tiff(np.moveaxis(movie, 2, 1), imagej=True, metadata={"axes": "TZCYX"})
    yield "imagej-zlib.tif", tiff(stack, imagej=True, compression="zlib", metadata={"axes": "ZYX"})
    yield "shaped.tif", tiff(stack, metadata={"axes": "ZYX"})
    yield "shaped-lzw.tif", tiff(stack, compression="lzw", metadata={"axes": "ZYX"})
    yield "shaped-one-directory.tif", tiff(stack, truncate=True, metadata={"axes": "ZYX"})
    yield "bigtiff.tif", tiff(stack, bigtiff=True, compression="zstd", metadata={"axes": "ZYX"})
    yield "big-endian.tif", tiff(stack, byteorder=">", metadata={"axes": "ZYX"})
    yield "tiled.tif", tiff(colour, tile=(32, 16), compression="zlib", photometric="rgb", metadata=None)
    yield "tiled-plain.tif", tiff(real, tile=(16, 16), metadata=None)
    yield "strips.tif", tiff(real, rowsperstrip=7, compression="zlib", predictor=True, metadata=None)
    yield "planar.tif", tiff(np.moveaxis(colour, 2, 0), photometric="rgb", planarconfig="separate", metadata=None)
    yield "jpeg-tiles.tif", tiff(colour, tile=(16, 16), compression="jpeg", photometric="rgb", metadata=None)
    yield "bits.tif", tiff(colour[..., 0] > 99, photometric="minisblack", metadata=None)
    yield "grey.png", picture(colour[..., 0])
    yield "grey16.png", picture(stack[0])
    yield "colour.png", picture(colour)
    yield "palette.png", lambda path: Image.fromarray(colour).quantize(16).save(path)
    yield "grey.jpg", picture(colour[..., 0])
    yield "colour.jpg", picture(np.sort(colour, axis=0))
    yield "progressive.jpg", picture(np.sort(colour, axis=0), progressive=True, quality=95)


KINDS = dict(_kinds())


@pytest.fixture(params=KINDS)
def small_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Write one small file of each kind."""
    path = tmp_path / request.param
    KINDS[request.param](path)
    return path
