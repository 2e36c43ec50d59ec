"""ImageJ: one RoiSet a sample, for the ROI manager."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from mifakit.dataset.dataset import Dataset, Sample
from mifakit.exports.drawn import Drawn, annotated, lost, objects_of, place_along, text, unplaced
from mifakit.findings import Finding

_DATE = (1980, 1, 1, 0, 0, 0)
"""The same bytes every time."""


class ImageJExport:
    """Writes `<sample>.zip`."""

    name: ClassVar[str] = "imagej"
    summary: ClassVar[str] = "<sample>.zip: a RoiSet, with planes; points too"

    def write(self, dataset: Dataset, annotation_set: str, folder: Path) -> list[Finding]:
        """Write the set as RoiSets."""
        holes = 0
        samples = annotated(dataset, annotation_set)
        for sample in samples:
            with zipfile.ZipFile(folder / f"{sample.id}.zip", "w") as archive:
                for number, (title, roi) in enumerate(_rois(sample, annotation_set), start=1):
                    entry = zipfile.ZipInfo(f"{number:05d}-{_portable(title)}.roi", _DATE)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(entry, roi.tobytes())
            holes += sum(
                any(part.interiors for part in getattr(one.geometry, "geoms", [one.geometry]))
                for one in objects_of(sample, annotation_set)
                if one.kind != "line"
            )
        return [
            *lost("outlines with holes are written without them, which concerns those", holes, annotation_set),
            *unplaced(samples, annotation_set, "ImageJ", "classes", "counts", "graph"),
        ]


def _portable(title: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in title)[:60]


def _rois(sample: Sample, annotation_set: str) -> Iterator[tuple[str, Any]]:
    from roifile import ROI_TYPE

    for one in objects_of(sample, annotation_set):
        title = one.source_id or str(one.id)
        for vertices in _lines(one):
            roi = _roi(vertices, title, one.t, one.z)
            roi.roitype = ROI_TYPE.POLYLINE if one.kind == "line" else ROI_TYPE.POLYGON
            yield title, roi
    if sample.row.annotations[annotation_set].points:
        for row in sample.table(annotation_set, "points").to_dict("records"):
            t, z = (place_along(row[axis]) for axis in "tz")
            title = text(row["source_id"]) or str(row["id"])
            roi = _roi(np.array([[row["x"], row["y"]]]), title, t, z)
            roi.roitype = ROI_TYPE.POINT
            yield title, roi


def _lines(one: Drawn) -> Iterator[Any]:
    for part in getattr(one.geometry, "geoms", [one.geometry]):
        yield np.array(part.coords) if one.kind == "line" else np.array(part.exterior.coords)[:-1]


def _roi(vertices: Any, title: str, t: int | None, z: int | None) -> Any:
    from roifile import ImagejRoi

    roi = ImagejRoi.frompoints(vertices, name=title)
    roi.t_position, roi.z_position = (0 if place is None else place + 1 for place in (t, z))
    return roi
