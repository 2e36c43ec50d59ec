"""A crate read back: its entities and its file list, for the checks and for who takes it over."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mifakit.dataset import layout
from mifakit.errors import MifaError
from mifakit.records.bia_profile import CLASS_OF_IRI, CRATE_TERMS, RO_CRATE_CONTEXT, STUDY, expand
from mifakit.sources.bounded import read_bounded

Entity = dict[str, Any]


class UnreadableError(Exception):
    """The crate or its file list cannot be read; the message says why."""


@dataclass(frozen=True)
class Crate:
    """The metadata of a crate.

    Attributes
    ----------
    context
        The parts of `@context`: term definitions, or addresses.
    entities
        Every entity that has an @id, in order.
    """

    context: list[dict[str, Any] | str]
    entities: list[Entity]

    @cached_property
    def by_id(self) -> dict[str, Entity]:
        """Entities by @id; of several with one id, the first."""
        return {entity["@id"]: entity for entity in reversed(self.entities)}

    @cached_property
    def terms(self) -> dict[str, Any]:
        """Every term that the context defines, with its definition."""
        terms: dict[str, Any] = {}
        for part in self.context:
            if isinstance(part, dict):
                terms |= part
            elif part == RO_CRATE_CONTEXT:
                terms |= CRATE_TERMS
        return terms

    def of_class(self, name: str) -> Iterator[Entity]:
        """Yield the entities of one class."""
        return (entity for entity in self.entities if name in classes(entity))

    @property
    def study(self) -> Entity:
        """The study; empty when there is none."""
        return self.by_id.get(STUDY, {})


@dataclass(frozen=True)
class FileList:
    """The file list, with its columns known by what they mean.

    Attributes
    ----------
    headers
        The headers of the TSV.
    columns
        The columns that the crate describes: header -> property, or None for a free one.
    rows
        By header.
    """

    path: str
    headers: list[str]
    columns: dict[str, str | None]
    rows: list[dict[str, str]]

    def header(self, meaning: str) -> str | None:
        """Return the header of the column that means this property."""
        return next((name for name, url in self.columns.items() if url == meaning and name in self.headers), None)

    def cell(self, row: dict[str, str], meaning: str) -> str:
        """Return the cell under that column; blank when there is no such column."""
        header = self.header(meaning)
        return row.get(header, "") if header else ""

    def cells(self, row: dict[str, str], meaning: str) -> list[str]:
        """Return the values of a cell that may hold several: `a`, or `['a', 'b']`, as the archive splits it."""
        parts = self.cell(row, meaning).strip().strip("[] ").split(",")
        return [part.strip().strip("\"'") for part in parts if part.strip()]


def read_crate(folder: Path) -> Crate:
    """Read `ro-crate-metadata.json`.

    Raises
    ------
    UnreadableError
        When it is no JSON, or not of JSON-LD's form.
    """
    try:
        document = json.loads((folder / layout.CRATE).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableError(str(error)) from error
    context, graph = (document.get("@context"), document.get("@graph")) if isinstance(document, dict) else (None,) * 2
    if context is None or not isinstance(graph, list):
        raise UnreadableError("it lacks @context or @graph")
    if not all(isinstance(entity, dict) and isinstance(entity.get("@id"), str) for entity in graph):
        raise UnreadableError("@graph holds something that is no entity with an @id")
    return Crate(context if isinstance(context, list) else [context], graph)


def read_file_list(folder: Path, crate: Crate) -> FileList:
    """Read the one file list that the crate describes.

    Raises
    ------
    UnreadableError
        When the crate does not describe exactly one, or it cannot be read.
    """
    lists = list(crate.of_class("bia:FileList"))
    if len(lists) != 1:
        raise UnreadableError(f"the crate describes {len(lists)} file lists, not one")
    path = unquote(lists[0]["@id"])
    if path.startswith("/") or ".." in path.split("/"):
        raise UnreadableError(f"{path} lies outside the dataset")
    schema = crate.by_id.get(reference(lists[0].get("tableSchema")) or "", {})
    described = [crate.by_id.get(reference(item) or "", {}) for item in as_list(schema.get("column"))]
    columns = {str(column.get("columnName")): column.get("propertyUrl") for column in described}
    try:
        text = read_bounded(folder / path).decode()
        headers, *lines = csv.reader(io.StringIO(text, newline=""), dialect="excel-tab")
    except (MifaError, ValueError, csv.Error) as error:
        raise UnreadableError(f"{path}: {error}") from error
    return FileList(path, headers, columns, [dict(zip(headers, line, strict=False)) for line in lines])


def classes(entity: Entity) -> list[str]:
    """Return the profile's classes among an entity's types: `bia:Study`."""
    names = (CLASS_OF_IRI.get(expand(name)) for name in as_list(entity.get("@type")) if isinstance(name, str))
    return [name for name in names if name]


def as_list(value: Any) -> list[Any]:
    """Return a value as JSON-LD reads it: one is a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def reference(value: Any) -> str | None:
    """Return the @id that a reference names; None when the value is not just a reference."""
    if not isinstance(value, dict) or value.keys() != {"@id"} or not isinstance(value["@id"], str):
        return None
    return str(value["@id"])


def references(entity: Entity) -> Iterator[tuple[str, str]]:
    """Yield the keys and ids of an entity's references."""
    for key, value in entity.items():
        for item in as_list(value):
            identifier = reference(item)
            if identifier is not None and not key.startswith("@"):
                yield key, identifier
