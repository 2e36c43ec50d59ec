"""What a document says of single annotation files -> what is said of their set, and of the files that differ. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from mifakit.documents.base import Tree
from mifakit.documents.parts import Leaf, shared


@dataclass(frozen=True)
class FileRow:
    """One annotation file, as a document lists it.

    Attributes
    ----------
    annotation
        Its path.
    images
        Paths of the images it belongs to.
    types
        Its annotation types.
    values
        Fields of the sheet's file values.
    """

    annotation: Leaf | None
    images: Sequence[Leaf] = ()
    types: Sequence[Leaf] = ()
    values: Mapping[str, Leaf | None] = field(default_factory=dict)


def file_level(rows: Sequence[FileRow], stated: Sequence[Leaf]) -> Tree:
    """Return the fields of an annotation set: what is equal in all rows is said once, of the set.

    Parameters
    ----------
    rows
        The files.
    stated
        Annotation types that the document gives the set as a whole.
    """
    fields = list(dict.fromkeys(name for row in rows for name in row.values))
    of_all: dict[str, Any] = {name: shared([row.values.get(name) for row in rows]) for name in fields}
    alike = len({tuple(leaf.text for leaf in row.types) for row in rows}) <= 1
    kinds = [leaf for leaf in map(shared, zip_longest(*(row.types for row in rows))) if leaf] if alike else []
    # Where files differ, what they are is what the set is, and each one's own types are among its values.
    every = [*stated, *(kinds if alike else (leaf for row in rows for leaf in row.types))]
    types: dict[str, Leaf] = {}
    for leaf in every:
        types[leaf.text] = types[leaf.text].also(leaf) if leaf.text in types else leaf
    own = [
        {
            "types": [] if alike else list(row.types),
            **{name: row.values.get(name) for name in fields if not of_all[name]},
        }
        for row in rows
    ]
    return {
        **of_all,
        "types": list(types.values()),
        "pairs": [{"annotation": row.annotation, "image": image} for row in rows for image in (row.images or [None])],
        "file_values": [
            {"annotation": row.annotation, **values}
            for row, values in zip(rows, own, strict=True)
            if any(values.values())
        ],
    }
