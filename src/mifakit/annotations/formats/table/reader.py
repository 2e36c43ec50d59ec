"""Any table, CSV, TSV or XLSX, whose columns the study sheet names under `columns`.

Coordinates are as they stand, on the corner grid. With `first_pixel` they name pixels instead, of which the first is 0
or 1: points lie in their middles, boxes reach from the first to the last of theirs, and t, z and c count from that
number too. With `unit` x, y and z, and the sides of boxes, are lengths: from the corner of the image, along z from the
middle of its first plane.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from mifakit.annotations.base import Annotation, Grid, NamedImage, Options
from mifakit.annotations.formats.table.contents import Contents
from mifakit.annotations.formats.table.roles import Meaning, find_roles, meaning_of
from mifakit.annotations.formats.table.rows import Rows
from mifakit.annotations.left_out import LeftOut
from mifakit.annotations.model import Kind
from mifakit.sources.delimited import read_delimited
from mifakit.sources.workbooks import read_workbook


class Table:
    """Reads tables as the study sheet explains them; none is recognised by itself."""

    name: ClassVar[str] = "table"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".xlsx")
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset(
        {Kind.POINTS, Kind.BOXES, Kind.TRACKS, Kind.GRAPHS, Kind.CLASSES, Kind.COUNTS, Kind.TABLE}
    )
    keeps: ClassVar[str] = "all other columns, as properties"
    loses: ClassVar[str] = (
        "columns without a header, sheets but one, formats of cells, e-mail addresses, paths of users"
    )

    def recognises(self, path: Path, head: bytes) -> bool:
        """Say no: a table does not tell what it means."""
        return False

    def open(self, path: Path, options: Options) -> _TableFile:
        """Read a table; see `mifakit.annotations.base.AnnotationFormat.open`."""
        if path.suffix.lower() == ".xlsx":
            columns = read_workbook(path, list(options.columns.values()))
        else:
            columns = read_delimited(path)
        roles = find_roles(path, columns, options.columns)
        return _TableFile(path, Contents(columns, roles), options, meaning_of(path, columns, roles.keys()))


class _TableFile:
    companions = ()

    def __init__(self, path: Path, contents: Contents, options: Options, meaning: Meaning) -> None:
        self._path, self._contents, self._options, self._meaning = path, contents, options, meaning
        self.images = tuple(NamedImage(name) for name in contents.images if name) or (NamedImage(),)

    def read(self, index: int, grid: Grid) -> Annotation:
        image, left_out = self.images[index].name, LeftOut(self._path, "row")
        rows = self._contents.images[image]
        if "image" in self._contents.roles:
            for row in self._contents.images[""].tolist():
                left_out.add("MIFA359", "without an image", row + 1)
            rows = rows if image else rows[:0]
        layer = Rows(self._path, self._contents, self._options, grid, rows, left_out).layer(self._meaning)
        return Annotation(() if layer is None else (layer,), self._contents.columns.findings + left_out.findings)
