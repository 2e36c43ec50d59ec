"""A draft -> the sheet's model, and a finding for everything of the document that is not in it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mifakit.documents.base import Draft
from mifakit.documents.content import Content
from mifakit.documents.parts import Leaf, all_leaves
from mifakit.documents.wording import quoted, short
from mifakit.findings import Finding, Place
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.validation import validate
from mifakit.sources.yaml_text import Location

MOST_KINDS = 100
"""Of how many kinds of values a document may have left over, before the rest is counted."""
MOST = 40
"""How many values of an archive's own bookkeeping its finding shows."""


@dataclass(frozen=True)
class Reading:
    """What a document says.

    Attributes
    ----------
    path
        The document.
    format
        What its format is called.
    model
        What it says, as a sheet.
    places
        Where in the document each value of the sheet stands.
    findings
        What was refused, changed, or has no place in the sheet.
    """

    path: Path
    format: str
    model: StudySheet
    places: Mapping[Location, Place]
    findings: tuple[Finding, ...]

    def place(self, location: Location) -> Place:
        """Return where the document says a value of the sheet, or nearly."""
        known = location
        while known and known not in self.places:
            known = known[:-1]
        return self.places.get(known, Place(str(self.path)))


def settle(draft: Draft, content: Content, name: str) -> Reading:
    """Hold a draft to the sheet's rules, and account for every value of the document.

    Parameters
    ----------
    draft
        What a format made of the document.
    content
        The document.
    name
        Of the format.
    """
    used: dict[Location, Leaf] = {}
    tree = _plain(draft.sheet, (), used) or {}
    places = {location: content.place(leaf.origins[0]) for location, leaf in used.items() if leaf.origins}
    model, refusals = validate(tree)
    reading = Reading(content.path, name, model, places, ())
    refused = [refusal.at(reading.place(refusal.location)) for refusal in refusals]
    taken = {origin for leaf in used.values() for origin in leaf.origins} | draft.structure
    left = [leaf for leaf in all_leaves(draft.document) if leaf.origins[0] not in taken]
    findings = (*draft.findings, *refused, *_changed(used.values(), content), *_left_over(left, draft, content))
    return Reading(content.path, name, model, places, findings)


def _plain(value: Any, here: Location, used: dict[Location, Leaf]) -> Any:
    """Return the tree with text for leaves, without what says nothing; `used` learns where each leaf went."""
    if isinstance(value, Leaf):
        used[here] = value
        return value.text
    if isinstance(value, dict):
        fields = {name: _plain(part, (*here, name), used) for name, part in value.items()}
        return {name: part for name, part in fields.items() if part is not None} or None
    if isinstance(value, (list, tuple)):
        items: list[Any] = []
        for part in value:
            item = _plain(part, (*here, len(items)), used)
            if item is not None:
                items.append(item)
        return items or None
    return value


def _changed(leaves: Iterable[Leaf], content: Content) -> Iterator[Finding]:
    by_change: dict[str, dict[str, Leaf]] = defaultdict(dict)
    for leaf in leaves:
        if leaf.change:
            by_change[leaf.change].setdefault(leaf.was, leaf)
    for change, members in by_change.items():
        first = next(iter(members.values()))
        yield Finding.of("MIFA154", f"{change}: {quoted(members)}", content.place(first.origins[0]))


def _left_over(left: Iterable[Leaf], draft: Draft, content: Content) -> Iterator[Finding]:
    kinds: dict[str, list[Leaf]] = defaultdict(list)
    kept: list[Leaf] = []
    for leaf in left:
        kind = draft.kind(leaf.origins[0])
        if any(kind == name or kind.startswith(f"{name}.") for name in draft.bookkeeping):
            kept.append(leaf)
        else:
            kinds[kind].append(leaf)
    others = list(kinds)[MOST_KINDS:]
    for kind, leaves in list(kinds.items())[:MOST_KINDS]:
        texts = list(dict.fromkeys(leaf.text for leaf in leaves))
        times = f"{len(leaves)} values of " if len(leaves) > 1 else ""
        message = f"not taken over: {times}{kind}: {quoted(texts)}"
        yield Finding.of("MIFA152", message, content.place(leaves[0].origins[0]))
    if others:
        count = sum(len(kinds[kind]) for kind in others)
        message = f"not taken over: {count} values of {len(others)} further kinds: {quoted(others)}"
        yield Finding.of("MIFA152", message, str(content.path))
    if kept:
        said = ", ".join(f"{draft.kind(leaf.origins[0])} {short(leaf.text)!r}" for leaf in kept[:MOST])
        more = f" and {len(kept) - MOST} more" if len(kept) > MOST else ""
        yield Finding.of("MIFA153", f"not taken over: {said}{more}", str(content.path))
