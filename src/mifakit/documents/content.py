"""A document's file: what it holds is parsed once, by what it holds and not by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mifakit.errors import MifaError
from mifakit.findings import Place
from mifakit.sheet.locations import format_location
from mifakit.sources.bounded import read_bounded
from mifakit.sources.json_text import read_json_tree
from mifakit.sources.limits import MAX_SHEET_BYTES
from mifakit.sources.yaml_text import Location, parse_whole_yaml

_HEAD = 4096
_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Attributes
    ----------
    path
        The file.
    head
        Its first bytes.
    """

    path: Path
    head: bytes

    @property
    def is_tiff(self) -> bool:
        """Whether it is a TIFF."""
        return self.head.startswith(_TIFF)

    @property
    def is_xml(self) -> bool:
        """Whether it is XML."""
        return self._start.startswith(b"<")

    @cached_property
    def tree(self) -> Any:
        """Dicts, lists, values: of JSON or YAML; None of anything else.

        Raises
        ------
        MifaError
            When it looks like one of them and cannot be read.
        """
        return self._parsed[0]

    @cached_property
    def lines(self) -> Mapping[Location, int]:
        """The 1-based line of each value of YAML."""
        return self._parsed[1]

    def place(self, location: Location) -> Place:
        """Return the place of a value."""
        known = location
        while known and known not in self.lines:
            known = known[:-1]
        return Place(str(self.path), self.lines.get(known), format_location(location) or None)

    @property
    def _start(self) -> bytes:
        start = self.head
        for mark in _MARKS:
            start = start.removeprefix(mark)
        return start.replace(b"\0", b"").lstrip()

    @cached_property
    def _parsed(self) -> tuple[Any, Mapping[Location, int]]:
        if self.is_xml or (b"\0" in self.head and not self.head.startswith(_MARKS[:2])):
            return None, {}
        if self._start.startswith((b"{", b"[")):
            return read_json_tree(self.path), {}
        data = read_bounded(self.path, MAX_SHEET_BYTES)
        try:
            text = data.decode("utf-16" if data.startswith(_MARKS[:2]) else "utf-8-sig")
        except UnicodeDecodeError as error:
            raise MifaError("MIFA202", "is not UTF-8 text", str(self.path)) from error
        return parse_whole_yaml(text, str(self.path))


def open_document(path: Path) -> Content:
    """Open a document.

    Raises
    ------
    MifaError
        MIFA001 when there is none, MIFA008 a folder, MIFA202 when it cannot be read.
    """
    if not path.exists():
        raise MifaError("MIFA001", "there is no such file", str(path))
    if path.is_dir():
        raise MifaError("MIFA008", "is a folder, not a document", str(path), "name the file in it")
    if not path.is_file():
        raise MifaError("MIFA202", "is not a file", str(path))
    try:
        with path.open("rb") as stream:
            return Content(path, stream.read(_HEAD))
    except OSError as error:
        raise MifaError("MIFA202", f"cannot be read: {error.strerror}", str(path)) from error
