"""Lab folder + patterns -> inventory. Reads headers, not pixels; changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.inventory.inventory import AnnotationFile, ImageFile, Inventory
from mifakit.inventory.pairing import Paired, missing_annotations, pair_set
from mifakit.inventory.patterns import match_first
from mifakit.inventory.walk import walk_files
from mifakit.readers.base import ImageFacts
from mifakit.readers.registry import find_reader, load_readers

if TYPE_CHECKING:  # workers look at files, and have no need of pydantic
    from mifakit.metadata.study_sheet import AnnotationSet, ImageSet

_BATCH = 32
"""Files that are looked at in one task."""


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
        Which files are what. What an annotation pattern matches is no image.
    executor
        Looks into the files; threads do when left out. One of processes survives a reader's crash.

    Raises
    ------
    MifaError
        MIFA125 when a pattern is malformed, MIFA202 when a folder cannot be listed.
    """
    files = _sort_files(walk_files(folder), images, annotations)
    findings = [*load_readers()[1]]
    if not files.images:
        findings.append(Finding.of("MIFA201", "no image was found", str(folder)))
    paired = [
        pair_set(files.images, [file for file in files.annotations if file.annotation_set == one.name], one)
        for one in annotations
    ]
    axes = {image.path: images[image.component].axes for image in files.images}
    with nullcontext(executor) if executor else ThreadPoolExecutor() as pool:
        seen = _inspect_all(folder, axes, pool)
        unread = {path for path, one in seen.items() if not one.facts}
        mask_axes = _mask_axes(files.annotations, annotations, paired, axes, unread)
        seen |= _inspect_all(folder, mask_axes, pool)
    findings += [finding for path in sorted(seen) if (finding := seen[path].finding)]
    pairings = tuple(pairing for one in paired for pairing in one.pairings)
    unsettled = frozenset[str]().union(*(one.unsettled for one in paired))
    findings += [finding for one in paired for finding in one.findings]
    readable = [image for image in files.images if image.path not in unread]
    findings += missing_annotations(readable, pairings, unsettled, annotations)
    findings += [
        Finding.of("MIFA216", "no pattern of the sheet matches it", Place(path))
        for path in files.others
        if find_reader(Path(path))
    ]
    return Inventory(
        folder,
        tuple(replace(one, facts=seen[one.path].facts, reader=seen[one.path].reader) for one in files.images),
        tuple(replace(one, facts=seen[one.path].facts) if one.path in seen else one for one in files.annotations),
        pairings,
        unsettled,
        tuple(files.others),
        tuple(findings),
    )


class _Files(NamedTuple):
    images: list[ImageFile]
    annotations: list[AnnotationFile]
    others: list[str]


def _sort_files(paths: Iterable[str], images: Sequence[ImageSet], annotations: Sequence[AnnotationSet]) -> _Files:
    files = _Files([], [], [])
    excluded = [pattern for one in images for pattern in one.exclude]
    excluded += [pattern for one in annotations for pattern in one.exclude]
    for path in paths:
        annotation = _match_annotation(path, annotations)
        image = None if annotation else _match_image(path, images)
        if annotation:
            files.annotations.append(annotation)
        elif image:
            files.images.append(image)
        elif not match_first(excluded, path):
            files.others.append(path)
    return files


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


def _mask_axes(
    files: Sequence[AnnotationFile],
    sets: Sequence[AnnotationSet],
    paired: Sequence[Paired],
    image_axes: Mapping[str, str | None],
    unread: set[str],
) -> dict[str, str | None]:
    """Return what the sheet says about each mask's axes: those of its image, but for c, if nothing else.

    Masks of images that cannot be read are left out: they are not built, and would only be
    complained about for the same reason.
    """
    stated = {protocol.name: protocol.axes for protocol in sets}
    axes = {file.path: stated[file.annotation_set] for file in files}
    for pairing in (pairing for one in paired for pairing in one.pairings):
        for file in pairing.files:
            if pairing.image in unread:
                del axes[file]
            else:
                axes[file] = axes[file] or (image_axes[pairing.image] or "").replace("c", "") or None
    return axes


class _Inspected(NamedTuple):
    facts: ImageFacts | None
    reader: str | None
    finding: Finding | None


def _inspect_all(folder: Path, axes: Mapping[str, str | None], executor: Executor) -> dict[str, _Inspected]:
    """Read headers in batches; of a batch that was lost, one by one."""
    seen: dict[str, _Inspected] = {}
    items = list(axes.items())
    batches = [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]
    futures = [executor.submit(_inspect_batch, folder, batch) for batch in batches]
    for batch, future in zip(batches, futures, strict=True):
        try:
            seen |= zip((path for path, _ in batch), future.result(), strict=True)
        except Exception:  # a process that died says so in the words of its executor
            for path, stated in batch:
                try:
                    seen[path] = executor.submit(_inspect, folder, path, stated).result()
                except Exception as error:
                    lost = Finding.of("MIFA315", f"looking at it failed: {error}", Place(path))
                    seen[path] = _Inspected(None, None, lost)
    return seen


def _inspect_batch(folder: Path, batch: Sequence[tuple[str, str | None]]) -> list[_Inspected]:
    return [_inspect(folder, path, axes) for path, axes in batch]


def _inspect(folder: Path, path: str, axes: str | None) -> _Inspected:
    """Read one file's header; what is wrong with it becomes a finding, placed in the lab folder."""
    if not _is_text(path):
        hint = "rename it in a copy of the folder"
        return _Inspected(None, None, Finding.of("MIFA202", "its name is not text", Place(path), hint))
    reader = find_reader(Path(path))
    if reader is None:
        kind = Path(path).suffix or "a name without suffix"
        return _Inspected(None, None, Finding.of("MIFA211", f"no reader for {kind}", Place(path)))
    try:
        with reader.open(folder / path, axes) as source:
            return _Inspected(source.facts, reader.name, None)
    except MifaError as error:
        return _Inspected(None, reader.name, replace(error.finding, place=Place(path)))


def _is_text(path: str) -> bool:
    """Whether a path is text: names in old encodings are not, and no manifest could hold them."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def unused_patterns(
    inventory: Inventory, sets: Sequence[ImageSet] | Sequence[AnnotationSet]
) -> Iterator[tuple[int, str]]:
    """Yield the patterns that no file of the lab folder matches, with the index of their set."""
    used = {image.pattern for image in inventory.images} | {file.pattern for file in inventory.annotations}
    for index in range(len(sets)):
        for pattern in sets[index].files:
            if pattern not in used:
                yield index, pattern
