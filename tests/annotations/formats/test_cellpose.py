"""Cellpose's `_seg.npy`: real ones against the masks that they were made of, and pickles that would do harm."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from mifakit.annotations.base import Annotation, Grid, NamedImage, Options
from mifakit.annotations.formats.cellpose import Cellpose
from mifakit.annotations.model import Labels
from mifakit.errors import MifaError
from mifakit.testing.annotations import AnnotationContract, check_annotation

MASKS = np.zeros((6, 8), np.uint16)
MASKS[1:3, 1:4], MASKS[4:, 5:] = 1, 3


def save(path: Path, **said: Any) -> Path:
    """Write what Cellpose 4 writes, and what is given instead."""
    whole: dict[str, Any] = {
        "outlines": MASKS,
        "colors": np.zeros((3, 3), np.uint8),
        "masks": MASKS,
        "chan_choose": [0, 0],
        "ismanual": np.array([True, True, False]),
        "filename": "/home/somebody/images/cells.tif",
        "flows": [MASKS.astype(np.float32), [], None],
        "diameter": np.nan,
        **said,
    }
    np.save(path, {name: value for name, value in whole.items() if value is not None})  # type: ignore[arg-type]
    return path


def read(path: Path, grid: Grid) -> tuple[NamedImage, Labels, Annotation]:
    file = Cellpose().open(path, Options())
    annotation = file.read(0, grid)
    check_annotation(annotation)
    (labels,) = annotation.layers
    assert isinstance(labels, Labels)
    return file.images[0], labels, annotation


GRID = Grid({"y": 6, "x": 8})


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> Cellpose:
        return Cellpose()

    @pytest.fixture
    def annotation_file(self, tmp_path: Path) -> Path:
        return save(tmp_path / "cells_seg.npy")

    @pytest.fixture
    def grid(self) -> Grid:
        return GRID


def test_masks_and_who_drew_them(tmp_path: Path) -> None:
    image, labels, annotation = read(save(tmp_path / "a_seg.npy"), GRID)
    assert labels.axes == "yx"
    np.testing.assert_array_equal(labels.values, MASKS)
    assert labels.objects.label is not None
    assert labels.objects.label.tolist() == [1, 3]
    assert list(labels.objects.properties["ismanual"]) == [True, False]
    assert annotation.findings == ()
    assert image == NamedImage("cells.tif", 8, 6)


@pytest.mark.parametrize(
    ("stated", "name"),
    [("C:\\Users\\me\\a b.tif", "a b.tif"), ("a.tif", "a.tif"), (Path("/home/me/a.tif"), "a.tif"), (None, ""), (7, "")],
)
def test_the_folder_of_the_image_is_nobodys_business(tmp_path: Path, stated: Any, name: str) -> None:
    image, _, annotation = read(save(tmp_path / "a_seg.npy", filename=stated), GRID)
    assert image.name == name
    assert "home" not in repr(annotation)


@pytest.mark.parametrize(
    ("sizes", "axes"), [({"z": 2}, "zyx"), ({"t": 2}, "tyx"), ({"t": 5, "z": 2}, "zyx"), ({}, "zyx")]
)
def test_stacks(tmp_path: Path, sizes: dict[str, int], axes: str) -> None:
    path = save(tmp_path / "a_seg.npy", masks=np.stack([MASKS, MASKS]))
    _, labels, _ = read(path, Grid({**sizes, "y": 6, "x": 8}))
    assert labels.axes == axes
    assert labels.values.shape == (2, 6, 8)


@pytest.mark.parametrize("manual", [[True], np.zeros(7, bool), ["yes", "no", "no"]])
def test_ismanual_of_another_number(tmp_path: Path, manual: Any) -> None:
    _, labels, annotation = read(save(tmp_path / "a_seg.npy", ismanual=manual), GRID)
    assert labels.objects.count == 0
    assert [finding.code for finding in annotation.findings] == ["MIFA359"]


def test_nothing_found(tmp_path: Path) -> None:
    path = save(tmp_path / "a_seg.npy", masks=np.zeros((6, 8), np.uint16), ismanual=np.zeros(0, bool))
    _, labels, annotation = read(path, GRID)
    assert not labels.values.any()
    assert annotation.findings == ()


@pytest.mark.parametrize(
    ("masks", "code"),
    [(None, "MIFA204"), ([1, 2], "MIFA204"), (MASKS.astype(float), "MIFA202"), (MASKS[0], "MIFA202")],
)
def test_masks_that_are_none(tmp_path: Path, masks: Any, code: str) -> None:
    with pytest.raises(MifaError) as caught:
        Cellpose().open(save(tmp_path / "a_seg.npy", masks=masks), Options())
    assert caught.value.code == code


class _Payload:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.trace),)


def test_a_payload_is_not_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    path = save(tmp_path / "a_seg.npy", model_path=_Payload(trace))
    with pytest.raises(MifaError, match=r"mkdir, which is not read") as caught:
        Cellpose().open(path, Options())
    assert caught.value.code == "MIFA202"
    assert not trace.exists()
    np.load(path, allow_pickle=True).item()  # anybody else's reader springs the trap
    assert trace.exists()


def test_images_of_numbers_are_not_recognised(tmp_path: Path) -> None:
    path = tmp_path / "a_seg.npy"
    np.save(path, MASKS)
    assert not Cellpose().recognises(path, path.read_bytes())
    path = save(tmp_path / "a.npy")
    assert not Cellpose().recognises(path, path.read_bytes())


@pytest.mark.parametrize("stem", ["00071198d059", "08151b19806e", "10328b822b83", "1b2bf5933b0f"])
def test_real_files(real_data: Callable[[str], Path], stem: str) -> None:
    path = real_data("cellpose_seg") / f"{stem}_seg.npy"
    assert Cellpose().recognises(path, path.read_bytes()[:65536])
    pixels = tifffile.imread(path.with_name(f"{stem}.tif"))
    height, width = pixels.shape[:2]
    image, labels, annotation = read(path, Grid({"y": height, "x": width}))
    assert image == NamedImage(f"{stem}.tif", width, height)
    assert annotation.findings == ()
    (folder,) = (real_data("dsb2018_per_object") / "stage1_train").glob(f"{stem}*")
    objects = [np.asarray(Image.open(file)) > 0 for file in sorted((folder / "masks").glob("*.png"))]
    assert labels.objects.count == len(objects)
    # Each object of the original is one label here, pixel for pixel.
    found = [np.unique(labels.values[inside]).tolist() for inside in objects]
    assert sorted(found) == [[number] for number in range(1, len(objects) + 1)]
    assert np.count_nonzero(labels.values) == sum(map(np.count_nonzero, objects))
