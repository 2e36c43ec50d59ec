"""GEFF: written by the geff library where it can be had, and by hand; read the same."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from geff_spec import Axis, GeffMetadata, PropMetadata, RelatedObject

from mifakit.annotations.base import Annotation, Grid, Options
from mifakit.annotations.formats.geff import store as geff_store
from mifakit.annotations.formats.geff.reader import Geff
from mifakit.annotations.model import Graph, Kind
from mifakit.errors import MifaError
from mifakit.readers.base import Spacing
from mifakit.testing.annotations import AnnotationContract, check_annotation, read_or_refuse

MOVIE = Grid(
    {"t": 5, "z": 7, "y": 100, "x": 200},
    {
        "x": Spacing(0.5, "micrometer"),
        "y": Spacing(0.25, "micrometer"),
        "z": Spacing(2, "micrometer"),
        "t": Spacing(30, "second"),
    },
)
AXES = (("t", "time", "frame"), ("y", "space", "pixel"), ("x", "space", "pixel"))
NODES = {"t": [0, 1, 1], "y": [1.5, 2.0, 3.0], "x": [10.0, 20.0, 30.0]}


def write(
    path: Path,
    properties: Mapping[str, Any] = NODES,
    axes: Sequence[tuple[Any, ...]] | None = AXES,
    *,
    ids: Sequence[int] = (10, 7, 12),
    edges: Sequence[tuple[int, int]] = ((10, 7), (10, 12)),
    edge_properties: Mapping[str, Any] | None = None,
    zarr_format: Any = 2,
    **said: Any,
) -> Path:
    """Write a GEFF as its specification has it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root = zarr.open_group(path, mode="w", zarr_format=zarr_format)
        root.create_array("nodes/ids", data=np.array(ids, np.uint64))
        root.create_array("edges/ids", data=np.array(edges, np.uint64).reshape(-1, 2))
        described: dict[str, dict[str, PropMetadata]] = {}
        for of, columns in (("nodes", properties), ("edges", edge_properties or {})):
            described[of] = {}
            root.require_group(f"{of}/props")
            for name, column in columns.items():
                values, missing = column if isinstance(column, tuple) else (column, None)
                values = np.array(values)
                root.create_array(f"{of}/props/{name}/values", data=values)
                if missing is not None:
                    root.create_array(f"{of}/props/{name}/missing", data=np.array(missing))
                described[of][name] = PropMetadata(identifier=name, dtype=str(values.dtype))
        metadata = GeffMetadata(
            geff_version="1.1.0",
            directed=said.pop("directed", True),
            axes=None if axes is None else [_axis(*axis) for axis in axes],
            node_props_metadata=described["nodes"],
            edge_props_metadata=described["edges"],
            **said,
        )
        root.attrs["geff"] = metadata.model_dump(mode="json")
    return path


def _axis(name: str, kind: str | None, unit: str | None = None, **said: Any) -> Axis:
    return Axis.model_validate({"name": name, "type": kind, "unit": unit, **said})


def read(path: Path, grid: Grid = MOVIE, **said: Any) -> tuple[Graph, Annotation]:
    assert Geff().recognises(path, b"")
    annotation = Geff().open(path, Options(**said)).read(0, grid)
    check_annotation(annotation)
    (graph,) = annotation.layers
    assert isinstance(graph, Graph)
    return graph, annotation


def code_of(path: Path, grid: Grid = MOVIE) -> str:
    with pytest.raises(MifaError) as caught:
        Geff().open(path, Options()).read(0, grid)
    assert caught.value.finding.place is not None
    return caught.value.code


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tracks.geff"


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> Geff:
        return Geff()

    @pytest.fixture
    def annotation_file(self, path: Path) -> Path:
        return write(path)

    @pytest.fixture
    def telling_file(self, annotation_file: Path) -> Path:
        return annotation_file / ".zattrs"

    @pytest.fixture
    def grid(self) -> Grid:
        return MOVIE

    @pytest.fixture
    def kinds(self) -> frozenset[Kind]:
        return frozenset({Kind.TRACKS})


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_tracks(path: Path, zarr_format: int) -> None:
    nodes = {
        **NODES,
        "score": ([0.5, 0.0, 1.0], [False, True, False]),
        "kind": ["a", "b", "c"],
        "count": ([1, 2, 3], [False, False, True]),
        "alive": [True, False, True],
    }
    graph, annotation = read(write(path, nodes, edge_properties={"cost": [0.25, 4.0]}, zarr_format=zarr_format))
    assert annotation.findings == ()
    assert graph.tracks
    assert graph.nodes.xy.tolist() == [[10, 1.5], [20, 2], [30, 3]]
    objects = graph.nodes.objects
    assert objects.t is not None
    assert objects.t.tolist() == [0, 1, 1]
    assert objects.source_id == ["10", "7", "12"]
    assert graph.edges.tolist() == [[0, 1], [0, 2]]
    assert list(graph.edge_properties["cost"]) == [0.25, 4.0]
    assert set(objects.properties) == {"score", "kind", "count", "alive"}
    np.testing.assert_array_equal(objects.properties["score"], [0.5, np.nan, 1])
    assert objects.properties["kind"] == ["a", "b", "c"]
    assert objects.properties["count"] == [1, 2, None]
    assert list(objects.properties["alive"]) == [True, False, True]


@pytest.mark.parametrize(
    ("axes", "expected"),
    [
        ((("t", "time", "frame"), ("z", "space", "pixel"), ("y", "space"), ("x", "space")), (1, 2, 3, 4)),
        ((("x", "space"), ("y", "space"), ("z", "space"), ("t", "time")), (1, 2, 3, 4)),
        ((("T", None), ("Z", None), ("Y", None), ("X", None)), (1, 2, 3, 4)),
        ((("frame", "time"), ("depth", "space"), ("row", "space"), ("column", "space")), (1, 2, 3, 4)),
        ((("t", "time"), *((axis, "space", "micrometer") for axis in "zyx")), (1, 1, 12, 8)),
        ((("t", "time", "minute"), *((axis, "space", "pixel") for axis in "zyx")), (2, 2, 3, 4)),
        ((("t", "time"), *((axis, "space", "pixel", 0.5, "micrometer") for axis in "zyx")), (1, 2, 3, 4)),
        (None, (1, 2, 3, 4)),
    ],
    ids=["pixels", "another order", "no types", "other names", "lengths", "minutes", "scaled pixels", "no axes"],
)
def test_axes(path: Path, axes: Any, expected: tuple[float, ...]) -> None:
    names = "tzyx" if axes is None else [axis[0] for axis in axes]
    letters = {"frame": "t", "depth": "z", "row": "y", "column": "x"}
    values = dict(zip("tzyx", (1.0, 2.0, 3.0, 4.0), strict=True))
    nodes = {name: [values[letters.get(name, name.casefold())]] for name in names}
    described = axes and [
        {"name": name, "kind": kind, **dict(zip(("unit", "scale", "scaled_unit"), rest, strict=False))}
        for name, kind, *rest in axes
    ]
    write(path, nodes, None, ids=[1], edges=[])
    attributes = json.loads((path / ".zattrs").read_text())
    attributes["geff"]["axes"] = described and [{**axis, "type": axis.pop("kind")} for axis in described]
    (path / ".zattrs").write_text(json.dumps(attributes))
    graph, _ = read(path)
    objects = graph.nodes.objects
    assert objects.t is not None
    assert objects.z is not None
    x, y = graph.nodes.xy[0]
    assert (objects.t[0], objects.z[0], y, x) == expected


@pytest.mark.parametrize(("first", "expected"), [(None, [10, 1.5]), (0, [10.5, 2]), (1, [9.5, 1])])
def test_pixels_that_are_counted(path: Path, first: int | None, expected: list[float]) -> None:
    graph, _ = read(write(path), first_pixel=first)
    assert graph.nodes.xy[0].tolist() == expected


def test_the_sheet_may_tell_the_unit(path: Path) -> None:
    graph, _ = read(write(path), unit="micrometer")
    assert graph.nodes.xy[0].tolist() == [20, 6]
    axes = [("t", "time", "frame"), ("y", "space", "micrometer"), ("x", "space", "micrometer")]
    graph, _ = read(write(path, axes=axes), unit="pixel")
    assert graph.nodes.xy[0].tolist() == [10, 1.5]


def test_graphs_without_time(path: Path) -> None:
    nodes = {"y": [1.0, 2.0], "x": [3.0, 4.0]}
    axes = [("y", "space", "pixel"), ("x", "space", "pixel")]
    graph, _ = read(write(path, nodes, axes, ids=[1, 2], edges=[(2, 1)], directed=False))
    assert not graph.tracks
    assert graph.edges.tolist() == [[1, 0]]


def test_edges_without_a_direction_follow_time(path: Path) -> None:
    graph, _ = read(write(path, edges=[(7, 10), (10, 12)], directed=False))
    assert graph.edges.tolist() == [[0, 1], [0, 2]]
    graph, _ = read(write(path, edges=[(7, 10), (10, 12)]))
    assert graph.edges.tolist() == [[1, 0], [0, 2]]


def test_labels_tracks_and_classes(path: Path) -> None:
    nodes = {**NODES, "seg": [4, 5, 6], "tracklet": [1, 2, 3], "class": ["a", "b", "c"]}
    related = [RelatedObject(type="image", path="../a"), RelatedObject(type="labels", path="../b", node_prop="seg")]
    write(path, nodes, related_objects=related, track_node_props={"tracklet": "tracklet"})
    objects = read(path)[0].nodes.objects
    assert objects.label is not None
    assert objects.label.tolist() == [4, 5, 6]
    assert list(objects.properties["track"]) == [1, 2, 3]
    assert objects.name == ["a", "b", "c"]
    assert set(objects.properties) == {"track"}
    objects = read(path, columns={"class": "seg"})[0].nodes.objects
    assert objects.name == ["4", "5", "6"] or objects.label is not None


def test_edges_to_nowhere_and_nodes_without_a_place(path: Path) -> None:
    nodes = {**NODES, "x": ([10.0, 20.0, 30.0], [False, True, False])}
    graph, annotation = read(write(path, nodes, edges=[(10, 7), (10, 12), (12, 99)]))
    assert graph.nodes.objects.source_id == ["10", "12"]
    assert graph.edges.tolist() == [[0, 1]]
    assert [(finding.code, finding.message) for finding in annotation.findings] == [
        ("MIFA361", "1 node whose place is missing or not a number: 7"),
        ("MIFA359", "2 edges between nodes that are not there: 10-7 and 12-99"),
    ]


def test_ids_that_two_nodes_have(path: Path) -> None:
    graph, annotation = read(write(path, ids=[10, 7, 10], edges=[(10, 7)]))
    assert graph.nodes.xy.tolist() == [[10, 1.5], [20, 2]]
    assert graph.edges.tolist() == [[0, 1]]
    assert annotation.findings[0].message == "1 node whose id another node has: 10"


def test_an_offset_is_said(path: Path) -> None:
    write(path)
    attributes = json.loads((path / ".zattrs").read_text())
    attributes["geff"]["axes"][1]["offset"] = 5.0
    (path / ".zattrs").write_text(json.dumps(attributes))
    _, annotation = read(path)
    assert "the offset of its axes y is not applied" in annotation.findings[0].message


def test_properties_that_are_no_column(path: Path) -> None:
    write(path, {**NODES, "box": np.ones((3, 4)), "short": [1, 2], "outline": np.ones((3, 3))})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        zarr.open_group(path, mode="r+").create_array("nodes/props/outline/data", data=np.ones(9))
    graph, annotation = read(path)
    assert graph.nodes.objects.properties == {}
    assert sorted(finding.message for finding in annotation.findings) == [
        "1 property of another length than there are ids: short of nodes",
        "1 property of several dimensions: box of nodes",
        "1 property of variable length: outline of nodes",
    ]


def test_no_edges_and_no_properties(path: Path) -> None:
    graph, _ = read(write(path, edges=[]))
    assert graph.edges.shape == (0, 2)


def test_people_are_not_kept(path: Path) -> None:
    graph, _ = read(write(path, {**NODES, "by": ["me@example.org", "ann", "/home/ann/x"]}))
    assert graph.nodes.objects.properties["by"] == [None, "ann", None]


def test_missing_chunks_are_said(path: Path) -> None:
    write(path)
    (path / "nodes/props/y/values/0").unlink()
    graph, annotation = read(path)
    assert graph.nodes.xy[:, 1].tolist() == [0, 0, 0]
    assert [finding.code for finding in annotation.findings] == ["MIFA218"]
    assert "nodes/props/y/values" in annotation.findings[0].message


@pytest.mark.parametrize("name", ["nodes/ids", "edges/ids", "nodes/props/x/values"])
def test_missing_arrays(path: Path, name: str) -> None:
    write(path)
    (path / name / ".zarray").unlink()
    assert code_of(path) in ("MIFA202", "MIFA203")


@pytest.mark.parametrize("attribute", ["directed", "node_props_metadata"])
def test_metadata_that_are_not_whole(path: Path, attribute: str) -> None:
    write(path)
    attributes = json.loads((path / ".zattrs").read_text())
    del attributes["geff"][attribute]
    (path / ".zattrs").write_text(json.dumps(attributes))
    assert code_of(path) == "MIFA202"


@pytest.mark.parametrize("axes", [[("t", "time", "frame")], [("x", "space")], [("p", "space"), ("q", "space")]])
def test_graphs_that_are_nowhere(path: Path, axes: list[tuple[str, ...]]) -> None:
    assert code_of(write(path, axes=axes)) == "MIFA202"


def test_lengths_need_the_distance_of_pixels(path: Path) -> None:
    axes = [("t", "time", "frame"), ("y", "space", "micrometer"), ("x", "space", "micrometer")]
    assert code_of(write(path, axes=axes), Grid({"t": 2, "y": 9, "x": 9})) == "MIFA227"


def test_what_is_no_geff(tmp_path: Path) -> None:
    file = tmp_path / "a.geff"
    file.write_text("x")
    assert code_of(file) == "MIFA204"
    assert not Geff().recognises(file, b"x")
    folder = tmp_path / "b.geff"
    zarr.open_group(folder, mode="w", zarr_format=2)
    assert code_of(folder) == "MIFA204"
    assert not Geff().recognises(folder, b"")
    assert not Geff().recognises(tmp_path / "c.geff", b"")


@pytest.mark.parametrize(("limit", "most"), [("MAX_OBJECTS", 2), ("MAX_COLUMNS", 2), ("MAX_ARCHIVE_BYTES", 100)])
def test_budgets(path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    write(path)
    monkeypatch.setattr(geff_store, limit, most)
    assert code_of(path) == "MIFA226"


def test_every_file_may_be_damaged(path: Path) -> None:
    write(path, {**NODES, "kind": ["a", "b", "c"]})
    dice = np.random.default_rng(0)
    for file in sorted(file for file in path.rglob("*") if file.is_file() and file.name not in (".zattrs", ".zgroup")):
        whole = file.read_bytes()
        for _ in range(2):
            damaged = np.frombuffer(whole, np.uint8).copy()
            damaged[dice.integers(0, len(whole), 2)] = dice.integers(0, 256, 2)
            file.write_bytes(damaged.tobytes())
            read_or_refuse(Geff(), path, Options(), MOVIE)
            file.write_bytes(whole[: dice.integers(0, len(whole))])
            read_or_refuse(Geff(), path, Options(), MOVIE)
        file.write_bytes(whole)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_what_the_geff_library_writes(path: Path, zarr_format: Any) -> None:
    geff = pytest.importorskip("geff")
    networkx = pytest.importorskip("networkx")
    graph = networkx.DiGraph()
    dice = np.random.default_rng(0)
    for node in range(50):
        y, x = dice.uniform(0, 100, 2).tolist()
        graph.add_node(
            node + 100, t=node // 10, y=y, x=x, kind="ab"[node % 2] * (node + 1), **({"seg": node} if node % 3 else {})
        )
    for node in range(40):
        graph.add_edge(node + 100, node + 110, cost=float(node))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        geff.write(
            graph, path, axis_names=list("tyx"), axis_types=["time", "space", "space"],
            axis_units=["frame", "pixel", "pixel"], zarr_format=zarr_format,
        )  # fmt: skip
    read_graph, annotation = read(path)
    assert annotation.findings == ()
    objects = read_graph.nodes.objects
    assert objects.source_id is not None
    assert objects.t is not None
    for place, source_id in enumerate(objects.source_id):
        said = graph.nodes[int(source_id)]
        assert read_graph.nodes.xy[place].tolist() == [said["x"], said["y"]]
        assert objects.t[place] == said["t"]
        assert objects.properties["kind"][place] == said["kind"]
        assert objects.properties["seg"][place] == said.get("seg")
    ids = np.array(objects.source_id, int)
    assert set(map(tuple, ids[read_graph.edges].tolist())) == set(graph.edges)
    assert sorted(read_graph.edge_properties["cost"]) == [float(node) for node in range(40)]
