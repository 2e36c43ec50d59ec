"""Files that documents list one by one -> patterns that say the same, as a study sheet has them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from mifakit.documents.merging import listed
from mifakit.inventory.patterns import escape, match_first
from mifakit.inventory.proposing import patterns_of, untold, unused_name
from mifakit.metadata.annotation_sets import AnnotationSet, Pair
from mifakit.metadata.image_sets import ImageSet
from mifakit.metadata.study_sheet import StudySheet

ANNOTATIONS = "annotations"
"""What a set is called that no document names."""
IMAGES = "Images"

Pairs = list[tuple[str, str]]


def lay_out(sheet: StudySheet) -> None:
    """Put patterns in the place of listed files; pairs stay only where patterns do not tell them.

    Parameters
    ----------
    sheet
        What documents say: `files` of image sets and `pairs` of annotation sets list paths. Changed.
    """
    sets = [one for one in sheet.annotations if listed(one) and not one.files]
    _name_images(sheet, sets)
    own = [list(one.files) for one in sheet.images]
    for component in sheet.images:
        component.files = []
    for one in sets:
        _lay_out_set(one, sheet.images, own)
    for component, files in zip(sheet.images, own, strict=True):
        rest = [path for path in files if not match_first(component.files, path)]
        component.files = _unique([*component.files, *_alone(rest)])
    _part_sets(sheet.images, own)
    told = [pattern for component in sheet.images for pattern in component.files]
    for one in sets:
        one.pairs = keep_untold(one.pairs, told, one.files)


def keep_untold(pairs: Sequence[Pair], image_patterns: Sequence[str], annotation_patterns: Sequence[str]) -> list[Pair]:
    """Return the pairs that patterns do not tell by themselves."""
    whole = [(str(pair.image), str(pair.annotation)) for pair in pairs if pair.image and pair.annotation]
    return [Pair(annotation=path, image=image) for image, path in untold(image_patterns, annotation_patterns, whole)]


def name_sets(sheet: StudySheet) -> None:
    """Give each annotation set a name that no other has."""
    taken: dict[str, AnnotationSet] = {}
    for one in sheet.annotations:
        name = one.name or ANNOTATIONS
        one.name = unused_name(name[:_ROOM_FOR_NUMBER] if name in taken else name, taken)
        taken[one.name] = one


_ROOM_FOR_NUMBER = 36


def _name_images(sheet: StudySheet, sets: Sequence[AnnotationSet]) -> None:
    """Give images that only pairs name a set: the only one that lists no file, or a new one."""
    known = {path for one in sheet.images for path in one.files}
    unknown = _unique([pair.image for one in sets for pair in one.pairs if pair.image and pair.image not in known])
    empty = [one for one in sheet.images if not one.files]
    if unknown and len(empty) == 1:
        empty[0].files = unknown
    elif unknown and not sheet.images:
        sheet.images.append(ImageSet(name=IMAGES, files=unknown))


def _lay_out_set(annotations: AnnotationSet, images: Sequence[ImageSet], own: Sequence[Sequence[str]]) -> None:
    images_of: dict[str, list[str]] = {}
    for pair in annotations.pairs:
        images_of.setdefault(str(pair.annotation), []).extend([pair.image] if pair.image else [])
    plain: Pairs = [(found[0], path) for path, found in images_of.items() if len(found) == 1]
    files: list[str] = []
    for component, paths in zip(images, own, strict=True):
        here = set(paths)
        pairs = [pair for pair in plain if pair[0] in here and _is_called_after(pair[1], pair[0])]
        for_images, for_files = patterns_of(pairs)
        component.files = _unique([*component.files, *for_images])
        files += for_files
    rest = [path for path in images_of if not match_first(files, path)]
    annotations.files = _unique([*files, *_alone(rest)])


def _is_called_after(annotation: str, image: str) -> bool:
    """Whether an annotation's name begins as its image's: else no pattern tells the pair."""
    return PurePosixPath(annotation).name.startswith(PurePosixPath(image).name.partition(".")[0])


def _alone(paths: Sequence[str]) -> list[str]:
    """Return patterns of files that are paired with nothing."""
    return patterns_of([(path, path) for path in paths])[0]


def _part_sets(images: Sequence[ImageSet], own: Sequence[Sequence[str]]) -> None:
    """Write out the files of image sets whose patterns would take another's."""
    for index, component in enumerate(images):
        others = [path for number, paths in enumerate(own) if number > index for path in paths]
        if any(match_first(component.files, path) for path in others):
            component.files = [escape(path) for path in own[index]]


def _unique(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))
