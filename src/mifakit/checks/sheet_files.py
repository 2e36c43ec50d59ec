"""The study sheet fits the lab folder that it is built from, and the dataset that was built."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.inventory.inventory import Inventory
from mifakit.inventory.scanning import unused_patterns
from mifakit.sheet.reading import Sheet


def check_patterns_match(sheet: Sheet, inventory: Inventory) -> Iterator[Finding]:
    """Yield the patterns that no file of the lab folder matches, and single files that are not there."""
    for room in ("images", "annotations"):
        for index, pattern in unused_patterns(inventory, getattr(sheet.model, room)):
            yield Finding.of("MIFA213", f"no file matches {pattern!r}", sheet.place(room, index, "files"))
    yield from _unknown_files(sheet, {(file.annotation_set, file.key) for file in inventory.annotations})


def check_names(sheet: Sheet, dataset: Dataset) -> Iterator[Finding]:
    """Yield sets that dataset and sheet do not both name, and files: records made of them would say less."""
    rows = [sample.row for sample in dataset]
    built = {"images": {row.component for row in rows}, "annotations": set(dataset.annotation_sets)}
    stated = {
        "images": {component.name or "images" for component in sheet.model.images},
        "annotations": {str(protocol.name) for protocol in sheet.model.annotations},
    }
    for room, names in built.items():
        for name in sorted(names - stated[room]):
            yield Finding.of("MIFA507", f"the dataset was built with {name!r}, the sheet has none", sheet.place(room))
    sources = {(name, source) for row in rows for name, one in row.annotations.items() for source in one.sources}
    yield from _unknown_files(sheet, sources)


def _unknown_files(sheet: Sheet, sources: set[tuple[str, str]]) -> Iterator[Finding]:
    """Yield values of single annotation files that none of the sources, named with their set, is meant by."""
    for index, protocol in enumerate(sheet.model.annotations):
        known = sorted(source for name, source in sources if name == protocol.name)
        for number, values in enumerate(protocol.file_values):
            if values.annotation and not any(map(values.is_of, known)):
                near = get_close_matches(values.annotation, known, n=1)
                message = f"{values.annotation} is no annotation file of {protocol.name}"
                place = sheet.place("annotations", index, "file_values", number, "annotation")
                yield Finding.of("MIFA129", message, place, f"did you mean {near[0]}?" if near else None)
