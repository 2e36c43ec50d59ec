"""WKB as shapely reads it: every shape is where it was, in order."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.annotations.reading.collectors import ShapeCollector
from mifakit.conversion.well_known_binary import encode

NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False)
RING = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=6, unique=True)
SHAPE = st.one_of(
    st.tuples(st.just("polygon"), st.lists(RING, min_size=1, max_size=3)),
    st.tuples(st.just("parts"), st.lists(st.lists(RING, min_size=1, max_size=2), min_size=2, max_size=3)),
    st.tuples(st.just("line"), RING),
)


@settings(deadline=None)
@given(st.lists(SHAPE, max_size=8))
def test_every_shape_is_where_it_was(shapes: list) -> None:
    collector, expected = ShapeCollector(), []
    for kind, rings in shapes:
        if kind == "line":
            collector.line(rings)
            expected.append(shapely.LineString(rings))
        elif kind == "polygon":
            collector.polygon(rings[0], rings[1:])
            expected.append(shapely.Polygon(rings[0], rings[1:]))
        else:
            collector.multipolygon(rings)
            expected.append(shapely.MultiPolygon([(part[0], part[1:]) for part in rings]))
    drawn = collector.collected()
    encoded, types = encode(drawn)
    if len(expected) > 1:
        assert encode(drawn.outlines(1, len(expected)))[0].to_pylist() == encoded.to_pylist()[1:]
    found = shapely.from_wkb(np.array(encoded.to_pylist(), object)) if len(encoded) else []
    assert list(found) == expected
    assert types == {one.geom_type for one in expected}
