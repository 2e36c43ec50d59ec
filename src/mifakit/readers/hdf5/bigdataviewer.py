"""BigDataViewer's HDF5: `t00000/s00/0/cells` for time point, setup and level, with voxel sizes in an XML beside it.

https://imagej.net/plugins/bdv/ describes both files.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path, PureWindowsPath
from xml.etree.ElementTree import Element

import defusedxml.ElementTree
import h5py
import numpy as np

from mifakit.readers.hdf5.layout import Hdf5Layout
from mifakit.readers.hdf5.objects import children, find, is_image
from mifakit.readers.pixel_types import pixel_dtype
from mifakit.readers.units import Reading, length
from mifakit.sources.limits import MAX_XML_BYTES

_TIME = re.compile(r"t\d{5,}")
_SETUP = re.compile(r"s\d{2,}")
_LEVEL, _CELLS = "0", "cells"


def bigdataviewer_layouts(path: Path, root: h5py.Group) -> tuple[Hdf5Layout, ...]:
    """Return one image a setup, with time points that are alike along t; else one image a setup and time point.

    Empty when the file has another layout.
    """
    if not any(_SETUP.fullmatch(name) for name in root) or not any(_TIME.fullmatch(name) for name in root):
        return ()
    groups = [name for name, child in children(path, root) if isinstance(child, h5py.Group)]
    times = [name for name in groups if _TIME.fullmatch(name)]
    setups = [name for name in groups if _SETUP.fullmatch(name)]
    files, sizes = _voxel_sizes(path)
    found: list[Hdf5Layout] = []
    for setup in setups:
        stacks = {time: _stack(path, root, time, setup) for time in times}
        there = {time: stack for time, stack in stacks.items() if stack is not None}
        readings = sizes[int(setup[1:])]
        alike = len({(stack.shape, stack.dtype) for stack in there.values()}) == 1
        if alike and len(there) == len(times):
            found.append(_layout(setup, list(there.values()), readings, files))
        else:
            found += [_layout(f"{time}/{setup}", [stack], readings, files) for time, stack in there.items()]
    return tuple(found)


def _stack(path: Path, root: h5py.Group, time: str, setup: str) -> h5py.Dataset | None:
    stack = find(path, root, time, setup, _LEVEL, _CELLS)
    return stack if isinstance(stack, h5py.Dataset) and is_image(path, stack) and len(stack.shape) == 3 else None


def _layout(
    name: str, stacks: list[h5py.Dataset], readings: Mapping[str, Reading], files: tuple[str, ...]
) -> Hdf5Layout:
    dtype = pixel_dtype(stacks[0].dtype) or stacks[0].dtype
    # Java has no unsigned short: BigDataViewer stores its 16 bits as if they had a sign.
    if dtype.kind == "i" and dtype.itemsize == 2:
        dtype = np.dtype(np.uint16)
    return Hdf5Layout(
        name=name,
        datasets=tuple(stack.name for stack in stacks),
        outer=(len(stacks),),
        inner=tuple(map(int, stacks[0].shape)),
        dtype=dtype.newbyteorder("="),
        native="TZYX",
        readings=readings,
        files=files,
    )


def _voxel_sizes(path: Path) -> tuple[tuple[str, ...], defaultdict[int, dict[str, Reading]]]:
    """Return the XML that describes a file, if it lies beside it, and what it says by setup."""
    described = path.with_suffix(".xml")
    if not described.is_file():
        return (), defaultdict(dict)
    try:
        if described.stat().st_size > MAX_XML_BYTES:
            raise ValueError(f"more than {MAX_XML_BYTES:,} bytes")
        root = defusedxml.ElementTree.parse(described, forbid_dtd=True).getroot()
    except Exception as error:  # what is broken costs the voxel size, and a finding says so
        doubt = f"{described.name} cannot be read ({str(error) or type(error).__name__})"
        return (), defaultdict(lambda: dict.fromkeys("zyx", doubt))
    loader = None if root is None else root.find("./SequenceDescription/ImageLoader/hdf5")
    if root is None or loader is None or PureWindowsPath((loader.text or "").strip()).name != path.name:
        return (), defaultdict(dict)
    return (described.name,), defaultdict(dict, _setups(root))


def _setups(root: Element) -> Iterator[tuple[int, dict[str, Reading]]]:
    for setup in root.iterfind("./SequenceDescription/ViewSetups/ViewSetup"):
        number = (setup.findtext("id") or "").strip()
        sizes = (setup.findtext("voxelSize/size") or "").split()
        if number.isdecimal() and len(sizes) == 3:
            unit = setup.findtext("voxelSize/unit") or ""
            yield int(number), {axis: length(_number(size), unit) for axis, size in zip("xyz", sizes, strict=True)}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
