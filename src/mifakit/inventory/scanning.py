"""Lab folder + patterns -> inventory. Reads headers, not pixels; changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.inventory.inventory import AnnotationFile, ImageFile, Inventory, Pairing
from mifakit.inventory.pairing import missing_annotations, pair_set
from mifakit.inventory.patterns import match_first
from mifakit.inventory.walk import walk_files
from mifakit.metadata.study_sheet import AnnotationSet, ImageSet
from mifakit.readers.registry import find_reader


def scan_folder(folder: Path, images: Sequence[ImageSet], annotations: Sequence[AnnotationSet]) -> Inventory:
    """Take the inventory of a lab folder.

    Parameters
    ----------
    folder
        The lab folder; only read.
    images, annotations
        Which files are what. What an annotation pattern matches is no image.

    Raises
    ------
    MifaError
        MIFA125 when a pattern is malformed, MIFA202 when a folder cannot be listed.
    """
    found_images: list[ImageFile] = []
    found_annotations: list[AnnotationFile] = []
    others: list[str] = []
    for path in walk_files(folder):
        annotation = _match_annotation(path, annotations)
        image = None if annotation else _match_image(path, images)
        if annotation:
            found_annotations.append(annotation)
        elif image:
            found_images.append(image)
        else:
            others.append(path)
    with ThreadPoolExecutor() as pool:
        inspected = list(pool.map(lambda image: _inspect(folder, image, images), found_images))
    findings = [*_unmatched(found_images, found_annotations, images, annotations)]
    findings += [finding for _, problems in inspected for finding in problems]
    pairings: list[Pairing] = []
    unsettled: frozenset[str] = frozenset()
    for protocol in annotations:
        files = [file for file in found_annotations if file.annotation_set == protocol.name]
        paired = pair_set(found_images, files, protocol)
        pairings += paired.pairings
        unsettled |= paired.unsettled
        findings += paired.findings
    findings += missing_annotations(found_images, pairings, unsettled, annotations)
    return Inventory(
        folder,
        tuple(image for image, _ in inspected),
        tuple(found_annotations),
        tuple(pairings),
        unsettled,
        tuple(others),
        tuple(findings),
    )


def _match_annotation(path: str, sets: Sequence[AnnotationSet]) -> AnnotationFile | None:
    for protocol in sets:
        matched = match_first(protocol.files, path)
        if matched and not match_first(protocol.exclude, path):
            return AnnotationFile(path, str(protocol.name), matched[1], matched[0])
        if any(pair.annotation == path for pair in protocol.pairs):
            return AnnotationFile(path, str(protocol.name), {}, path)
    return None


def _match_image(path: str, sets: Sequence[ImageSet]) -> ImageFile | None:
    for index, component in enumerate(sets):
        matched = match_first(component.files, path)
        if matched and not match_first(component.exclude, path):
            return ImageFile(path, index, matched[1], matched[0])
    return None


def _inspect(folder: Path, image: ImageFile, sets: Sequence[ImageSet]) -> tuple[ImageFile, list[Finding]]:
    """Read one image's header; what is wrong with it becomes a finding, placed in the lab folder."""
    path = folder / image.path
    reader = find_reader(path)
    if reader is None:
        return image, [Finding.of("MIFA211", f"no reader for {path.suffix or 'a name without suffix'}", image.path)]
    try:
        with reader.open(path, sets[image.component].axes) as source:
            return replace(image, facts=source.facts, reader=reader.name), []
    except MifaError as error:
        return image, [replace(error.finding, place=Place(image.path))]


def _unmatched(
    images: Sequence[ImageFile],
    annotations: Sequence[AnnotationFile],
    image_sets: Sequence[ImageSet],
    annotation_sets: Sequence[AnnotationSet],
) -> list[Finding]:
    """Return a finding for every pattern that no file matches."""
    used = {image.pattern for image in images} | {file.pattern for file in annotations}
    stated = [(f"images[{i}].files", pattern) for i, one in enumerate(image_sets) for pattern in one.files]
    stated += [(f"annotations[{i}].files", pattern) for i, one in enumerate(annotation_sets) for pattern in one.files]
    findings = [
        Finding.of("MIFA213", f"no file matches {pattern!r}", Place("lab folder", None, item))
        for item, pattern in stated
        if pattern not in used
    ]
    if not images:
        findings.append(Finding.of("MIFA201", "no image was found", Place("lab folder")))
    return findings
