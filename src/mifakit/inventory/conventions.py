"""How labs lay out their folders: paths -> proposed patterns, each with its reason. Pure.

Only `mifa init` and a scan without a sheet use these guesses; people see them in the sheet before
anything is built on them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath as P

from mifakit.inventory.patterns import match_first
from mifakit.metadata.study_sheet import AnnotationSet, ImageSet, Pair

ANNOTATION_FOLDERS = frozenset(
    {
        "mask",
        "masks",
        "label",
        "labels",
        "annotation",
        "annotations",
        "seg",
        "segs",
        "segmentation",
        "segmentations",
        "gt",
        "groundtruth",
        "ground_truth",
        "ground-truth",
    }
)
IMAGE_FOLDERS = frozenset({"image", "images", "img", "imgs", "raw", "data"})
_SUFFIX = re.compile(
    r"(?P<suffix>[ ._-]?(?:cp|single|instance|cell|nuclei|nucleus)?[ _-]?"
    r"(?:masks?|labels?|seg(?:mentation)?s?|gt|groundtruth|annotations?))$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Convention:
    """Why a file is taken for an annotation of an image.

    Attributes
    ----------
    folder
        The folder name that says so, in lower case; empty when the file's name does.
    suffix
        What follows the image's stem in the annotation's stem.
    per_object
        Whether the folder holds one file an object of the only image beside it.
    """

    folder: str
    suffix: str
    per_object: bool = False

    @property
    def reason(self) -> str:
        """The convention in words."""
        if self.per_object:
            return f"one file per object in {self.folder}/, beside the only image"
        stem = f"stem ends in {self.suffix}" if self.suffix else "same stem"
        return f"{stem}, folder {self.folder}/" if self.folder else stem

    @property
    def set_name(self) -> str:
        """A name for the annotation set."""
        return re.sub(r"[^A-Za-z0-9]+", "_", self.folder or self.suffix).strip("_").lower()[:40] or "annotations"


@dataclass(frozen=True)
class Proposal:
    """Proposed patterns.

    Attributes
    ----------
    images, annotations
        Sets as they would stand in the sheet.
    reasons
        One a set in `annotations`.
    ambiguous
        Annotation paths that fit several images, with the images: people must settle these.
    """

    images: tuple[ImageSet, ...]
    annotations: tuple[AnnotationSet, ...]
    reasons: tuple[str, ...]
    ambiguous: dict[str, tuple[str, ...]]


def propose(paths: Sequence[str]) -> Proposal:
    """Propose which files are images, which are annotations, and how they pair.

    Parameters
    ----------
    paths
        The files that a reader knows, relative to the lab folder.
    """
    annotations = [path for path in paths if _looks_like_annotation(path)]
    images = [path for path in paths if not _looks_like_annotation(path)]
    if not images:  # a folder that happens to be called labels: nothing to annotate in it
        annotations, images = [], list(paths)
    pairs: dict[Convention, list[tuple[str, str]]] = defaultdict(list)
    ambiguous: dict[str, tuple[str, ...]] = {}
    owner: dict[str, Convention] = {}
    for path, convention, candidates in _candidates(annotations, images):
        if len(candidates) == 1:
            pairs[convention].append((candidates[0], path))
        elif candidates:
            ambiguous[path] = tuple(candidates)
            owner[path] = convention
    sets: dict[str, tuple[AnnotationSet, str]] = {}
    image_patterns: list[str] = []
    for convention in sorted({*pairs, *owner.values()}, key=lambda one: (one.folder, one.suffix)):
        found_images, files = _patterns(pairs[convention])
        image_patterns += found_images
        unsettled = [Pair(annotation=path) for path in sorted(owner) if owner[path] == convention]
        layout = "file per object" if convention.per_object else "label image"
        name = _unused(convention.set_name, sets)
        one = AnnotationSet(name=name, files=files, layout=layout, pairs=unsettled)
        sets[name] = (one, f"{len(pairs[convention])} files paired: {convention.reason}")
    rest = [path for path in images if not match_first(image_patterns, path)]
    image_patterns += _patterns([(path, path) for path in rest])[0]
    component = ImageSet(files=list(dict.fromkeys(image_patterns)))
    return Proposal(
        (component,) if images else (),
        tuple(one for one, _ in sets.values()),
        tuple(reason for _, reason in sets.values()),
        ambiguous,
    )


def _unused(name: str, taken: dict[str, tuple[AnnotationSet, str]]) -> str:
    number, unused = 2, name
    while unused in taken:
        unused, number = f"{name}_{number}", number + 1
    return unused


def _looks_like_annotation(path: str) -> bool:
    file = P(path)
    return _annotation_folder(file) != "" or _SUFFIX.search(file.stem) is not None


def _annotation_folder(file: P) -> str:
    """Return the innermost folder whose name says annotation."""
    return next((part for part in reversed(file.parts[:-1]) if part.lower() in ANNOTATION_FOLDERS), "")


def _candidates(annotations: Sequence[str], images: Sequence[str]) -> Iterator[tuple[str, Convention, list[str]]]:
    """Yield each annotation with its convention and the images it may belong to."""
    by_stem: dict[str, list[str]] = defaultdict(list)
    by_folder: dict[P, list[str]] = defaultdict(list)
    for image in images:
        by_stem[P(image).stem].append(image)
        by_folder[P(image).parent].append(image)
        if P(image).parent.name.lower() in IMAGE_FOLDERS:
            by_folder[P(image).parent.parent].append(image)
    for path in annotations:
        file = P(path)
        folder = _annotation_folder(file)
        stripped = _SUFFIX.sub("", file.stem)
        for stem in (file.stem, stripped):
            nearest = _nearest(file, by_stem.get(stem, []))
            if nearest:
                yield path, Convention(folder.lower(), file.stem[len(stem) :]), nearest
                break
        else:
            beside = by_folder.get(file.parent.parent, []) if folder == file.parent.name else []
            if len(beside) == 1:
                yield path, Convention(folder.lower(), "", per_object=True), beside


def _nearest(file: P, images: Sequence[str]) -> list[str]:
    """Return the images that share most of the annotation's folders."""
    if not images:
        return []

    def shared(image: str) -> int:
        count = 0
        for one, other in zip(file.parts[:-1], P(image).parts[:-1], strict=False):
            if one != other:
                break
            count += 1
        return count

    most = max(shared(image) for image in images)
    return [image for image in images if shared(image) == most]


def _patterns(pairs: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Return the patterns for images and annotations that say the same as the pairs.

    Pairs of the same build - depth, suffixes, what follows the stem - share a pattern. A folder
    that differs within them becomes a field; one that has the image's stem becomes `{name}`.
    """
    builds: dict[tuple[object, ...], list[tuple[list[str], list[str]]]] = defaultdict(list)
    for image, annotation in pairs:
        stem = P(image).stem
        image_parts, annotation_parts = (_parts(path, stem) for path in (image, annotation))
        build = (len(image_parts), image_parts[-1], len(annotation_parts), annotation_parts[-1])
        if "{name}" not in annotation_parts[-1]:  # one file an object: its own name says nothing
            annotation_parts[-1] = f"*{P(annotation).suffix}"
            build = (*build[:3], annotation_parts[-1])
        builds[build].append((image_parts, annotation_parts))
    image_patterns: dict[str, None] = {}
    annotation_patterns: dict[str, None] = {}
    for members in builds.values():
        for image_pattern, annotation_pattern in _generalise(members):
            image_patterns[image_pattern] = annotation_patterns[annotation_pattern] = None
    return list(image_patterns), list(annotation_patterns)


def _parts(path: str, stem: str) -> list[str]:
    """Return a path's parts, with `{name}` where the image's stem stands."""
    file = P(path)
    folders = ["{name}" if part == stem else part for part in file.parts[:-1]]
    name = f"{{name}}{file.name[len(stem) :]}" if file.name.startswith(stem) else file.name
    return [*folders, name]


def _generalise(members: Sequence[tuple[list[str], list[str]]]) -> list[tuple[str, str]]:
    fields: dict[int, str] = {}
    for position in range(len(members[0][0]) - 1):
        if len({image[position] for image, _ in members}) > 1:
            fields[position] = "folder" if not fields else f"folder{len(fields) + 1}"
    patterns = set()
    for image, annotation in members:
        image_parts = [f"{{{fields[i]}}}" if i in fields else part for i, part in enumerate(image)]
        annotation_parts = [
            f"{{{fields[i]}}}" if i in fields and i < len(image) - 1 and part == image[i] else part
            for i, part in enumerate(annotation)
        ]
        patterns.add(("/".join(image_parts), "/".join(annotation_parts)))
    return sorted(patterns)
