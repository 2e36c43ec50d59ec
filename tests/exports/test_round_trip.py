"""Any mask and any outline: into a dataset by a real build, out of it again, and nothing has changed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conversion.samples import noise, write_lab

import mifakit
from mifakit.annotations.base import Grid, Options
from mifakit.annotations.formats.coco import Coco
from mifakit.annotations.model import Shapes

IDS = st.sampled_from([0, 0, 1, 2, 255, 256, 40_000])
MASKS = st.lists(
    st.integers(1, 12).flatmap(lambda width: st.lists(st.lists(IDS, min_size=width, max_size=width), min_size=1)),
    min_size=1,
    max_size=4,
)
PLACE = st.floats(0, 40, allow_subnormal=False)
OUTLINE = st.lists(st.tuples(PLACE, PLACE), min_size=3, max_size=7, unique=True).filter(
    lambda ring: shapely.Polygon(ring).area > 0
)
# A build takes seconds: each holds several images.
FEW = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(masks=MASKS)
def test_masks(tmp_path_factory: pytest.TempPathFactory, masks: list[list[list[int]]]) -> None:
    home = tmp_path_factory.mktemp("masks")
    arrays = {f"m{number}": np.array(mask, np.uint16) for number, mask in enumerate(masks)}
    sheet = write_lab(home, **{name: noise(*array.shape) for name, array in arrays.items()})
    for name, array in arrays.items():
        tifffile.imwrite(home / "lab" / "masks" / f"{name}.tif", array, photometric="minisblack", metadata=None)
    built = mifakit.build(sheet, home / "dataset")
    assert built.complete, built.findings
    assert mifakit.export(built.path, "label-tiff", home / "out") == []
    for name, array in arrays.items():
        np.testing.assert_array_equal(tifffile.imread(home / "out" / f"{name}.ome.tif"), array)


@FEW
@given(images=st.lists(st.lists(OUTLINE, min_size=1, max_size=5), min_size=1, max_size=3))
def test_outlines(tmp_path_factory: pytest.TempPathFactory, images: list[list[list[tuple[float, float]]]]) -> None:
    home = tmp_path_factory.mktemp("outlines")
    sheet = write_lab(home, **{f"i{number}": noise(40, 50) for number in range(len(images))})
    _write_coco(home / "lab" / "all.json", images)
    sheet.write_text(sheet.read_text().replace("masks/{name}.tif", "all.json"))
    built = mifakit.build(sheet, home / "dataset")
    assert built.complete, built.findings
    mifakit.export(built.path, "coco", home / "out")
    read = Coco().open(home / "out" / "instances.json", Options())
    assert len(read.images) == len(images)
    for number, outlines in enumerate(images):
        (shapes,) = read.read(number, Grid({"y": 40, "x": 50})).layers
        assert isinstance(shapes, Shapes)
        np.testing.assert_array_equal(shapes.vertices, np.concatenate([np.array(ring) for ring in outlines]))
        assert np.diff(shapes.rings).tolist() == [len(ring) for ring in outlines]


def _write_coco(path: Path, images: list[list[list[tuple[float, float]]]]) -> None:
    said = {
        "images": [
            {"id": number, "file_name": f"i{number}.tif", "width": 50, "height": 40} for number in range(len(images))
        ],
        "categories": [{"id": 1, "name": "cell"}],
        "annotations": [
            {"image_id": number, "category_id": 1, "segmentation": [[value for place in ring for value in place]]}
            for number, outlines in enumerate(images)
            for ring in outlines
        ],
    }
    for number, one in enumerate(said["annotations"]):
        one["id"] = number
    path.write_text(json.dumps(said), encoding="utf-8")
