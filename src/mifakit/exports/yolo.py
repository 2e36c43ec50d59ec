"""YOLO: a text file a sample and `data.yaml`; boxes if all objects are boxes, else outlines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from mifakit.dataset.dataset import Dataset
from mifakit.exports.drawn import Drawn, annotated, flat, lost, objects_of, unplaced
from mifakit.findings import Finding

_UNNAMED = "object"


class YoloExport:
    """Writes `labels/<split>/<sample>.txt` and `data.yaml`."""

    name: ClassVar[str] = "yolo"
    summary: ClassVar[str] = "labels/<split>/<sample>.txt and data.yaml: boxes, or outlines"

    def write(self, dataset: Dataset, annotation_set: str, folder: Path) -> list[Finding]:
        """Write the set as YOLO."""
        samples, findings = flat(annotated(dataset, annotation_set), "YOLO")
        findings += unplaced(samples, annotation_set, "YOLO", "points", "classes", "counts", "graph")
        found = {sample.id: list(objects_of(sample, annotation_set)) for sample in samples}
        everything = [one for objects in found.values() for one in objects]
        boxes = all(one.kind == "box" for one in everything)
        classes = {name: number for number, name in enumerate(sorted({one.name or _UNNAMED for one in everything}))}
        for sample in samples:
            height, width = sample.row.shape[-2:]
            written = [
                " ".join([str(classes[one.name or _UNNAMED]), *(f"{value:.8g}" for value in values)])
                for one in found[sample.id]
                for values in ([_box(one, width, height)] if boxes else _rings(one, width, height))
            ]
            path = folder / "labels" / (sample.row.split or "all") / f"{sample.id}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{line}\n" for line in written), encoding="utf-8", newline="\n")
        names = {number: name for name, number in classes.items()}
        splits = {split: f"images/{split}" for split in sorted({sample.row.split or "all" for sample in samples})}
        text = f"path: .\n{''.join(f'{split}: {place}' + chr(10) for split, place in splits.items())}names:\n"
        text += "".join(f"  {number}: {json.dumps(name, ensure_ascii=False)}\n" for number, name in names.items())
        (folder / "data.yaml").write_text(text, encoding="utf-8", newline="\n")
        if boxes:
            return findings
        parts = [one for one in everything if one.kind != "line" and len(_parts(one)) > 1]
        holes = [one for one in everything if one.kind != "line" and any(part.interiors for part in _parts(one))]
        lines = sum(one.kind == "line" for one in everything)
        return [
            *findings,
            *lost("YOLO has no objects of several parts: each part became an object,", len(parts), annotation_set),
            *lost("YOLO has no holes: those are lost", len(holes), annotation_set),
            *lost("YOLO has no lines: left out are those", lines, annotation_set),
        ]


def _parts(one: Drawn) -> list[Any]:
    return list(getattr(one.geometry, "geoms", [one.geometry]))


def _box(one: Drawn, width: int, height: int) -> Sequence[float]:
    left, top, right, bottom = one.geometry.bounds
    return (
        (left + right) / 2 / width,
        (top + bottom) / 2 / height,
        (right - left) / width,
        (bottom - top) / height,
    )


def _rings(one: Drawn, width: int, height: int) -> list[list[float]]:
    if one.kind == "line":
        return []
    return [[value for x, y in part.exterior.coords[:-1] for value in (x / width, y / height)] for part in _parts(one)]
