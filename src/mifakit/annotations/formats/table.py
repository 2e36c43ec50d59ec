"""Any table, CSV, TSV or XLSX, whose columns the study sheet names under `columns`.

Coordinates are as they stand, on the corner grid. With `first_pixel` they name pixels instead, of which the first is 0
or 1: points lie in their middles, boxes reach from the first to the last of theirs, and t, z and c count from that
number too. With `unit` x, y and z, and the sides of boxes, are lengths: from the corner of the image, along z from the
middle of its first plane.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from mifakit.annotations.base import Options
from mifakit.annotations.model import Kind
from mifakit.annotations.reading.tabular.contents import Contents
from mifakit.annotations.reading.tabular.file import TabularFile
from mifakit.annotations.reading.tabular.roles import find_roles, meaning_of
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
    keeps: ClassVar[str] = "all other columns"
    loses: ClassVar[str] = (
        "columns without a header, all sheets but one, formats of cells, e-mail addresses, paths of users"
    )

    def recognises(self, path: Path, head: bytes) -> bool:
        """Say no: a table does not tell what it means."""
        return False

    def open(self, path: Path, options: Options) -> TabularFile:
        """Read a table; see `mifakit.annotations.base.AnnotationFormat.open`."""
        if path.suffix.lower() == ".xlsx":
            columns = read_workbook(path, list(options.columns.values()))
        else:
            columns = read_delimited(path)
        roles = find_roles(path, columns, options.columns)
        return TabularFile(path, Contents(columns, roles), options, meaning_of(path, columns, roles.keys()))
