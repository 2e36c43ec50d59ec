"""Files in JSON, of which each is of one format only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mifakit.annotations.registry import load_formats, recognise

CONTENT = {
    "COCO": '{"images": [{"id": 1, "file_name": "a.png"}], "annotations": [{"id": 1, "image_id": 1}]}',
    "QuPath GeoJSON": '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null}]}',
    "LabelMe": '{"version": "5", "flags": {}, "shapes": [{"label": "a", "points": [[1, 2]]}], "imagePath": "a.png"}',
    "VIA": '{"a.png1": {"filename": "a.png", "size": 1, "regions": [{"shape_attributes": {"name": "point"}}]}}',
    "Label Studio": '[{"id": 1, "data": {"image": "a.png"}, "annotations": [{"id": 1, "result": [{"value": {}}]}]}]',
}


@pytest.mark.parametrize("name", list(CONTENT))
def test_by_one_format_only(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(CONTENT[name])
    head = path.read_bytes()
    assert [one.name for one in load_formats()[0] if one.recognises(path, head)] == [name]


@pytest.mark.parametrize(
    ("folder", "file", "name"),
    [
        ("coco_embryo", "test/_annotations.coco.json", "COCO"),
        ("coco_embryo", "valid/_annotations.coco.json", "COCO"),
        ("coco_embryo", "labelme_from_coco/7d44-8_jpg.rf.f88467aa1442c50f08dbb10cd236bc9c.json", "LabelMe"),
        ("qupath", "TD_01_verysmall_mIF.geojson", "QuPath GeoJSON"),
    ],
)
def test_real_files(real_data: Callable[[str], Path], folder: str, file: str, name: str) -> None:
    found = recognise(real_data(folder) / file)
    assert found is not None and found.name == name
