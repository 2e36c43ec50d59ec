"""PageTab's file lists, JSON or TSV, which lie beside the submission."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mifakit.documents.base import Draft
from mifakit.documents.file_level import FileRow
from mifakit.documents.formats.pagetab.sections import key
from mifakit.documents.listed import report_columns
from mifakit.documents.parts import Leaf, Part, as_text
from mifakit.errors import MifaError
from mifakit.sources.json_text import read_json_tree
from mifakit.sources.plain_text import read_lines

_IMAGE, _TYPE = "Source Image", "Annotation Type"
_VALUES = {
    "Transformations": "transformations",
    "Spatial information": "spatial_information",
    "Annotation creation time": "created",
}
_OF_ANNOTATIONS = {key(name): name for name in (_IMAGE, _TYPE, *_VALUES)}


@dataclass(frozen=True)
class FileList:
    """A file list.

    Attributes
    ----------
    path
        Where it is.
    rows
        The path of each file, and its attributes by name.
    """

    path: str
    rows: tuple[tuple[str, Mapping[str, str]], ...]

    def images(self, draft: Draft) -> list[Leaf]:
        """Return the paths of images; nothing else of them has a place in the sheet."""
        draft.findings += report_columns((values for _, values in self.rows), (), self.path)
        return [Leaf(path, ()) for path, _ in self.rows]

    def annotations(self, draft: Draft) -> Iterator[FileRow]:
        """Yield the annotation files."""
        taken = {name for _, values in self.rows for name in values if key(name) in _OF_ANNOTATIONS}
        draft.findings += report_columns((values for _, values in self.rows), taken, self.path)
        for path, values in self.rows:
            said = {known: Leaf(text, ()) for name, text in values.items() if (known := _OF_ANNOTATIONS.get(key(name)))}
            yield FileRow(
                Leaf(path, ()),
                [said[_IMAGE]] if _IMAGE in said else [],
                [said[_TYPE]] if _TYPE in said else [],
                {field: said.get(name) for name, field in _VALUES.items()},
            )


def read_file_list(submission: Path, stated: str) -> FileList | None:
    """Read a list that a submission names; return None when it is not beside it.

    Parameters
    ----------
    submission
        The submission.
    stated
        The list's name. Folders in it do not count: lists lie beside what names them.

    Raises
    ------
    MifaError
        MIFA108, MIFA202, MIFA226 when it cannot be read.
    """
    name = Path(stated.replace("\\", "/")).name
    path = submission.parent / name
    try:
        if not name.isprintable() or not path.is_file():
            return None
    except OSError:  # a name that is too long
        return None
    read = _of_json if path.suffix.casefold() == ".json" else _of_table
    return FileList(str(path), tuple(read(path)))


def _of_json(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    for file in Part(read_json_tree(path)).items():
        values = {
            as_text(one.part("name").value): as_text(one.part("value").value)
            for one in file.parts("attributes")
            if "value" in one
        }
        if "path" in file:
            yield as_text(file.part("path").value), values


def _of_table(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        header, *rows = csv.reader(read_lines(path), dialect="excel-tab")
    except (ValueError, csv.Error) as error:
        raise MifaError("MIFA202", f"cannot be read as a file list: {error}", str(path)) from error
    for row in rows:
        if row and row[0]:
            yield row[0], {name: cell for name, cell in zip(header[1:], row[1:], strict=False) if cell}
