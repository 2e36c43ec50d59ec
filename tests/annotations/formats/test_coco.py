"""COCO files, against pycocotools and against what stands in them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from tests.annotations.json_contract import JsonContract
from tests.annotations.layers import GRID, messages, only, painted, read_content

from mifakit.annotations.base import Annotation, Grid, Options
from mifakit.annotations.formats.coco import Coco
from mifakit.annotations.model import Masks, Points, ShapeKind, Shapes
from mifakit.errors import MifaError

SIZE = 512
SQUARE = [2, 2, 6, 2, 6, 6, 2, 6]


def rle_of(mask: np.ndarray) -> dict[str, Any]:
    rle = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"size": list(rle["size"]), "counts": rle["counts"].decode()}


def block(top: int, left: int, bottom: int, right: int, size: int = SIZE) -> np.ndarray:
    mask = np.zeros((size, size), bool)
    mask[top:bottom, left:right] = True
    return mask


EXAMPLE: dict[str, Any] = {
    "info": {"contributor": "someone@example.org"},
    "categories": [
        {"id": 0, "name": "things", "supercategory": "none"},
        {"id": 1, "name": "cell", "supercategory": "things", "keypoints": ["tip", "base"], "skeleton": [[1, 2]]},
    ],
    "images": [
        {"id": 7, "file_name": "a/first.png", "width": SIZE, "height": SIZE},
        {"id": "x", "file_name": "second.png", "width": 640.0, "height": 480},
    ],
    "annotations": [
        {"id": 1, "image_id": 7, "category_id": 1, "segmentation": [SQUARE], "bbox": [2, 2, 4, 4], "iscrowd": 0},
        {
            "id": 2,
            "image_id": 7,
            "category_id": 1,
            "segmentation": rle_of(block(1, 3, 5, 10)),
            "iscrowd": 1,
            "area": 28,
        },
        {"id": 3, "image_id": 7, "category_id": 0, "segmentation": [], "bbox": [10.5, 20, 4, 2], "score": 0.75},
        {"id": 4, "image_id": 7, "category_id": 1, "keypoints": [3, 4, 2, 0, 0, 0], "num_keypoints": 1},
        {
            "id": 5,
            "image_id": "x",
            "category_id": 1,
            "segmentation": {"size": [SIZE, SIZE], "counts": [0, 3, SIZE**2 - 3]},
        },
    ],
}


def read(
    folder: Path, content: Any, index: int = 0, grid: Grid | None = None, options: Options | None = None
) -> Annotation:
    return read_content(Coco(), folder / "labels.json", content, index, grid or GRID, options)


def with_annotations(*annotations: dict[str, Any]) -> dict[str, Any]:
    return {
        **EXAMPLE,
        "annotations": [
            {"id": number, "image_id": 7, "category_id": 1, **one} for number, one in enumerate(annotations, 1)
        ],
    }


class TestContract(JsonContract):
    @pytest.fixture
    def annotation_format(self) -> Coco:
        return Coco()

    @pytest.fixture
    def annotation_file(self, tmp_path: Path) -> Path:
        path = tmp_path / "labels.json"
        path.write_text(json.dumps(EXAMPLE))
        return path


def test_what_is_said_of_images(tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(EXAMPLE))
    images = Coco().open(path, Options()).images
    assert [(one.name, one.width, one.height) for one in images] == [
        ("a/first.png", 512, 512),
        ("second.png", 640, 480),
    ]


def test_what_is_said_of_objects(tmp_path: Path) -> None:
    annotation = read(tmp_path, EXAMPLE)
    shapes, masks, points = only(Shapes, annotation), only(Masks, annotation), only(Points, annotation)
    assert shapes.kinds.tolist() == [ShapeKind.POLYGON, ShapeKind.BOX]
    assert shapes.vertices[:4].ravel().tolist() == SQUARE
    assert shapes.bounds.tolist() == [[2, 2, 6, 6], [10.5, 20, 14.5, 22]]
    assert shapes.objects.source_id == ["1", "3"]
    assert shapes.objects.name == ["cell", "things"]
    assert shapes.objects.confidence is not None
    np.testing.assert_equal(shapes.objects.confidence, [np.nan, 0.75])
    assert shapes.objects.properties == {"iscrowd": [0, None], "supercategory": ["things", None]}
    assert masks.objects.source_id == ["2"]
    assert masks.objects.properties == {"iscrowd": [1], "area": [28], "supercategory": ["things"]}
    assert (painted(masks, 0, (SIZE, SIZE)) == block(1, 3, 5, 10)).all()
    assert points.objects.source_id == ["4"]
    assert points.objects.properties == {"supercategory": ["things"], "keypoint": ["tip"], "visibility": [2]}
    assert not annotation.findings


def test_masks_run_down_columns(tmp_path: Path) -> None:
    masks = only(Masks, read(tmp_path, EXAMPLE, index=1))
    assert [masks.rows.tolist(), masks.starts.tolist(), masks.stops.tolist()] == [[0, 1, 2], [0, 0, 0], [1, 1, 1]]


def test_keypoints_in_whole_numbers_name_pixels(tmp_path: Path) -> None:
    whole, between = {"keypoints": [3, 4, 1, 5, 6, 2]}, {"keypoints": [3, 4.5, 1, 5, 6, 2, 9, 9, 2]}
    points = only(Points, read(tmp_path, with_annotations(whole, between)))
    assert points.xy.tolist() == [[3.5, 4.5], [5.5, 6.5], [3, 4.5], [5, 6], [9, 9]]
    assert points.objects.properties["keypoint"] == ["tip", "base", "tip", "base", "3"]
    assert points.objects.source_id == ["1", "1", "2", "2", "2"]


def test_keypoints_come_with_the_box_of_their_object(tmp_path: Path) -> None:
    annotation = read(tmp_path, with_annotations({"bbox": [1, 2, 3, 4], "keypoints": [3, 4, 1]}))
    assert [type(layer) for layer in annotation.layers] == [Shapes, Points]


def test_polygons_of_one_object_are_its_parts(tmp_path: Path) -> None:
    shapes = only(
        Shapes, read(tmp_path, with_annotations({"segmentation": [SQUARE, [10, 10, 14, 10, 10, 14, 10, 10]]}))
    )
    assert shapes.offsets.tolist() == [0, 2]
    assert shapes.rings.tolist() == [0, 4, 7]
    assert shapes.vertices[4:].tolist() == [[10, 10], [14, 10], [10, 14]]


def test_a_box_that_does_not_follow_from_the_outline_is_kept(tmp_path: Path) -> None:
    boxes = [[2, 2, 4, 4], [2.5, 1.5, 4, 4], [2, 2, 4, 6]]
    shapes = only(Shapes, read(tmp_path, with_annotations(*({"segmentation": [SQUARE], "bbox": box} for box in boxes))))
    assert shapes.objects.properties["bbox_bottom"] == [None, None, 8]


def test_the_sheet_names_classes_that_the_file_does_not(tmp_path: Path) -> None:
    content = {**with_annotations({"bbox": [1, 1, 1, 1]}, {"bbox": [1, 1, 1, 1], "category_id": 2}), "categories": []}
    annotation = read(tmp_path, content, options=Options(classes={1: "nucleus"}))
    objects = only(Shapes, annotation).objects
    assert objects.name == ["nucleus", None]
    assert objects.properties["category_id"] == [None, 2]
    assert [finding.code for finding in annotation.findings] == ["MIFA359"]
    assert annotation.findings[0].message.endswith("category_id is not in the file: 2 of a/first.png")


def test_private_fields_are_not_kept(tmp_path: Path) -> None:
    extra = {
        "attributes": {"occluded": False, "by": "a.b@example.org"},
        "source": "/home/ab/x.png",
        "track_id": 3,
        "z": {"a": {}},
    }
    shapes = only(Shapes, read(tmp_path, with_annotations({"bbox": [1, 1, 1, 1], **extra})))
    assert set(shapes.objects.properties) == {"supercategory", "attributes.occluded", "track_id"}


@pytest.mark.parametrize(
    ("annotation", "code", "reason"),
    [
        ({"segmentation": [[1, 2, 3]]}, "MIFA359", "whose coordinates do not"),
        ({"segmentation": [[1, 2, 3, 4]]}, "MIFA359", "of fewer than 3 vertices"),
        ({"segmentation": [[1, 2, 3, 4, 1, 2]]}, "MIFA359", "of fewer than 3 vertices"),
        ({"segmentation": [[1, 2, 3, 4, None, 6]]}, "MIFA361", "whose coordinates are not"),
        ({"segmentation": [[1, 2, 3, 4, float("nan"), 6]]}, "MIFA361", "whose coordinates are not"),
        ({"segmentation": [[1, 2, 3, 4, float("inf"), 6]]}, "MIFA361", "whose coordinates are not"),
        ({"segmentation": [1, 2, 3, 4, 5, 6]}, "MIFA359", "that cannot be read (Expected `array`"),
        ({"segmentation": [["a"]]}, "MIFA359", "that cannot be read (Expected `float | null`, got `str` - at"),
        ({"segmentation": [10**400]}, "MIFA359", ""),
        ({"bbox": [1, 2, 3]}, "MIFA359", "whose bbox is not x, y, width, height"),
        ({"bbox": [1, 2, -3, 4]}, "MIFA359", "whose bbox has negative sides"),
        ({"bbox": [1, 2, 3, None]}, "MIFA361", "whose coordinates are not"),
        ({"keypoints": [1, 2]}, "MIFA359", "whose keypoints do not come in threes"),
        ({"keypoints": [None, 2, 2]}, "MIFA361", "whose coordinates are not"),
        ({"caption": "two cells"}, "MIFA359", "with neither segmentation, bbox nor keypoints"),
        ({"segmentation": {"size": [4, 4], "counts": [16]}}, "MIFA359", "with a mask of 4 x 4 pixels, not 512"),
        ({"segmentation": {"size": [512, 512], "counts": [1, SIZE**2]}}, "MIFA359", "whose run lengths do not"),
        ({"segmentation": {"size": [512, 512], "counts": [1, SIZE**2 - 2]}}, "MIFA359", "whose run lengths do not"),
        ({"segmentation": {"size": [512, 512], "counts": []}}, "MIFA359", "whose run lengths do not"),
        ({"segmentation": {"size": [512, 512], "counts": ""}}, "MIFA359", "whose run lengths do not"),
        ({"segmentation": {"size": [512, 512], "counts": [2**39]}}, "MIFA359", "whose run lengths do not"),
        ({"segmentation": {"size": [512, 512], "counts": [-1, 1 + SIZE**2]}}, "MIFA359", "that cannot be read"),
        ({"segmentation": {"size": [512, 512], "counts": [10**30]}}, "MIFA359", "that cannot be read (Expected"),
        ({"segmentation": {"size": [512, 512], "counts": "PPPP"}}, "MIFA359", "whose run lengths are not compressed"),
        ({"segmentation": {"size": [512, 512], "counts": "oooooooo0"}}, "MIFA359", "whose run lengths are not"),
        ({"segmentation": {"size": [512, 512], "counts": "µ"}}, "MIFA359", "whose run lengths are not compressed"),
        ({"segmentation": {"size": [512, 512], "counts": " "}}, "MIFA359", "whose run lengths are not compressed"),
        ({"segmentation": {"size": [512, 512], "counts": "@"}}, "MIFA359", "whose run lengths do not"),
    ],
)  # fmt: skip
def test_an_object_that_is_left_out(tmp_path: Path, annotation: dict[str, Any], code: str, reason: str) -> None:
    found = read(tmp_path, with_annotations(annotation, {"bbox": [1, 2, 3, 4]}))
    assert len(found.findings) == 1
    assert (found.findings[0].code, str(found.findings[0].place)) == (code, str(tmp_path / "labels.json"))
    assert found.findings[0].message.startswith(f"1 annotation {reason}")
    assert found.findings[0].message.endswith(": 1 of a/first.png")
    assert sum(layer.objects.count for layer in found.layers) == 1


def test_a_triangle_is_an_outline(tmp_path: Path) -> None:
    assert len(only(Shapes, read(tmp_path, with_annotations({"segmentation": [[1, 1, 2, 1, 1, 2]]}))).vertices) == 3


def test_a_part_that_is_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, with_annotations({"segmentation": [SQUARE, [1, 1, 2, 2]]}))
    assert only(Shapes, found).offsets.tolist() == [0, 1]
    assert [finding.code for finding in found.findings] == ["MIFA359"]


def test_one_finding_a_reason(tmp_path: Path) -> None:
    found = read(tmp_path, with_annotations(*[{"bbox": [1, 2, 3]}] * 9))
    assert messages(found) == [
        "9 annotations whose bbox is not x, y, width, height: "
        "1 of a/first.png, 2 of a/first.png, 3 of a/first.png and 6 more"
    ]


def test_annotations_of_images_that_are_not_listed(tmp_path: Path) -> None:
    content = with_annotations({"image_id": "7", "bbox": [1, 2, 3, 4]}, {"image_id": 8}, {"image_id": None})
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(content))
    file = Coco().open(path, Options())
    for index in range(2):
        assert file.read(index, Grid({"y": SIZE, "x": SIZE})) == Annotation(())
    assert [finding.message for finding in file.findings] == [
        "2 annotations whose image_id is not that of one image in the file: 1 and 2",
        "1 annotation that cannot be read (Expected `int | str`, got `null` - at `$.image_id`): number 3",
    ]


def test_images_that_are_listed_twice(tmp_path: Path) -> None:
    images = [
        {"id": 7, "file_name": "a.png"},
        {"id": 8, "file_name": "a.png"},
        {"id": 9, "file_name": "b.png"},
        {"id": 9, "file_name": "c.png"},
    ]
    boxes = [{"image_id": image, "bbox": [image, 0, 1, 1]} for image in (7, 8, 9)]
    found = read(tmp_path, {**with_annotations(*boxes), "images": images})
    assert only(Shapes, found).bounds[:, 0].tolist() == [7, 8]
    assert messages(found) == [
        "1 image of a name that another has, taken for one with it: a.png",
        "1 annotation whose image_id is not that of one image in the file: 3",
    ]


def test_images_that_make_no_sense(tmp_path: Path) -> None:
    images = [{"id": 7, "file_name": "a.png", "width": -1, "height": 0}, {"id": 8}, {"id": 9, "file_name": ""}, 3]
    path = tmp_path / "labels.json"
    path.write_text(json.dumps({**EXAMPLE, "images": images}))
    file = Coco().open(path, Options())
    assert [(one.name, one.width, one.height) for one in file.images] == [("a.png", None, None)]
    assert [finding.message for finding in file.findings][:3] == [
        "1 image that cannot be read (Object missing required field `file_name`): number 2",
        "1 image without a name: number 3",
        "1 image that cannot be read (Expected `object`, got `int`): number 4",
    ]


@pytest.mark.parametrize("content", [{"images": []}, {"annotations": []}, [], {"images": [{"id": 1}]}, {"images": 3}])
def test_no_coco(tmp_path: Path, content: Any) -> None:
    with pytest.raises(MifaError, match="MIFA204"):
        read(tmp_path, content)


def test_masks_of_too_many_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stripes = np.zeros((SIZE, SIZE), bool)
    stripes[:, ::2] = True
    content = with_annotations({"segmentation": rle_of(stripes)})
    assert len(only(Masks, read(tmp_path, content)).rows) == SIZE * SIZE // 2
    monkeypatch.setattr("mifakit.annotations.reading.run_lengths.MAX_RUNS", SIZE * SIZE // 2 - 1)
    with pytest.raises(MifaError, match="MIFA226"):
        read(tmp_path, content)


def test_too_many_objects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mifakit.sources.limits.MAX_OBJECTS", 4)
    with pytest.raises(MifaError, match="MIFA226: holds 5 objects"):
        read(tmp_path, EXAMPLE)


@pytest.mark.parametrize(
    ("head", "yes"),
    [
        ('{"images": [{"id": 1, "file_name": "a', True),
        ('{"annotations": [{"id": 1, "image_id": 3, "segmentation": [[1, 2', True),
        ('{"images": {"file_name": 3}}', False),
        ('{"images": [], "shapes": [{"points": []}], "file_name": ""}', False),
        ('[{"image_id": 1, "bbox": [1, 2, 3, 4], "score": 1}]', False),
    ],
)
def test_how_files_are_recognised(head: str, yes: bool) -> None:
    assert Coco().recognises(Path("a.json"), head.encode()) == yes


class TestRealFiles:
    """Roboflow's export of embryos: outlines only."""

    @pytest.fixture(params=["test", "valid"])
    def folder(self, request: pytest.FixtureRequest, real_data: Callable[[str], Path]) -> Path:
        return real_data("coco_embryo") / request.param

    def test_against_pycocotools(self, folder: Path) -> None:
        path = folder / "_annotations.coco.json"
        with redirect_stdout(StringIO()):
            theirs = COCO(str(path))
        file = Coco().open(path, Options())
        ids = {image["file_name"]: image["id"] for image in theirs.dataset["images"]}
        assert [image.name for image in file.images] == list(ids)
        for index, image in enumerate(file.images):
            annotation = file.read(index, Grid({"y": image.height or 0, "x": image.width or 0}))
            assert not annotation.findings
            records = theirs.loadAnns(theirs.getAnnIds(imgIds=ids[image.name]))
            shapes = only(Shapes, annotation)
            assert shapes.objects.source_id == [str(record["id"]) for record in records]
            assert shapes.objects.name == [theirs.cats[record["category_id"]]["name"] for record in records]
            assert shapes.objects.properties["area"] == [record["area"] for record in records]
            for place, record in enumerate(records):
                ours = shapes.take(np.array([place]))
                rings = [np.reshape(ring, (-1, 2)) for ring in record["segmentation"]]
                rings = [ring[:-1] if (ring[0] == ring[-1]).all() else ring for ring in rings]
                assert (ours.vertices == np.concatenate(rings)).all()
                assert ours.offsets.tolist() == [0, len(rings)]

    @pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools and NumPy 2
    def test_masks_of_the_same_outlines(self, folder: Path, tmp_path: Path) -> None:
        """Write the outlines as masks, both ways: they are read as pycocotools paints them."""
        with redirect_stdout(StringIO()):
            theirs = COCO(str(folder / "_annotations.coco.json"))
        image = theirs.dataset["images"][0]
        records = theirs.loadAnns(theirs.getAnnIds(imgIds=image["id"]))
        painting = [theirs.annToMask(record) for record in records]
        masks = [{**record, "segmentation": rle_of(picture)} for record, picture in zip(records, painting, strict=True)]
        plain = [
            {**one, "segmentation": {**one["segmentation"], "counts": _lengths(picture)}}
            for one, picture in zip(masks, painting, strict=True)
        ]
        content = {**theirs.dataset, "annotations": masks + plain}
        grid = Grid({"y": image["height"], "x": image["width"]})
        ours = only(Masks, read(tmp_path, content, grid=grid))
        assert ours.objects.count == 2 * len(records)
        for place, picture in enumerate(painting + painting):
            assert (painted(ours, place, picture.shape) == picture).all()

    def test_how_many(self, real_data: Callable[[str], Path]) -> None:
        """325 outlines, as counted in the JSON by hand."""
        found: Counter[str | None] = Counter()
        for path in sorted(real_data("coco_embryo").glob("*/_annotations.coco.json")):
            file = Coco().open(path, Options())
            for index in range(len(file.images)):
                found.update(only(Shapes, file.read(index, Grid({"y": 1570, "x": 2048}))).objects.name or ())
        assert found.total() == 325


def _lengths(picture: np.ndarray) -> list[int]:
    """Return run lengths down columns, of background first."""
    pixels = picture.T.ravel().astype(int)
    edges = np.flatnonzero(np.diff(pixels, prepend=0))
    return [int(length) for length in np.diff(edges, prepend=0, append=pixels.size)]
