"""Label images: ids, types, what is refused, and what is said about masks off their image's grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.annotations.raster.label_image import LabelImage, check_grid, check_header, smallest_label_dtype
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.readers.base import ImageFacts

PLACE = Place("masks/a.tif")


def label_image(array: np.ndarray) -> LabelImage:
    axes = "tzyx"[-array.ndim :]
    return LabelImage(axes, array.shape, lambda region: array[region], array.dtype, PLACE)


def whole(labels: LabelImage) -> np.ndarray:
    return labels.read(tuple(slice(0, size) for size in labels.shape))


@pytest.mark.parametrize(
    ("largest", "dtype"),
    [
        (0, "uint8"), (1, "uint8"), (255, "uint8"),
        (256, "uint16"), (65_535, "uint16"),
        (65_536, "uint32"), (2**32 - 1, "uint32"),
        (2**32, "uint64"), (2**64 - 1, "uint64"),
    ],
)  # fmt: skip
def test_smallest_type_that_holds_the_largest_id(largest: int, dtype: str) -> None:
    assert smallest_label_dtype(largest) == np.dtype(dtype)
    stored = label_image(np.array([[0, largest], [0, 1]], np.uint64))
    assert stored.dtype == np.dtype(dtype)
    assert whole(stored).tolist() == [[0, largest], [0, 1]]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_ids_and_pixels_are_kept_whatever_the_file_stores(data: st.DataObject) -> None:
    dtype = np.dtype(data.draw(st.sampled_from(["u1", "u2", "u4", "u8", "i2", "i4", "i8", ">u2", ">i4"])))
    top = int(np.iinfo(dtype).max)
    ids = data.draw(st.lists(st.sampled_from([0, 1, 2, 254, 255, 256, 65_535, 65_536, top - 1, top]), min_size=1))
    ids = [value for value in ids if value <= top] or [0]
    shape = tuple(data.draw(st.lists(st.integers(1, 6), min_size=2, max_size=4)))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    array = random.choice(np.array(ids, dtype), shape)
    labels = label_image(array)
    assert [int(value) for value in labels.ids] == sorted({int(value) for value in array.flat} - {0})
    assert labels.dtype.kind == "u"
    assert labels.dtype.itemsize <= dtype.itemsize
    np.testing.assert_array_equal(whole(labels), array)


def test_ids_below_the_first_thousand_rows_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mifakit.annotations.raster.label_image._PIXELS_AT_ONCE", 2 * 1024)
    array = np.zeros((2, 2500, 2), np.uint16)
    array[0, 1023, 0], array[0, 1024, 1], array[1, 2499, 1] = 3, 5, 300
    assert label_image(array).ids.tolist() == [3, 5, 300]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64"])
def test_labels_that_are_no_integers_are_refused(dtype: str) -> None:
    with pytest.raises(MifaError) as error:
        label_image(np.ones((2, 2), dtype))
    assert (error.value.code, error.value.finding.place) == ("MIFA303", PLACE)
    assert dtype in error.value.finding.message


def test_negative_labels_are_refused() -> None:
    array = np.zeros((3, 1100, 4), np.int16)
    array[2, 1099, 3] = -7
    with pytest.raises(MifaError, match="-7") as error:
        label_image(array)
    assert error.value.code == "MIFA304"


def test_a_mask_of_bits_is_one_object() -> None:
    labels = label_image(np.array([[False, True]]))
    assert (labels.dtype, [int(value) for value in labels.ids]) == (np.uint8, [1])
    assert whole(labels).tolist() == [[0, 1]]


def sizes(text: str) -> dict[str, int]:
    return {part[0]: int(part[1:]) for part in text.split()}


@pytest.mark.parametrize(
    ("axes", "mask", "image"),
    [
        ("yx", "y4 x6", "y4 x6"),
        ("zyx", "y4 x6", "z1 y4 x6"),
        ("yx", "t1 z1 y4 x6", "y4 x6"),
        ("tyx", "t3 y4 x6", "t3 y4 x6"),
    ],
)
def test_masks_on_the_grid_pass(axes: str, mask: str, image: str) -> None:
    check_grid(axes, sizes(mask), sizes(image), PLACE)


@pytest.mark.parametrize(
    ("axes", "mask", "image", "said"),
    [
        ("yx", "y4 x6", "y6 x4", "the mask is 4×6 (yx), its image 6×4 (yx): x and y seem swapped"),
        ("yx", "y4 x6", "y8 x12", "the mask is 4×6 (yx), its image 8×12 (yx): it differs by a factor of 2"),
        ("yx", "y4 x6", "y2 x3", "the mask is 4×6 (yx), its image 2×3 (yx): it differs by a factor of 0.5"),
        ("yx", "y4 x6", "y4 x7", "the mask is 4×6 (yx), its image 4×7 (yx): it may be of a crop of the image"),
        ("yx", "y5 x7", "y4 x7",
         "the mask is 5×7 (yx), its image 4×7 (yx): the image may be a crop of what it was made on"),
        ("yx", "y5 x5", "y4 x7", "the mask is 5×5 (yx), its image 4×7 (yx)"),
        ("yx", "z3 y4 x6", "y4 x6", "the mask is 3×4×6 (zyx), its image 4×6 (yx)"),
        ("yx", "t3 y2 x3", "y4 x6", "the mask is 3×2×3 (tyx), its image 4×6 (yx)"),
        ("zyx", "y4 x6", "z3 y4 x6", "the mask is 4×6 (yx), its image 3×4×6 (zyx)"),
        ("zyx", "z2 y5 x5", "z3 y5 x5", "the mask is 2×5×5 (zyx), its image 3×5×5 (zyx)"),
        ("yx", "t2 y5 x5", "y5 x5", "the mask is 2×5×5 (tyx), its image 5×5 (yx)"),
    ],
)  # fmt: skip
def test_masks_off_the_grid_are_told_how(axes: str, mask: str, image: str, said: str) -> None:
    with pytest.raises(MifaError) as error:
        check_grid(axes, sizes(mask), sizes(image), PLACE)
    assert (error.value.code, error.value.finding.place) == ("MIFA302", PLACE)
    assert error.value.finding.message == said


@pytest.mark.parametrize(
    ("axes", "shape", "dtype", "code"),
    [
        ("cyx", (1, 4, 6), "u1", None),
        ("cyx", (1, 4, 6), "bool", None),
        ("cyx", (1, 4, 6), ">i4", None),
        ("cyx", (3, 4, 6), "u1", "MIFA305"),
        ("cyx", (1, 4, 6), "f4", None),
        ("cyx", (1, 4, 6), "c8", "MIFA303"),
        ("cyx", (1, 6, 4), "u1", "MIFA302"),
        ("czyx", (1, 2, 4, 6), "u1", "MIFA302"),
    ],
)
def test_a_header_tells_what_can_be_no_label_image(
    axes: str, shape: tuple[int, ...], dtype: str, code: str | None
) -> None:
    image = ImageFacts("cyx", (3, 4, 6), np.dtype("u2"), "YXS")
    mask = ImageFacts(axes, shape, np.dtype(dtype), "YX")
    if code is None:
        check_header(mask, image, PLACE)
        return
    with pytest.raises(MifaError) as error:
        check_header(mask, image, PLACE)
    assert (error.value.code, error.value.finding.place) == (code, PLACE)


def test_findings_come_along() -> None:
    said = [Finding.of("MIFA307", "objects overlap", PLACE)]
    array = np.ones((2, 2), np.uint8)
    assert LabelImage("yx", (2, 2), lambda region: array[region], array.dtype, PLACE, said).findings == tuple(said)
    assert label_image(array).findings == ()
