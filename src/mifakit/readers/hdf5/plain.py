"""HDF5 datasets that are images of their own, and what their attributes say about axes and distances."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np

from mifakit.readers.axes import unnamed_axes
from mifakit.readers.hdf5.layout import Hdf5Layout
from mifakit.readers.hdf5.objects import datasets, is_image, text
from mifakit.readers.pixel_types import pixel_dtype
from mifakit.readers.units import Reading, length

_NAMES = {
    "x": "X", "y": "Y", "z": "Z", "t": "T", "c": "C",
    "time": "T", "frame": "T", "channel": "C", "channels": "C",
}  # fmt: skip
_SPACE = "zyx"


def plain_layouts(path: Path, root: h5py.Group) -> tuple[Hdf5Layout, ...]:
    """Return every dataset that may be an image, called by its path."""
    return tuple(_layout(name, dataset) for name, dataset in datasets(path, root) if is_image(path, dataset))


def _layout(name: str, dataset: h5py.Dataset) -> Hdf5Layout:
    sizes = _element_sizes(dataset)
    native = _vigra_axes(dataset) or _labelled_axes(dataset) or _sized_axes(dataset, sizes)
    dtype = pixel_dtype(dataset.dtype) or dataset.dtype
    return Hdf5Layout(
        name=name,
        datasets=(dataset.name,),
        outer=(),
        inner=tuple(map(int, dataset.shape)),
        dtype=dtype.newbyteorder("="),
        native=native or unnamed_axes(dataset.shape),
        readings=sizes,
    )


def _vigra_axes(dataset: h5py.Dataset) -> str:
    """Return the axes that ilastik and vigra write as JSON, or nothing.

    https://ukoethe.github.io/vigra/doc-release/vigranumpy/index.html#axistags
    """
    try:
        keys = [tag["key"] for tag in json.loads(text(dataset.attrs, "axistags"))["axes"]]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return _letters(keys, dataset)


def _labelled_axes(dataset: h5py.Dataset) -> str:
    """Return the axes after HDF5's own labels of dimensions, or nothing."""
    return _letters([dimension.label for dimension in dataset.dims], dataset)


def _sized_axes(dataset: h5py.Dataset, sizes: dict[str, Reading]) -> str:
    """Return zyx for three dimensions that have three sizes."""
    return "ZYX" if len(sizes) == len(dataset.shape) == len(_SPACE) else ""


def _letters(names: list[object], dataset: h5py.Dataset) -> str:
    letters = "".join(_NAMES.get(str(name).strip().lower(), "?") for name in names)
    return letters if len(letters) == len(dataset.shape) and "?" not in letters else ""


def _element_sizes(dataset: h5py.Dataset) -> dict[str, Reading]:
    """Return `element_size_um` by axis: micrometres, along z, y and x or along y and x.

    PlantSeg writes it, after the HDF5 plugin for ImageJ.
    """
    value = np.asarray(dataset.attrs.get("element_size_um", ()))
    if value.ndim != 1 or value.dtype.kind not in "fiu" or len(value) not in (2, 3):
        return {}
    return {axis: length(float(size), "um") for axis, size in zip(_SPACE[-len(value) :], value, strict=True)}
