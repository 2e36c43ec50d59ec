"""Zarr folders keep the contract for folders, as written by other people's software and by hand."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaozarrs.write.v05 as yaozarrs_write
import zarr
from numcodecs import Blosc
from yaozarrs import v05

from mifakit.readers.zarr.reader import ZarrReader
from mifakit.testing import FolderReaderContract

Pixels = np.ndarray[Any, Any]

RNG = np.random.default_rng(11)
STACK = RNG.integers(1, 4000, (2, 3, 40, 50), np.uint16)
PLANE = RNG.integers(1, 250, (30, 44), np.uint8)
LABELS = RNG.integers(1, 9, (3, 40, 50), np.uint8)
AXES = [
    {"name": "c", "type": "channel"},
    {"name": "z", "type": "space", "unit": "micrometer"},
    {"name": "y", "type": "space", "unit": "micrometer"},
    {"name": "x", "type": "space", "unit": "micrometer"},
]


def ome_zarr_py(version: str) -> Callable[[Path], Pixels]:
    """Return what writes an image with labels with ome-zarr-py."""

    def write(path: Path) -> Pixels:
        import ome_zarr.format
        import ome_zarr.writer

        kind = {"0.4": ome_zarr.format.FormatV04, "0.5": ome_zarr.format.FormatV05}[version]()
        options = {"fmt": kind, "storage_options": {"chunks": (1, 2, 20, 50)}, "scale_factors": [2]}
        ome_zarr.writer.write_image(STACK, str(path), axes=AXES, **options)
        options["storage_options"] = {"chunks": (2, 20, 50)}
        ome_zarr.writer.write_labels(LABELS, str(path), name="nuclei", axes=AXES[1:], **options)
        return STACK

    return write


def bioio_sharded(path: Path) -> Pixels:
    """An image of shards that bioio-ome-zarr writes."""
    import bioio_ome_zarr.writers as bioio

    shapes = [STACK.shape, (2, 3, 20, 25)]
    writer = bioio.OMEZarrWriter(
        str(path),
        shapes,
        "uint16",
        chunk_shape=[(1, 1, 10, 25)] * 2,
        shard_shape=[(1, 3, 20, 50), (1, 3, 20, 25)],
        axes_names=["c", "z", "y", "x"],
        axes_types=["channel", "space", "space", "space"],
    )
    writer.write_full_volume(STACK)
    return STACK


def yaozarrs_image() -> v05.Image:
    transform = v05.ScaleTransformation(scale=[1.0, 0.5, 0.5])
    axes = [v05.ChannelAxis(name="c"), *(v05.SpaceAxis(name=name, unit="micrometer") for name in "yx")]
    return v05.Image(
        multiscales=[v05.Multiscale(axes=axes, datasets=[v05.Dataset(path="0", coordinateTransformations=[transform])])]
    )


def yaozarrs_plate(path: Path) -> Pixels:
    """A plate of three images in two wells."""
    images = [STACK[:, plane] for plane in range(3)]
    keys = [("A", "2", "0"), ("A", "2", "1"), ("B", "10", "0")]
    named = {key: (yaozarrs_image(), [pixels]) for key, pixels in zip(keys, images, strict=True)}
    yaozarrs_write.write_plate(path, named, chunks=(1, 40, 50))
    return images[0]


def yaozarrs_series(path: Path) -> Pixels:
    """A series, as bioformats2raw lays it out."""
    named = {str(plane): (yaozarrs_image(), [STACK[:, plane]]) for plane in range(2)}
    yaozarrs_write.write_bioformats2raw(path, named, chunks=(1, 40, 50))
    return STACK[:, 0]


def nested_v2(path: Path) -> Pixels:
    """A plain array of version 2, big-endian, columns first, with xarray's names."""
    made = zarr.create_array(
        str(path),
        shape=STACK.shape,
        dtype=">u2",
        chunks=(1, 3, 40, 25),
        order="F",
        zarr_format=2,
        compressors=Blosc("lz4"),
        chunk_key_encoding={"name": "v2", "separator": "/"},
        attributes={"_ARRAY_DIMENSIONS": ["Time", "Z", "y", "x"]},
    )
    made[...] = STACK
    return STACK[:, np.newaxis]


def group_of_arrays(path: Path) -> Pixels:
    """Two arrays in a group, as PlantSeg writes them."""
    group = zarr.open_group(str(path), mode="w")
    for name, pixels in (("raw", STACK[0].astype(np.float64)), ("segmentation", LABELS)):
        made = group.create_array(name, shape=pixels.shape, dtype=pixels.dtype, chunks=(3, 20, 50))
        made.attrs["element_size_um"] = [0.235, 0.15, 0.15]
        made[...] = pixels
    return STACK[0].astype(np.float64)[np.newaxis]


def one_plane(path: Path) -> Pixels:
    """A plain array of two dimensions, version 2, chunks in one folder."""
    zarr.create_array(str(path), data=PLANE, chunks=(10, 44), zarr_format=2, compressors=None)
    return PLANE[np.newaxis]


KINDS: dict[str, Callable[[Path], Pixels]] = {
    "a.ome.zarr": ome_zarr_py("0.4"),
    "b.ome.zarr": ome_zarr_py("0.5"),
    "sharded.ome.zarr": bioio_sharded,
    "plate.zarr": yaozarrs_plate,
    "series.ZARR": yaozarrs_series,
    "array.zarr": nested_v2,
    "group.zarr": group_of_arrays,
    "plane.zarr": one_plane,
}


@pytest.fixture(scope="module", params=KINDS)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Pixels]:
    """Write one folder of each kind; return what its first image holds."""
    path = tmp_path_factory.mktemp("zarr") / request.param
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # writers warn of their own future
        return path, KINDS[request.param](path)


class TestFolders(FolderReaderContract):
    @pytest.fixture
    def reader(self) -> ZarrReader:
        return ZarrReader()

    @pytest.fixture
    def image_folder(self, written: tuple[Path, Pixels]) -> Path:
        return written[0]

    @pytest.fixture
    def pixels(self, written: tuple[Path, Pixels]) -> Pixels:
        return written[1]
