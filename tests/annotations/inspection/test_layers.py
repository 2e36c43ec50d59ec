"""All checks together: what is sound passes, and each layer is looked at."""

from __future__ import annotations

import numpy as np
from tests.annotations.drawings import boxes, polygons
from tests.annotations.inspection.findings import PLACE, said

from mifakit.annotations.base import Grid
from mifakit.annotations.inspection.layers import inspect
from mifakit.annotations.model import (
    Classes,
    Counts,
    Graph,
    Labels,
    Layer,
    Lineage,
    Objects,
    Points,
    Table,
)
from mifakit.annotations.raster.rasterising import runs_of

GRID = Grid({"t": 2, "y": 50, "x": 80})
OLD = "2020-01-01"
NEW = "2024-01-01"


def layers(x: float, created: str, t: int) -> list[Layer]:
    """Return layers of which all is sound at x 0, but nothing if they are far off, old, and in the first frame."""
    shapes = boxes((x, 0, x + 5, 5), (x, 10, x + 5, 15), created=[created] * 2)
    dated = Objects(1, created=[created])
    nodes = Points(np.array([(x, 1), (x, 2)]), Objects(2, t=np.array([0, t])))
    return [
        shapes,
        runs_of(shapes, 2000, 50),
        Points(np.array([(x, 1)]), dated),
        Graph(nodes, np.array([(0, 1)])),
        Lineage(*np.array([(1, 0, 0, 0), (2, t, 1, 1)]).T),
        Labels("yx", np.zeros((50, 80), int), dated),
        Classes(dated),
        Counts(np.ones(1), dated),
        Table(dated),
    ]


def test_what_is_sound_passes() -> None:
    assert said(inspect(layers(0, NEW, 1), GRID, OLD, PLACE)) == {}


def test_each_layer_is_looked_at() -> None:
    messages = said(inspect(layers(1000, OLD, 0), GRID, NEW, PLACE))
    assert {code: len(found) for code, found in messages.items()} == {
        "MIFA340": 2,
        "MIFA343": 2,
        "MIFA352": 2,
        "MIFA353": 6,
    }


def test_each_check_is_made() -> None:
    bow = polygons([[[(0, 0), (60, 60), (60, 0), (0, 60)]]], [[[(1, 1), (2, 2)]]], [[[(1, 1), (2, 2)]]])
    shapes = boxes((-1, 0, 5, 5), (3, 3, 9, 9))
    assert set(said(inspect([bow, shapes], GRID, None, PLACE))) == {"MIFA341", "MIFA342", "MIFA345", "MIFA347"}
    tall = Points(np.array([(1.0, 70), (2, 60)]), Objects(2))
    assert "MIFA344" in said(inspect([tall], GRID, None, PLACE))
