"""COCO: one `instances.json`; outlines as polygons, label images and outlines with holes as exact compressed RLE."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mifakit.annotations.raster.rasterising import runs_of
from mifakit.annotations.reading.collectors import ShapeCollector
from mifakit.dataset.dataset import Dataset, Sample
from mifakit.exports.drawn import Drawn, annotated, class_names, flat, objects_of, planes, unplaced
from mifakit.findings import Finding

Json = dict[str, Any]
_UNNAMED = "object"


class CocoExport:
    """Writes `instances.json`. Images are named by their path in the dataset."""

    name: ClassVar[str] = "coco"
    summary: ClassVar[str] = "instances.json: polygons, boxes, masks as RLE, points as keypoints"

    def write(self, dataset: Dataset, annotation_set: str, folder: Path) -> list[Finding]:
        """Write the set as COCO."""
        samples, findings = flat(annotated(dataset, annotation_set), "COCO")
        categories: dict[str, int] = {}
        images: list[Json] = []
        annotations: list[Json] = []
        for number, sample in enumerate(samples, start=1):
            height, width = sample.row.shape[-2:]
            images.append({"id": number, "file_name": sample.row.image, "width": width, "height": height})
            for name, said in _annotations(sample, annotation_set, height, width):
                category = categories.setdefault(name or _UNNAMED, len(categories) + 1)
                identity = {"id": len(annotations) + 1, "image_id": number, "category_id": category}
                annotations.append({**identity, "iscrowd": 0, **said})
        points = any("keypoints" in one for one in annotations)
        skeleton: Json = {"keypoints": ["point"], "skeleton": []} if points else {}
        known = [{"id": value, "name": name, **skeleton} for name, value in categories.items()]
        text = json.dumps({"images": images, "annotations": annotations, "categories": known}, ensure_ascii=False)
        (folder / "instances.json").write_text(text, encoding="utf-8", newline="\n")
        return findings + unplaced(samples, annotation_set, "COCO", "classes", "counts", "graph")


def _annotations(sample: Sample, annotation_set: str, height: int, width: int) -> list[tuple[str | None, Json]]:
    row = sample.row.annotations[annotation_set]
    said: list[tuple[str | None, Json]] = []
    if row.shapes:
        said += [(one.name, _drawn(one, height, width)) for one in objects_of(sample, annotation_set)]
    elif row.label:
        names = class_names(sample, annotation_set)
        for path in row.label_images:
            for plane in planes(sample, path):
                said += [(names.get(value), mask) for value, mask in _masks(plane.labels)]
    if row.points:
        for one in sample.table(annotation_set, "points").to_dict("records"):
            # Whole numbers name pixels in COCO's keypoints: the middle of a pixel is half a pixel less than here.
            place = [one["x"] - 0.5, one["y"] - 0.5, 2]
            box = [one["x"], one["y"], 0, 0]
            name = one["class"] if isinstance(one["class"], str) else None
            said.append((name, {"keypoints": place, "num_keypoints": 1, "bbox": box, "area": 0, "segmentation": []}))
    return said


def _drawn(one: Drawn, height: int, width: int) -> Json:
    left, top, right, bottom = one.geometry.bounds
    said: Json = {"bbox": [left, top, right - left, bottom - top], "area": one.geometry.area}
    if one.kind == "box":
        return {**said, "segmentation": []}
    parts = list(getattr(one.geometry, "geoms", [one.geometry]))
    if one.kind == "line":
        return {**said, "segmentation": [[value for place in part.coords for value in place] for part in parts]}
    if any(part.interiors for part in parts):
        return {**said, "segmentation": _run_lengths(*_columns(parts, height, width), height, width)}
    rings = [[value for place in part.exterior.coords[:-1] for value in place] for part in parts]
    return {**said, "segmentation": rings}


def _columns(parts: list[Any], height: int, width: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the runs of a polygon down the columns of an image, as places counted down them."""
    turned = ShapeCollector()
    rings = [[part.exterior, *part.interiors] for part in parts]
    turned.multipolygon([[np.array(ring.coords)[:-1, ::-1] for ring in part] for part in rings])
    runs = runs_of(turned.collected(), height, width)
    order = np.lexsort((runs.starts, runs.rows))
    return (runs.rows * height + runs.starts)[order], (runs.rows * height + runs.stops)[order]


def _masks(labels: npt.NDArray[np.integer]) -> list[tuple[int, Json]]:
    """Return each id of a plane with its mask: one pass down the columns for all of them."""
    height, width = labels.shape
    down = np.ascontiguousarray(labels.T).reshape(-1)
    starts = np.flatnonzero(np.concatenate([[True], down[1:] != down[:-1]]))
    stops = np.append(starts[1:], down.size)
    values = down[starts]
    inside = np.flatnonzero(values)
    order = inside[np.argsort(values[inside], kind="stable")]
    ids, firsts = np.unique(values[order], return_index=True)
    said = []
    for value, own in zip(ids.tolist(), np.split(order, firsts)[1:], strict=True):
        begins, ends = starts[own], stops[own]
        # A run may go on into the next column: of rows, its first and last pixel tell nothing.
        rows = np.concatenate([begins % height, (ends - 1) % height])
        if ((ends - 1) // height != begins // height).any():
            rows = np.append(rows, [0, height - 1])
        left, right = int(begins[0] // height), int((ends[-1] - 1) // height) + 1
        box = [left, int(rows.min()), right - left, int(rows.max() - rows.min()) + 1]
        mask = _run_lengths(begins, ends, height, width)
        said.append((value, {"segmentation": mask, "area": int((ends - begins).sum()), "bbox": box}))
    return said


def _run_lengths(begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], height: int, width: int) -> Json:
    edges = np.stack([begins, ends], axis=1).reshape(-1)
    meet = np.flatnonzero(edges[1:-1:2] == edges[2::2]) if edges.size > 2 else np.zeros(0, np.int64)
    edges = np.delete(edges, np.concatenate([2 * meet + 1, 2 * meet + 2]))
    if edges.size and edges[-1] == height * width:
        edges = edges[:-1]
    counts = np.diff(np.concatenate([[0], edges, [height * width]]))
    return {"size": [height, width], "counts": _compressed(counts.tolist())}


def _compressed(counts: list[int]) -> str:
    """Return run lengths as `rleToString` of the COCO API (maskApi.c) writes them."""
    text = []
    for place, count in enumerate(counts):
        value = count - counts[place - 2] if place > 2 else count
        more = True
        while more:
            bits, value = value & 0x1F, value >> 5
            more = value != (-1 if bits & 0x10 else 0)
            text.append(chr(bits + (0x20 if more else 0) + 48))
    return "".join(text)
