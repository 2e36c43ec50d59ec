"""QuPath GeoJSON: one file a sample, to be dropped on its image in QuPath."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from mifakit.dataset.dataset import Dataset, Sample
from mifakit.exports.drawn import annotated, objects_of, place_along, text, unplaced
from mifakit.findings import Finding


class GeoJsonExport:
    """Writes `<sample>.geojson`."""

    name: ClassVar[str] = "geojson"
    summary: ClassVar[str] = "<sample>.geojson: what QuPath reads, with planes and classes"

    def write(self, dataset: Dataset, annotation_set: str, folder: Path) -> list[Finding]:
        """Write the set as GeoJSON."""
        samples = annotated(dataset, annotation_set)
        for sample in samples:
            collection = {"type": "FeatureCollection", "features": list(_features(sample, annotation_set))}
            written = json.dumps(collection, ensure_ascii=False)
            (folder / f"{sample.id}.geojson").write_text(written, encoding="utf-8", newline="\n")
        return unplaced(samples, annotation_set, "GeoJSON", "classes", "counts", "graph")


def _features(sample: Sample, annotation_set: str) -> Iterator[dict[str, Any]]:
    from shapely.geometry import Point, mapping

    for one in objects_of(sample, annotation_set):
        yield _feature(mapping(one.geometry), one.t, one.z, one.name, one.source_id or str(one.id))
    if sample.row.annotations[annotation_set].points:
        for row in sample.table(annotation_set, "points").to_dict("records"):
            t, z = (place_along(row[axis]) for axis in "tz")
            source = text(row["source_id"]) or str(row["id"])
            yield _feature(mapping(Point(row["x"], row["y"])), t, z, text(row["class"]), source)


def _feature(geometry: dict[str, Any], t: int | None, z: int | None, name: str | None, source: str) -> dict[str, Any]:
    plane = {"c": -1, "z": z or 0, "t": t or 0}
    properties: dict[str, Any] = {"objectType": "annotation", "name": source}
    if name:
        properties["classification"] = {"name": name}
    return {"type": "Feature", "geometry": {**geometry, "plane": plane}, "properties": properties}
