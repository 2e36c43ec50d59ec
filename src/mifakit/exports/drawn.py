"""The objects of a set as outlines: those that were drawn, else those of its label images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.dataset.dataset import Dataset, Sample, lazy_array
from mifakit.exports.outlines import outlines
from mifakit.findings import Finding, Place


@dataclass(frozen=True)
class Drawn:
    """An object.

    Attributes
    ----------
    id
        Its number in the dataset.
    name
        Its class, or None.
    kind
        polygon, box, ellipse, line, or label when it comes of a label image.
    geometry
        A shapely geometry; x, y in pixels on the corner grid.
    t, z
        Where it is, from 0; None for all of them.
    source_id
        What the annotation file called it.
    """

    id: int
    name: str | None
    kind: str
    geometry: Any
    t: int | None = None
    z: int | None = None
    source_id: str | None = None


@dataclass(frozen=True)
class Plane:
    """A plane of a label image: its place along t and z, None where the image lacks the axis, and its ids."""

    t: int | None
    z: int | None
    labels: npt.NDArray[np.integer]


def objects_of(sample: Sample, annotation_set: str) -> Iterator[Drawn]:
    """Yield what a set says of a sample as outlines."""
    row = sample.row.annotations[annotation_set]
    if row.shapes:
        for one in sample.table(annotation_set, "shapes").to_dict("records"):
            t, z = (place_along(one[axis]) for axis in "tz")
            yield Drawn(one["id"], text(one["class"]), one["kind"], one["geometry"], t, z, text(one["source_id"]))
    elif row.label:
        names = class_names(sample, annotation_set)
        for path in row.label_images:
            for plane in planes(sample, path):
                for value, geometry in outlines(plane.labels):
                    yield Drawn(value, names.get(value), "label", geometry, plane.t, plane.z)


def planes(sample: Sample, path: str) -> Iterator[Plane]:
    """Yield the planes of one of the sample's label images."""
    array = lazy_array(sample.folder / path / "0")
    axes = sample.row.axes.replace("c", "")[:-2]
    for place in product(*(range(length) for length in array.shape[:-2])):
        known = dict(zip(axes, place, strict=True))
        yield Plane(known.get("t"), known.get("z"), np.asarray(array[place]))


def class_names(sample: Sample, annotation_set: str) -> dict[int, str]:
    """Return the class of each object of the label images that has one."""
    table = sample.table(annotation_set, "objects")
    named = table[table["class"].notna()]
    return dict(zip(named["id"].tolist(), named["class"].tolist(), strict=True))


def annotated(dataset: Dataset, annotation_set: str) -> list[Sample]:
    """Return the samples that a set says something of."""
    return [sample for sample in dataset if annotation_set in sample.row.annotations]


def flat(samples: list[Sample], form: str) -> tuple[list[Sample], list[Finding]]:
    """Return the samples of one plane, and findings on the others, for formats that know nothing of t and z."""
    single = [sample for sample in samples if _size(sample, "t") == _size(sample, "z") == 1]
    left = [sample.id for sample in samples if sample not in single]
    message = f"{form} has no place for time points and planes: {len(left)} samples are left out, the first is "
    return single, [Finding.of("MIFA508", message + left[0])] if left else []


def lost(what: str, count: int, of: str) -> list[Finding]:
    """Return the finding that something of so many objects has no place in a format; none if there is none."""
    return [Finding.of("MIFA508", f"{what} of {count} objects", Place(of))] if count else []


def unplaced(samples: list[Sample], annotation_set: str, form: str, *kinds: str) -> list[Finding]:
    """Return the findings that a format has no place for some kinds of annotation: tables' rows, and graphs."""
    rows = [sample.row.annotations[annotation_set] for sample in samples]
    counts = {
        kind: sum(row.graph is not None if kind == "graph" else getattr(row, kind) or 0 for row in rows)
        for kind in kinds
    }
    return [
        Finding.of("MIFA508", f"{form} has no place for {_NOUNS[kind]}: {count:,} are left out", Place(annotation_set))
        for kind, count in counts.items()
        if count
    ]


_NOUNS = {"points": "points", "classes": "classes of images", "counts": "counts", "graph": "graphs"}


def _size(sample: Sample, axis: str) -> int:
    return sample.row.shape[sample.row.axes.index(axis)] if axis in sample.row.axes else 1


def text(value: Any) -> str | None:
    """Return the text of a table's cell, or None of an empty one."""
    return value if isinstance(value, str) else None


def place_along(value: Any) -> int | None:
    """Return the plane that a table's cell means, the nearest one, or None of an empty one."""
    return None if value is None or value != value else round(value)
