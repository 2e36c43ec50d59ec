"""The files that a crate of the archive's profile lists: which are images, and which are annotations of them."""

from __future__ import annotations

from collections.abc import Sequence

from mifakit.documents.base import Draft, Tree
from mifakit.documents.content import Content
from mifakit.documents.file_level import FileRow, file_level
from mifakit.documents.listed import report_columns
from mifakit.documents.parts import Leaf
from mifakit.findings import Finding
from mifakit.records.bia_profile import (
    ANNOTATION_DATA,
    ASSOCIATIONS,
    FILE_PATH,
    IMAGE,
    IN_DATASET,
    LABEL,
    LEGACY_SOURCES,
    SIZE,
    SOURCE_IMAGE,
    TYPE,
)
from mifakit.records.crate_reading import Crate, UnreadableError, as_list, read_file_list

_TAKEN = {FILE_PATH, IN_DATASET, SIZE, TYPE, LABEL, SOURCE_IMAGE, *LEGACY_SOURCES, *ASSOCIATIONS}
"""Columns that are understood: associations of files are those of their set."""


class CrateFiles:
    """The rows of the one file list; none when there is no list, or it cannot be read."""

    def __init__(self, content: Content, draft: Draft) -> None:
        self._rows: list[dict[str, str]] = []
        entities = [one for one in content.tree["@graph"] if isinstance(one, dict) and isinstance(one.get("@id"), str)]
        crate = Crate(as_list(content.tree["@context"]), entities)
        if not any(crate.of_class("bia:FileList")):
            return
        try:
            self._list = read_file_list(content.path.parent, crate)
        except UnreadableError as error:
            draft.findings.append(Finding.of("MIFA156", str(error), str(content.path)))
            return
        self._rows = self._list.rows
        self._paths = {self._list.cell(row, LABEL): self._list.cell(row, FILE_PATH) for row in reversed(self._rows)}
        taken = {name for name, meaning in self._list.columns.items() if meaning in _TAKEN}
        draft.findings += report_columns(self._rows, taken, str(content.path.parent / self._list.path))

    def __bool__(self) -> bool:
        return bool(self._rows)

    def images(self, dataset: str) -> list[Leaf]:
        """Return the paths of a set's images."""
        return [Leaf(self._list.cell(row, FILE_PATH), ()) for row in self._of(dataset, IMAGE)]

    def annotations(self, dataset: str, stated: Sequence[Leaf]) -> Tree:
        """Return a set's annotation files, and the types that the crate gives the set as a whole."""
        rows = [
            FileRow(Leaf(self._list.cell(row, FILE_PATH), ()), [Leaf(path, ()) for path in self._sources(row)])
            for row in self._of(dataset, ANNOTATION_DATA)
        ]
        return file_level(rows, stated)

    def _of(self, dataset: str, kind: str) -> list[dict[str, str]]:
        return [
            row
            for row in self._rows
            if self._list.cell(row, IN_DATASET) == dataset and self._list.cell(row, TYPE) == kind
        ]

    def _sources(self, row: dict[str, str]) -> list[str]:
        """Return the paths of the images that a row is of; it names them by label, or by path."""
        for meaning in (SOURCE_IMAGE, *sorted(LEGACY_SOURCES)):
            if found := self._list.cells(row, meaning):
                return [self._paths.get(name, name) for name in found]
        return []
