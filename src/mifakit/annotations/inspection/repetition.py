"""What is there twice: an object, or all annotations of an image."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from mifakit.annotations.mentions import grouped
from mifakit.annotations.model import Graph, Labels, Layer, Masks, Objects, Points, Shapes, following_vertices
from mifakit.findings import Finding, Place

Keys = npt.NDArray[np.uint64]

_DIGITS = 3
"""Coordinates are compared to a thousandth of a pixel."""
_TELLING = 5
"""Fewer corners, such as those of one box, may be alike on several images by chance."""


def repeated(layer: Shapes | Points | Masks, place: Place) -> Iterator[Finding]:
    """Yield objects of the same class at the same place as an earlier one (MIFA347)."""
    keys = _keys_of(layer)
    again = np.ones(len(keys), bool)
    again[np.unique(keys, return_index=True)[1]] = False
    noun = {Shapes: "shapes", Points: "points", Masks: "masks"}[type(layer)]
    words = f"{noun} have the same class and place as an earlier one"
    yield from grouped("MIFA347", again, words, place, layer.objects)


def fingerprint(layers: Sequence[Layer]) -> str:
    """Return what is equal for equal objects at equal places, in any order and whatever they are called.

    Empty where too little is said to tell images apart.
    """
    digest = hashlib.sha256()
    telling = 0
    for layer in layers:
        match layer:
            case Shapes() | Points() | Masks():
                digest.update(type(layer).__name__.encode() + np.sort(_keys_of(layer)).tobytes())
                telling += _size(layer)
            case Graph():
                ends = _keys_of(layer.nodes)[layer.edges]
                digest.update(b"Graph" + np.sort(_keys_of(layer.nodes)).tobytes())
                digest.update(np.sort(_mixed(ends[:, 0]) * _ODD + ends[:, 1]).tobytes())
                telling += len(layer.nodes)
            case Labels():
                digest.update(f"Labels {layer.axes} {layer.values.shape}".encode())
                for plane in layer.values.reshape(-1, *layer.values.shape[-2:]):
                    digest.update(plane.astype("<i8").tobytes())
                telling += int(np.count_nonzero(layer.values))
    return digest.hexdigest() if telling >= _TELLING else ""


def _size(layer: Shapes | Points | Masks) -> int:
    """Return how many places are named."""
    return (
        len(layer.vertices)
        if isinstance(layer, Shapes)
        else len(layer)
        if isinstance(layer, Points)
        else len(layer.rows)
    )


def _keys_of(layer: Shapes | Points | Masks) -> Keys:
    """Return a number for each object that is equal for equal ones; it does not matter where an outline begins."""
    match layer:
        case Shapes():
            corners = _key(_rounded(layer.vertices[:, 0]), _rounded(layer.vertices[:, 1]))
            edges = _mixed(corners + corners[following_vertices(layer.rings)])
            keys = _key(_sums(edges, layer.shape_of_vertex, len(layer)), layer.kinds.astype(np.uint64))
        case Points():
            keys = _key(_rounded(layer.xy[:, 0]), _rounded(layer.xy[:, 1]))
        case Masks():
            runs = _key(*(column.astype(np.uint64) for column in (layer.rows, layer.starts, layer.stops)))
            keys = _sums(runs, layer.owners, len(layer))
    return _key(keys, *_said(layer.objects))


def _said(objects: Objects) -> Iterator[Keys]:
    """Yield the columns that must be equal too."""
    for said in (objects.t, objects.z, objects.c):
        if said is not None:
            yield _rounded(said)
    if objects.name is not None:
        numbers = {name: int.from_bytes(hashlib.sha256(str(name).encode()).digest()[:8]) for name in set(objects.name)}
        yield np.array([numbers[name] for name in objects.name], np.uint64)


def _rounded(numbers: npt.NDArray[np.float64]) -> Keys:
    return (np.round(numbers, _DIGITS) + 0.0).view(np.uint64)  # minus zero is zero


def _sums(keys: Keys, owners: npt.NDArray[np.int64], count: int) -> Keys:
    sums = np.zeros(count, np.uint64)
    np.add.at(sums, owners, keys)
    return sums


_ODD = np.uint64(0x9E3779B97F4A7C15)


def _key(*columns: Keys) -> Keys:
    """Return one number for several, in which each bit depends on all of theirs."""
    key = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        key = _mixed(key * _ODD + column)
    return key


def _mixed(keys: Keys) -> Keys:
    """Return the last step of the generator SplitMix64."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
