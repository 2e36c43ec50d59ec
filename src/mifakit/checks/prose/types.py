"""Types: whether annotations are of the types that the sheet states."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.annotations.mifa_types import undeclared, unfounded
from mifakit.checks.facts import Facts
from mifakit.findings import Finding
from mifakit.sheet.reading import Sheet


def check_types(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    """Yield annotation sets whose files hold other types of annotation than the sheet states (MIFA358)."""
    for index, protocol in enumerate(sheet.model.annotations):
        name = str(protocol.name)
        found = facts.sets.get(name)
        if not found or not found.types or not protocol.types:
            continue
        place = sheet.place("annotations", index, "types")
        for kind in undeclared(found.types, protocol.types):
            yield Finding.of("MIFA358", f"set {name} holds {kind.value}, which is not stated", place)
        for kind in unfounded(found.types, protocol.types) if found.whole else ():
            yield Finding.of("MIFA358", f"set {name} is stated to hold {kind.value}, and holds none", place)
