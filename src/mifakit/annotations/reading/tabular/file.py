"""An annotation file that is a table."""

from __future__ import annotations

from pathlib import Path

from mifakit.annotations.base import Annotation, Grid, NamedImage, Options
from mifakit.annotations.reading.left_out import LeftOut
from mifakit.annotations.reading.tabular.contents import Contents
from mifakit.annotations.reading.tabular.roles import Meaning
from mifakit.annotations.reading.tabular.rows import Rows
from mifakit.findings import Finding


class TabularFile:
    """A table with roles, of one image or of those that a column names.

    Parameters
    ----------
    path
        The file, for messages.
    contents
        The table.
    options
        What the sheet, or the format, says of coordinates and classes.
    meaning
        What its rows are.
    """

    companions: tuple[str, ...] = ()

    def __init__(self, path: Path, contents: Contents, options: Options, meaning: Meaning) -> None:
        self._path, self._contents, self._options, self._meaning = path, contents, options, meaning
        self.images = tuple(NamedImage(name) for name in contents.images if name) or (NamedImage(),)
        self._left_out = LeftOut(path, "row")
        if "image" in contents.roles:
            for row in contents.images[""].tolist():
                self._left_out.add("MIFA359", "without an image", row + 1)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """See `mifakit.annotations.base.AnnotationFile.findings`."""
        return self._contents.columns.findings + self._left_out.findings

    def read(self, index: int, grid: Grid) -> Annotation:
        """See `mifakit.annotations.base.AnnotationFile.read`."""
        image, left_out = self.images[index].name, LeftOut(self._path, "row")
        rows = self._contents.images[image]
        if "image" in self._contents.roles and not image:
            rows = rows[:0]
        layer = Rows(self._path, self._contents, self._options, grid, rows, left_out).layer(self._meaning)
        return Annotation(() if layer is None else (layer,), left_out.findings)
