"""The files that hold the chunks of an array, and which of them are not there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.readers.guard import check_inside, guarded

Index = tuple[int, ...]


@dataclass(frozen=True)
class ChunkFiles:
    """The files of an array's chunks; with shards, a file holds many chunks and is called one here.

    Attributes
    ----------
    root
        The folder that was opened, which links do not lead out of.
    folder
        The array's.
    counts
        How many chunks there are along each dimension.
    prefix
        What their names begin with: `c/`, `c.` or nothing.
    separator
        What stands between the numbers of their names: `/` or `.`.
    """

    root: Path
    folder: Path
    counts: tuple[int, ...]
    prefix: str
    separator: str

    @property
    def total(self) -> int:
        """How many chunks the array has."""
        return prod(self.counts)

    def name(self, index: Index) -> str:
        """Return the name of a chunk's file, relative to the array's folder."""
        return self.prefix + self.separator.join(map(str, index))

    def present(self) -> Iterator[tuple[Index, os.DirEntry[str]]]:
        """Yield the chunks that are there, and their files, in no order.

        Raises
        ------
        MifaError
            MIFA202 when a folder cannot be listed, or is a link, or a link leads out of the root.
        """
        depth = self.name((0,) * len(self.counts)).count("/")
        with guarded(self.folder, "cannot be listed"):
            for name, entry in _files(self.folder, "", depth):
                if (index := self._index(name)) is not None:
                    if entry.is_symlink():
                        check_inside(self.root, Path(entry.path))
                    yield index, entry

    def missing(self, indices: Iterable[Index] | None = None) -> Iterator[str]:
        """Yield the names of those that are not there, in order: of all chunks, or of some."""
        for index in product(*map(range, self.counts)) if indices is None else indices:
            name = self.name(index)
            if not (self.folder / name).is_file():
                yield name

    def _index(self, name: str) -> Index | None:
        """Return which chunk a file is, if it is one of the array's."""
        parts = name.removeprefix(self.prefix).split(self.separator)
        if len(parts) != len(self.counts) or not all(part.isascii() and part.isdecimal() for part in parts):
            return None
        index = tuple(int(part) for part in parts)
        inside = all(number < count for number, count in zip(index, self.counts, strict=True))
        return index if inside and self.name(index) == name else None


def _files(folder: Path, prefix: str, depth: int) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield the files so many folders below one, and their names relative to it."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            if not depth:
                if entry.is_file():
                    yield name, entry
            elif entry.name == "c" or entry.name.isdecimal():
                if entry.is_symlink():
                    raise MifaError("MIFA202", "is a link to a folder, which is not followed", entry.path)
                if entry.is_dir():
                    yield from _files(Path(entry.path), f"{name}/", depth - 1)
