"""How labs lay out their folders: which file is an annotation, and of which image. Guesses, each with its reason.

Pure. Only `mifa init` and a scan without a sheet use them; people see them before anything is built.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath as Path

ANNOTATION_FOLDERS = frozenset({
    "mask", "masks", "label", "labels", "annotation", "annotations", "seg", "segs", "segmentation",
    "segmentations", "gt", "groundtruth", "ground_truth", "ground-truth",
})  # fmt: skip
IMAGE_FOLDERS = frozenset({"image", "images", "img", "imgs", "raw", "data"})

_WORD = r"(?:[ ._-]?(?:masks?|labels?|segmentations?|groundtruth|annotations?)|[ ._-](?:segs?|gt))$"
_SUFFIXES = (
    re.compile(_WORD, re.IGNORECASE),
    re.compile(r"[ ._-]?(?:cp|single|instance|cell|nuclei|nucleus)" + _WORD, re.IGNORECASE),
)


@dataclass(frozen=True, order=True)
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
        return set_name(self.folder or self.suffix)


@dataclass(frozen=True)
class Guess:
    """The images that an annotation may belong to: one, or several that people must choose from."""

    convention: Convention
    images: tuple[str, ...]


def set_name(text: str) -> str:
    """Return a name for an annotation set: `labels/nuclei` is `nuclei`."""
    words = re.sub(r"[^A-Za-z0-9]+", "_", Path(text).name).strip("_").lower()
    return words[:40] or "annotations"


def says_annotation(scene: str) -> bool:
    """Whether the name of an image in a file says that it annotates another one there: `label`, `labels/nuclei`."""
    return _looks_like_annotation(scene) or Path(scene).name.lower() in ANNOTATION_FOLDERS


def split_roles(paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return which files seem to be images and which annotations, by folder and by name."""
    annotations = [path for path in paths if _looks_like_annotation(path)]
    images = [path for path in paths if not _looks_like_annotation(path)]
    # A folder that happens to be called labels, with nothing that they could label.
    return (images, annotations) if images else (list(paths), [])


def guess_images(images: Sequence[str], annotations: Sequence[str]) -> dict[str, Guess]:
    """Return the image of each annotation, for those that have one at all.

    By stem first; then, in a folder where no stem fits, one file an object of the only image beside it.
    """
    by_stem: dict[str, list[str]] = defaultdict(list)
    for image in images:
        by_stem[image_stem(image)].append(image)
    guesses = {path: guess for path in annotations if (guess := _by_stem(path, by_stem))}
    settled = {Path(path).parent for path in guesses}
    rest = [path for path in annotations if Path(path).parent not in settled]
    return guesses | dict(_per_object(rest, images))


def image_stem(path: str) -> str:
    """Return a file's stem; of `a.ome.tif` and `a.nii.gz` it is `a`."""
    return Path(path).stem.removesuffix(".ome").removesuffix(".nii")


def _looks_like_annotation(path: str) -> bool:
    return bool(_annotation_folder(path) or _SUFFIXES[0].search(Path(path).stem))


def _annotation_folder(path: str) -> str:
    """Return the innermost folder whose name says annotation, in lower case."""
    folders = (part.lower() for part in reversed(Path(path).parts[:-1]))
    return next((part for part in folders if part in ANNOTATION_FOLDERS), "")


def _by_stem(path: str, by_stem: Mapping[str, Sequence[str]]) -> Guess | None:
    folder, own = _annotation_folder(path), image_stem(path)
    # The longest stem first: x_cell_mask is the mask of x_cell before it is one of x.
    for stem in (own, *(suffix.sub("", own) for suffix in _SUFFIXES)):
        nearest = _nearest(path, by_stem.get(stem, ()), same_folder=not folder)
        if nearest:
            return Guess(Convention(folder, own[len(stem) :]), nearest)
    return None


def _nearest(path: str, images: Sequence[str], *, same_folder: bool) -> tuple[str, ...]:
    """Return the images in the folder nearest to the annotation's, folders named for their role aside."""
    home = _place(path)
    shared: dict[int, list[str]] = defaultdict(list)
    for image in images:
        place = _place(image)
        common = min(len(home), len(place))
        if home[:common] == place[:common] and (home == place or not same_folder):
            shared[common].append(image)
    return tuple(shared[max(shared)]) if shared else ()


def _place(path: str) -> tuple[str, ...]:
    return tuple(part for part in Path(path).parts[:-1] if part.lower() not in ANNOTATION_FOLDERS | IMAGE_FOLDERS)


def _per_object(annotations: Sequence[str], images: Sequence[str]) -> Iterator[tuple[str, Guess]]:
    beside: dict[Path, list[str]] = defaultdict(list)
    for image in images:
        folder = Path(image).parent
        beside[folder].append(image)
        if folder.name.lower() in IMAGE_FOLDERS:
            beside[folder.parent].append(image)
    for path in annotations:
        folder = Path(path).parent
        candidates = beside.get(folder.parent, [])
        if folder.name.lower() in ANNOTATION_FOLDERS and len(candidates) == 1:
            yield path, Guess(Convention(folder.name.lower(), "", per_object=True), tuple(candidates))
