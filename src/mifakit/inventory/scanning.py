"""Lab folder + patterns -> inventory. Reads headers, not pixels; changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from mifakit.annotations.registry import load_formats
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.inventory.annotation_files import format_of, inspect_annotations, is_one_item, options_of
from mifakit.inventory.conditions import Conditions, read_conditions
from mifakit.inventory.grouping import Member, group_files
from mifakit.inventory.inspecting import Inspected, inspect_files, inspect_origins, join
from mifakit.inventory.inventory import AnnotationFile, ImageFile, Inventory
from mifakit.inventory.pairing import Paired, missing_annotations, pair_set
from mifakit.inventory.patterns import match_first
from mifakit.inventory.walk import walk_files
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.image_formats import IMAGE_FORMATS
from mifakit.metadata.image_sets import ImageSet
from mifakit.readers.origin import Origin
from mifakit.readers.registry import find_reader, load_readers


def scan_folder(
    folder: Path,
    images: Sequence[ImageSet],
    annotations: Sequence[AnnotationSet],
    executor: Executor | None = None,
) -> Inventory:
    """Take the inventory of a lab folder.

    Parameters
    ----------
    folder
        The lab folder; only read.
    images, annotations
        Which files are what. What an annotation pattern matches is no image, but for files that hold several.
    executor
        Looks into the files; threads do when left out. One of processes survives a reader's crash.

    Raises
    ------
    MifaError
        MIFA125 when a pattern is malformed, MIFA202 when a folder cannot be listed.
    """
    listed = _sort_files(walk_files(folder, is_one_item), images, annotations)
    findings = [*load_readers()[1], *load_formats()[1]]
    if not listed.images:
        findings.append(Finding.of("MIFA201", "no image was found", str(folder)))
    with nullcontext(executor) if executor else ThreadPoolExecutor() as pool:
        found_images, problems = _find_images(folder, listed, images, annotations, pool)
        masks, others = _find_annotations(folder, listed, annotations, pool)
        findings += [*problems, *others]
        paired = [
            pair_set(found_images, [mask for mask in masks if mask.annotation_set == protocol.name], protocol)
            for protocol in annotations
        ]
        unread = {image.key for image in found_images if not image.facts}
        axes = {image.key: images[image.component].axes for image in found_images}
        wanted = _mask_axes(masks, annotations, paired, axes, unread)
        seen = dict(zip(wanted, inspect_origins(folder, [*wanted.values()], pool), strict=True))
    findings += [finding for key in sorted(seen) if (finding := seen[key].finding)]
    pairings = tuple(pairing for one in paired for pairing in one.pairings)
    unsettled = frozenset[str]().union(*(one.unsettled for one in paired))
    findings += [finding for one in paired for finding in one.findings]
    readable = [image for image in found_images if image.key not in unread]
    findings += missing_annotations(readable, pairings, unsettled, annotations)
    conditions, unreadable = _read_tables(folder, images)
    findings += unreadable
    origins = [*(image.origin for image in found_images), *(mask.origin for mask in masks)]
    companions = {name for origin in origins for name in origin.companions}
    findings += [
        Finding.of("MIFA216", "no pattern of the sheet matches it", Place(path))
        for path in listed.others
        if find_reader(path) and path not in companions
    ]
    return Inventory(
        folder,
        tuple(found_images),
        tuple(_seen(one, seen[one.key]) if one.key in seen else one for one in masks),
        pairings,
        unsettled,
        tuple(path for path in listed.others if path not in companions),
        tuple(findings),
        conditions,
    )


def _read_tables(folder: Path, sets: Sequence[ImageSet]) -> tuple[dict[int, Conditions], list[Finding]]:
    """Read what stood in the wells, by image set."""
    conditions: dict[int, Conditions] = {}
    findings: list[Finding] = []
    for index, component in enumerate(sets):
        if component.plate and component.plate.conditions:
            try:
                conditions[index] = read_conditions(folder, component.plate.conditions)
            except MifaError as error:
                findings.append(error.finding)
    return conditions, findings


def _seen(file: AnnotationFile, inspected: Inspected) -> AnnotationFile:
    return replace(file, origin=inspected.origin, facts=inspected.facts)


class _Listed(NamedTuple):
    """Files of the lab folder, by what their paths say; some hold both images and annotations."""

    images: list[ImageFile]
    annotations: list[AnnotationFile]
    others: list[str]


def _sort_files(paths: Iterable[str], images: Sequence[ImageSet], annotations: Sequence[AnnotationSet]) -> _Listed:
    listed = _Listed([], [], [])
    excluded = [pattern for one in images for pattern in one.exclude]
    excluded += [pattern for one in annotations for pattern in one.exclude]
    among_images = {one.name for one in annotations if one.scenes}
    for path in paths:
        matched = [*_match_annotations(path, annotations)]
        alone = any(one.annotation_set not in among_images for one in matched)
        image = None if alone else _match_image(path, images)
        listed.annotations.extend(matched)
        if image:
            listed.images.append(image)
        elif not matched and not match_first(excluded, path):
            listed.others.append(path)
    return listed


def _match_annotations(path: str, sets: Sequence[AnnotationSet]) -> Iterator[AnnotationFile]:
    """Yield what a file is: of the first set that matches, or of all those that take images out of it by name."""
    for protocol in sets:
        matched = match_first(protocol.files, path)
        if matched and not match_first(protocol.exclude, path):
            yield AnnotationFile(Origin(path), str(protocol.name), matched[1], matched[0])
        elif any(pair.annotation == path for pair in protocol.pairs):
            yield AnnotationFile(Origin(path), str(protocol.name), {}, path)
        else:
            continue
        if not protocol.scenes:
            return


def _match_image(path: str, sets: Sequence[ImageSet]) -> ImageFile | None:
    for index, component in enumerate(sets):
        matched = match_first(component.files, path)
        if matched and not match_first(component.exclude, path):
            return ImageFile(Origin(path), index, matched[1], matched[0])
    return None


class _Images(NamedTuple):
    files: list[ImageFile]
    findings: list[Finding]


def _find_images(
    folder: Path, listed: _Listed, sets: Sequence[ImageSet], annotations: Sequence[AnnotationSet], executor: Executor
) -> _Images:
    """Look into image files: each image in them, and each series of them, is an image."""
    components = [sets[file.component] for file in listed.images]
    tasks = [
        (file.origin.path, component.axes, tuple(component.scenes))
        for file, component in zip(listed.images, components, strict=True)
    ]
    inspected = inspect_files(folder, tasks, executor)
    claimed: dict[str, list[str]] = defaultdict(list)
    for mask in listed.annotations:
        claimed[mask.origin.path] += next(one.scenes for one in annotations if one.name == mask.annotation_set)
    found: list[ImageFile] = []
    findings: list[Finding] = []
    companions: set[str] = set()
    for file, scenes in zip(listed.images, inspected, strict=True):
        if file.origin.path in companions:  # it was read with the file that needs it
            continue
        for one in scenes:
            if match_first(claimed[file.origin.path], one.origin.scene_name):
                continue
            companions |= set(one.origin.companions)
            fields = {**file.fields, **_scene_fields(one.origin.scene_name, sets[file.component].scenes)}
            found.append(replace(file, origin=one.origin, fields=fields, facts=one.facts, reader=one.reader))
            findings += [one.finding] if one.finding else []
    grouped = [image for image in found if not sets[image.component].series]
    for index, component in enumerate(sets):
        if component.series:
            members = [image for image in found if image.component == index]
            whole, wrong = _image_series(members, component)
            grouped += whole
            findings += wrong
    return _Images(sorted(grouped, key=lambda image: image.key), findings)


def _image_series(images: Sequence[ImageFile], component: ImageSet) -> _Images:
    by_path = {image.origin.path: image for image in images}
    members = [Member(path, image.fields) for path, image in by_path.items()]
    whole: list[ImageFile] = []
    findings: list[Finding] = []
    for group in group_files(members, component.series or "", component.channels):
        files = [by_path[path] for path in group.files]
        findings += group.findings
        image = replace(files[0], fields=group.fields)
        if group.series is None:
            whole.append(replace(image, facts=None))
            continue
        joined = join(Origin(group.files[0], series=group.series), [_inspected(file) for file in files])
        findings += [joined.finding] if joined.finding else []
        whole.append(replace(image, origin=joined.origin, facts=joined.facts))
    return _Images(whole, findings)


def _inspected(image: ImageFile) -> Inspected:
    return Inspected(image.origin, image.facts, image.reader)


class _Annotations(NamedTuple):
    files: list[AnnotationFile]
    findings: list[Finding]


def _find_annotations(folder: Path, listed: _Listed, sets: Sequence[AnnotationSet], executor: Executor) -> _Annotations:
    """Look into annotation files for the images that they speak of; label images wait for their pair."""
    found: list[AnnotationFile] = []
    findings: list[Finding] = []
    for protocol in sets:
        divided = _divide_by_format(folder, listed, protocol)
        unknown = _Annotations(divided.unknown, divided.findings)
        in_images = _among_images(folder, divided.in_images, protocol, executor)
        others = _in_annotation_files(folder, divided.others, protocol, executor)
        companions = {name for file in others.files for name in file.origin.companions}
        for one in (unknown, in_images, others):
            # A list of classes, which the pattern matches too, is read with the files beside it.
            found += [file for file in one.files if file.origin.path not in companions]
            findings += [wrong for wrong in one.findings if not wrong.place or wrong.place.path not in companions]
    return _Annotations(found, findings)


class _Divided(NamedTuple):
    """The files of a set: images, annotation files, those that nothing knows, and why."""

    in_images: list[AnnotationFile]
    others: list[AnnotationFile]
    unknown: list[AnnotationFile]
    findings: list[Finding]


def _divide_by_format(folder: Path, listed: _Listed, protocol: AnnotationSet) -> _Divided:
    """Return a set's files by what they are: the sheet's word, else what they show."""
    in_images: list[AnnotationFile] = []
    others: list[AnnotationFile] = []
    unknown: list[AnnotationFile] = []
    findings: list[Finding] = []
    for file in listed.annotations:
        if file.annotation_set != protocol.name:
            continue
        if protocol.format in IMAGE_FORMATS:
            in_images.append(replace(file, format=protocol.format))
            continue
        try:
            form = format_of(folder, file.origin.path, protocol.format, protocol.columns)
        except MifaError as error:
            findings.append(error.finding)
            unknown.append(replace(file, format="", broken=True))
            continue
        if form:
            others.append(replace(file, format=form.name))
        else:
            in_images.append(file)
    return _Divided(in_images, others, unknown, findings)


def _in_annotation_files(
    folder: Path, files: Sequence[AnnotationFile], protocol: AnnotationSet, executor: Executor
) -> _Annotations:
    options = options_of(protocol)
    inspected = inspect_annotations(folder, [(one.origin.path, one.format, options) for one in files], executor)
    found: list[AnnotationFile] = []
    findings: list[Finding] = []
    for file, seen in zip(files, inspected, strict=True):
        findings += seen.findings
        if seen.problem:
            findings.append(seen.problem)
            found.append(replace(file, broken=True))
            continue
        alone = len(seen.images) == 1
        for number, image in enumerate(seen.images):
            origin = Origin(file.origin.path, number, "" if alone else image.name, seen.companions)
            found.append(replace(file, origin=origin, names=image.name, alone=alone))
    return _Annotations(found, findings)


def _among_images(
    folder: Path, files: Sequence[AnnotationFile], protocol: AnnotationSet, executor: Executor
) -> _Annotations:
    """Look for annotations in image files that hold several images, and put series together."""
    found: list[AnnotationFile] = []
    findings: list[Finding] = []
    if protocol.scenes:
        tasks = [(file.origin.path, protocol.axes, tuple(protocol.scenes)) for file in files]
        inspected = inspect_files(folder, tasks, executor)
        holding = [scenes for scenes in inspected if not _lacks_name(scenes)]
        for file, scenes in zip(files, inspected, strict=True):
            if holding and _lacks_name(scenes):  # this image has no annotation, which is said of the image
                continue
            for one in scenes:
                fields = {**file.fields, **_scene_fields(one.origin.scene_name, protocol.scenes)}
                fields.pop("scene", None)  # a mask is not called as its image
                found.append(replace(file, origin=one.origin, fields=fields))
                findings += [one.finding] if one.finding else []
    elif protocol.series:
        by_path = {file.origin.path: file for file in files}
        for group in group_files([Member(path, file.fields) for path, file in by_path.items()], protocol.series):
            findings += group.findings
            if group.series:
                origin = Origin(group.files[0], series=group.series)
                found.append(replace(by_path[group.files[0]], origin=origin, fields=group.fields))
    else:
        found += files
    return _Annotations(found, findings)


def _lacks_name(scenes: Sequence[Inspected]) -> bool:
    """Whether a file was read and holds no image of the names that are wanted."""
    return any(one.finding is not None and one.finding.code == "MIFA223" for one in scenes)


def _scene_fields(name: str, patterns: Sequence[str]) -> Mapping[str, str]:
    """Return the fields of an image's name in its file: those of the patterns, else its whole name as `scene`."""
    if not name:
        return {}
    matched = match_first(patterns, name)
    return matched[1] if matched and matched[1] else {"scene": name}


def _mask_axes(
    files: Sequence[AnnotationFile],
    sets: Sequence[AnnotationSet],
    paired: Sequence[Paired],
    image_axes: Mapping[str, str | None],
    unread: set[str],
) -> dict[str, tuple[Origin, str | None]]:
    """Return what the sheet says about each mask's axes: those of its image, but for c, if nothing else.

    Masks of images that cannot be read are left out: they are not built, and would only be
    complained about for the same reason.
    """
    stated = {protocol.name: protocol.axes for protocol in sets}
    axes = {file.key: (file.origin, stated[file.annotation_set]) for file in files if file.in_image_file}
    for pairing in (pairing for one in paired for pairing in one.pairings):
        for file in pairing.files:
            if pairing.image in unread:
                axes.pop(file, None)
            elif file in axes:
                origin, said = axes[file]
                axes[file] = origin, said or (image_axes[pairing.image] or "").replace("c", "") or None
    return axes


def unused_patterns(
    inventory: Inventory, sets: Sequence[ImageSet] | Sequence[AnnotationSet]
) -> Iterator[tuple[int, str]]:
    """Yield the patterns that no file of the lab folder matches, with the index of their set."""
    used = {image.pattern for image in inventory.images} | {file.pattern for file in inventory.annotations}
    for index in range(len(sets)):
        for pattern in sets[index].files:
            if pattern not in used:
                yield index, pattern
