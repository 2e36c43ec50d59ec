"""Label images drawn of outlines and masks, piece by piece as they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, product
from math import prod
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mifakit.annotations.base import Grid
from mifakit.annotations.mentions import SHOWN, grouped
from mifakit.annotations.model import Labels, Masks, Objects, Offsets, Shapes
from mifakit.annotations.raster.drawing import Drawing
from mifakit.annotations.raster.label_image import LabelImage, ReadRegion, check_grid, remarks, smallest_label_dtype
from mifakit.annotations.raster.painting import depth_of, overlaps_of, paint
from mifakit.annotations.raster.rasterising import Window, batches_of
from mifakit.annotations.raster.runs import Runs
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.readers.base import Region
from mifakit.sources.limits import MAX_DRAWN_PIXELS

_BAND = 2**24
"""Pixels that are held at once to see what overlaps."""
_OF_A_CROSSING = 4
"""Pixels that cost as much as one crossing of a row."""
_TIMES_OVER = 16
_MOST_PAIRS = 2**22
_MOST_IMAGES = 64
_NO_PAIRS = np.zeros((0, 2), np.int64)


class Rule(StrEnum):
    """What becomes of pixels that several objects claim."""

    ORDER = "order"
    """The later object has them."""
    AREA = "area"
    """The smaller object has them."""
    LAYERS = "layers"
    """Each object keeps its own: what overlaps an earlier one goes to a further label image."""


_WORDS = {Rule.ORDER: "the later one has them", Rule.AREA: "the smaller one has them"}
_INSTEAD = "let the later or the smaller object have the pixels that overlap"


class Placement(NamedTuple):
    """Which id is which object; all columns are of one length.

    Attributes
    ----------
    layers, objects
        The place of the layer, and of the object in it.
    images
        The label image that it is in; -1 when it has no pixel in any.
    labels
        Its id there.
    """

    layers: Offsets
    objects: Offsets
    images: Offsets
    labels: Offsets


@dataclass(frozen=True)
class Rasterised:
    """What was made of layers.

    Attributes
    ----------
    images
        The label images; those that lay in the file come first.
    placement
        Which id is which object.
    """

    images: tuple[LabelImage, ...]
    placement: Placement


def rasterised(
    layers: Sequence[Shapes | Masks | Labels], grid: Grid, axes: str, rule: Rule, place: Place
) -> Rasterised:
    """Make label images of layers.

    Label images keep their ids. Shapes and masks of all layers are drawn together: the first object has id 1, and so
    on, also where they go to several images. An object without t or z is on all planes.

    Parameters
    ----------
    layers
        Their vertices are finite.
    grid
        The image.
    axes
        The image's axes without c.
    rule
        What becomes of pixels that several objects claim.
    place
        The annotation file, for messages.

    Raises
    ------
    MifaError
        MIFA226 when drawing would cost too much; as `LabelImage` and `check_grid` for layers that are label images.
    """
    images: list[LabelImage] = []
    placements: list[Placement] = []
    for number, layer in enumerate(layers):
        if isinstance(layer, Labels):
            kept = _kept(layer, grid, axes, place)
            placements.append(_placed(layer.objects, number, len(images), kept.ids))
            images.append(kept)
    drawn = {number: layer for number, layer in enumerate(layers) if not isinstance(layer, Labels) and len(layer)}
    if drawn:
        drawing = Drawing(tuple(drawn.values()), grid)
        if rule is Rule.AREA:
            drawing.order = np.argsort(-drawing.areas, kind="stable")
        survey = _in_layers(drawing, place) if rule is Rule.LAYERS else _from_above(drawing, _WORDS[rule], place)
        placements.append(
            Placement(
                np.repeat(list(drawn), drawing.counts),
                np.concatenate([np.arange(count) for count in drawing.counts]),
                np.where(survey.images < 0, -1, survey.images + len(images)),
                np.arange(1, len(drawing) + 1),
            )
        )
        images += _drawn(drawing, survey, axes, place)
    columns = zip(*placements, strict=True) if placements else np.zeros((4, 1, 0), np.int64)
    return Rasterised(tuple(images), Placement(*(np.concatenate(list(column)) for column in columns)))


def _placed(objects: Objects, layer: int, image: int, ids: npt.NDArray[np.integer]) -> Placement:
    """Return where the objects of a label image are."""
    labels = np.zeros(0, np.int64) if objects.label is None else objects.label
    count = len(labels)
    return Placement(np.full(count, layer), np.arange(count), np.where(np.isin(labels, ids), image, -1), labels)


def _kept(layer: Labels, grid: Grid, axes: str, place: Place) -> LabelImage:
    """Return a label image as it stands, with the axes of its image."""
    sizes = dict(zip(layer.axes, layer.values.shape, strict=True))
    check_grid(axes, sizes, {axis: grid.size(axis) for axis in axes}, place)
    ordered = sorted(layer.axes, key="tzyx".index)
    values = layer.values.transpose([layer.axes.index(axis) for axis in ordered])
    values = values.reshape([grid.size(axis) for axis in axes])
    labels = LabelImage(axes, values.shape, lambda region: values[region], values.dtype, place)
    labels.findings = tuple(remarks(labels, place))
    return labels


def _drawn(drawing: Drawing, survey: _Survey, axes: str, place: Place) -> Iterator[LabelImage]:
    """Yield the label images that are drawn; what was noticed is with the first."""
    findings = survey.findings
    shape = tuple(drawing.grid.size(axis) for axis in axes)
    count = max(1, int(survey.images.max()) + 1)
    for number in range(count):
        ids = np.flatnonzero(survey.images == number) + 1
        dtype = smallest_label_dtype(int(ids.max(initial=0)))
        among = None if count == 1 else survey.images == number
        yield LabelImage(axes, shape, _reader(drawing, axes, dtype, among), dtype, place, findings, ids)
        findings = ()


def _reader(drawing: Drawing, axes: str, dtype: np.dtype, among: npt.NDArray[np.bool_] | None) -> ReadRegion:
    def read(region: Region) -> npt.NDArray[np.unsignedinteger]:
        *leading, rows, columns = region
        labels = np.zeros([part.stop - part.start for part in region], dtype)
        for corner in product(*(range(part.stop - part.start) for part in leading)):
            at = {axis: part.start + step for axis, part, step in zip(axes[:-2], leading, corner, strict=True)}
            for runs in drawing.runs(at.get("t", 0), at.get("z", 0), (rows, columns), among):
                paint(labels[corner], runs, runs.owners + 1, (rows, columns))
        return labels

    return read


@dataclass(frozen=True)
class _Survey:
    """What is known once all was drawn: the label image that each object has pixels in, or -1; and what was noticed."""

    images: Offsets
    findings: tuple[Finding, ...]


def _from_above(drawing: Drawing, words: str, place: Place) -> _Survey:
    """Paint all into one label image, and see what lies under what."""
    covering, visible = np.zeros((2, len(drawing)), bool)
    lost = 0
    examples = _NO_PAIRS
    for times, window, runs in _bands(drawing, place):
        covering[runs.owners] = True
        pairs, _ = next(overlaps_of(runs), (_NO_PAIRS, None))
        if not len(pairs):
            visible[runs.owners] = True
            continue
        plane = np.zeros([part.stop - part.start for part in window], smallest_label_dtype(len(drawing)))
        paint(plane, runs, runs.owners + 1, window)
        painted = plane[plane > 0]
        visible[painted.astype(np.int64) - 1] = True
        lost += times * (int((runs.stops - runs.starts).sum()) - painted.size)
        examples = examples if len(examples) >= SHOWN else np.unique(np.concatenate([examples, pairs]), axis=0)
    findings = list(_without_pixels(drawing, covering, visible, place))
    if lost:
        findings.append(_overlap(drawing, f"{lost:,} pixels belong to several objects, {words}", examples, place))
    return _Survey(np.where(visible, 0, -1), tuple(findings))


def _in_layers(drawing: Drawing, place: Place) -> _Survey:
    """Give each object the first label image in which it overlaps none of those before it."""
    covering = np.zeros(len(drawing), bool)
    known = np.zeros(0, np.int64)
    shared = 0
    for times, _, runs in _bands(drawing, place):
        covering[runs.owners] = True
        depth = depth_of(runs)
        if depth > _MOST_IMAGES:
            raise MifaError("MIFA226", f"{depth:,} objects lie over one another", place, _INSTEAD)
        for found, pixels in overlaps_of(runs):
            known = np.union1d(known, found[:, 0] * len(drawing) + found[:, 1])
            shared += times * int(pixels.sum())
            if len(known) > _MOST_PAIRS:
                raise MifaError("MIFA226", f"more than {_MOST_PAIRS:,} pairs of objects overlap", place, _INSTEAD)
    pairs = np.stack(np.divmod(known, len(drawing)), axis=1)
    images = _first_fit(len(drawing), pairs)
    if images.max() >= _MOST_IMAGES:
        count = int(images.max()) + 1
        raise MifaError("MIFA226", f"objects overlap so that they need {count} label images", place, _INSTEAD)
    findings = list(_without_pixels(drawing, covering, covering, place))
    if len(pairs):
        moved = f"{np.count_nonzero(images):,} of {len(drawing):,} objects are in further label images"
        findings.append(_overlap(drawing, f"{shared:,} pixels belong to several objects, {moved}", pairs, place))
    return _Survey(np.where(covering, images, -1), tuple(findings))


def _first_fit(count: int, pairs: npt.NDArray[np.int64]) -> Offsets:
    """Return the smallest number for each object that none of the earlier ones it overlaps has."""
    images = [0] * count
    by_later = pairs[np.argsort(pairs[:, 1], kind="stable")]
    for later, group in groupby(by_later.tolist(), key=itemgetter(1)):
        taken = {images[earlier] for earlier, _ in group}
        images[later] = next(number for number in range(len(taken) + 1) if number not in taken)
    return np.array(images, np.int64)


def _bands(drawing: Drawing, place: Place) -> Iterator[tuple[int, Window, Runs]]:
    """Yield all runs, band by band, each with the number of planes that are like it; refuse what would never end."""
    width = drawing.grid.width
    most = max(MAX_DRAWN_PIXELS, _TIMES_OVER * prod(drawing.grid.sizes.values()))
    crossed = covered = 0
    for t, z, times in drawing.planes():
        crossings = _OF_A_CROSSING * drawing.crossings(t, z)
        crossed += int(crossings.sum())
        for start, stop in batches_of(crossings + width, _BAND) if crossed <= most else ():
            window = slice(start, stop), slice(0, width)
            runs = Runs.joined(drawing.runs(t, z, window))
            covered += times * int((runs.stops - runs.starts).sum())
            if covered > most:
                break
            yield times, window, runs
        if crossed > most or covered > most:
            raise MifaError(
                "MIFA226", f"its objects cover more than {most:,} pixels, most of them many times over", place
            )


def _without_pixels(
    drawing: Drawing, covering: npt.NDArray[np.bool_], visible: npt.NDArray[np.bool_], place: Place
) -> Iterator[Finding]:
    for which, words in (
        (drawing.lines, "objects are lines, which cover no area"),
        (~drawing.lines & ~covering, "objects cover the centre of no pixel of the image"),
        (covering & ~visible, "objects lie wholly under others"),
    ):
        yield from grouped("MIFA309", which, words, place, drawing.name)


def _overlap(drawing: Drawing, words: str, pairs: npt.NDArray[np.int64], place: Place) -> Finding:
    names = [f"{drawing.name(one)} and {drawing.name(other)}" for one, other in pairs[:SHOWN]]
    return Finding.of("MIFA307", f"{words}: {'; '.join(names)}", place)
