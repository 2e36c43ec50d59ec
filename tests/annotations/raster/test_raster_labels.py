"""Label images drawn of layers: rules of overlap, planes, ids, and what is said of objects without pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.annotations.drawings import boxes, pixels_of

from mifakit.annotations.base import Grid
from mifakit.annotations.model import Labels, Masks, Objects, Shapes
from mifakit.annotations.raster.label_image import LabelImage
from mifakit.annotations.raster.raster_labels import Rasterised, Rule, rasterised
from mifakit.annotations.raster.rasterising import runs_of
from mifakit.annotations.reading.collectors import ShapeCollector
from mifakit.errors import MifaError
from mifakit.findings import Place

WIDTH, HEIGHT = 20, 16
GRID = Grid({"y": HEIGHT, "x": WIDTH})
PLACE = Place("a.json")


def draw(*layers: Shapes | Masks | Labels, grid: Grid = GRID, axes: str = "yx", rule: Rule = Rule.ORDER) -> Rasterised:
    return rasterised(layers, grid, axes, rule, PLACE)


def whole(labels: LabelImage) -> np.ndarray:
    return labels.read(tuple(slice(0, size) for size in labels.shape))


def said(drawn: Rasterised) -> dict[str, list[str]]:
    messages: dict[str, list[str]] = {}
    for labels in drawn.images:
        for finding in labels.findings:
            assert finding.place == PLACE
            messages.setdefault(finding.code, []).append(finding.message)
    return messages


def some_boxes(seed: int, count: int, first: int = -2, most: int = 12) -> Shapes:
    random = np.random.default_rng(seed)
    corners = random.integers(first, 13, (count, 2))
    return boxes(*np.concatenate([corners, corners + random.integers(0, most, (count, 2))], axis=1))


def as_masks(shapes: Shapes) -> Masks:
    return runs_of(shapes, WIDTH, HEIGHT)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.sampled_from([Rule.ORDER, Rule.AREA]), st.integers(1, 400))
def test_one_image_has_what_lies_on_top(seed: int, count: int, rule: Rule, band: int) -> None:
    shapes = some_boxes(seed, count)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mifakit.annotations.raster.raster_labels._BAND", band)
        drawn = draw(shapes, rule=rule)
    pixels = pixels_of(as_masks(shapes), WIDTH, HEIGHT).astype(bool)
    expected = np.zeros((HEIGHT, WIDTH), int)
    order = range(count) if rule is Rule.ORDER else np.argsort(-shapes.areas, kind="stable")
    for number in order:
        expected[pixels[number]] = number + 1
    (labels,) = drawn.images
    np.testing.assert_array_equal(whole(labels), expected)
    ids = sorted(set(expected.ravel()) - {0})
    assert labels.ids.tolist() == ids
    assert drawn.placement.images.tolist() == [0 if number in ids else -1 for number in range(1, count + 1)]
    lost = pixels.sum() - np.count_nonzero(expected)
    messages = said(drawn)
    assert [int(message.split()[0]) for message in messages.get("MIFA307", [])] == [lost] * bool(lost)
    hidden = [int(message.split()[0]) for message in messages.get("MIFA309", [])]
    assert sum(hidden) == count - len(ids)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 15), st.integers(1, 400))
def test_in_layers_nothing_is_lost(seed: int, count: int, band: int) -> None:
    shapes = some_boxes(seed, count)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mifakit.annotations.raster.raster_labels._BAND", band)
        drawn = draw(shapes, rule=Rule.LAYERS)
    pixels = pixels_of(as_masks(shapes), WIDTH, HEIGHT).astype(bool)
    planes = [whole(labels) for labels in drawn.images]
    images: list[int] = []
    for number, inside in enumerate(pixels):
        claimed = [other for other in range(number) if images[other] >= 0 and (pixels[other] & inside).any()]
        first = min(set(range(count + 1)) - {images[other] for other in claimed})
        images.append(first if inside.any() else -1)
        if inside.any():
            np.testing.assert_array_equal(planes[first] == number + 1, inside)
    assert drawn.placement.images.tolist() == images
    assert len(planes) == max(0, *images) + 1
    for number, labels in enumerate(drawn.images):
        assert labels.ids.tolist() == [one + 1 for one, image in enumerate(images) if image == number]
        assert set(np.unique(planes[number])) - {0} == set(labels.ids.tolist())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(list(Rule)))
def test_masks_are_drawn_as_outlines_are(seed: int, rule: Rule) -> None:
    first, second, third = (some_boxes(seed + step, 4, first=0, most=4) for step in range(3))  # all inside
    one = draw(first, second, third, rule=rule)
    other = draw(first, as_masks(second), third, rule=rule)
    assert [whole(labels).tolist() for labels in one.images] == [whole(labels).tolist() for labels in other.images]
    assert one.placement.images.tolist() == other.placement.images.tolist()
    assert other.placement.layers.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert other.placement.objects.tolist() == [*range(4)] * 3
    assert other.placement.labels.tolist() == [*range(1, 13)]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_region_is_that_of_the_whole(data: st.DataObject) -> None:
    seed, rule = data.draw(st.integers(0, 99)), data.draw(st.sampled_from(list(Rule)))
    random = np.random.default_rng(seed)
    collector = ShapeCollector()
    for x, y in random.uniform(0, 20, (15, 2)):
        collector.polygon(
            np.array([x, y]) + random.uniform(-8, 8, (5, 2)), t=random.choice([None, 0, 2]), z=random.choice([None, 1])
        )
    grid = Grid({"t": 3, "c": 2, "z": 2, "y": HEIGHT, "x": WIDTH})
    drawn = draw(collector.collected(), grid=grid, axes="tzyx", rule=rule)
    region = []
    for size in (3, 2, HEIGHT, WIDTH):
        start = data.draw(st.integers(0, size - 1))
        region.append(slice(start, data.draw(st.integers(start + 1, size))))
    for labels in drawn.images:
        assert labels.shape == (3, 2, HEIGHT, WIDTH)
        np.testing.assert_array_equal(labels.read(tuple(region)), whole(labels)[tuple(region)])
        assert labels.ids.tolist() == sorted(set(whole(labels).ravel().tolist()) - {0})


def test_objects_are_on_the_planes_they_name() -> None:
    shapes = boxes(
        (0, 0, 2, 2), (4, 4, 6, 6), (8, 8, 9, 9), (10, 10, 11, 11), t=[None, 1, 1, 7], z=[2, None, 1.6, None]
    )
    grid = Grid({"t": 2, "z": 4, "y": HEIGHT, "x": WIDTH})
    drawn = draw(shapes, grid=grid, axes="tzyx")
    labels = whole(drawn.images[0])
    planes = {
        number: sorted({(int(t), int(z)) for t, z, *_ in np.argwhere(labels == number)}) for number in (1, 2, 3, 4)
    }
    assert planes == {1: [(0, 2), (1, 2)], 2: [(1, 0), (1, 1), (1, 2), (1, 3)], 3: [(1, 2)], 4: []}
    assert drawn.placement.images.tolist() == [0, 0, 0, -1]


def test_planes_of_equal_objects_are_looked_at_once_but_counted_all() -> None:
    grid = Grid({"t": 1000, "y": HEIGHT, "x": WIDTH})
    drawn = draw(boxes((0, 0, 4, 4), (2, 2, 5, 5), (3, 3, 9, 9), t=[None, None, 5]), grid=grid, axes="tyx")
    expected = 999 * 4 + 8
    assert said(drawn)["MIFA307"] == [
        f"{expected:,} pixels belong to several objects, the later one has them: #1 and #2; #1 and #3; #2 and #3"
    ]


def test_label_images_keep_their_ids() -> None:
    values = np.array([[0, 7], [9, 0]])
    objects = Objects(3, label=np.array([7, 8, 9]), name=["a", "b", "c"])
    grid = Grid({"y": 2, "x": 2})
    drawn = draw(boxes((0, 0, 1, 1)), Labels("yx", values, objects), grid=grid)
    kept, made = drawn.images
    assert whole(kept).tolist() == values.tolist()
    assert whole(made).tolist() == [[1, 0], [0, 0]]
    assert drawn.placement.layers.tolist() == [1, 1, 1, 0]
    assert drawn.placement.labels.tolist() == [7, 8, 9, 1]
    assert drawn.placement.images.tolist() == [0, -1, 0, 1]


def test_label_images_take_the_axes_of_their_image() -> None:
    values = np.arange(6).reshape(3, 2, 1)  # x, y, z
    drawn = draw(Labels("xyz", values), grid=Grid({"t": 1, "z": 1, "c": 3, "y": 2, "x": 3}), axes="tzyx")
    assert whole(drawn.images[0])[0, 0].tolist() == [[0, 2, 4], [1, 3, 5]]
    with pytest.raises(MifaError, match="swapped") as error:
        draw(Labels("yx", np.zeros((3, 2), int)), grid=Grid({"y": 2, "x": 3}))
    assert error.value.code == "MIFA302"


def test_what_is_said_of_objects_without_pixels() -> None:
    collector = ShapeCollector()
    collector.line([(0, 0), (9, 9)], source_id="stroke")
    for name, box in {
        "dot": (2.6, 2.6, 3.4, 3.4),
        "out": (50, 0, 60, 9),
        "under": (4, 4, 6, 6),
        "over": (3, 3, 9, 9),
    }.items():
        collector.box(*box, source_id=name)
    messages = said(draw(collector.collected()))
    assert messages == {
        "MIFA309": [
            "1 of 5 objects are lines, which cover no area: stroke",
            "2 of 5 objects cover the centre of no pixel of the image: dot and out",
            "1 of 5 objects lie wholly under others: under",
        ],
        "MIFA307": ["4 pixels belong to several objects, the later one has them: under and over"],
    }


def test_nothing_is_said_where_nothing_overlaps() -> None:
    for rule in Rule:
        assert said(draw(boxes((0, 0, 2, 2), (2, 0, 4, 2)), rule=rule)) == {}


def test_nothing_to_draw() -> None:
    empty = draw(ShapeCollector().collected())
    assert empty.images == ()
    assert all(len(column) == 0 for column in empty.placement)
    (labels,) = draw(boxes((50, 50, 60, 60))).images
    assert not whole(labels).any()
    assert labels.ids.size == 0


@pytest.mark.parametrize(("count", "dtype"), [(255, np.uint8), (256, np.uint16)])
def test_the_smallest_type_that_holds_all_ids(count: int, dtype: type) -> None:
    shapes = boxes(*[(number, 0, number + 1, 1) for number in range(count)])
    (labels,) = draw(shapes, grid=Grid({"y": 1, "x": count})).images
    assert labels.dtype == dtype
    assert whole(labels)[0].tolist() == list(range(1, count + 1))


def covering_all(count: int) -> Sequence[tuple[float, float, float, float]]:
    return [(0, 0, WIDTH, HEIGHT)] * count


def test_as_many_label_images_as_overlap_and_no_more_than_make_sense() -> None:
    assert len(draw(boxes(*covering_all(64)), rule=Rule.LAYERS).images) == 64
    with pytest.raises(MifaError, match="65 objects lie over one another") as error:
        draw(boxes(*covering_all(65)), rule=Rule.LAYERS)
    assert error.value.code == "MIFA226"


def test_more_label_images_may_be_needed_than_objects_lie_over_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mifakit.annotations.raster.raster_labels._MOST_IMAGES", 2)
    with pytest.raises(MifaError, match="need 3 label images"):
        draw(boxes((0, 0, 2, 1), (4, 0, 6, 1), (1, 0, 3, 1), (2.5, 0, 5, 1)), rule=Rule.LAYERS)


def test_pairs_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mifakit.annotations.raster.raster_labels._MOST_PAIRS", 20)
    with pytest.raises(MifaError, match="pairs of objects overlap"):
        draw(boxes(*covering_all(10)), rule=Rule.LAYERS)


@pytest.mark.parametrize("rule", list(Rule))
def test_drawing_without_end_is_refused(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mifakit.annotations.raster.raster_labels.MAX_DRAWN_PIXELS", 1000)
    draw(boxes(*covering_all(16)), rule=rule)
    with pytest.raises(MifaError, match="5,120 pixels") as error:
        draw(boxes(*covering_all(17)), rule=rule)
    assert error.value.code == "MIFA226"
    spikes = [(x / 500, 99 if x % 2 else -99) for x in range(1000)]
    collector = ShapeCollector()
    collector.polygon(spikes)
    with pytest.raises(MifaError, match="MIFA226"):
        draw(collector.collected(), rule=rule)
