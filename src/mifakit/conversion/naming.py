"""Final names of samples: portable, unique, and the shortest that tell files apart. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

from mifakit.findings import Finding, Place
from mifakit.inventory.conventions import IMAGE_FOLDERS, image_stem
from mifakit.inventory.inventory import ImageFile
from mifakit.sources.names import collision_key, portable_name


def name_samples(
    images: Sequence[ImageFile], stated: Mapping[str, str] | None = None
) -> tuple[dict[str, str], list[Finding]]:
    """Return a sample id for each image, by its key.

    The file's stem where that is unique, else its folders and stem; behind it `__` and the image's name in the file,
    if there are several; of a series what all its files are called. Images that still share a name get none,
    and a finding each: renaming one of them silently would hide which is which.

    Parameters
    ----------
    images
        All images.
    stated
        What some are called whatever their files are, by key: those on plates by their place there.
    """
    paths = {image.key: _path(image) for image in images}
    paths |= {key: f"{portable_name(name)}.zarr" for key, name in (stated or {}).items()}
    names, clashes = _unique(paths, _stem)
    longer, clashes = _unique(clashes, _folders_and_stem)
    taken = {collision_key(name): key for key, name in names.items()}
    clashes |= {key: paths[key] for key, name in longer.items() if collision_key(name) in taken}
    names |= {key: name for key, name in longer.items() if key not in clashes}
    wanted: dict[str, list[str]] = defaultdict(list)
    for key in sorted(clashes):
        wanted[collision_key(_folders_and_stem(paths[key]))].append(key)
    findings = []
    for name, group in wanted.items():
        for key in group:
            others = [other for other in (*group, taken.get(name)) if other and other != key]
            message = f"would be named {_folders_and_stem(paths[key])}, as {', '.join(others)}"
            findings.append(Finding.of("MIFA301", message, Place(key)))
    return names, findings


def _unique(paths: Mapping[str, str], name: Callable[[str], str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names that are one image's only, and the paths of all others, by key."""
    groups: dict[str, list[str]] = defaultdict(list)
    for key, path in paths.items():
        groups[collision_key(name(path))].append(key)
    names = {group[0]: name(paths[group[0]]) for group in groups.values() if len(group) == 1}
    return names, {key: paths[key] for group in groups.values() if len(group) > 1 for key in group}


def _path(image: ImageFile) -> str:
    """Return a path that says what an image is called."""
    origin = image.origin
    if origin.series:
        return _without_axes(image.pattern, origin.series.axes, image.fields) or origin.path
    if not origin.scene_name:
        return origin.path
    path = PurePosixPath(origin.path)
    return str(path.with_name(f"{image_stem(origin.path)}__{portable_name(origin.scene_name)}{path.suffix}"))


def _without_axes(pattern: str, axes: str, fields: Mapping[str, str]) -> str:
    """Return a pattern filled in, without the words that tell the place along an axis.

    Examples
    --------
    >>> _without_axes("pos{p}_t{t:03d}_c{c}.tif", "tc", {"p": "1"})
    'pos1.tif'
    """
    folders = []
    for folder in pattern.split("/"):
        words = re.split(r"([ ._-])(?![^{]*\})", folder)
        kept = [word for word in words if not re.search(rf"\{{[{axes}][:}}]", word)]
        text = re.sub(r"\{(\w+)[^}]*\}", lambda field: fields.get(field[1], ""), "".join(kept))
        folders.append(re.sub(r"[*?]+", "", text).lstrip("._- "))
    name = re.sub(r"[ _-]+(?=[ ._-])", "", folders.pop())
    parents = "/".join(filter(None, folders))
    if image_stem(f"_.{name}") != "_":
        return f"{parents}/{name}".lstrip("/")
    # Only a suffix is left: a folder of frames is called what the folder is.
    return "" if not parents or PurePosixPath(parents).name.lower() in IMAGE_FOLDERS else f"{parents}.{name}"


def _stem(path: str) -> str:
    return portable_name(image_stem(path))


def _folders_and_stem(path: str) -> str:
    folders = [part for part in PurePosixPath(path).parts[:-1] if part.lower() not in IMAGE_FOLDERS]
    return portable_name("_".join([*folders, _stem(path)]))
