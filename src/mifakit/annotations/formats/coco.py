"""COCO: one JSON file for many images, with outlines, masks, boxes and keypoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from msgspec import Meta, Raw, Struct

from mifakit.annotations.base import Annotation, AnnotationFile, Grid, NamedImage, Options
from mifakit.annotations.collecting import LayerCollector
from mifakit.annotations.coordinates import MIN_RING, numbers_of, opened, pixels_of, vertices_of
from mifakit.annotations.model import Kind, Masks, Numbers, Objects, Offsets
from mifakit.annotations.properties import plain_properties
from mifakit.annotations.refusals import Refusals, RefusedError
from mifakit.annotations.runs import check_counts, coco_counts, runs_down_columns
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.sources.json_text import decoder, keys_by_depth, other_fields, read_json
from mifakit.sources.limits import MAX_RUNS, check_object_budget

Id = int | str
Coordinates = list[float | None]
Box = tuple[float, float, float, float]
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
        refusals = Refusals(path)
        images, places = _images(file.images, refusals)
        if not images:
            raise MifaError("MIFA204", "lists no images", str(path))
        categories: dict[Id, _Category] = {}
        for number, part in enumerate(file.categories, 1):
            with refusals.noting(f"category number {number}"):
                category = _category(part)
                categories[category.id] = category
        parts: dict[int, list[tuple[str, Raw]]] = defaultdict(list)
        for number, part in enumerate(file.annotations, 1):
            with refusals.noting(f"annotation number {number}"):
                which = _which(part)
                name = f"annotation {which.id}" if which.id is not None else f"annotation number {number}"
                if which.image_id in places:
                    parts[places[which.image_id]].append((name, part))
                else:
                    refusals.add(name, "image_id is not that of one image in the file")
        return _CocoFile(path, images, parts, categories, options.classes, refusals.findings)


def _images(parts: Sequence[Raw], refusals: Refusals) -> tuple[tuple[NamedImage, ...], dict[Id, int]]:
    """Return the images, and which of them an id stands for."""
    images: dict[str, NamedImage] = {}
    names: dict[Id, set[str]] = defaultdict(set)
    for number, part in enumerate(parts, 1):
        with refusals.noting(f"image number {number}"):
            image = _image(part)
            if not image.file_name:
                raise RefusedError("an image has no name")
            if image.file_name in images:
                refusals.add(image.file_name, "images of the same name are taken for one")
            size = pixels_of(image.width), pixels_of(image.height)
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
        """Return what the file says of an image; findings about the file as a whole come with each."""
        image, refusals = self.images[index], Refusals(self.path)
        objects = _Objects(grid, refusals)
        for name, part in self.parts.get(index, ()):
            item = f"{name} of {image.name}"
            with refusals.noting(item):
                annotation = _annotation(part)
                category = self._category(annotation.category_id, refusals)
                objects.take(item, annotation, category, _said(annotation, category, part))
        masks = objects.masks()
        if masks is None:
            raise MifaError("MIFA226", f"has masks of more than {MAX_RUNS:,} runs of pixels", str(self.path))
        return Annotation(objects.others.layers(masks), self.findings + refusals.findings)

    def _category(self, which: Id | None, refusals: Refusals) -> _Category:
        if which is None:
            return _NO_CATEGORY
        category = self.categories.get(which)
        if category is not None:
            return category
        name = self.classes.get(which) if isinstance(which, int) else None
        if name is None:
            refusals.add(str(which), "taken over without a class, because category_id is not in the file")
        return _Category(which, name)


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

    def __init__(self, grid: Grid, refusals: Refusals) -> None:
        self.others = LayerCollector()
        self._grid, self._refusals = grid, refusals
        self._counts: list[Offsets] = []
        self._masked: list[Mapping[str, Any]] = []

    def masks(self) -> Masks | None:
        """Return the masks; None when they are more than memory should hold."""
        masks = runs_down_columns(self._counts, self._grid.height, self._grid.width)
        return None if masks is None else replace(masks, objects=Objects.of(self._masked))

    def take(self, item: str, annotation: _Annotation, category: _Category, said: Mapping[str, Any]) -> None:
        """Add an annotation, of which as much is taken as makes sense."""
        outline = annotation.segmentation
        box = _box(annotation.bbox) if annotation.bbox else None
        if isinstance(outline, _Rle):
            self._mask(outline, box, said)
        elif outline and any(outline):
            self._outline(item, outline, box, said)
        elif box is not None:
            self.others.shapes.box(*box, **said)
        elif not annotation.keypoints:
            raise RefusedError("an annotation has neither segmentation, bbox nor keypoints")
        if annotation.keypoints:
            self._points(annotation.keypoints, category.keypoints, said)

    def _mask(self, rle: _Rle, box: Box | None, said: Mapping[str, Any]) -> None:
        height, width = self._grid.height, self._grid.width
        if rle.size != (height, width):
            raise RefusedError(f"a mask is of {rle.size[1]} x {rle.size[0]} pixels, its image of {width} x {height}")
        counts = coco_counts(rle.counts) if isinstance(rle.counts, str) else np.array(rle.counts, np.int64)
        check_counts(counts, height * width)
        self._counts.append(counts)
        self._masked.append(said if box is None else _with_box(said, box))

    def _outline(self, item: str, outline: Sequence[Coordinates], box: Box | None, said: Mapping[str, Any]) -> None:
        rings = [opened(vertices_of(ring)) for ring in outline if ring]
        parts = [[ring] for ring in rings if len(ring) >= MIN_RING]
        if not parts:
            raise RefusedError(f"an outline has fewer than {MIN_RING} vertices")
        if len(parts) < len(rings):
            self._refusals.add(item, f"a part of an outline has fewer than {MIN_RING} vertices")
        if box is not None and not _follows(box, np.concatenate(rings)):
            said = _with_box(said, box)
        self.others.shapes.multipolygon(parts, **said)

    def _points(self, keypoints: Coordinates, names: Sequence[str], said: Mapping[str, Any]) -> None:
        if len(keypoints) % 3:
            raise RefusedError("keypoints do not come in threes")
        triples = numbers_of(keypoints).reshape(-1, 3)
        seen = np.flatnonzero(triples[:, 2] > 0)
        places = triples[seen, :2]
        if (places == np.floor(places)).all():
            places = places + 0.5
        for place, number in zip(places, seen.tolist(), strict=True):
            name = names[number] if number < len(names) else str(number + 1)
            more = {"keypoint": name, "visibility": int(triples[number, 2])}
            self.others.points([place], **{**said, "properties": {**said["properties"], **more}})


def _box(bbox: Coordinates) -> Box:
    """Return left, top, right, bottom."""
    if len(bbox) != 4:
        raise RefusedError("bbox is not x, y, width, height")
    left, top, width, height = numbers_of(bbox).tolist()
    if width < 0 or height < 0:
        raise RefusedError("bbox has negative sides")
    return left, top, left + width, top + height


def _follows(box: Box, vertices: Numbers) -> bool:
    bounds = (*vertices.min(axis=0).tolist(), *vertices.max(axis=0).tolist())
    return all(abs(one - other) <= _BBOX_TOLERANCE for one, other in zip(box, bounds, strict=True))


def _with_box(said: Mapping[str, Any], box: Box) -> Mapping[str, Any]:
    """Return what is said with a box that does not follow from the outline."""
    names = ("bbox_left", "bbox_top", "bbox_right", "bbox_bottom")
    return {**said, "properties": {**said["properties"], **dict(zip(names, box, strict=True))}}
