"""PageTab's building blocks: sections with attributes, whose names people and templates spell in many ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mifakit.documents.base import Draft
from mifakit.documents.parts import Leaf, Part, as_text
from mifakit.sources.yaml_text import Location


def key(name: str) -> str:
    """Return a name without case, blanks, signs and a plural: `Keywords` and `keyword` are one."""
    letters = re.sub(r"[^a-z0-9]", "", name.casefold()).removesuffix("s")
    return letters.replace("organization", "organisation")


class Section:
    """A section, by the names of its attributes."""

    def __init__(self, part: Part, draft: Draft) -> None:
        self.part = part
        self.kind = key(as_text(part.part("type").value))
        self._draft = draft
        self._attributes: dict[str, list[Part]] = {}
        draft.settle(part.leaf("type"))
        for attribute in flat(part.part("attributes")):
            name = as_text(attribute.part("name").value)
            draft.settle(attribute.leaf("name"), attribute.leaf("reference"))
            if "value" in attribute:
                self._attributes.setdefault(key(name), []).append(attribute)

    @property
    def accession(self) -> str:
        """What others refer to it by."""
        return as_text(self.part.part("accno").value)

    def attributes(self, *names: str) -> list[Part]:
        """Return the attributes of the first of these names that there is."""
        return next((found for name in names if (found := self._attributes.get(key(name)))), [])

    def leaves(self, *names: str) -> list[Leaf]:
        """Return the values under the first of these names that there is."""
        return [leaf for part in self.attributes(*names) if (leaf := part.leaf("value"))]

    def leaf(self, *names: str) -> Leaf | None:
        """Return the first of these values."""
        return next(iter(self.leaves(*names)), None)

    def sections(self) -> Iterator[Section]:
        """Yield the sections right within it."""
        for part in flat(self.part.part("subsections")):
            yield Section(part, self._draft)

    def below(self) -> Iterator[Section]:
        """Yield all sections within it, however deep."""
        for section in self.sections():
            yield section
            yield from section.below()


def flat(part: Part) -> Iterator[Part]:
    """Yield a list's blocks; what stands in a table, which is a list within it, among them."""
    for item in part.items():
        if isinstance(item.value, list):
            yield from flat(item)
        elif isinstance(item.value, dict):
            yield item


def name_kinds(tree: Any, location: Location) -> str:
    """Return what kind of value stands somewhere: `Biosample: Organism`, `link: Type`."""
    here, owner = tree, ""
    words: list[str] = []
    for part in location:
        if part == "links":
            owner, words = "link", []
        elif part == "files":
            owner, words = "file", []
        here = here[part]
        if isinstance(here, dict):
            if "type" in here and part != "links":
                owner, words = as_text(here["type"]) or owner, []
            elif "name" in here:
                words.append(as_text(here["name"]))
    if location[-1] not in ("value", "name"):
        words.append(str(location[-1]))
    return f"{owner}: {' '.join(words)}" if owner else " ".join(words)
