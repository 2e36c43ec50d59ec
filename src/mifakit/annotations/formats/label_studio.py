"""Label Studio's JSON export: one file for many tasks, an image each, by one annotator or several."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np
from msgspec import Meta, Raw, Struct

from mifakit.annotations.base import Annotation, AnnotationFile, Grid, NamedImage, Options
from mifakit.annotations.model import Kind, Numbers
from mifakit.annotations.reading.brush import runs_of_brush
from mifakit.annotations.reading.collectors import LayerCollector
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.properties import person, plain_properties
from mifakit.annotations.reading.vertices import finite, line, outline, vertices
from mifakit.annotations.reading.written_numbers import pixels
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.sources.json_text import decoder, keys_by_depth, read_json
from mifakit.sources.limits import check_object_budget

Id = int | str
_Number = float | None
_UPLOADED = re.compile(r"/upload/(?:.*/)?[0-9a-f]{8}-([^/]+)$")
"""Label Studio puts eight digits before the names of files that were uploaded to it."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-][\d:]+)?$")
_DRAWN = ("rectangle", "ellipse", "polygon", "keypoint", "brush")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{2,5}$")


class _Task(Struct):
    data: dict[str, Any]
    id: Id | None = None
    annotations: list[Raw] | None = None
    completions: list[Raw] | None = None
    predictions: list[Any] | None = None
    drafts: list[Any] | None = None


class _Annotation(Struct):
    result: list[Raw]
    id: Id | None = None
    completed_by: Any = None
    created_at: Any = None
    was_cancelled: bool | None = False


class _Value(Struct, frozen=True):
    x: _Number = None
    y: _Number = None
    width: _Number = None
    height: _Number = None
    rotation: _Number = 0.0
    radiusX: _Number = None  # noqa: N815 - Label Studio's own names
    radiusY: _Number = None  # noqa: N815
    points: list[list[_Number]] | None = None
    closed: bool = True
    format: str | None = None
    rle: list[Annotated[int, Meta(ge=0, le=255)]] | None = None
    labels: list[str] = []
    rectanglelabels: list[str] = []
    polygonlabels: list[str] = []
    ellipselabels: list[str] = []
    keypointlabels: list[str] = []
    brushlabels: list[str] = []
    choices: list[str] = []
    taxonomy: list[list[str]] = []
    number: _Number = None
    rating: _Number = None
    text: list[str] | str | None = None

    @property
    def all_labels(self) -> list[str]:
        """The labels of a region, of whatever kind it is."""
        drawn = self.rectanglelabels + self.polygonlabels + self.ellipselabels + self.keypointlabels + self.brushlabels
        return self.labels + drawn

    @property
    def answer(self) -> Any:
        """What was answered, besides labels."""
        paths = [" / ".join(path) for path in self.taxonomy]
        answers = (self.choices or None, paths or None, self.number, self.rating, self.text or None)
        return next((answer for answer in answers if answer is not None), None)


class _Result(Struct):
    type: str
    value: _Value = _Value()
    id: str | None = None
    from_name: str | None = None
    to_name: str | None = None
    original_width: _Number = None
    original_height: _Number = None
    image_rotation: float | None = None
    item_index: int | None = None
    score: float | None = None

    @property
    def kind(self) -> str:
        """What it is, with labels or without: `rectanglelabels` are rectangles."""
        return self.type.removesuffix("labels")


class _Size(Struct):
    original_width: float
    original_height: float


class _Sizes(Struct):
    result: list[_Size]


_task, _annotation, _result, _sizes = decoder(_Task), decoder(_Annotation), decoder(_Result), decoder(_Sizes)


class LabelStudio:
    """Opens exports of tasks with images.

    Coordinates are in per cent of the image's sides, from its corner to the opposite one; they turn by `rotation`
    degrees, from x towards y, boxes around their first corner and ellipses around their centre
    (labelstud.io/guide/task_format). Several labels of one region become one class. What is answered of a region is
    among its properties, what is answered of the image becomes a class or a count.
    """

    name: ClassVar[str] = "Label Studio"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset(
        {Kind.SHAPES, Kind.BOXES, Kind.MASKS, Kind.POINTS, Kind.CLASSES, Kind.COUNTS}
    )
    keeps: ClassVar[str] = "annotators, times, scores, answers about regions"
    loses: ClassVar[str] = "predictions, drafts, cancelled annotations, relations, texts about images, e-mail addresses"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it lists tasks with their data, or with results."""
        keys = keys_by_depth(head)
        lists = {"annotations", "completions"} & keys[2]
        return bool(lists) and ("data" in keys[2] or "result" in keys[4])

    def open(self, path: Path, options: Options) -> AnnotationFile:
        """Read a file; of its annotations only whose image they are of, the rest with each image."""
        left_out = LeftOut(path, "task")
        tasks: dict[str, list[_ImageOfTask]] = defaultdict(list)
        parts = read_json(path, list[Raw])
        for number, part in enumerate(parts, 1):
            with left_out.unless_usable(f"number {number}"):
                task = _task(part)
                for one in _images_of(task, f"task {number if task.id is None else task.id}"):
                    tasks[one.said].append(one)
        if parts and not tasks:
            hint = "export it as JSON, not as JSON-MIN"
            raise MifaError("MIFA204", "lists no tasks of Label Studio with their data", str(path), hint)
        short = Counter(map(_plain_name, tasks))
        images = tuple(
            NamedImage(plain if short[plain := _plain_name(said)] == 1 else said, *_size_of(of[0].task))
            for said, of in tasks.items()
        )
        return _LabelStudioFile(path, images, tuple(tasks.values()), left_out.findings)


@dataclass(frozen=True)
class _ImageOfTask:
    """An image of a task: how its data say it, what findings call the task, which of its data it is, and which not."""

    said: str
    item: str
    task: _Task
    key: str
    others: frozenset[str]


def _images_of(task: _Task, item: str) -> Iterable[_ImageOfTask]:
    texts = {key: value for key, value in task.data.items() if isinstance(value, str) and value}
    files = {key: value for key, value in texts.items() if _SUFFIX.search(_plain_name(value))}
    found = files or {key: value for key, value in texts.items() if key == "image"} or dict([*texts.items()][:1])
    if not found:
        raise UnusableError("whose data name no image")
    # A picture that is written out has no name.
    names = {key: item if value.startswith("data:") else value for key, value in found.items()}
    for key, said in names.items():
        yield _ImageOfTask(said, item, task, key, frozenset(names) - {key})


def _plain_name(said: str) -> str:
    """Return the path of an image in the address that Label Studio has it at."""
    address = said.replace("\\", "/")
    if "://" not in address and not address.startswith("/data/"):
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    (local, *_) = parse_qs(parts.query).get("d", [""])
    address = local or unquote(parts.path).lstrip("/")
    uploaded = _UPLOADED.search(f"/{address}")
    return uploaded[1] if uploaded else address or said


def _size_of(task: _Task) -> tuple[int | None, int | None]:
    """Return width and height, as far as a task's first annotation states them."""
    for part in (task.annotations or task.completions or ())[:1]:
        with suppress(ValueError):
            for size in _sizes(part).result[:1]:
                return pixels(size.original_width), pixels(size.original_height)
    return None, None


@dataclass(frozen=True)
class _LabelStudioFile:
    path: Path
    images: tuple[NamedImage, ...]
    tasks: Sequence[Sequence[_ImageOfTask]]
    findings: tuple[Finding, ...]
    companions: tuple[str, ...] = ()

    def read(self, index: int, grid: Grid) -> Annotation:
        """See `AnnotationFile.read`."""
        layers = LayerCollector(self.path)
        tasks, annotations, results = (LeftOut(self.path, noun) for noun in ("task", "annotation", "result"))
        for one in self.tasks[index]:
            for kind, found in (("predictions", one.task.predictions), ("drafts", one.task.drafts)):
                if found:
                    tasks.add("MIFA359", f"with {kind}, which are no annotations", one.item.removeprefix("task "))
            for number, part in enumerate([*(one.task.annotations or ()), *(one.task.completions or ())], 1):
                with annotations.unless_usable(f"number {number} of {one.item}"):
                    annotation = _annotation(part)
                    check_object_budget(self.path, len(annotation.result))
                    if annotation.was_cancelled:
                        raise UnusableError("that was cancelled")
                    said = _said(annotation)
                    for item, region in _regions(annotation, one, results):
                        with results.unless_usable(item):
                            _add(layers, region, grid, said)
        findings = (*tasks.findings, *annotations.findings, *results.findings)
        return Annotation(layers.collected(), findings)


def _regions(
    annotation: _Annotation, image: _ImageOfTask, left_out: LeftOut
) -> Iterable[tuple[str, Sequence[_Result]]]:
    """Return the results about one region together, by what findings call it."""
    regions: dict[str, list[_Result]] = defaultdict(list)
    for number, part in enumerate(annotation.result, 1):
        with left_out.unless_usable(f"number {number} of {image.item}"):
            result = _result(part)
            if result.to_name in image.others:
                continue
            if image.others and result.to_name != image.key:
                raise UnusableError("whose to_name is none of the images of its task")
            if result.image_rotation or result.item_index:
                raise UnusableError("of an image that was turned, or is one of several pages")
            regions[f"{result.id or f'number {number}'} of {image.item}"].append(result)
    return regions.items()


def _said(annotation: _Annotation) -> dict[str, Any]:
    by, created = annotation.completed_by, annotation.created_at
    return {
        "annotator": person(by.get("id") if isinstance(by, Mapping) else by),
        "created": created if isinstance(created, str) and _DATE.match(created) else None,
        "properties": {} if annotation.id is None else {"annotation": annotation.id},
    }


def _add(layers: LayerCollector, results: Sequence[_Result], grid: Grid, said: Mapping[str, Any]) -> None:
    """Add a region with its labels and answers; or answers about the image as a whole."""
    drawn = next((one for one in results if one.kind in _DRAWN), None)
    if drawn is None:
        for one in results:
            _answer(layers, one, said)
        return
    labels = dict.fromkeys(label for one in results for label in one.value.all_labels)
    answers = {one.from_name or one.type: one.value.answer for one in results}
    more = {
        "source_id": drawn.id,
        "name": ", ".join(labels) or None,
        "confidence": drawn.score,
        "properties": said["properties"] | plain_properties(answers),
    }
    _draw(layers, drawn, grid, {**said, **more})


def _answer(layers: LayerCollector, result: _Result, said: Mapping[str, Any]) -> None:
    properties = said["properties"] | plain_properties({"attribute": result.from_name})
    answer = result.value.answer
    if result.kind == "number" and answer is not None:
        layers.count(answer, **{**said, "name": result.from_name})
    elif result.kind in ("choices", "taxonomy") and answer:
        for name in answer:
            layers.image_class(name, **{**said, "properties": properties})
    else:
        raise UnusableError(f"about the whole image, of type {result.type[:40]!r}")


def _draw(layers: LayerCollector, result: _Result, grid: Grid, said: Mapping[str, Any]) -> None:
    value = result.value
    width, height = pixels(result.original_width) or grid.width, pixels(result.original_height) or grid.height
    scale = np.array([width, height]) / 100
    match result.kind:
        case "polygon" if value.closed:
            layers.shapes.polygon(outline(value.points) * scale, **said)
        case "polygon":
            layers.shapes.line(line(value.points) * scale, **said)
        case "keypoint":
            layers.points.add(vertices([value.x, value.y]) * scale, **said)
        case "rectangle":
            _draw_rectangle(layers, value, scale, said)
        case "ellipse":
            x, y, along, across = (vertices([[value.x, value.y], [value.radiusX, value.radiusY]]) * scale).flat
            (angle,) = finite([value.rotation]).tolist()
            layers.shapes.ellipse(float(x), float(y), float(along), float(across), angle, **said)
        case _:
            if value.rle is None:
                raise UnusableError("whose painting has no run lengths")
            if (width, height) != (grid.width, grid.height):
                raise UnusableError(f"whose painting is not of {grid.width} x {grid.height} pixels")
            layers.masks.add(runs_of_brush(bytes(value.rle), height, width), **said)


def _draw_rectangle(layers: LayerCollector, value: _Value, scale: Numbers, said: Mapping[str, Any]) -> None:
    corner, sides = vertices([[value.x, value.y], [value.width, value.height]]) * scale
    width, height = sides
    if width < 0 or height < 0:
        raise UnusableError("whose sides are negative")
    (turned,) = finite([value.rotation]).tolist()
    if turned % 360 == 0:
        layers.shapes.box(*corner.tolist(), *(corner + sides).tolist(), **said)
        return
    cosine, sine = np.cos(np.radians(turned)), np.sin(np.radians(turned))
    along, down = width * np.array([cosine, sine]), height * np.array([-sine, cosine])
    layers.shapes.polygon([corner, corner + along, corner + along + down, corner + down], **said)
