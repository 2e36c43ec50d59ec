"""The study sheet fits the lab folder that it is built from, and the dataset that was built."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.inventory.inventory import Inventory
from mifakit.inventory.scanning import unused_patterns
from mifakit.sheet.reading import Sheet


def check_patterns_match(sheet: Sheet, inventory: Inventory) -> Iterator[Finding]:
    """Yield the patterns that no file of the lab folder matches."""
    for room in ("images", "annotations"):
        for index, pattern in unused_patterns(inventory, getattr(sheet.model, room)):
            yield Finding.of("MIFA213", f"no file matches {pattern!r}", sheet.place(room, index, "files"))


def check_names(sheet: Sheet, dataset: Dataset) -> Iterator[Finding]:
    """Yield the sets that dataset and sheet do not both name: records made of them would say less."""
    built = {
        "images": {sample.row.component for sample in dataset},
        "annotations": set(dataset.annotation_sets),
    }
    stated = {
        "images": {component.name or "images" for component in sheet.model.images},
        "annotations": {str(protocol.name) for protocol in sheet.model.annotations},
    }
    for room, names in built.items():
        for name in sorted(names - stated[room]):
            yield Finding.of("MIFA507", f"the dataset was built with {name!r}, the sheet has none", sheet.place(room))
