"""The study sheet fits the lab folder: each of its patterns matches something."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.findings import Finding
from mifakit.inventory.inventory import Inventory
from mifakit.inventory.scanning import unused_patterns
from mifakit.sheet.reading import Sheet


def check_patterns_match(sheet: Sheet, inventory: Inventory) -> Iterator[Finding]:
    """Yield the patterns that no file of the lab folder matches."""
    for room in ("images", "annotations"):
        for index, pattern in unused_patterns(inventory, getattr(sheet.model, room)):
            yield Finding.of("MIFA213", f"no file matches {pattern!r}", sheet.place(room, index, "files"))
