"""Opening annotation files: one that many images share is read once in a while, not once an image."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from mifakit.annotations.base import AnnotationFile, Options
from mifakit.annotations.registry import format_named
from mifakit.errors import MifaError

_KEPT = 2
"""Files that are kept in memory, the last ones used."""

_Key = tuple[str, str, str, int, int]


class _Shelf:
    """The files that were read last, each as it was on disk then."""

    def __init__(self) -> None:
        self._files: OrderedDict[_Key, AnnotationFile] = OrderedDict()
        self._lock = Lock()

    def open(self, path: Path, name: str, options: Options) -> AnnotationFile:
        form = format_named(name)
        if form is None:
            raise MifaError("MIFA211", f"there is no annotation format {name!r}", str(path))
        try:
            stat = path.stat()
        except OSError as error:
            raise MifaError("MIFA202", error.strerror or str(error), str(path)) from error
        said = json.dumps(asdict(options), sort_keys=True)
        key = (str(path), form.name, said, stat.st_mtime_ns, stat.st_size)
        with self._lock:
            if key not in self._files:
                self._files[key] = form.open(path, options)
                if len(self._files) > _KEPT:
                    self._files.popitem(last=False)
            self._files.move_to_end(key)
            return self._files[key]


_SHELF = _Shelf()


def open_annotations(path: Path, name: str, options: Options) -> AnnotationFile:
    """Open an annotation file of a format.

    Raises
    ------
    MifaError
        MIFA211 when there is no such format; else as `AnnotationFormat.open`.
    """
    return _SHELF.open(path, name, options)
