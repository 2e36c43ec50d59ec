"""YOLO: boxes and outlines of one image, a line each, as fractions of its width and height.

A line is the number of a class and the middle, width and height of a box, or the vertices of a polygon; predictions end
with a confidence. Fractions are of the whole image, so that 0 and 1 are its edges: the corner grid, without any shift.
(Ultralytics documentation, "Object Detection Datasets", "Instance Segmentation Datasets".)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from mifakit.annotations.base import Annotation, Grid, NamedImage, Options
from mifakit.annotations.model import Kind, Numbers
from mifakit.annotations.reading.class_lists import class_list
from mifakit.annotations.reading.collectors import ShapeCollector
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.vertices import outline, vertices
from mifakit.annotations.reading.written_numbers import number, numbers, whole_number
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.sources.limits import MAX_OBJECTS
from mifakit.sources.plain_text import read_lines

_HEAD = 64 * 1024


class Yolo:
    """Reads a line of 5 numbers as a box, of 6 as a box and its confidence, of more as a polygon.

    Numbers of classes are named by the sheet, or else by the nearest `data.yaml`, `classes.txt` or `obj.names`.
    """

    name: ClassVar[str] = "YOLO"
    suffixes: ClassVar[tuple[str, ...]] = (".txt",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.BOXES, Kind.SHAPES})
    keeps: ClassVar[str] = "confidence"
    loses: ClassVar[str] = "keypoints: a file of poses looks like one of polygons, and would be read as such"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether each line is a number and at least four fractions. An empty file shows nothing."""
        if len(head) >= _HEAD:  # its end may be cut off
            head = head.rpartition(b"\n")[0].strip() or head.rpartition(b" ")[0]
        try:
            lines = head.decode("ascii").splitlines()
        except UnicodeDecodeError:
            return False
        said = [line.split() for line in lines if line.strip()]
        return bool(said) and all(_is_line(values) for values in said)

    def open(self, path: Path, options: Options) -> YoloFile:
        """Read a file; see `AnnotationFormat.open`."""
        said = [(count, line.split()) for count, line in enumerate(read_lines(path), start=1) if line.strip()]
        if len(said) > MAX_OBJECTS:
            raise MifaError("MIFA226", f"has more than {MAX_OBJECTS:,} lines", str(path))
        left_out = LeftOut(path, "line")
        lines = []
        for count, values in said:
            with left_out.unless_usable(count):
                lines.append(_line(count, values))
        if said and not lines:
            raise MifaError("MIFA204", f"is not YOLO: {left_out.findings[0].message}", str(path))
        classes, companion = (options.classes, "") if options.classes else class_list(path)
        if classes:
            for line in lines:
                if line.class_number not in classes:
                    left_out.add("MIFA359", f"of a class that {companion or 'the sheet'} does not name", line.count)
        return YoloFile(lines, classes, (companion,) if companion else (), left_out.findings)


@dataclass(frozen=True)
class _Line:
    """One object.

    Attributes
    ----------
    count
        Its line.
    class_number, confidence
        As it says.
    corners
        (n, 2) fractions: the first and last corner of a box, or the vertices of a polygon.
    """

    count: int
    class_number: int
    confidence: float | None
    corners: Numbers


@dataclass(frozen=True)
class YoloFile:
    """The lines of a file, which wait for the size of their image.

    Attributes
    ----------
    lines
        Those that can be read.
    classes
        What their numbers mean.
    companions
        The list of classes, if there is one.
    findings
        What could not be read.
    images
        The one image, which the sheet's pattern tells.
    """

    lines: Sequence[_Line]
    classes: Mapping[int, str]
    companions: tuple[str, ...]
    findings: tuple[Finding, ...]
    images: tuple[NamedImage, ...] = (NamedImage(),)

    def read(self, index: int, grid: Grid) -> Annotation:
        """See `AnnotationFile.read`."""
        if index not in range(len(self.images)):
            raise IndexError(index)
        shapes = ShapeCollector()
        size = np.array([grid.width, grid.height])
        for line in self.lines:
            said: dict[str, Any] = {
                "name": self.classes.get(line.class_number, str(line.class_number)),
                "confidence": line.confidence,
            }
            if len(line.corners) == 2:
                shapes.box(*(line.corners * size).ravel().tolist(), **said)
            else:
                shapes.polygon(line.corners * size, **said)
        return Annotation((shapes.collected(),) if len(shapes) else ())


def _is_line(values: list[str]) -> bool:
    try:
        fractions = np.array(values[1:], np.float64)
    except ValueError:
        return False
    return len(fractions) > 3 and values[0].isdecimal() and bool(((fractions >= 0) & (fractions <= 1)).all())


def _line(count: int, values: list[str]) -> _Line:
    if len(values) < 5:
        raise UnusableError("of fewer than 5 numbers")
    class_number = whole_number(values[0], "class")
    if class_number < 0:
        raise UnusableError("of a negative class")
    confidence = number(values.pop(), "confidence") if len(values) % 2 == 0 else None
    if len(values) == 5:
        middle, size = vertices(numbers(values[1:]))
        if (size < 0).any():
            raise UnusableError("whose box ends before it begins")
        corners = np.array([middle - size / 2, middle + size / 2])
    else:
        corners = outline(numbers(values[1:]))
    if (np.abs(corners - 0.5) > 1.5).any():
        raise UnusableError("whose numbers are no fractions of an image")
    return _Line(count, class_number, confidence, corners)
