"""Masks of one object each, put together: ids, overlaps, hidden objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.annotations.raster.label_image import LabelImage
from mifakit.annotations.raster.object_files import read_object_files
from mifakit.errors import MifaError
from mifakit.readers.base import ImageFacts


def compose(source: Any, masks: dict[str, np.ndarray], axes: str = "cyx") -> LabelImage:
    shape = next(iter(masks.values())).shape
    facts = ImageFacts(axes, shape, np.dtype("u2"), axes.upper())
    opened = {f"m/{name}": source(axes, mask) for name, mask in masks.items()}
    labels = read_object_files(
        [(name, Path("/lab") / name) for name in opened],
        facts,
        lambda path: opened[path.relative_to("/lab").as_posix()],
    )
    assert all(one.closed for one in opened.values())
    return labels


def whole(labels: LabelImage) -> np.ndarray:
    return labels.read(tuple(slice(0, size) for size in labels.shape))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_composition_against_pixel_by_pixel(source: Any, data: st.DataObject) -> None:
    shape = (1, data.draw(st.integers(1, 5)), data.draw(st.integers(1, 5)))
    names = data.draw(st.lists(st.sampled_from(["b.png", "a.png", "a 2.png", "B.png", "10.png", "9.png"]),
                               min_size=1, unique=True))  # fmt: skip
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    white = data.draw(st.sampled_from([1, 255, 65_535]))
    masks = {name: (random.random(shape) < 0.4).astype(np.uint16) * np.uint16(white) for name in names}
    labels = compose(source, masks)
    expected, overlaps, hidden = np.zeros(shape[1:], int), {}, []
    for number, name in enumerate(sorted(names), start=1):
        seen = 0
        for y, x in np.ndindex(shape[1:]):
            if masks[name][0, y, x]:
                if expected[y, x]:
                    overlaps[name] = overlaps.get(name, 0) + 1
                else:
                    expected[y, x], seen = number, seen + 1
        if not seen:
            hidden.append(name)
    np.testing.assert_array_equal(whole(labels), expected)
    assert labels.ids.tolist() == sorted(set(expected.ravel()) - {0})
    said = {"MIFA307": {}, "MIFA309": {}, "MIFA311": {}}
    for finding in labels.findings:
        said[finding.code][finding.place.path] = finding.message
    assert {path: int(message.split()[0]) for path, message in said["MIFA307"].items()} == {
        f"m/{name}": count for name, count in overlaps.items()
    }
    assert set(said["MIFA309"]) - {"m"} == {f"m/{name}" for name in hidden}


def test_overlaps_name_the_objects_that_keep_the_pixels(source: Any) -> None:
    a, b, c = np.zeros((3, 1, 2, 4), np.uint8)
    a[..., 0], b[..., 1], c[..., :3] = 255, 255, 255
    (overlap,) = compose(source, {"c.png": c, "b.png": b, "a.png": a}).findings
    assert (overlap.code, str(overlap.place)) == ("MIFA307", "m/c.png")
    assert overlap.message == "4 pixels also belong to m/a.png, m/b.png; they stay there"


@pytest.mark.parametrize(("count", "dtype"), [(255, np.uint8), (256, np.uint16)])
def test_the_type_holds_as_many_objects_as_there_are_files(source: Any, count: int, dtype: type) -> None:
    masks = {}
    for number in range(count):
        mask = np.zeros((1, 1, count), np.uint8)
        mask[0, 0, number] = 255
        masks[f"{number:03}.png"] = mask
    labels = compose(source, masks)
    assert labels.dtype == dtype
    assert whole(labels).ravel().tolist() == list(range(1, count + 1))


def test_objects_in_stacks(source: Any) -> None:
    one, two = np.zeros((2, 1, 3, 2, 2), bool)
    one[0, 0], two[0, 2] = True, True
    labels = compose(source, {"1.tif": one, "2.tif": two}, "czyx")
    assert labels.axes == "zyx"
    assert whole(labels).max(axis=(1, 2)).tolist() == [1, 0, 2]


@pytest.mark.parametrize(
    ("mask", "code"),
    [
        (np.array([[[0, 1, 2]]], np.uint8), "MIFA303"),
        (np.array([[[1, 2, 2]]], np.uint8), "MIFA303"),
        (np.array([[[-1, 0, 0]]], np.int16), "MIFA303"),
        (np.zeros((1, 3, 1), np.uint8), "MIFA302"),
        (np.zeros((3, 1, 3), np.uint8), "MIFA305"),
    ],
)
def test_files_that_hold_no_single_object_are_refused_by_name(source: Any, mask: np.ndarray, code: str) -> None:
    facts = ImageFacts("cyx", (1, 1, 3), np.dtype("u1"), "YX")
    files = [("m/bad.png", Path("bad"))]
    with pytest.raises(MifaError) as error:
        read_object_files(files, facts, lambda _: source("cyx", mask))
    assert (error.value.code, str(error.value.finding.place)) == (code, "m/bad.png")


def test_one_object_in_one_file_is_nothing_to_remark(source: Any) -> None:
    assert compose(source, {"a.png": np.array([[[0, 255]]], np.uint8)}).findings == ()
