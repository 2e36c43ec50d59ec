"""Which annotation belongs to which image: the file says so, its name does, or people settled it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from mifakit.findings import Finding, Place
from mifakit.inventory.image_names import ImageNames
from mifakit.inventory.inventory import AnnotationFile, ImageFile, Pairing
from mifakit.inventory.patterns import FieldIndex
from mifakit.metadata.image_formats import COLOUR_MASK, LABEL_IMAGE

if TYPE_CHECKING:  # workers come by here, and have no need of pydantic
    from mifakit.metadata.annotation_sets import AnnotationSet

_SHOWN = 3


class Paired(NamedTuple):
    """The pairs of one set, the images whose annotation is open, and what was found."""

    pairings: tuple[Pairing, ...]
    unsettled: frozenset[str]
    findings: tuple[Finding, ...]


def pair_set(images: Sequence[ImageFile], files: Sequence[AnnotationFile], protocol: AnnotationSet) -> Paired:
    """Pair the files of one annotation set with images.

    A file belongs to the image that it names itself; else to the one that has the same value for every field of
    the file's pattern. What is settled under `pairs:` comes first. Nothing is guessed: a file that fits no image, or
    several, is a finding and stays unpaired.

    Parameters
    ----------
    images
        All images.
    files
        The annotation set's files, each once for every image that it speaks of.
    protocol
        The annotation set.
    """
    settled = {pair.annotation: pair.image for pair in protocol.pairs if pair.annotation}
    candidates = _Candidates(images)
    findings: list[Finding] = []
    unsettled: set[str] = set()
    absent: dict[str, list[str]] = {}
    members: dict[str, list[tuple[AnnotationFile, str]]] = {}
    known = {file.key for file in files} | {file.origin.path for file in files}
    findings += [
        Finding.of("MIFA208", f"the sheet pairs {path}, but there is no such file", Place(path))
        for path in settled
        if path not in known
    ]
    for file in files:
        if file.broken and not file.fields:  # which images it speaks of is not known
            continue
        fitting, reason = candidates.find(file)
        stated = next((key for key in (file.key, file.origin.path) if key in settled), None)
        if stated is not None:
            image = settled[stated]
            if image is None:
                fits = f"; it fits {_some(fitting)}" if reason and fitting else ""
                findings.append(Finding.of("MIFA209", f"its pair names no image{fits}", file.origin.place))
                unsettled |= set(fitting)
                continue
            fitting, reason = [one.key for one in images if one.key == image], "settled in the sheet"
        elif clash := candidates.clash(file, fitting):
            findings.append(
                Finding.of("MIFA229", f"it names {_some(fitting)}, its own name fits {clash}", file.origin.place)
            )
            unsettled |= {*fitting, clash}
            continue
        if len(fitting) == 1:
            members.setdefault(fitting[0], []).append((file, reason or "the only image"))
        elif not fitting and file.names and not file.alone and stated is None:
            absent.setdefault(file.origin.path, []).append(file.names)
        else:
            findings.append(_unsettled(file, fitting, settled[stated] if stated else None, candidates.fields))
            unsettled |= set(fitting)
    for path, names in absent.items():
        message = f"{len(names)} of {sum(file.origin.path == path for file in files)} images: {_some(names)}"
        findings.append(Finding.of("MIFA228", message, Place(path)))
    pairings = []
    for path in sorted(members):
        matched = tuple(file.key for file, _ in members[path])
        if sum(file.format in (LABEL_IMAGE, COLOUR_MASK) for file, _ in members[path]) > 1:
            message = f"set {protocol.name}: {_some(matched)} all fit this image"
            findings.append(Finding.of("MIFA210", message, Place(path)))
            unsettled.add(path)
        else:
            pairings.append(Pairing(path, str(protocol.name), matched, members[path][0][1]))
    return Paired(tuple(pairings), frozenset(unsettled), tuple(findings))


class _Candidates:
    """The images that a file may belong to."""

    def __init__(self, images: Sequence[ImageFile]) -> None:
        self._fields = FieldIndex({image.key: image.fields for image in images})
        self._images = images

    @cached_property
    def fields(self) -> frozenset[str]:
        """The fields that any image's pattern has."""
        return frozenset(name for image in self._images for name in image.fields)

    @cached_property
    def _names(self) -> ImageNames:
        return ImageNames([(image.key, image.origin.path) for image in self._images])

    def find(self, file: AnnotationFile) -> tuple[list[str], str]:
        """Return the images that fit, and why; no reason when any would."""
        if file.names and (named := self._names.find(file.names, file.origin.path)):
            return named, f"names {file.names}"
        if file.names and not (file.fields and file.alone):
            return [], ""
        return self._fields.find(file.fields), f"same {_shown(file)}" if file.fields else ""

    def clash(self, file: AnnotationFile, named: Sequence[str]) -> str | None:
        """Return the image that a file's pattern tells, if it names another one."""
        if not (file.names and file.fields and file.alone and len(named) == 1):
            return None
        told = self._fields.find(file.fields)
        return told[0] if len(told) == 1 and told != list(named) else None


def _unsettled(file: AnnotationFile, candidates: Sequence[str], stated: str | None, known: frozenset[str]) -> Finding:
    if candidates:
        return Finding.of("MIFA209", f"fits {_some(candidates)}", file.origin.place)
    if stated:
        return Finding.of("MIFA208", f"the sheet pairs it with {stated}, which is no image", file.origin.place)
    if file.names:
        return Finding.of("MIFA208", f"it names {file.names}, which is no image here", file.origin.place)
    if known and (foreign := _braced({*file.fields} - known)):
        message = f"its pattern has {foreign}, which no image pattern has: nothing can fit"
        hint = f"use the same fields for images and annotations: those of images are {_braced(known)}"
        return Finding.of("MIFA208", message, file.origin.place, hint)
    return Finding.of(
        "MIFA208", f"no image has {_shown(file)}" if file.fields else "there is no image", file.origin.place
    )


def _braced(fields: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(fields))


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
    """Yield a finding for every image that a set leaves without annotation and its coverage does not speak of."""
    for protocol in sets:
        excused = protocol.coverage or ""
        covered = {pairing.image for pairing in pairings if pairing.annotation_set == protocol.name}
        for image in images:
            if image.key not in covered | unsettled and not _names(excused, image.origin.path):
                message = f"set {protocol.name} has none for it"
                yield Finding.of("MIFA207", message, image.origin.place)


def _names(text: str, path: str) -> bool:
    """Return whether a text names a file, with or without its ending: control_1 is not named by control_10."""
    name = PurePosixPath(path).name
    spellings = "|".join(re.escape(one) for one in (name, name.partition(".")[0]) if one)
    return re.search(rf"(?<![\w-])(?:{spellings})(?![\w-])", text) is not None
