"""A document while it is read: parts and values that know where they stand, so that none is lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mifakit.sources.yaml_text import Location


@dataclass(frozen=True)
class Leaf:
    """A value of a document.

    Attributes
    ----------
    text
        As the sheet will have it.
    origins
        Where in the document it stands; several places that say the same are one value.
    was
        As the document has it, when it was changed to fit.
    change
        How it was changed, in words; empty when nothing needs be said about it.
    """

    text: str
    origins: tuple[Location, ...]
    was: str = ""
    change: str = ""

    def map(self, function: Callable[[str], str], change: str = "") -> Leaf:
        """Return the value changed to fit."""
        text = function(self.text)
        return self if text == self.text else replace(self, text=text, was=self.was or self.text, change=change)

    def also(self, *others: Leaf | None) -> Leaf:
        """Return the value as one that the others say too, if they do; those that differ are left where they are."""
        same = [origin for one in others if one and one.text == self.text for origin in one.origins]
        return replace(self, origins=(*self.origins, *same))


class Part:
    """A part of a document, at its place. What is asked for and is not there, is empty.

    Parameters
    ----------
    value
        Dicts, lists, text, numbers, None.
    location
        Where it stands.
    """

    def __init__(self, value: Any, location: Location = ()) -> None:
        self.value = value
        self.location = location

    def __bool__(self) -> bool:
        return not _is_blank(self.value)

    def __contains__(self, name: str) -> bool:
        return isinstance(self.value, dict) and not _is_blank(self.value.get(name))

    def part(self, *names: str) -> Part:
        """Return the first of these parts that says something."""
        for name in names:
            if name in self:
                return Part(self.value[name], (*self.location, name))
        return Part(None, self.location)

    def parts(self, *names: str) -> list[Part]:
        """Return the items of a list; what should be a list and is one value, is a list of one."""
        return self.part(*names).items()

    def items(self) -> list[Part]:
        """Return this list's items that say something; this part itself when it is no list."""
        if not isinstance(self.value, list):
            return [self] if self else []
        found = [Part(item, (*self.location, index)) for index, item in enumerate(self.value)]
        return [part for part in found if part]

    def fields(self) -> Iterator[tuple[str, Part]]:
        """Yield the names and parts of a block."""
        if isinstance(self.value, dict):
            yield from ((name, Part(value, (*self.location, name))) for name, value in self.value.items())

    def leaf(self, *names: str) -> Leaf | None:
        """Return a value, or this part's own when no name is given; None when it is missing, or no value."""
        part = self.part(*names) if names else self
        text = as_text(part.value)
        return Leaf(text, (part.location,)) if text else None

    def leaves(self, *names: str) -> list[Leaf]:
        """Return the values of a list."""
        return [leaf for part in self.parts(*names) if (leaf := part.leaf())]

    def at(self, index: int) -> Part:
        """Return a list's item, whatever it says; of no list, this part itself as the first."""
        items = self.value if isinstance(self.value, list) else [self.value]
        where = (*self.location, index) if isinstance(self.value, list) else self.location
        return Part(items[index] if index < len(items) else None, where)

    def __len__(self) -> int:
        return len(self.value) if isinstance(self.value, list) else int(bool(self))


def as_text(value: Any) -> str:
    """Return a value as text; of lists and blocks none."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None or isinstance(value, (dict, list)) else str(value).strip()


def _is_blank(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_blank(one) for one in value.values())
    if isinstance(value, list):
        return all(_is_blank(one) for one in value)
    return not as_text(value)


def all_leaves(value: Any, location: Location = ()) -> Iterator[Leaf]:
    """Yield every value of a document that says something."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from all_leaves(part, (*location, name))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from all_leaves(part, (*location, index))
    elif text := as_text(value):
        yield Leaf(text, (location,))


def shared(leaves: Sequence[Leaf | None]) -> Leaf | None:
    """Return the one value that all say, or None."""
    first = leaves[0] if leaves else None
    if first is None or any(one is None or one.text != first.text for one in leaves):
        return None
    return first.also(*leaves[1:])
