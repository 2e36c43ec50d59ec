"""Which annotation belongs to which image: the same value of every field, or settled by hand. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mifakit.findings import Finding, Place
from mifakit.inventory.inventory import AnnotationFile, ImageFile, Pairing
from mifakit.inventory.patterns import FieldIndex

if TYPE_CHECKING:  # workers come by here, and have no need of pydantic
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
    index = FieldIndex({image.key: image.fields for image in images})
    findings: list[Finding] = []
    unsettled: set[str] = set()
    members: dict[str, list[tuple[str, str]]] = {}
    known = {file.key for file in files}
    findings += [
        Finding.of("MIFA208", f"the sheet pairs {path}, but there is no such file", Place(path))
        for path in settled
        if path not in known
    ]
    for file in files:
        candidates = index.find(file.fields)
        if file.key in settled:
            stated = settled[file.key]
            if stated is None:
                fits = f"; it fits {_some(candidates)}" if file.fields and candidates else ""
                findings.append(Finding.of("MIFA209", f"its pair names no image{fits}", file.origin.place))
                unsettled |= set(candidates)
                continue
            candidates = [image.key for image in images if image.key == stated]
            reason = "settled in the sheet"
        else:
            reason = f"same {_shown(file)}" if file.fields else "the only image"
        if len(candidates) == 1:
            members.setdefault(candidates[0], []).append((file.key, reason))
        else:
            findings.append(_unsettled(file, candidates, settled.get(file.key)))
            unsettled |= set(candidates)
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


def _unsettled(file: AnnotationFile, candidates: Sequence[str], stated: str | None) -> Finding:
    if candidates:
        return Finding.of("MIFA209", f"fits {_some(candidates)}", file.origin.place)
    if stated:
        return Finding.of("MIFA208", f"the sheet pairs it with {stated}, which is no image", file.origin.place)
    return Finding.of(
        "MIFA208", f"no image has {_shown(file)}" if file.fields else "there is no image", file.origin.place
    )


def _shown(file: AnnotationFile) -> str:
    return ", ".join(f"{name} = {value}" for name, value in file.fields.items())


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
            if image.key not in covered | unsettled:
                yield Finding.of("MIFA207", f"set {protocol.name} has none for it", image.origin.place)
