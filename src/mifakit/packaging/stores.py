"""One Zarr as one zip, as RFC-9 of NGFF wants it: its members stored, metadata first, the root's first of all.

After the metadata come the chunks, coarse levels before fine ones: who reads the file from its beginning sees the
whole image after a few bytes, and sees it sharpen. The zip's comment says so, in the RFC's words, where the Zarr is
one of format 3; the RFC knows no other. Small zips lack the records of zip64, which the RFC only recommends:
Python's zipfile writes them where they are needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mifakit.dataset.texts import ZARR_METADATA
from mifakit.packaging.sending import Source, member, new_zip

_ROOTS = ("zarr.json", ".zgroup")


def write_store(
    source: Source, store: str, members: Iterable[str], target: Path, changed: Mapping[str, bytes] | None = None
) -> None:
    """Write one Zarr of a dataset as a zip.

    Parameters
    ----------
    source
        The dataset.
    store
        The folder in it that becomes the zip's root.
    members
        The files in that folder, relative to it.
    target
        The zip; must not exist.
    changed
        The content of those that are not copied as they are.
    """
    changed = changed or {}
    with new_zip(target) as archive:
        for name in in_order(members):
            if name in changed:
                archive.writestr(member(name, len(changed[name])), changed[name])
            else:
                source.add(archive, f"{store}/{name}", name)
        archive.comment = _comment(source.folder / store)


def in_order(members: Iterable[str]) -> list[str]:
    """Return the files of a Zarr in the order in which they are sent."""
    names = list(members)
    metadata = [name for name in names if name.rpartition("/")[2] in ZARR_METADATA]
    nodes = {name.rpartition("/")[0] for name in metadata}
    chunks = set(names) - set(metadata)
    first = sorted(metadata, key=lambda name: (name.count("/"), name not in _ROOTS, _natural(name)))
    return [*first, *sorted(chunks, key=lambda name: _rank(name, nodes))]


def _rank(chunk: str, nodes: set[str]) -> tuple[Any, ...]:
    array = chunk
    while array and array not in nodes:
        array = array.rpartition("/")[0]
    level = array.rpartition("/")[2]
    return (-int(level) if level.isdecimal() else 0, _natural(array), _natural(chunk))


def _natural(path: str) -> list[tuple[int, int, str]]:
    """Return a path as people count: 2 before 10."""
    parts = re.split(r"[/.]|(?<=\D)(?=\d)|(?<=\d)(?=\D)", path)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def _comment(root: Path) -> bytes:
    try:
        said = json.loads((root / "zarr.json").read_bytes())["attributes"]["ome"]["version"]
    except (OSError, ValueError, KeyError, TypeError):
        return b""
    comment = {"ome": {"version": str(said), "zipFile": {"centralDirectory": {"jsonFirst": True}}}}
    return json.dumps(comment, separators=(",", ":")).encode()
