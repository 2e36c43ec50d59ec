"""The groups and arrays of a Zarr folder: their metadata, read within budgets and never through a link out of it."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from mifakit.errors import MifaError
from mifakit.readers.guard import check_inside, guarded

Json = dict[str, Any]

_LARGEST_DOCUMENT = 32 * 1024**2
"""Bytes; Zarr v3 may keep the metadata of a whole plate in one document."""
_MOST_CHILDREN = 100_000
_V3 = "zarr.json"
_V2 = {".zarray": "array", ".zgroup": "group"}
_V2_ATTRIBUTES = ".zattrs"
DOCUMENTS = (_V3, _V2_ATTRIBUTES)
"""What the members of a group are named in."""
_CHUNK = re.compile(r"c|c[./]?\d+(\.\d+)*|\d+(\.\d+)*")


@dataclass(frozen=True)
class Node:
    """A group, or an array, as its metadata describe it.

    Attributes
    ----------
    root
        The folder that was opened.
    name
        Where in it, with forward slashes; empty for the root.
    version
        2 or 3.
    attributes
        What its writer says about it.
    array
        The metadata of an array; None for a group.
    """

    root: Path
    name: str
    version: int
    attributes: Json
    array: Json | None

    @property
    def path(self) -> Path:
        """Where it is on disk."""
        return self.root / self.name


def read_node(root: Path, name: str) -> Node | None:
    """Read the metadata of a group or an array.

    Parameters
    ----------
    root
        The folder that was opened.
    name
        Where in it.

    Returns
    -------
    Node or None
        None when there is no folder of this name, or one that is neither group nor array.

    Raises
    ------
    MifaError
        MIFA202 when the metadata are malformed, over budget or lie behind a link out of the folder,
        MIFA203 when they are empty, or missing where there are chunks.
    """
    folder = root / name
    if (document := _read_json(root, folder / _V3)) is not None:
        is_array = document.get("node_type") == "array"
        return Node(root, name, 3, _mapping(document.get("attributes")), document if is_array else None)
    for file, kind in _V2.items():
        if (document := _read_json(root, folder / file)) is not None:
            attributes = _read_json(root, folder / _V2_ATTRIBUTES) or {}
            return Node(root, name, 2, attributes, document if kind == "array" else None)
    if any(child == _V2_ATTRIBUTES or _CHUNK.fullmatch(child) for child, _ in _entries(folder)):
        raise MifaError("MIFA203", "what says how its pixels are stored is missing", str(folder))
    return None


def list_children(node: Node) -> list[str]:
    """Return the names of what may be groups or arrays within a group, in people's order: 2 before 10.

    Raises
    ------
    MifaError
        MIFA202 when the folder cannot be listed, or holds too much.
    """
    names = [name for name, is_folder in _entries(node.path) if is_folder and not name.startswith(".")]
    if len(names) > _MOST_CHILDREN:
        raise MifaError("MIFA202", f"holds more than {_MOST_CHILDREN:,} folders", str(node.path))
    return [f"{node.name}/{name}".lstrip("/") for name in sorted(names, key=_people_order)]


def join(parent: str, path: str) -> str:
    """Return the name of a node that another one's metadata name.

    Raises
    ------
    ValueError
        When the path leads out of the parent.
    """
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or ":" in path or not {"..", "."}.isdisjoint(path.split("/")):
        raise ValueError(f"{path!r} is no name within a folder")
    return "/".join((*filter(None, [parent]), *parts))


def _entries(folder: Path) -> list[tuple[str, bool]]:
    """Return what a folder holds, and whether each is a folder; nothing when it is not there."""
    try:
        with os.scandir(folder) as entries:
            return [(entry.name, entry.is_dir()) for entry in entries]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise MifaError("MIFA202", f"cannot be listed: {error.strerror}", str(folder)) from error


def _read_json(root: Path, path: Path) -> Json | None:
    """Return a JSON object; None when the file is not there."""
    if not path.is_file():
        return None
    check_inside(root, path)
    with guarded(path, "cannot be read"):
        size = path.stat().st_size
        if not size:
            raise MifaError("MIFA203", "is empty", str(path))
        if size > _LARGEST_DOCUMENT:
            raise MifaError("MIFA202", f"is metadata of {size:,} bytes", str(path))
        document = json.loads(path.read_bytes())
        if not isinstance(document, dict):
            raise MifaError("MIFA202", "is no JSON object", str(path))
        return document


def _mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _people_order(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name) if part]
