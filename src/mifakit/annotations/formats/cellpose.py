"""Cellpose: the `_seg.npy` that it writes beside an image, a pickled dictionary of which the masks are taken.

Label values are as in `masks`; `ismanual[i]` is about value i + 1 (`cellpose.io.masks_flows_to_seg`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mifakit.annotations.base import Annotation, Grid, NamedImage, Options
from mifakit.annotations.model import Kind, Labels, Objects
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.readers.guard import guarded
from mifakit.sources.pickles import read_object_array

_MAGIC = b"\x93NUMPY"
_OF_OBJECTS = b"'|O'"
_HEADER_BYTES = 128


class Cellpose:
    """Reads Cellpose's masks, without running the pickle that they lie in."""

    name: ClassVar[str] = "Cellpose"
    suffixes: ClassVar[tuple[str, ...]] = ("_seg.npy",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.LABELS})
    keeps: ClassVar[str] = "label values; ismanual: which objects were drawn by hand"
    loses: ClassVar[str] = "flows, probabilities, outlines, colours, settings, the image's folder"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is called `_seg.npy`, and is an array of objects."""
        starts = head[:_HEADER_BYTES]
        return path.name.lower().endswith(self.suffixes) and starts.startswith(_MAGIC) and _OF_OBJECTS in starts

    def open(self, path: Path, options: Options) -> _SegFile:
        """Read a file; see `mifakit.annotations.base.AnnotationFormat.open`."""
        array = read_object_array(path)
        said = array.item() if array.size == 1 else None
        if not isinstance(said, dict) or not isinstance(said.get("masks"), np.ndarray):
            raise MifaError("MIFA204", "is not of Cellpose: it holds no masks", str(path))
        masks = said["masks"]
        if masks.ndim not in (2, 3) or masks.dtype.kind not in "iu":
            message = (
                f"its masks are {masks.ndim}-dimensional, of {masks.dtype}; labels are planes or stacks of integers"
            )
            raise MifaError("MIFA202", message, str(path))
        return _SegFile(path, said, masks)


class _SegFile:
    companions = ()
    findings = ()

    def __init__(self, path: Path, said: Mapping[str, Any], masks: npt.NDArray[Any]) -> None:
        height, width = masks.shape[-2:]
        self.images = (NamedImage(_file_name(said.get("filename")), width, height),)
        self._path, self._masks = path, masks
        with guarded(path, "its ismanual cannot be read"):
            self._manual = np.atleast_1d(said.get("ismanual", ()))

    def read(self, index: int, grid: Grid) -> Annotation:
        _ = self.images[index]
        axes = "yx" if self._masks.ndim == 2 else "tyx" if grid.size("z") == 1 < grid.size("t") else "zyx"
        ids = np.unique(self._masks)
        ids = ids[ids > 0].astype(np.int64)
        manual = self._manual
        if ids.size and manual.shape == (ids[-1],) and manual.dtype.kind in "bui":
            objects = Objects(len(ids), label=ids, properties={"ismanual": manual.astype(bool)[ids - 1]})
            return Annotation((Labels(axes, self._masks, objects),))
        message = f"ismanual has {manual.size} values, the largest label is {ids.max(initial=0)}: it is left out"
        findings = (Finding.of("MIFA359", message, str(self._path)),) if manual.size else ()
        return Annotation((Labels(axes, self._masks),), findings)


def _file_name(stated: Any) -> str:
    """Return the name of the image; its folder is of the machine that Cellpose ran on."""
    name = stated.replace("\\", "/").rpartition("/")[2] if isinstance(stated, str) else ""
    return name.encode("utf-8", "replace").decode()  # a pickle may hold halves of characters
