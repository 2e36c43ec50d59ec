"""What tests of formats ask of what was read."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from mifakit.annotations.base import Annotation, AnnotationFile, AnnotationFormat, Grid, Options
from mifakit.annotations.model import Masks
from mifakit.testing.annotations import check_annotation

Layer = TypeVar("Layer")
GRID = Grid({"y": 512, "x": 512})


def read_content(
    form: AnnotationFormat, path: Path, content: Any, index: int = 0, grid: Grid = GRID, options: Options | None = None
) -> Annotation:
    """Write JSON and read it, with what was noticed of the file as a whole."""
    path.write_text(json.dumps(content), encoding="utf-8")
    annotation = read_with_findings(form.open(path, options or Options()), index, grid)
    check_annotation(annotation)
    return annotation


def read_with_findings(file: AnnotationFile, index: int, grid: Grid) -> Annotation:
    """Return what a file says of an image, with what was noticed of the file as a whole."""
    annotation = file.read(index, grid)
    return replace(annotation, findings=file.findings + annotation.findings)


def only(kind: type[Layer], annotation: Annotation) -> Layer:
    """Return the one layer of a kind."""
    (layer,) = (layer for layer in annotation.layers if isinstance(layer, kind))
    return layer


def messages(annotation: Annotation) -> list[str]:
    return [finding.message for finding in annotation.findings]


def painted(masks: Masks, which: int, shape: tuple[int, ...]) -> np.ndarray:
    """Return how often each pixel is covered by an object."""
    picture = np.zeros(shape, np.uint8)
    for place in np.flatnonzero(masks.owners == which):
        picture[masks.rows[place], masks.starts[place] : masks.stops[place]] += 1
    return picture


def runs_apart(masks: Masks) -> bool:
    """Whether runs are in order and none touches the next."""
    columns = (masks.owners, masks.rows, masks.starts, masks.stops)
    places = list(zip(*(column.tolist() for column in columns), strict=True))
    same = [(one, other) for one, other in itertools.pairwise(places) if one[:2] == other[:2]]
    return places == sorted(places) and all(one[3] < other[2] for one, other in same)
