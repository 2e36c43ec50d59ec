"""Graphs as GEFF: read back with the reference library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mifakit.dataset.graphs import GraphArrays, read_graph, write_graph
from mifakit.readers.base import Spacing

SPACING = {"x": Spacing(0.5, "micrometer"), "y": Spacing(0.5, "micrometer"), "t": Spacing(60.0, "second")}


def tracks(**changes: object) -> GraphArrays:
    said = {
        "ids": np.array([3, 5, 9], np.uint64),
        "edges": np.array([[3, 5], [5, 9]], np.uint64),
        "places": {"t": np.array([0.0, 1.0, 2.0]), "y": np.array([1.5, 2.5, 3.5]), "x": np.array([4.5, 5.5, 6.5])},
        "properties": {
            "label": np.array([1, 1, 2]),
            "name": ["a", None, "µ/b"],
            "area / px": np.array([1.0, np.nan, 3.0]),
        },
        "edge_properties": {"cost": np.array([0.5, 0.25])},
    }
    return GraphArrays(**{**said, **changes})  # type: ignore[arg-type]


def test_the_reference_library_reads_what_was_written(tmp_path: Path) -> None:
    geff = pytest.importorskip("geff", reason="holds zarr back, so it is only installed on Python 3.11")
    path = tmp_path / "a.geff"
    write_graph(path, tracks(), SPACING, "../labels")
    geff.validate_structure(str(path))
    graph, metadata = geff.read(str(path), backend="networkx")
    assert sorted(graph.nodes) == [3, 5, 9]
    assert sorted(graph.edges) == [(3, 5), (5, 9)]
    assert graph.nodes[9] == {"t": 2.0, "y": 3.5, "x": 6.5, "label": 2, "name": "µ/b", "area _ px": 3.0}
    assert "name" not in graph.nodes[5]
    assert "area _ px" not in graph.nodes[5]
    assert graph.edges[5, 9] == {"cost": 0.25}
    assert [(axis.name, axis.type, axis.unit, axis.scale, axis.scaled_unit) for axis in metadata.axes] == [
        ("t", "time", "frame", 60.0, "second"),
        ("y", "space", "pixel", 0.5, "micrometer"),
        ("x", "space", "pixel", 0.5, "micrometer"),
    ]
    assert [(one.path, one.node_prop) for one in metadata.related_objects] == [("../labels", "label")]


def test_a_summary(tmp_path: Path) -> None:
    write_graph(tmp_path / "a.geff", tracks(), {}, None)
    found = read_graph(tmp_path / "a.geff")
    assert (found.nodes, found.edges, found.lost_edges, found.over_time) == (3, 2, 0, True)
    write_graph(tmp_path / "b.geff", tracks(edges=np.array([[5, 3], [3, 7]], np.uint64)), {}, None)
    found = read_graph(tmp_path / "b.geff")
    assert (found.lost_edges, found.over_time) == (1, False)


def test_no_nodes_at_all(tmp_path: Path) -> None:
    nothing = np.empty(0)
    empty = tracks(
        ids=np.empty(0, np.uint64),
        edges=np.empty((0, 2), np.uint64),
        places={"t": nothing, "y": nothing, "x": nothing},
        properties={},
        edge_properties={},
    )
    write_graph(tmp_path / "a.geff", empty, {}, None)
    assert read_graph(tmp_path / "a.geff").nodes == 0
