"""What leaves a dataset comes back as it was: read with other libraries, or with our own formats."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.conversion.samples import noise, write_lab

import mifakit
from mifakit.annotations.base import Grid, Options
from mifakit.annotations.formats.coco import Coco
from mifakit.annotations.formats.qupath import QuPath
from mifakit.annotations.model import Shapes
from mifakit.dataset.dataset import Dataset
from mifakit.errors import MifaError
from mifakit.exports.outlines import outlines
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.sheet.reading import read_sheet
from mifakit.sheet.template import render_sheet

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools

LABELS = np.zeros((40, 50), np.uint16)
LABELS[2:6, 2:6] = 1
LABELS[10:20, 10:20], LABELS[13:16, 13:16] = 7, 0
LABELS[30:34, 5:9], LABELS[34:38, 9:13] = 300, 300


@pytest.fixture(scope="module")
def masks(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    home = tmp_path_factory.mktemp("masks")
    sheet = write_lab(home, a=noise(40, 50))
    Image.fromarray(LABELS).save(home / "lab" / "masks" / "a.png")
    sheet.write_text(sheet.read_text().replace("masks/{name}.tif", "masks/{name}.png"))
    return mifakit.open(mifakit.build(sheet, home / "dataset").path)


def write_polygons(home: Path) -> None:
    square = [2.0, 2.0, 12.0, 2.0, 12.0, 12.5, 2.0, 12.0]
    shapes = [
        {"id": 5, "image_id": 1, "category_id": 2, "segmentation": [square], "iscrowd": 0},
        {"id": 6, "image_id": 1, "category_id": 3, "segmentation": [], "bbox": [1, 2, 3.5, 4]},
        {"id": 7, "image_id": 1, "category_id": 2, "segmentation": [square, [20, 20, 30, 20, 25, 28.25]], "iscrowd": 0},
    ]
    categories = [{"id": 2, "name": "cell"}, {"id": 3, "name": 'µ "q"'}]
    said = {
        "images": [{"id": 1, "file_name": "a.tif", "width": 50, "height": 40}],
        "annotations": shapes,
        "categories": categories,
    }
    (home / "lab" / "all.json").write_text(json.dumps(said))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    home = tmp_path_factory.mktemp("drawn")
    sheet = write_lab(home, a=noise(40, 50))
    write_polygons(home)
    sheet.write_text(sheet.read_text().replace("masks/{name}.tif", "all.json"))
    built = mifakit.build(sheet, home / "dataset")
    assert built.complete
    return mifakit.open(built.path)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_an_outline_goes_along_the_edges_of_pixels(data: st.DataObject) -> None:
    shape = data.draw(st.integers(1, 8)), data.draw(st.integers(1, 8))
    labels = np.random.default_rng(data.draw(st.integers(0, 9999))).choice([0, 1, 2, 9], shape)
    found = dict(outlines(labels))
    assert sorted(found) == [value for value in np.unique(labels) if value]
    y, x = np.mgrid[: shape[0], : shape[1]]
    for value, geometry in found.items():
        assert geometry.is_valid
        assert geometry.area == (labels == value).sum()
        np.testing.assert_array_equal(shapely.contains_xy(geometry, x + 0.5, y + 0.5), labels == value)


def test_masks_to_coco(masks: Dataset, tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    assert mifakit.export(masks.path, "coco", tmp_path / "out") == []
    coco = COCO(str(tmp_path / "out" / "instances.json"))
    (image,) = coco.imgs.values()
    assert (image["file_name"], image["height"], image["width"]) == ("images/a.ome.zarr", 40, 50)
    for value, one in zip((1, 7, 300), coco.anns.values(), strict=True):
        mask = value == LABELS
        np.testing.assert_array_equal(coco.annToMask(one), mask)
        rows, columns = np.nonzero(mask)
        box = [columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1]
        assert (one["bbox"], one["area"]) == (box, mask.sum())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_mask_to_coco_and_back(data: st.DataObject) -> None:
    from pycocotools import mask as reference

    from mifakit.exports.coco import _masks

    shape = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))
    labels = np.random.default_rng(data.draw(st.integers(0, 9999))).choice([0, 1, 2], shape)
    for value, said in _masks(labels):
        np.testing.assert_array_equal(reference.decode(said["segmentation"]), labels == value)
        assert (
            said["segmentation"]["counts"]
            == reference.encode(np.asfortranarray(labels == value, np.uint8))["counts"].decode()
        )
        assert said["bbox"] == reference.toBbox(said["segmentation"]).tolist()


def test_vertices_to_coco_and_back(drawn: Dataset, tmp_path: Path) -> None:
    assert mifakit.export(drawn.path, "coco", tmp_path / "out") == []
    read = Coco().open(tmp_path / "out" / "instances.json", Options()).read(0, Grid({"y": 40, "x": 50}))
    (shapes,) = read.layers
    before = drawn["a"].table("nuclei", "shapes")
    assert isinstance(shapes, Shapes)
    assert shapes.objects.name == ["cell", 'µ "q"', "cell"]
    assert shapes.kinds.tolist() == [0, 1, 0]
    for number, geometry in enumerate(before["geometry"]):
        own = shapes.take(np.array([number]))
        rings = [np.array(part.exterior.coords)[:-1] for part in getattr(geometry, "geoms", [geometry])]
        np.testing.assert_array_equal(own.vertices, np.concatenate(rings))


def test_vertices_to_geojson_and_back(drawn: Dataset, tmp_path: Path) -> None:
    assert mifakit.export(drawn.path, "geojson", tmp_path / "out") == []
    read = QuPath().open(tmp_path / "out" / "a.geojson", Options()).read(0, Grid({"y": 40, "x": 50}))
    (shapes,) = read.layers
    assert isinstance(shapes, Shapes)
    before = drawn["a"].table("nuclei", "shapes")
    np.testing.assert_array_equal(shapes.bounds, before[["x_min", "y_min", "x_max", "y_max"]])
    assert shapes.objects.name == ["cell", 'µ "q"', "cell"]


def test_label_images_to_tiff(masks: Dataset, tmp_path: Path) -> None:
    assert mifakit.export(masks.path, "label-tiff", tmp_path / "out") == []
    with tifffile.TiffFile(tmp_path / "out" / "a.ome.tif") as file:
        np.testing.assert_array_equal(file.asarray(), LABELS)
        assert file.series[0].axes == "YX"
        assert file.asarray().dtype == np.uint16


def test_outlines_to_imagej(masks: Dataset, drawn: Dataset, tmp_path: Path) -> None:
    import roifile

    assert mifakit.export(drawn.path, "imagej", tmp_path / "out") == []
    rois = roifile.roiread(tmp_path / "out" / "a.zip")
    assert [roi.name for roi in rois] == ["5", "6", "7", "7"]
    np.testing.assert_allclose(rois[0].coordinates(), [[2, 2], [12, 2], [12, 12.5], [2, 12]])
    np.testing.assert_allclose(rois[3].coordinates(), [[20, 20], [30, 20], [25, 28.25]])
    assert [finding.code for finding in mifakit.export(masks.path, "imagej", tmp_path / "masks")] == ["MIFA508"], (
        "a hole"
    )


def test_yolo(drawn: Dataset, tmp_path: Path) -> None:
    findings = mifakit.export(drawn.path, "yolo", tmp_path / "out")
    assert [finding.message for finding in findings] == [
        "YOLO has no objects of several parts: each part became an object, of 1 objects"
    ]
    (file,) = (tmp_path / "out" / "labels").rglob("a.txt")
    lines = [line.split() for line in file.read_text().splitlines()]
    assert [line[0] for line in lines] == ["0", "1", "0", "0"]
    np.testing.assert_allclose(
        np.array(lines[0][1:], float).reshape(-1, 2) * [50, 40], [[2, 2], [12, 2], [12, 12.5], [2, 12]], atol=1e-6
    )
    assert 'names:\n  0: "cell"\n  1: "µ \\"q\\""\n' in (tmp_path / "out" / "data.yaml").read_text("utf-8")


def test_a_movie_of_labels_to_the_cell_tracking_challenge(tmp_path: Path) -> None:
    movie = np.zeros((3, 40, 50), np.uint16)
    movie[0, 5:10, 5:10] = 1
    movie[1, 5:10, 6:11] = 1
    movie[2, 5:10, 2:7], movie[2, 5:10, 20:25] = 2, 3
    lab = tmp_path / "lab"
    (lab / "images").mkdir(parents=True)
    (lab / "masks").mkdir()
    sheet = write_lab(tmp_path / "other", a=noise(4, 4))
    tifffile.imwrite(lab / "images" / "a.tif", noise(3, 40, 50), imagej=True, metadata={"axes": "TYX"})
    tifffile.imwrite(lab / "masks" / "a.tif", movie, imagej=True, metadata={"axes": "TYX"})
    (lab / "masks" / "a_track.txt").write_text("1 0 1 0\n2 2 2 1\n3 2 2 1\n")
    text = sheet.read_text().replace('["masks/{name}.tif"]', '["masks/{name}.tif", "masks/{name}_track.txt"]')
    (tmp_path / "mifa.yaml").write_text(text)
    built = mifakit.build(tmp_path / "mifa.yaml", tmp_path / "dataset")
    assert built.complete, built.findings
    assert mifakit.export(built.path, "ctc", tmp_path / "out") == []
    folder = tmp_path / "out" / "01_GT" / "TRA"
    assert (folder / "man_track.txt").read_text() == "1 0 1 0\n2 2 2 1\n3 2 2 1\n"
    for t in range(3):
        np.testing.assert_array_equal(tifffile.imread(folder / f"man_track{t:03d}.tif"), movie[t])


@pytest.mark.parametrize(("to", "left_out"), [("yolo", ["points"]), ("label-tiff", ["points"]), ("coco", [])])
def test_what_has_no_place_is_told(tmp_path: Path, to: str, left_out: list[str]) -> None:
    path = write_lab(tmp_path, a=noise(40, 50))
    (tmp_path / "lab" / "points.csv").write_text("image,x,y\na.tif,1,2\na.tif,3,4\n")
    sheet = read_sheet(path).model
    said = {"files": ["points.csv"], "format": "table", "columns": {name: name for name in ("image", "x", "y")}}
    sheet.annotations = [AnnotationSet(**{**dict(sheet.annotations[0]), **said})]
    path.write_text(render_sheet(sheet), encoding="utf-8")
    dataset = mifakit.build(path, tmp_path / "dataset").path
    found = [one.message for one in mifakit.export(dataset, to, tmp_path / "out") if "no place" in one.message]
    assert [message.partition("no place for ")[2] for message in found] == [
        f"{kind}: 2 are left out" for kind in left_out
    ]


def test_refusals(masks: Dataset, tmp_path: Path) -> None:
    for name, to, code in [(None, "excel", "MIFA506"), ("cells", "coco", "MIFA509")]:
        with pytest.raises(MifaError) as error:
            mifakit.export(masks.path, to, tmp_path / "out", name)
        assert error.value.code == code
    with pytest.raises(MifaError) as error:
        mifakit.export(masks.path, "coco", masks.path / "out")
    assert error.value.code == "MIFA003"
    assert not (tmp_path / "out").exists()
    findings = mifakit.export(masks.path, "ctc", tmp_path / "out")
    assert [finding.message for finding in findings] == [
        "1 samples have no time points and are left out, the first is a"
    ]
