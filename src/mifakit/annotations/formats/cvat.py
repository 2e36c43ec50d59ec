"""CVAT XML 1.1: shapes, points, masks and tags of many images, or of the frames of a video.

Coordinates are on the corner grid already: CVAT's canvas calls the corner of the first pixel (0, 0). Angles are in
degrees, clockwise, about the middle of a box. Runs of a mask go row by row through its own frame, outside first. Frames
count from 0. (CVAT documentation, "XML annotation format"; `cvat/apps/dataset_manager/formats/cvat.py` writes it.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from mifakit.annotations.base import Annotation, NamedImage, Options
from mifakit.annotations.model import Kind, Numbers
from mifakit.annotations.reading.collectors import LayerCollector
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.privacy import public
from mifakit.annotations.reading.run_lengths import runs_along_rows
from mifakit.annotations.reading.vertices import line, outline, vertices
from mifakit.annotations.reading.whole_file import WholeFile
from mifakit.annotations.reading.written_numbers import digits, number, numbers, whole_number, words
from mifakit.errors import MifaError
from mifakit.readers.optics import iso_date
from mifakit.sources.xml_text import iterate_xml, start_tags

_NUMBERS = ("occluded", "keyframe", "z_order", "group_id")
_OWN = {*_NUMBERS, "source", "track", "object", "skeleton", "rotation"}


class Cvat:
    """Reads exports "for images" and "for video".

    Shapes of a track have `t` and a property `track`; frames in which it is outside have no shape. The points of one
    element, or of one skeleton, share a property `object`.
    """

    name: ClassVar[str] = "CVAT"
    suffixes: ClassVar[tuple[str, ...]] = (".xml",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.BOXES, Kind.SHAPES, Kind.MASKS, Kind.POINTS, Kind.CLASSES})
    keeps: ClassVar[str] = (
        "attributes, occluded, source, z_order, group_id, keyframe, rotation, tracks, skeletons; "
        "assignees, times of last changes"
    )
    loses: ClassVar[str] = "cuboids, colours and types of labels, lines of skeletons, e-mail addresses"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it starts as `<annotations>` and goes on as CVAT does."""
        tags = start_tags(head)
        return tags[:1] == ("annotations",) and not {"meta", "image", "track"}.isdisjoint(tags)

    def open(self, path: Path, options: Options) -> WholeFile:
        """Read a file; see `AnnotationFormat.open`."""
        tasks = {"": _Task()}
        contents: dict[str, _Content] = {}
        elements = iterate_xml(path, "annotations", {"meta", "image", "track"})
        for element in (one for ancestors, one in elements if len(ancestors) == 1):
            task = tasks.get(element.get("task_id", ""), tasks[""])
            if element.tag == "meta":
                tasks = _tasks(element)
            elif element.tag == "track":
                contents.setdefault(task.source, _Content(path, task.video)).add_track(element, task.said)
            elif (name := element.get("name", "")) in contents:
                contents[name].left_out.add("MIFA359", "of a name that another has", f"image {name}")
            else:
                contents[name] = _Content(path, NamedImage(name, *_size(element)))
                contents[name].add_image(element, task.said)
        if not contents and tasks[""] == _Task():
            raise MifaError("MIFA204", "is XML of <annotations> without image, track and meta", str(path))
        if len(contents) > 1 and "" in contents:
            raise MifaError("MIFA202", "has several images, one of them without a name", str(path))
        found = contents.values() or [_Content(path, tasks[""].video)]
        return WholeFile(tuple(one.image for one in found), tuple(one.annotation for one in found))


@dataclass(frozen=True)
class _Task:
    """What is known of a whole task.

    Attributes
    ----------
    video
        Its video, if it is one.
    said
        What holds for each of its objects.
    """

    video: NamedImage = field(default_factory=NamedImage)
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The file name of its video."""
        return self.video.name


def _tasks(meta: Element) -> dict[str, _Task]:
    """Return tasks by their id; the first also under an empty one, for what does not name its task."""
    dumped = iso_date(meta.findtext("dumped"))
    found = {}
    for element in (*meta.iter("task"), *meta.iter("job")):
        size = element.find("original_size")
        sides = (None, None) if size is None else _size({side.tag: side.text or "" for side in size})
        said = {
            "annotator": public(element.findtext("assignee/username")),
            "created": iso_date(element.findtext("updated")) or dumped,
        }
        task = _Task(NamedImage(element.findtext("source", "").strip(), *sides), said)
        found[element.findtext("id", "").strip()] = task
    return {"": next(iter(found.values()), _Task())} | found


def _size(sides: Mapping[str, str] | Element) -> tuple[int | None, int | None]:
    return digits(sides.get("width")) or None, digits(sides.get("height")) or None


class _Content:
    """What is said of one image, or of one video."""

    def __init__(self, path: Path, image: NamedImage) -> None:
        self.image = image
        self.left_out = LeftOut(path, "element")
        self._layers = LayerCollector(path)
        self._count = 0

    @property
    def annotation(self) -> Annotation:
        return Annotation(self._layers.collected(), self.left_out.findings)

    def add_image(self, image: Element, said: Mapping[str, Any]) -> None:
        for element in image:
            with self.left_out.unless_usable(f"{element.tag} {self._next()}"):
                self._add(element, element.get("label"), said, _properties(element))

    def add_track(self, track: Element, said: Mapping[str, Any]) -> None:
        name = track.get("id", "")
        for element in track:
            if element.get("outside") == "1":
                continue
            with self.left_out.unless_usable(f"track {name}, {element.tag} {self._next()}"):
                frame = whole_number(element.get("frame"), "frame")
                properties = _properties(track) | _properties(element) | {"track": name}
                self._add(element, track.get("label"), {**said, "t": frame}, properties)

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _add(self, element: Element, label: str | None, said: Mapping[str, Any], properties: dict[str, Any]) -> None:
        shared = {**said, "name": label or None}
        whole = {**shared, "properties": properties}
        shapes = self._layers.shapes
        match element.tag:
            case "tag":
                self._layers.image_class(**whole)
            case "box":
                left, top, right, bottom = (_side(element, side) for side in ("xtl", "ytl", "xbr", "ybr"))
                if angle := _angle(element):
                    turned = {**shared, "properties": {**properties, "rotation": angle}}
                    shapes.polygon(_turned(left, top, right, bottom, angle), **turned)
                else:
                    shapes.box(left, top, right, bottom, **whole)
            case "polygon":
                shapes.polygon(outline(numbers(words(element.get("points")))), **whole)
            case "polyline":
                shapes.line(line(numbers(words(element.get("points")))), **whole)
            case "ellipse":
                x, y, radius_x, radius_y = (_side(element, side) for side in ("cx", "cy", "rx", "ry"))
                shapes.ellipse(x, y, radius_x, radius_y, _angle(element), **whole)
            case "mask":
                frame = [whole_number(element.get(side), side) for side in ("left", "top", "width", "height")]
                self._layers.masks.add(runs_along_rows(_counts(element.get("rle", "")), *frame), **whole)
            case "points":
                xy = vertices(numbers(words(element.get("points"))))
                together = {"object": self._count} if len(xy) > 1 else {}
                self._layers.points.add(xy, **shared, properties={**properties, **together})
            case "skeleton":
                for joint in _joints(element):
                    belongs = {**properties, **_properties(joint), "object": self._count, "skeleton": label}
                    with self.left_out.unless_usable(f"{joint.tag} of skeleton {self._count}"):
                        self._add(joint, joint.get("label"), said, belongs)
            case kind:
                raise UnusableError(f"of the kind {kind[:40]!r}")


def _joints(skeleton: Element) -> Iterator[Element]:
    return (part for part in skeleton if part.tag != "attribute" and part.get("outside") != "1")


def _properties(element: Element) -> dict[str, Any]:
    """Return what else is said of an element, by CVAT's own names; people name attributes as they like."""
    said: dict[str, Any] = {name: value for name in _NUMBERS if (value := digits(element.get(name))) is not None}
    if source := element.get("source"):
        said["source"] = source
    for attribute in element.iterfind("attribute"):
        name, text = attribute.get("name", ""), public(attribute.text)
        if name and text:
            said[f"{name} (attribute)" if name in _OWN else name] = text
    return said


def _side(element: Element, name: str) -> float:
    return number(element.get(name), name)


def _angle(element: Element) -> float:
    return number(element.get("rotation", "0"), "rotation")


def _turned(left: float, top: float, right: float, bottom: float, angle: float) -> Numbers:
    """Return the corners of a box that is turned about its middle."""
    middle = np.array([left + right, top + bottom]) / 2
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)]) - middle
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.asarray(middle + corners @ np.array([[cosine, sine], [-sine, cosine]]))


def _counts(text: str) -> npt.NDArray[np.int64]:
    try:
        return np.array(text.split(","), np.int64)
    except (ValueError, OverflowError):
        raise UnusableError("whose run lengths are not numbers", "MIFA361") from None
