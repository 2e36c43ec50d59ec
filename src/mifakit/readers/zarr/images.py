"""The images in a Zarr folder: one, or those of a plate, a series, or a group of arrays; then their labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

from mifakit.errors import MifaError
from mifakit.readers.array_attributes import Described, describe_array
from mifakit.readers.folder_memory import FolderMemory
from mifakit.readers.guard import guarded
from mifakit.readers.zarr.nodes import DOCUMENTS, Json, Node, join, list_children, read_node
from mifakit.readers.zarr.ome_zarr import describe_image, level_paths, ome_attributes

_DEEPEST = 8
"""Groups within groups; a label in a plate is five deep."""
_MOST_IMAGES = 100_000
_NUMBERS = re.compile(r"[<>|][buif]\d+|bool|u?int\d+|float\d+")
_LEVEL = re.compile(r"s?\d+")
_LEAST_FACTOR = 1.5
_MEMORY = FolderMemory(DOCUMENTS)


@dataclass(frozen=True)
class ZarrImage:
    """Where an image's pixels are, and what is said of them.

    Attributes
    ----------
    array
        Its finest level.
    described
        Its axes, distances and channels.
    absent
        The coarser levels that should be there and are not.
    several
        How many images its group describes.
    """

    array: Node
    described: Described
    absent: tuple[str, ...] = ()
    several: int = 1


def find_images(root: Path) -> tuple[str, ...]:
    """Return the names of the images in a folder, labels last; empty for one that is the folder itself.

    What should be an image and cannot be read is among them: opening it says why.

    Raises
    ------
    MifaError
        MIFA202 when there is no image, or the folder itself cannot be read, MIFA203 when it is empty or
        unfinished, MIFA204 when it is no Zarr.
    """
    known = _MEMORY.recall(root)
    if known is not None:
        return known
    node = read_node(root, "")
    if node is None:
        if next(root.iterdir(), None) is None:
            raise MifaError("MIFA203", "is an empty folder", str(root))
        raise MifaError("MIFA204", "is no Zarr: it has no zarr.json, .zgroup or .zarray", str(root))
    names: list[str] = []
    visited = [root]
    for name in _images_of(node, _DEEPEST, visited):
        if len(names) == _MOST_IMAGES:
            raise MifaError("MIFA202", f"holds more than {_MOST_IMAGES:,} images", str(root))
        names.append(name)
    if not names:
        raise MifaError("MIFA202", "holds no array of two or more dimensions of numbers", str(root))
    ordered = tuple(sorted(dict.fromkeys(names), key=is_label))
    _MEMORY.keep(root, ordered, visited)
    return ordered


def is_label(name: str) -> bool:
    """Whether an image is a label of another one."""
    return "labels" in PurePosixPath(name).parts[:-1]


def locate_image(root: Path, name: str) -> ZarrImage:
    """Find an image's pixels.

    Raises
    ------
    MifaError
        MIFA202 when its metadata are malformed, MIFA203 when it should be there and is not.
    """
    node = _must_be_there(root, name)
    if node.array is not None:
        return ZarrImage(node, _described(node))
    ome = ome_attributes(node.attributes)
    with guarded(node.path, "its metadata cannot be read"):
        if "multiscales" not in ome:
            levels = _pyramid(node)
            if not levels:
                raise MifaError("MIFA202", "should be an image by the metadata, and is none", str(node.path))
            return ZarrImage(levels[0], _described(levels[0]))
        paths = [join(name, path) for path in level_paths(ome["multiscales"][0])]
        finest = _must_be_there(root, paths[0])
        if finest.array is None:
            raise MifaError("MIFA203", "is no array, and should be the pixels of an image", str(finest.path))
        described = describe_image(ome, len(finest.array["shape"]))
        absent = tuple(path for path in paths[1:] if read_node(root, path) is None)
        return ZarrImage(finest, described, absent, len(ome["multiscales"]))


def _must_be_there(root: Path, name: str) -> Node:
    node = read_node(root, name)
    if node is None:
        raise MifaError("MIFA203", "should be there by the metadata, and is not", str(root / name))
    return node


def _described(array: Node) -> Described:
    with guarded(array.path, "its metadata cannot be read"):
        document = array.array or {}
        return describe_array(array.attributes, document.get("dimension_names") or (), len(document["shape"]))


def _images_of(node: Node, depth: int, visited: list[Path]) -> Iterator[str]:
    """Yield the names of the images that a node is, or holds; note the folders that are visited."""
    if node.array is not None:
        if _holds_pixels(node.array):
            yield node.name
        return
    if not depth:
        raise MifaError("MIFA202", f"has groups nested more than {_DEEPEST} deep", str(node.path))
    if "encoding-type" in node.attributes:  # a table of AnnData
        return
    ome = ome_attributes(node.attributes)
    root, below = node.root, depth - 1
    if "multiscales" in ome:
        yield node.name
        yield from _images_at(root, join(node.name, "labels"), below, visited)
    elif "plate" in ome:
        for name in _members(node, ome["plate"], "wells"):
            yield from list(_images_at(root, name, below, visited)) or [name]
    elif "labels" in ome:
        yield from _members(node, ome, "labels")
    elif (images := _named_images(node, ome, visited)) is not None:
        for name in images:
            yield name
            yield from _images_at(root, join(name, "labels"), below, visited)
    else:
        levels = {level.name for level in _pyramid(node)}
        if levels:
            yield node.name
        for name in list_children(node):
            if name not in levels:
                yield from _images_at(root, name, below, visited)


def _images_at(root: Path, name: str, depth: int, visited: list[Path]) -> Iterator[str]:
    """Yield the names of the images in one member of a group; its own when it is damaged.

    A folder without metadata may be a group whose metadata were lost.
    """
    visited.append(root / name)
    try:
        node = read_node(root, name)
        if node is not None or (root / name).is_dir():
            yield from _images_of(node or Node(root, name, 0, {}, None), depth, visited)
    except MifaError:  # opening it says so
        yield name


def _named_images(node: Node, ome: Json, visited: list[Path]) -> list[str] | None:
    """Return the images that a well or a series (bioformats2raw) names; None for other groups."""
    if "well" in ome:
        return _members(node, ome["well"], "images")
    if "bioformats2raw.layout" in ome:
        listing = join(node.name, "OME")
        visited.append(node.root / listing)
        series = read_node(node.root, listing)
        described = ome_attributes(series.attributes) if series else {}
        return _members(node, described, "series") if "series" in described else None
    return None


def _members(node: Node, described: Json, key: str) -> list[str]:
    """Return the members of a group that its metadata name."""
    with guarded(node.path, "its metadata cannot be read"):
        entries = described[key]
        return [join(node.name, entry["path"] if isinstance(entry, dict) else entry) for entry in entries]


def _pyramid(group: Node) -> list[Node]:
    """Return the levels of an image whose group does not say that they are: 0, 1 ... or s0, s1 ..., ever smaller."""
    names = [name for name in list_children(group) if _LEVEL.fullmatch(PurePosixPath(name).name)]
    if [int(PurePosixPath(name).name.lstrip("s")) for name in names] != list(range(len(names))):
        return []
    try:
        levels = [node for name in names if (node := read_node(group.root, name)) is not None]
    except MifaError:  # each of them is opened as an image of its own, and says so
        return []
    if len(levels) < 2 or not all(node.array and _holds_pixels(node.array) for node in levels):
        return []
    shapes = [node.array["shape"] for node in levels if node.array]
    return levels if all(_is_coarser(*pair) for pair in pairwise(shapes)) else []


def _is_coarser(finer: list[int], coarser: list[int]) -> bool:
    if len(finer) != len(coarser):
        return False
    factors = [one / other for one, other in zip(finer, coarser, strict=True)]
    return min(factors) >= 1 and max(factors) >= _LEAST_FACTOR


def _holds_pixels(array: Json) -> bool:
    """Whether an array is one of numbers in rows and columns at least."""
    shape, kind = array.get("shape"), array.get("data_type", array.get("dtype"))
    return (
        isinstance(shape, list)
        and len(shape) > 1
        and all(isinstance(length, int) and length > 0 for length in shape)
        and isinstance(kind, str)
        and _NUMBERS.fullmatch(kind) is not None
    )
