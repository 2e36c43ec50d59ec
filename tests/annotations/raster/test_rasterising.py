"""Scan conversion: against exact fractions, against two libraries, and as a tiling of the plane."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.annotations.drawings import Ring, boxes, covered, pixels_of, polygons

from mifakit.annotations.model import Masks, Objects, ShapeKind, Shapes
from mifakit.annotations.raster.rasterising import edges_of, runs_of, scan
from mifakit.annotations.reading.collectors import ShapeCollector

WIDTH, HEIGHT = 13, 11
EIGHTHS = st.integers(-24, 8 * 16).map(lambda number: number / 8)
RINGS = st.lists(st.tuples(EIGHTHS, EIGHTHS), min_size=1, max_size=8)
SHAPES = st.lists(st.lists(st.lists(RINGS, min_size=1, max_size=3), min_size=1, max_size=2), max_size=5)


def open_ring(ring: Ring) -> Ring:
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


@settings(max_examples=150, deadline=None)
@given(SHAPES)
def test_a_pixel_is_covered_if_its_centre_is_inside(shapes: list[list[list[Ring]]]) -> None:
    found = pixels_of(runs_of(polygons(*shapes), WIDTH, HEIGHT), WIDTH, HEIGHT)
    for pixels, parts in zip(found, shapes, strict=True):
        rings = [open_ring(ring) for part in parts for ring in part]
        np.testing.assert_array_equal(pixels, covered(rings, WIDTH, HEIGHT))


@pytest.mark.parametrize(
    ("upper", "lower"),
    [((12.125, 1.625), (4.625, 8.125)), ((12.375, 0.875), (0.125, 9.625)), ((11.375, 1.375), (2.375, 8.375))],
)
def test_centres_on_a_slope_are_met_exactly(upper: tuple[float, float], lower: tuple[float, float]) -> None:
    ring = [upper, lower, (WIDTH, lower[1]), (WIDTH, upper[1])]
    found = pixels_of(runs_of(polygons([[ring]]), WIDTH, HEIGHT), WIDTH, HEIGHT)
    np.testing.assert_array_equal(found[0], covered([ring], WIDTH, HEIGHT))


@pytest.mark.parametrize(("vertices", "crossings"), [(1, 2), (5, 7), (1000, 1)])
def test_batches_do_not_show(vertices: int, crossings: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = stars(40, seed=1)
    whole = runs_of(shapes, 100, 100)
    monkeypatch.setattr("mifakit.annotations.raster.rasterising.VERTICES_AT_ONCE", vertices)
    monkeypatch.setattr("mifakit.annotations.raster.rasterising._CROSSINGS_AT_ONCE", crossings)
    parts = runs_of(shapes, 100, 100)
    for column in ("owners", "rows", "starts", "stops"):
        np.testing.assert_array_equal(getattr(parts, column), getattr(whole, column))


def stars(count: int, seed: int) -> Shapes:
    """Return polygons anywhere around an image of 100 x 100."""
    random = np.random.default_rng(seed)
    collector = ShapeCollector()
    for x, y in random.uniform(-10, 110, (count, 2)):
        turn = np.sort(random.uniform(0, 2 * np.pi, random.integers(3, 40)))
        radius = random.uniform(0.1, 30, len(turn))
        collector.polygon(np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], axis=1))
    return collector.collected()


@pytest.mark.parametrize("seed", range(5))
def test_as_shapely_has_it(seed: int) -> None:
    shapely = pytest.importorskip("shapely")
    shapes = stars(30, seed)
    found = pixels_of(runs_of(shapes, 100, 100), 100, 100)
    x, y = np.meshgrid(np.arange(100) + 0.5, np.arange(100) + 0.5)
    for number, pixels in enumerate(found):
        polygon = shapely.Polygon(shapes.vertices[shapes.rings[number] : shapes.rings[number + 1]])
        np.testing.assert_array_equal(pixels, shapely.contains_xy(polygon, x, y))


@pytest.mark.parametrize("seed", range(5, 10))
def test_as_gdal_has_it(seed: int) -> None:
    features = pytest.importorskip("rasterio.features")
    shapes = stars(30, seed)
    found = pixels_of(runs_of(shapes, 100, 100), 100, 100)
    for number, pixels in enumerate(found):
        ring = shapes.vertices[shapes.rings[number] : shapes.rings[number + 1]].tolist()
        geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        np.testing.assert_array_equal(pixels, features.rasterize([geometry], out_shape=(100, 100), dtype="uint8"))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_a_triangulation_covers_each_pixel_once(seed: int, on_a_grid: bool) -> None:
    delaunay = pytest.importorskip("scipy.spatial").Delaunay
    random = np.random.default_rng(seed)
    points = random.uniform(-5, 45, (random.integers(1, 60), 2))
    if on_a_grid:  # many vertices and edges at centres of pixels
        points = np.unique(np.round(points * 2) / 2, axis=0)
    corners = [(-50, -50), (-50, 90), (90, -50), (90, 90)]
    points = np.concatenate([points, corners])
    triangles = delaunay(points).simplices
    rings = [points[random.permutation(corner)] for corner in triangles]
    found = pixels_of(runs_of(polygons(*[[[ring]] for ring in rings]), 40, 40), 40, 40)
    np.testing.assert_array_equal(found.sum(axis=0), 1)


def test_voronoi_cells_cover_each_pixel_once() -> None:
    voronoi = pytest.importorskip("scipy.spatial").Voronoi
    points = np.random.default_rng(0).uniform(-100, 160, (400, 2))
    cells = voronoi(points)
    rings = [cells.vertices[region] for region in cells.regions if region and -1 not in region]
    found = pixels_of(runs_of(polygons(*[[[ring]] for ring in rings]), 60, 60), 60, 60)
    np.testing.assert_array_equal(found.sum(axis=0), 1)


def test_the_area_of_a_square() -> None:
    masks = runs_of(boxes((2, 2, 6, 6)), 10, 10)
    assert masks.areas.tolist() == [16]
    assert masks.rows.tolist() == [2, 3, 4, 5]
    assert set(masks.starts) == {2}
    assert set(masks.stops) == {6}


@pytest.mark.parametrize(
    ("box", "area"),
    [
        ((2.5, 2.5, 6.5, 6.5), 16),  # along centres: those at the left and top are inside, at the right and bottom not
        ((2.4, 2.4, 2.6, 2.6), 1),
        ((2.6, 2.6, 3.4, 3.4), 0),
        ((2, 2, 2, 6), 0),
        ((-5, -5, 3, 3), 9),
        ((8, 8, 50, 50), 4),
        ((-5, -5, 50, 50), 100),
        ((-1e300, -1e300, 1e300, 1e300), 100),
        ((-1.7e308, 0, 1.7e308, 5), 50),
        ((-1e-300, 1e-300, 5, 5), 25),
        ((20, 0, 30, 10), 0),
        ((0, -30, 10, -20), 0),
    ],
)
def test_areas_of_boxes_on_an_image_of_ten_by_ten(box: tuple[float, float, float, float], area: int) -> None:
    assert runs_of(boxes(box), 10, 10).areas.tolist() == [area]


@pytest.mark.parametrize("far", [1e3, 1e9, 1e155, 1e300, 1.7e308])
def test_edges_that_lead_far_away_keep_their_slope(far: float) -> None:
    below = polygons([[[(0, 0), (far, far / 2), (0, far)]]])
    rows, columns = np.indices((20, 30)) + 0.5
    np.testing.assert_array_equal(pixels_of(runs_of(below, 30, 20), 30, 20)[0], rows > columns / 2)


def test_holes_and_parts() -> None:
    frame = [[(0, 0), (9, 0), (9, 9), (0, 9)], [(3, 3), (6, 3), (6, 6), (3, 6)]]
    island = [[(4, 4), (5, 4), (5, 5), (4, 5)]]
    masks = runs_of(polygons([frame, island]), 9, 9)
    assert masks.areas.tolist() == [81 - 9 + 1]


def test_lines_cover_nothing() -> None:
    collector = ShapeCollector()
    collector.line([(0, 0), (9, 1), (9, 9)])
    collector.box(0, 0, 2, 2)
    collector.ellipse(5, 5, 3, 3)
    masks = runs_of(collector.collected(), 10, 10)
    assert masks.areas[:2].tolist() == [0, 4]
    assert masks.areas[2] == pytest.approx(np.pi * 9, abs=4)


def test_nothing_at_all() -> None:
    masks = runs_of(ShapeCollector().collected(), 10, 10)
    assert len(masks) == len(masks.rows) == 0
    empty = Shapes(
        np.array([ShapeKind.POLYGON, ShapeKind.POLYGON], np.uint8),
        np.array([0, 0, 1]),
        np.array([0, 2]),
        np.array([0, 0, 0]),
        np.zeros((0, 2)),
        Objects(2),
    )
    assert runs_of(empty, 10, 10).areas.tolist() == [0, 0]


def test_what_is_said_of_the_shapes_stays_with_their_pixels() -> None:
    shapes = boxes((0, 0, 2, 2), (4, 4, 5, 5), name=["a", "b"])
    assert runs_of(shapes, 10, 10).objects is shapes.objects


def test_huge_shapes_take_no_more_memory_than_their_part_of_the_image() -> None:
    zigzag = [(1.3 * x, 1e9 if x % 2 else -1e9) for x in range(2000)]
    tracemalloc.start()
    masks = runs_of(polygons([[zigzag]]), 300, 200)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert masks.areas[0] > 0
    assert peak < 60e6


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_masks_come_back_as_they_are(seed: int) -> None:
    random = np.random.default_rng(seed)
    pixels = random.random((4, 6, 9)) < 0.5
    ends = np.diff(np.pad(pixels, ((0, 0), (0, 0), (1, 1))).astype(int), axis=2)
    owners, rows, starts = np.nonzero(ends == 1)
    stops = np.nonzero(ends == -1)[2]
    masks = Masks(owners, rows, starts, stops, Objects(4))
    assert masks.areas.tolist() == pixels.sum(axis=(1, 2)).tolist()
    (again,) = scan(edges_of(masks), (slice(0, 6), slice(0, 9)))
    np.testing.assert_array_equal(pixels_of(Masks(*again, Objects(4)), 9, 6), pixels)
    which = np.array([3, 1])
    np.testing.assert_array_equal(pixels_of(masks.take(which), 9, 6), pixels[which])
