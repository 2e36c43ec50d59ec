"""Gaps, two parents, and parents after their children; in graphs, in tables of tracks, and in their label images."""

from __future__ import annotations

import numpy as np
from tests.annotations.inspection.findings import PLACE, said

from mifakit.annotations.inspection.tracks import missing_frames, odd_descent, odd_links
from mifakit.annotations.model import Graph, Lineage, Objects, Points
from mifakit.annotations.raster.label_image import LabelImage
from mifakit.annotations.raster.label_properties import properties_of


def graph(frames: list[float], edges: list[tuple[int, int]], **said: object) -> Graph:
    names = [chr(ord("a") + number) for number in range(len(frames))]
    nodes = Points(np.zeros((len(frames), 2)), Objects(len(frames), source_id=names, t=np.array(frames)))
    return Graph(nodes, np.array(edges, int).reshape(-1, 2), **said)


def test_a_division_is_in_order() -> None:
    assert said(odd_links(graph([0, 1, 2, 2], [(0, 1), (1, 2), (1, 3)]), PLACE)) == {}
    assert said(odd_links(graph([], []), PLACE)) == {}


def test_links_that_leave_out_frames() -> None:
    assert said(odd_links(graph([0, 1, 3, 9], [(0, 1), (1, 2), (2, 3)]), PLACE)) == {
        "MIFA350": ["2 of 3 links leave out frames: b to c and c to d"]
    }


def test_links_against_time() -> None:
    assert said(odd_links(graph([1, 0, 0], [(0, 1), (1, 2)]), PLACE)) == {
        "MIFA352": ["2 of 2 links lead to the same or an earlier frame: a to b and b to c"]
    }


def test_two_parents() -> None:
    assert said(odd_links(graph([0, 0, 1], [(0, 2), (1, 2)]), PLACE)) == {
        "MIFA351": ["1 of 3 objects have more than one parent: c"]
    }
    assert said(odd_links(graph([0, 0, 1], [(0, 2), (0, 2)]), PLACE)) == {}  # said twice


def test_other_graphs_and_unknown_times_are_not_about_time() -> None:
    odd = [(0, 1), (2, 1)]
    assert said(odd_links(graph([5, 0, 9], odd, tracks=False), PLACE)) == {}
    assert list(said(odd_links(graph([np.nan] * 3, odd), PLACE))) == ["MIFA351"]
    nodes = Points(np.zeros((2, 2)), Objects(2))
    assert said(odd_links(Graph(nodes, np.array([(0, 1)])), PLACE)) == {}


def lineage(*rows: tuple[int, int, int, int]) -> Lineage:
    return Lineage(*np.array(rows, int).reshape(-1, 4).T)


def test_descent_in_order() -> None:
    assert said(odd_descent(lineage((1, 0, 4, 0), (2, 5, 9, 1), (3, 5, 7, 1)), PLACE)) == {}
    assert said(odd_descent(lineage(), PLACE)) == {}
    assert said(odd_descent(lineage((5, 0, 4, 9)), PLACE)) == {}  # a parent that is not in the table


def test_descent_out_of_order() -> None:
    rows = lineage((9, 0, 4, 0), (2, 4, 9, 9), (3, 5, 7, 9), (4, 7, 9, 9))
    assert said(odd_descent(rows, PLACE)) == {
        "MIFA350": ["1 of 4 tracks begin frames after their parent's last: 4 of 9"],
        "MIFA352": ["1 of 4 tracks begin before their parent ends: 2 of 9"],
    }


def test_descent_of_two() -> None:
    rows = lineage((1, 0, 4, 0), (2, 0, 4, 0), (3, 5, 6, 1), (3, 5, 6, 2), (4, 5, 6, 1), (4, 5, 6, 1))
    assert said(odd_descent(rows, PLACE)) == {"MIFA351": ["1 of 2 tracks have more than one parent: 3"]}


def test_frames_without_their_label() -> None:
    frames = np.zeros((5, 2, 3), np.uint8)
    frames[0:3, 0, 0] = 7
    frames[[1, 3], 1, 1] = 2
    frames[4, 0, 2] = 9
    labels = LabelImage("tyx", frames.shape, lambda region: frames[region], frames.dtype, PLACE)
    properties = properties_of(labels)
    assert said(missing_frames(lineage((7, 0, 2, 0), (9, 4, 4, 0)), properties, PLACE)) == {}
    assert said(
        missing_frames(lineage((7, 0, 3, 0), (2, 1, 3, 0), (9, 4, 4, 0), (11, 0, 0, 0)), properties, PLACE)
    ) == {"MIFA350": ["3 of 4 tracks have frames without their label: 7, 2 and 11"]}
    assert said(missing_frames(lineage(), properties, PLACE)) == {}
