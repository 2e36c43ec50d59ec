"""COCO: one JSON file for many images, with outlines, masks, boxes and keypoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from msgspec import Meta, Raw, Struct

from mifakit.annotations.base import Annotation, AnnotationFile, Grid, NamedImage, Options
from mifakit.annotations.model import Kind, Layer, Numbers, Offsets
from mifakit.annotations.reading.collectors import LayerCollector
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.properties import plain_properties
from mifakit.annotations.reading.run_lengths import check_counts, coco_counts, runs_down_columns
from mifakit.annotations.reading.vertices import MIN_OUTLINE, finite, opened, vertices
from mifakit.annotations.reading.written_numbers import pixels
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.sources.json_text import decoder, keys_by_depth, other_fields, read_json
from mifakit.sources.limits import MAX_RUNS, check_object_budget

Id = int | str
Coordinates = list[float | None]
Box = tuple[float, float, float, float]
_NOUN = "annotation"
_BBOX_TOLERANCE = 1.0
"""Pixels: tools round the box, but not the outline."""


class _File(Struct):
    images: list[Raw]
    annotations: list[Raw] = []
    categories: list[Raw] = []


class _Image(Struct):
    id: Id
    file_name: str
    width: float | None = None
    height: float | None = None


class _Category(Struct):
    id: Id
    name: str | None = None
    supercategory: str | None = None
    keypoints: list[str] = []


class _Rle(Struct):
    size: tuple[int, int]
    counts: str | list[Annotated[int, Meta(ge=0, le=2**40)]]


class _Which(Struct):
    image_id: Id
    id: Id | None = None


class _Annotation(_Which):
    category_id: Id | None = None
    segmentation: list[Coordinates] | _Rle | None = None
    bbox: Coordinates | None = None
    keypoints: Coordinates | None = None
    num_keypoints: int | None = None
    score: float | None = None


_NO_CATEGORY = _Category("")
_image, _category, _which, _annotation = decoder(_Image), decoder(_Category), decoder(_Which), decoder(_Annotation)


class Coco:
    """Opens COCO's object detection and keypoint files.

    Outlines and boxes are measured from the corner of the first pixel (cocodataset.org/#format-data), as in the model.
    Keypoints in whole numbers name pixels, whose centres are half a pixel further: so does detectron2
    (data/datasets/coco.py).
    """

    name: ClassVar[str] = "COCO"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.SHAPES, Kind.MASKS, Kind.BOXES, Kind.POINTS})
    keeps: ClassVar[str] = "supercategory, iscrowd, area, score, names and visibility of keypoints, other plain fields"
    loses: ClassVar[str] = "captions, skeletons, licences, nested fields"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether images are listed with their names, or annotations with their images."""
        keys = keys_by_depth(head)
        return ("images" in keys[1] and "file_name" in keys[3]) or ("annotations" in keys[1] and "image_id" in keys[3])

    def open(self, path: Path, options: Options) -> AnnotationFile:
        """Read a file; of its annotations only which image they are of, the rest with each image."""
        file = read_json(path, _File)
        check_object_budget(path, len(file.annotations))
        images_left_out, categories_left_out, left_out = (LeftOut(path, noun) for noun in ("image", "category", _NOUN))
        images, places = _images(file.images, images_left_out)
        if not images:
            raise MifaError("MIFA204", "lists no images", str(path))
        categories: dict[Id, _Category] = {}
        for number, part in enumerate(file.categories, 1):
            with categories_left_out.unless_usable(f"number {number}"):
                category = _category(part)
                categories[category.id] = category
        parts: dict[int, list[tuple[str, Raw]]] = defaultdict(list)
        for number, part in enumerate(file.annotations, 1):
            with left_out.unless_usable(f"number {number}"):
                which = _which(part)
                name = f"number {number}" if which.id is None else str(which.id)
                if which.image_id in places:
                    parts[places[which.image_id]].append((name, part))
                else:
                    left_out.add("MIFA359", "whose image_id is not that of one image in the file", name)
        findings = (*images_left_out.findings, *categories_left_out.findings, *left_out.findings)
        return _CocoFile(path, images, parts, categories, options.classes, findings)


def _images(parts: Sequence[Raw], left_out: LeftOut) -> tuple[tuple[NamedImage, ...], dict[Id, int]]:
    """Return the images, and which of them an id stands for."""
    images: dict[str, NamedImage] = {}
    names: dict[Id, set[str]] = defaultdict(set)
    for number, part in enumerate(parts, 1):
        with left_out.unless_usable(f"number {number}"):
            image = _image(part)
            if not image.file_name:
                raise UnusableError("without a name")
            if image.file_name in images:
                left_out.add("MIFA359", "of a name that another has, taken for one with it", image.file_name)
            size = pixels(image.width), pixels(image.height)
            images.setdefault(image.file_name, NamedImage(image.file_name, *size))
            names[image.id].add(image.file_name)
    places = {name: place for place, name in enumerate(images)}
    return tuple(images.values()), {image: places[min(of)] for image, of in names.items() if len(of) == 1}


@dataclass(frozen=True)
class _CocoFile:
    path: Path
    images: tuple[NamedImage, ...]
    parts: Mapping[int, Sequence[tuple[str, Raw]]]
    categories: Mapping[Id, _Category]
    classes: Mapping[int, str]
    findings: tuple[Finding, ...]
    companions: tuple[str, ...] = ()

    def read(self, index: int, grid: Grid) -> Annotation:
        """See `AnnotationFile.read`."""
        image, objects = self.images[index], _Objects(self.path, grid)
        for name, part in self.parts.get(index, ()):
            item = f"{name} of {image.name}"
            with objects.left_out.unless_usable(item):
                annotation = _annotation(part)
                category = self._category(annotation.category_id)
                if category is None:
                    reason = "taken over without a class, because category_id is not in the file"
                    objects.left_out.add("MIFA359", reason, item)
                    category = _NO_CATEGORY
                objects.take(item, annotation, category, _said(annotation, category, part))
        return Annotation(objects.layers(), objects.left_out.findings)

    def _category(self, which: Id | None) -> _Category | None:
        if which is None:
            return _NO_CATEGORY
        category = self.categories.get(which)
        if category is not None:
            return category
        name = self.classes.get(which) if isinstance(which, int) else None
        return None if name is None else _Category(which, name)


def _said(annotation: _Annotation, category: _Category, part: Raw) -> dict[str, Any]:
    """Return what is said of an object besides where it is."""
    properties = plain_properties(other_fields(part, _Annotation.__struct_fields__))
    if category.name is None and annotation.category_id is not None:
        properties["category_id"] = annotation.category_id
    if category.supercategory and category.supercategory not in ("none", category.name):
        properties["supercategory"] = category.supercategory
    return {
        "source_id": annotation.id,
        "name": category.name,
        "confidence": annotation.score,
        "properties": properties,
    }


class _Objects:
    """Collects the objects of one image."""

    def __init__(self, path: Path, grid: Grid) -> None:
        self.left_out = LeftOut(path, _NOUN)
        self._path, self._grid = path, grid
        self._layers = LayerCollector(path)
        self._counts: list[Offsets] = []
        self._masked: list[Mapping[str, Any]] = []

    def layers(self) -> tuple[Layer, ...]:
        """Return what was taken; masks are unpacked together."""
        runs = runs_down_columns(self._counts, self._grid.height, self._grid.width)
        if runs is None:
            raise MifaError("MIFA226", f"has masks of more than {MAX_RUNS:,} runs of pixels", str(self._path))
        self._layers.masks.extend(runs, self._masked)
        return self._layers.collected()

    def take(self, item: str, annotation: _Annotation, category: _Category, said: Mapping[str, Any]) -> None:
        """Add an annotation, of which as much is taken as makes sense."""
        outline = annotation.segmentation
        box = _box(annotation.bbox) if annotation.bbox else None
        if isinstance(outline, _Rle):
            self._mask(outline, box, said)
        elif outline and any(outline):
            self._outline(item, outline, box, said)
        elif box is not None:
            self._layers.shapes.box(*box, **said)
        elif not annotation.keypoints:
            raise UnusableError("with neither segmentation, bbox nor keypoints")
        if annotation.keypoints:
            self._points(annotation.keypoints, category.keypoints, said)

    def _mask(self, rle: _Rle, box: Box | None, said: Mapping[str, Any]) -> None:
        height, width = self._grid.height, self._grid.width
        if rle.size != (height, width):
            raise UnusableError(f"with a mask of {rle.size[1]} x {rle.size[0]} pixels, not {width} x {height}")
        counts = coco_counts(rle.counts) if isinstance(rle.counts, str) else np.array(rle.counts, np.int64)
        check_counts(counts, height * width)
        self._counts.append(counts)
        self._masked.append(said if box is None else _with_box(said, box))

    def _outline(self, item: str, outline: Sequence[Coordinates], box: Box | None, said: Mapping[str, Any]) -> None:
        rings = [opened(vertices(ring)) for ring in outline if ring]
        parts = [[ring] for ring in rings if len(ring) >= MIN_OUTLINE]
        if not parts:
            raise UnusableError(f"of fewer than {MIN_OUTLINE} vertices")
        if len(parts) < len(rings):
            self.left_out.add("MIFA359", f"taken over without a part of fewer than {MIN_OUTLINE} vertices", item)
        if box is not None and not _follows(box, np.concatenate(rings)):
            said = _with_box(said, box)
        self._layers.shapes.multipolygon(parts, **said)

    def _points(self, keypoints: Coordinates, names: Sequence[str], said: Mapping[str, Any]) -> None:
        if len(keypoints) % 3:
            raise UnusableError("whose keypoints do not come in threes")
        triples = finite(keypoints).reshape(-1, 3)
        seen = np.flatnonzero(triples[:, 2] > 0)
        places = triples[seen, :2]
        if (places == np.floor(places)).all():
            places = places + 0.5
        for place, number in zip(places, seen.tolist(), strict=True):
            name = names[number] if number < len(names) else str(number + 1)
            more = {"keypoint": name, "visibility": int(triples[number, 2])}
            self._layers.points.add(place[None], **{**said, "properties": {**said["properties"], **more}})


def _box(bbox: Coordinates) -> Box:
    """Return left, top, right, bottom."""
    if len(bbox) != 4:
        raise UnusableError("whose bbox is not x, y, width, height")
    left, top, width, height = finite(bbox).tolist()
    if width < 0 or height < 0:
        raise UnusableError("whose bbox has negative sides")
    return left, top, left + width, top + height


def _follows(box: Box, vertices: Numbers) -> bool:
    bounds = (*vertices.min(axis=0).tolist(), *vertices.max(axis=0).tolist())
    return all(abs(one - other) <= _BBOX_TOLERANCE for one, other in zip(box, bounds, strict=True))


def _with_box(said: Mapping[str, Any], box: Box) -> Mapping[str, Any]:
    """Return what is said with a box that does not follow from the outline."""
    names = ("bbox_left", "bbox_top", "bbox_right", "bbox_bottom")
    return {**said, "properties": {**said["properties"], **dict(zip(names, box, strict=True))}}
