"""The layout of the Cell Tracking Challenge is offered as movies; what is only like it is not."""

from __future__ import annotations

import pytest

from mifakit.inventory.proposing import propose
from mifakit.inventory.tracking_challenge import claimed, find_movies, propose_movies

TWO = [
    *(f"data/{sequence}/t{t:03d}.tif" for sequence in ("01", "02") for t in range(3)),
    *(f"data/{sequence}_GT/TRA/man_track{t:03d}.tif" for sequence in ("01", "02") for t in range(3)),
    *(f"data/{sequence}_GT/TRA/man_track.txt" for sequence in ("01", "02")),
]


def test_sequences_that_are_named_alike_are_one_set() -> None:
    (movies,) = find_movies([*TWO, "other/a.tif"])
    assert (movies.frames, movies.masks, movies.table) == (
        "data/{sequence}/t{t:03d}.tif",
        "data/{sequence}_GT/TRA/man_track{t:03d}.tif",
        "data/{sequence}_GT/TRA/man_track.txt",
    )
    assert (movies.sequences, sorted(claimed([movies]))) == (2, sorted(TWO))


def test_they_come_before_all_else_in_the_sheet() -> None:
    made = propose_movies(propose(["images/a.tif", "masks/a.tif"]), find_movies(TWO))
    assert [(one.files[0], one.series) for one in made.images] == [
        ("data/{sequence}/t{t:03d}.tif", "t"),
        ("images/{name}.tif", None),
    ]
    assert [(one.name, one.series) for one in made.annotations] == [("tracks", "t"), ("masks", None)]
    assert made.reasons[0] == "2 movies, laid out as in the Cell Tracking Challenge"
    assert len(made.reasons) == len(made.annotations)
    assert len(made.series) == len(made.images)


@pytest.mark.parametrize(
    "paths",
    [
        ["01/t000.tif", "01/t001.tif", "01_GT/TRA/man_track.txt"],
        ["01/t000.tif", "01_GT/TRA/man_track000.tif", "01_GT/TRA/man_track.txt"],
        ["01/t000.tif", "01/t001.tif", "01/other.tif2", "01/u000.tif", "01_GT/TRA/man_track000.tif",
         "01_GT/TRA/man_track001.tif", "01_GT/TRA/man_track.txt"],
        ["01/t000.tif", "01/t001.tif", "02_GT/TRA/man_track000.tif", "02_GT/TRA/man_track001.tif",
         "02_GT/TRA/man_track.txt"],
        ["notes_track.txt", "a.tif"],
    ],
)  # fmt: skip
def test_what_is_not_whole_is_no_movie(paths: list[str]) -> None:
    assert find_movies(paths) == ()


def test_results_of_a_program() -> None:
    paths = ["01/t000.tif", "01/t001.tif", "01_RES/mask000.tif", "01_RES/mask001.tif", "01_RES/res_track.txt"]
    (movies,) = find_movies(paths)
    assert (movies.masks, movies.table) == ("{sequence}_RES/mask{t:03d}.tif", "{sequence}_RES/res_track.txt")
