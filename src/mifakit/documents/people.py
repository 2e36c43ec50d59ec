"""Names of people, organisations and sets, as other formats write them -> as the sheet does. Pure."""

from __future__ import annotations

import re

from mifakit.documents.base import Tree
from mifakit.documents.parts import Leaf

SPLIT = "names were split at their last blank, check them"
SHORTENED = "titles became short names"


def person(name: Leaf | None, first: Leaf | None = None, last: Leaf | None = None) -> Tree:
    """Return first and last name: as given, from `Family, Given`, or from `Given Family` by guess."""
    if first or last:
        # A name that only puts the two together says nothing of its own.
        parts = {leaf.text.casefold() for leaf in (first, last) if leaf}
        if name and {part.casefold() for part in re.split(r",\s*|\s+(?=\S+$)", name.text)} == parts:
            given = first or last
            assert given is not None  # noqa: S101 - one of them is there
            also = Leaf(given.text, (*given.origins, *name.origins), given.was, given.change)
            return {"first_name": also if first else None, "last_name": last if first else also}
        return {"first_name": first, "last_name": last}
    if name is None:
        return {}
    family, comma, given_name = (part.strip() for part in name.text.partition(","))
    if comma and given_name:
        return {"first_name": name.map(lambda _: given_name), "last_name": name.map(lambda _: family)}
    given_name, _, family = name.text.rpartition(" ")
    if not given_name:
        return {"last_name": name}
    return {"first_name": name.map(lambda _: given_name, SPLIT), "last_name": name.map(lambda _: family, SPLIT)}


def organisation(name: Leaf | None, ror: Leaf | None = None, address: Leaf | None = None) -> Tree:
    """Return an organisation."""
    return {"name": name, "ror": ror, "address": address}


def short_name(title: Leaf | None) -> Leaf | None:
    """Return a title as the name of an annotation set: letters, digits, - and _."""
    return title.map(_slug, SHORTENED) if title else None


def _slug(title: str) -> str:
    words = re.findall(r"[A-Za-z0-9-]+", title)
    slug = ""
    for word in words:
        longer = f"{slug}_{word}" if slug else word.lstrip("-")
        if len(longer) > 40:
            break
        slug = longer
    return slug or "".join(words)[:40].lstrip("-") or "annotations"
