"""Rings that mean an area by the even-odd rule -> outsides and their holes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mifakit.annotations.model import Numbers


def even_odd(rings: Sequence[Numbers]) -> list[list[Numbers]]:
    """Return the parts of the area that an odd number of rings goes around.

    Parameters
    ----------
    rings
        (n, 2) vertices each, of three or more; they may cross, touch, and lie in one another.

    Returns
    -------
    list
        Of each part its outside, and its holes. Vertices are those of the rings and where they cross.
    """
    if len(rings) == 1:
        return [list(rings)]
    import shapely

    areas = np.array([shapely.Polygon(ring) for ring in rings])
    lines = shapely.union_all(shapely.get_exterior_ring(areas))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    # A face lies in a ring as a whole or not at all, so that one point of it tells.
    inside, _ = shapely.STRtree(areas).query(shapely.point_on_surface(faces), predicate="within")
    odd = np.bincount(inside, minlength=len(faces)) % 2 == 1
    parts = shapely.get_parts(shapely.coverage_union_all(faces[odd]))
    return [[shapely.get_coordinates(ring) for ring in shapely.get_rings(part)] for part in parts]
