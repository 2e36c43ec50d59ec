"""Which annotation belongs to which image: the same value of every field, or settled by hand. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mifakit.findings import Finding, Place
from mifakit.inventory.inventory import AnnotationFile, ImageFile, Pairing
from mifakit.metadata.study_sheet import AnnotationSet

_SHOWN = 3


class Paired(NamedTuple):
    """The pairs of one set, the images whose annotation is open, and what was found."""

    pairings: tuple[Pairing, ...]
    unsettled: frozenset[str]
    findings: tuple[Finding, ...]


def pair_set(images: Sequence[ImageFile], files: Sequence[AnnotationFile], protocol: AnnotationSet) -> Paired:
    """Pair the files of one annotation set with images.

    A file belongs to the image that has the same value for every field of the file's pattern.
    What is settled under `pairs:` comes first. Nothing is guessed: a file that fits no image, or
    several, is a finding and stays unpaired.

    Parameters
    ----------
    images
        All images.
    files
        The annotation set's files.
    protocol
        The annotation set.
    """
    settled = {pair.annotation: pair.image for pair in protocol.pairs if pair.annotation}
    by_path = {image.path: image for image in images}
    findings: list[Finding] = []
    unsettled: set[str] = set()
    members: dict[str, list[tuple[str, str]]] = {}
    for file in files:
        if file.path in settled:
            candidates = [by_path[path] for path in [settled[file.path]] if path in by_path]
            reason = "settled in the sheet"
        else:
            candidates = [image for image in images if file.fields.items() <= image.fields.items()]
            fields = ", ".join(f"{name} = {value}" for name, value in file.fields.items())
            reason = f"same {fields}" if fields else "the only image"
        if len(candidates) == 1:
            members.setdefault(candidates[0].path, []).append((file.path, reason))
        else:
            findings.append(_unsettled(file, candidates, settled.get(file.path)))
            unsettled |= {image.path for image in candidates}
    pairings = []
    for path in sorted(members):
        matched = tuple(file for file, _ in members[path])
        if len(matched) > 1 and protocol.layout == "label image":
            findings.append(
                Finding.of("MIFA210", f"set {protocol.name}: {_some(matched)} all fit this image", Place(path))
            )
            unsettled.add(path)
        else:
            pairings.append(Pairing(path, str(protocol.name), matched, members[path][0][1]))
    return Paired(tuple(pairings), frozenset(unsettled), tuple(findings))


def _unsettled(file: AnnotationFile, candidates: Sequence[ImageFile], stated: str | None) -> Finding:
    if candidates:
        return Finding.of("MIFA209", f"fits {_some([image.path for image in candidates])}", Place(file.path))
    if stated:
        return Finding.of("MIFA208", f"the sheet pairs it with {stated}, which is no image", Place(file.path))
    fields = ", ".join(f"{name} = {value}" for name, value in file.fields.items())
    return Finding.of("MIFA208", f"no image has {fields}", Place(file.path))


def _some(paths: Sequence[str]) -> str:
    """Return a few paths, and how many more there are."""
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more


def missing_annotations(
    images: Sequence[ImageFile],
    pairings: Sequence[Pairing],
    unsettled: frozenset[str],
    sets: Sequence[AnnotationSet],
) -> Iterator[Finding]:
    """Yield a finding for every image that a set leaves without annotation."""
    for protocol in sets:
        covered = {pairing.image for pairing in pairings if pairing.annotation_set == protocol.name}
        for image in images:
            if image.path not in covered | unsettled:
                yield Finding.of("MIFA207", f"set {protocol.name} has none for it", Place(image.path))
