"""What documents say, laid on what a lab folder holds: their sets are found again by the files that they list. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mifakit.documents.merging import listed, merge
from mifakit.documents.patterns import keep_untold, lay_out, name_sets
from mifakit.documents.wording import counted, quoted
from mifakit.findings import Finding
from mifakit.inventory.inventory import Inventory
from mifakit.inventory.prefill import Prefilled
from mifakit.metadata.annotation_sets import AnnotationSet, FileValues, Pair
from mifakit.metadata.image_sets import ImageSet
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sources.yaml_text import Location


@dataclass(frozen=True)
class Joined:
    """A sheet of documents and files together.

    Attributes
    ----------
    sheet, notes
        As of `Prefilled`.
    findings
        What the documents list and the folder does not hold.
    """

    sheet: StudySheet
    notes: Mapping[Location, str]
    findings: tuple[Finding, ...]


def join(said: StudySheet, prefilled: Prefilled, inventory: Inventory) -> Joined:
    """Join what documents say with what the files tell.

    Patterns are those of the folder wherever a set of the documents is found in it; all else is the documents'.

    Parameters
    ----------
    said
        Of the documents; changed.
    prefilled
        Of the lab folder; changed.
    inventory
        Taken with its patterns.
    """
    present = {path for image in inventory.images for path in image.origin.files}
    present |= {file.origin.path for file in inventory.annotations} | set(inventory.others)
    findings = list(_relocate(said, present))
    findings += _absent(said, present, str(inventory.folder))
    seen = prefilled.sheet
    origins = {id(one): ("images", index) for index, one in enumerate(seen.images)}
    origins |= {id(one): ("annotations", index) for index, one in enumerate(seen.annotations)}
    annotations = _join_annotations(said, seen, inventory)
    listing = _list_images([one for one in said.annotations if listed(one) and not one.files], seen, inventory)
    images = _join_images(said, seen, inventory, listing)
    rest = [one for one in seen.images if id(one) not in {id(theirs) for _, theirs in images}]
    said.images += [one for one in rest if id(one) in listing]
    lay_out(said)
    said.images += [one for one in rest if id(one) not in listing]
    said.annotations += [one for one in seen.annotations if id(one) not in {id(theirs) for _, theirs in annotations}]
    named = {
        (file, pairing.image) for pairing in inventory.pairings for file in pairing.files if _by_name(pairing.reason)
    }
    for ours, theirs in (*images, *annotations):
        for _ in merge(ours, theirs):
            pass  # what files make one guess is no source that contradicts
        origins[id(ours)] = origins[id(theirs)]
    told = [pattern for component in said.images for pattern in component.files]
    for ours, _ in annotations:
        pairs = [pair for pair in ours.pairs if (pair.annotation, pair.image) not in named]
        ours.pairs = keep_untold(pairs, told, ours.files) + [pair for pair in pairs if not pair.image]
    seen.images, seen.annotations = [], []
    for _ in merge(said, seen):
        pass
    name_sets(said)
    notes = _moved(prefilled.notes, said, origins)
    return Joined(said, notes, tuple(findings))


def _by_name(reason: str) -> bool:
    """Whether an annotation file names its images itself: then it is believed before patterns are."""
    return reason.startswith("names ")


def _relocate(said: StudySheet, present: set[str]) -> Iterable[Finding]:
    """Shorten listed paths by the folders that the lab folder lies in, if that is where the files are found."""
    paths = _listed_paths(said)
    counts = {depth: sum(_below(path, depth) in present for path in paths) for depth in range(_DEEPEST)}
    depth = max(counts, key=lambda one: (counts[one], -one))
    if not depth or not paths:
        return
    for component in said.images:
        component.files = [_below(path, depth) for path in component.files]
    for one_set in said.annotations:
        pairs: list[Pair | FileValues] = [*one_set.pairs, *one_set.file_values]
        for one in pairs:
            one.annotation = _below(one.annotation or "", depth) or None
            if isinstance(one, Pair):
                one.image = _below(one.image or "", depth) or None
    above = quoted(dict.fromkeys("/".join(path.split("/")[:depth]) for path in paths))
    yield Finding.of("MIFA154", f"paths are taken to start in the lab folder, without their first folders: {above}")


_DEEPEST = 6
"""How many folders of a listed path may lie above the lab folder."""


def _below(path: str, depth: int) -> str:
    return "/".join(path.split("/")[depth:])


def _listed_paths(said: StudySheet) -> list[str]:
    paths = [path for component in said.images for path in component.files]
    for one_set in said.annotations:
        paths += [path for pair in one_set.pairs for path in (pair.annotation, pair.image) if path]
    return list(dict.fromkeys(paths))


def _absent(said: StudySheet, present: set[str], folder: str) -> Iterable[Finding]:
    """Leave out what is listed and not there, and say so."""
    absent = [path for path in _listed_paths(said) if path not in present]
    if absent:
        yield Finding.of("MIFA155", f"{counted(len(absent), 'file')} that the documents list: {quoted(absent)}", folder)
    gone = set(absent)
    for component in said.images:
        component.files = [path for path in component.files if path not in gone]
    for one_set in said.annotations:
        one_set.pairs = [pair for pair in one_set.pairs if not {pair.annotation, pair.image} & gone]
        one_set.file_values = [one for one in one_set.file_values if one.annotation not in gone]


def _list_images(loose: Sequence[AnnotationSet], seen: StudySheet, inventory: Inventory) -> set[int]:
    """Put paths in the place of patterns of images whose annotations only documents know, and return of which sets.

    Their patterns must be found together with those of the annotations, to share fields.
    """
    masks = {path for one in loose for path in listed(one)}
    wanted = {pair.image for one in loose for pair in one.pairs}
    found: set[int] = set()
    for index, component in enumerate(seen.images):
        mine = [image.origin.path for image in inventory.images if image.component == index]
        if wanted & set(mine) and not component.series and not component.plate and not component.scenes:
            component.files = [path for path in mine if path not in masks]
            found.add(id(component))
    return found


def _join_images(
    said: StudySheet, seen: StudySheet, inventory: Inventory, listing: set[int]
) -> list[tuple[ImageSet, ImageSet]]:
    """Return which image set of the documents is which of the folder's; one that is several goes by its own list."""
    sets: dict[str, int] = {path: image.component for image in inventory.images for path in image.origin.files}
    touched = [{sets[path] for path in one.files if path in sets} for one in said.images]
    joined: list[tuple[ImageSet, ImageSet]] = []
    for component, indices in zip(said.images, touched, strict=True):
        alone = len(indices) == 1 and sum(bool(indices & others) for others in touched) == 1
        if alone:
            partner = seen.images[next(iter(indices))]
            joined.append((component, partner))
            component.files = list(partner.files) if id(partner) in listing else []
    named = {index for indices in touched for index in indices}
    silent = [one for one, indices in zip(said.images, touched, strict=True) if not indices]
    left = [one for index, one in enumerate(seen.images) if index not in named]
    for one in silent:
        same = [other for other in left if other.name == one.name]
        if same or len(silent) == len(left) == 1:
            partner = (same or left)[0]
            joined.append((one, partner))
            one.files = list(partner.files) if id(partner) in listing else []
    # The rest of the folder's sets that documents list one by one is said by those.
    told = {path for one in said.images for path in one.files}
    covered = {index for index in named if all(path in told for path, component in sets.items() if component == index)}
    seen.images = [one for index, one in enumerate(seen.images) if index not in covered]
    return joined


def _join_annotations(
    said: StudySheet, seen: StudySheet, inventory: Inventory
) -> list[tuple[AnnotationSet, AnnotationSet]]:
    """Return which annotation set of the documents is which of the folder's."""
    members = {
        str(one.name): {f.origin.path for f in inventory.annotations if f.annotation_set == one.name}
        for one in seen.annotations
    }
    joined: list[tuple[AnnotationSet, AnnotationSet]] = []
    left = list(seen.annotations)
    for one in said.annotations:
        partner = max(left, key=lambda other: len(listed(one) & members[str(other.name)]), default=None)
        if partner is None or not _fits(one, partner, listed(one) & members[str(partner.name)], said, seen):
            continue
        left = [other for other in left if other is not partner]
        one.files = one.files or list(partner.files)
        joined.append((one, partner))
    return joined


def _fits(one: AnnotationSet, partner: AnnotationSet, shared: set[str], said: StudySheet, seen: StudySheet) -> bool:
    """Whether a set of the documents is the folder's: by files, by name, or because each has one only."""
    only = len(said.annotations) == len(seen.annotations) == 1
    return bool(shared) or (not listed(one) and (one.name == partner.name or only))


def _moved(
    notes: Mapping[Location, str], sheet: StudySheet, origins: Mapping[int, Sequence[str | int]]
) -> dict[Location, str]:
    """Return comments at the places where the sets now are that they speak of."""
    places = {
        tuple(origins[id(one)]): (room, index)
        for room in ("images", "annotations")
        for index, one in enumerate(getattr(sheet, room))
        if id(one) in origins
    }
    return {(*places[where[:2]], *where[2:]): text for where, text in notes.items() if where[:2] in places}
