"""The inside of an HDF5 file, walked without ever leaving it.

Links to other files, and datasets whose pixels lie in others, are refused by name: a stranger's file decides
what they point to. Soft links are passed over, since what they show has a name of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from mifakit.errors import MifaError
from mifakit.readers.extras import needing
from mifakit.readers.pixel_types import pixel_dtype
from mifakit.sources.limits import MAX_HDF5_OBJECTS, check_pixel_budget

_SCALE_CLASSES = ("DIMENSION_SCALE", "PALETTE")
_MAX_DIMENSIONS = 5


def children(path: Path, group: h5py.Group) -> Iterator[tuple[str, h5py.Group | h5py.Dataset]]:
    """Yield what a group itself holds, in the order of names.

    Raises
    ------
    MifaError
        MIFA202 when a link leads into another file.
    """
    for name in sorted(group.id):
        if group.id.links.get_info(name).type == h5py.h5l.TYPE_HARD:
            child = group[name]
            if isinstance(child, h5py.Group | h5py.Dataset):
                yield _text(name), child
        elif group.id.links.get_info(name).type != h5py.h5l.TYPE_SOFT:
            raise _elsewhere(path, f"{group.name.strip('/')}/{_text(name)}".strip("/"))


def find(path: Path, group: h5py.Group, *names: str) -> h5py.Group | h5py.Dataset | None:
    """Return what lies under a group by names, level by level; None when it is not there.

    Raises
    ------
    MifaError
        MIFA202 when a link leads into another file.
    """
    found: Any = group
    for name in names:
        if not isinstance(found, h5py.Group) or not found.id.links.exists(name.encode()):
            return None
        kind = found.id.links.get_info(name.encode()).type
        if kind == h5py.h5l.TYPE_SOFT:
            return None
        if kind != h5py.h5l.TYPE_HARD:
            raise _elsewhere(path, f"{found.name.strip('/')}/{name}".strip("/"))
        found = found[name]
    return found if isinstance(found, h5py.Group | h5py.Dataset) else None


def datasets(path: Path, root: h5py.Group) -> Iterator[tuple[str, h5py.Dataset]]:
    """Yield every dataset with its name, depth first, each once, whatever circles the links make.

    Raises
    ------
    MifaError
        MIFA202 when there are more objects than `MAX_HDF5_OBJECTS`, or a link leads into another file.
    """
    seen: set[int] = set()
    waiting: list[tuple[str, Any]] = [("", root)]
    while waiting:
        name, found = waiting.pop()
        address = h5py.h5o.get_info(found.id).addr
        if address in seen:
            continue
        seen.add(address)
        if len(seen) + len(waiting) > MAX_HDF5_OBJECTS:
            raise MifaError("MIFA202", f"holds more than {MAX_HDF5_OBJECTS:,} objects", str(path))
        if isinstance(found, h5py.Dataset):
            yield name, found
        else:
            below = [(f"{name}/{child}".strip("/"), value) for child, value in children(path, found)]
            waiting += reversed(below)


def is_image(path: Path, dataset: h5py.Dataset) -> bool:
    """Whether a dataset may be an image: two to five dimensions of pixels, and no palette or scale.

    Raises
    ------
    MifaError
        MIFA202 when its pixels lie in other files; to ask for its shape could open them.
    """
    if dataset.is_virtual or dataset.external:
        raise _elsewhere(path, dataset.name.strip("/"))
    try:
        pixels = pixel_dtype(dataset.dtype)
    except TypeError:  # NumPy has no such type
        return False
    shape = dataset.shape or ()
    return (
        pixels is not None
        and 2 <= len(shape) <= _MAX_DIMENSIONS
        and 0 not in shape
        and text(dataset.attrs, "CLASS") not in _SCALE_CLASSES
    )


def check_storage(path: Path, dataset: h5py.Dataset) -> None:
    """Refuse a dataset whose pixels are not stored, or not to be decoded.

    Raises
    ------
    MifaError
        MIFA202 when none is stored or a filter is not known, MIFA214 when its size is over budget, MIFA217 when
        the package with its filter is missing.
    """
    name = dataset.name.strip("/")
    check_pixel_budget(path, dataset.shape, dataset.dtype)
    if dataset.chunks:
        check_pixel_budget(path, dataset.chunks, dataset.dtype)
    if not dataset.id.get_storage_size():
        raise MifaError("MIFA202", f"its dataset {name} was never written", str(path))
    _check_filters(path, name, dataset)


def missing_chunks(dataset: h5py.Dataset) -> int:
    """Return how many chunks of a dataset are not stored; HDF5 reads them as the fill value."""
    if not dataset.chunks:
        return 0
    grid = (-(-length // chunk) for length, chunk in zip(dataset.shape, dataset.chunks, strict=True))
    return max(0, int(np.prod(list(grid), dtype=np.int64)) - int(dataset.id.get_num_chunks()))


def text(attributes: h5py.AttributeManager, name: str) -> str:
    """Return an attribute as text, however it is stored; empty when there is none."""
    value = attributes.get(name)
    if isinstance(value, np.ndarray) and value.dtype.kind == "S":
        value = b"".join(value.ravel().tolist())  # Imaris stores letter by letter
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value.strip("\0 ") if isinstance(value, str) else ""


def _check_filters(path: Path, name: str, dataset: h5py.Dataset) -> None:
    properties = dataset.id.get_create_plist()
    filters = {code: label for code, _, _, label in map(properties.get_filter, range(properties.get_nfilters()))}
    if any(not h5py.h5z.filter_avail(code) for code in filters):
        with needing("hdf5", path, "hdf5plugin"):
            import hdf5plugin  # noqa: F401 - registers the filters that it brings
    for code, label in filters.items():
        if not h5py.h5z.filter_avail(code):
            known = f"{code} ({label.decode('utf-8', 'replace')})" if label else f"{code}"
            raise MifaError(
                "MIFA202", f"its dataset {name} is compressed with filter {known}, which is not known", str(path)
            )


def _elsewhere(path: Path, name: str) -> MifaError:
    hint = "copy it into one file, for instance with h5repack or in Python"
    return MifaError("MIFA202", f"what it calls {name} lies in another file, which is not followed", str(path), hint)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")
