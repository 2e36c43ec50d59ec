"""File names as microscopes write them, and what is offered for each."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import tifffile

import mifakit
from mifakit.inventory.microscopes import CONVENTIONS, find_series
from mifakit.inventory.patterns import match_first
from mifakit.sheet.reading import read_sheet

OPERA = [
    f"Images/r{r:02}c{c:02}f01p{z:02}-ch{ch}sk1fk1fl1.tiff" for r, c, z, ch in product((1, 2), (3, 4), (1, 2), (1, 2))
]
CELLVOYAGER = [f"AS_{w}_T0001F{f:03}L01A01Z01C0{c}.tif" for w, f, c in product(("A01", "B12"), (1, 2), (1, 2))]
IMAGEXPRESS = [f"plate_{w}_s{f}_w{c}.tif" for w, f, c in product(("A01", "B12"), (1, 2), (1, 2, 3))]
MICRO_MANAGER = [
    f"Pos0/img_channel{c:03}_position000_time{t:09}_z{z:03}.tif" for c, t, z in product((0, 1), (0, 1, 2), (0, 1))
]
METAMORPH = [f"exp_w{w}_s{s}_t{t}.TIF" for w, s, t in product(("1DAPI", "2GFP"), (1, 2), (1, 2, 10))]
LEICA = [f"Series00{s}_t{t:02}_z{z:02}_ch0{c}.tif" for s, t, z, c in product((1, 2), (0, 1), (0, 1, 2), (0, 1))]
PLAIN = [f"pos{p}_t{t:03}_c{c}.tif" for p, t, c in product((1, 2), (1, 2), (1, 2))]
CHANNEL_FIRST = [f"a-ch{c}-t{t}.png" for c, t in product((0, 1), (8, 9, 10))]


@pytest.mark.parametrize(
    ("files", "convention", "pattern", "axes", "images", "shape"),
    [
        (
            OPERA,
            "Opera Phenix (Harmony)",
            "Images/r{row:02d}c{column:02d}f{field:02d}p{z:02d}-ch{c:d}sk{t:d}fk1fl1.tiff",
            "tcz",
            4,
            (1, 2, 2),
        ),
        (
            CELLVOYAGER,
            "CellVoyager",
            "{name}_{well}_T{t:04d}F{field:03d}L01A01Z{z:02d}C{c:02d}.tif",
            "tcz",
            4,
            (1, 2, 1),
        ),
        (IMAGEXPRESS, "ImageXpress", "{name}_{well}_s{field:d}_w{c:d}.tif", "c", 4, (3,)),
        (
            MICRO_MANAGER,
            "Micro-Manager",
            "Pos0/img_channel{c:03d}_position{position:03d}_time{t:09d}_z{z:03d}.tif",
            "tcz",
            1,
            (3, 2, 2),
        ),
        (METAMORPH, "MetaMorph", "{name}_w{c}_s{position:d}_t{t:d}.TIF", "tc", 2, (3, 2)),
        (LEICA, "letters before numbers", "{name}_t{t:02d}_z{z:02d}_ch{c:02d}.tif", "tcz", 2, (2, 2, 3)),
        (PLAIN, "letters before numbers", "{name}_t{t:03d}_c{c:d}.tif", "tc", 2, (2, 2)),
        (CHANNEL_FIRST, "letters before numbers, channel first", "{name}-ch{c:d}-t{t:d}.png", "tc", 1, (3, 2)),
    ],
    ids=lambda value: value if isinstance(value, str) and "{" not in value else "",
)  # fmt: skip
def test_what_a_microscope_writes_is_offered(
    files: list[str], convention: str, pattern: str, axes: str, images: int, shape: tuple[int, ...]
) -> None:
    (series,) = find_series(files)
    assert (series.convention, series.pattern, series.axes) == (convention, pattern, axes)
    assert len(series.groups) == images
    assert {group.series.shape for group in series.groups if group.series} == {shape}
    assert sorted(series.files) == sorted(files)
    for group in series.groups:
        for file in group.files:
            matched = match_first([pattern], file)
            assert matched, "the pattern says what was found"
            assert {name: value for name, value in matched[1].items() if name not in axes} == dict(group.fields)


def test_every_convention_has_an_example() -> None:
    examples = [OPERA, CELLVOYAGER, IMAGEXPRESS, MICRO_MANAGER, METAMORPH, CHANNEL_FIRST, LEICA]
    assert [find_series(files)[0].convention for files in examples] == list(CONVENTIONS)


@pytest.mark.parametrize(
    "files",
    [
        ["a.tif", "b.tif"],
        ["cell1.tif", "cell2.tif"],
        ["a_t1.tif", "b_t1.tif"],
        ["a_t1.tif", "a_t2.tif", "b_t1.tif"],
        ["a_t1_c1.tif", "a_t1_c2.tif", "a_t2_c1.tif"],
        ["a_t1.tif", "a_t01.tif"],
        ["Best1.tif", "Best2.tif"],
    ],
    ids=" ".join,
)
def test_what_is_no_whole_grid_is_not_offered(files: list[str]) -> None:
    assert find_series(files) == []


def test_the_sheet_offers_series_says_why_and_builds(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    lab.mkdir()
    pixels = np.random.default_rng(1).integers(0, 255, (len(PLAIN), 20, 30), np.uint8)
    for name, plane in zip(PLAIN, pixels, strict=True):
        tifffile.imwrite(lab / name, plane)
    tifffile.imwrite(lab / "alone.tif", pixels[0])
    mifakit.init(lab, tmp_path / "mifa.yaml")
    text = (tmp_path / "mifa.yaml").read_text(encoding="utf-8")
    note = " ".join(text.replace("#>", "").split())
    assert "8 files are 2 images, each of 2 along t × 2 along c. Remove this line if each file is an image" in note
    sheet = read_sheet(tmp_path / "mifa.yaml").model
    assert [(one.files, one.series) for one in sheet.images] == [
        (["{name}_t{t:03d}_c{c:d}.tif"], "tc"),
        (["{name}.tif"], None),
    ]
    assert mifakit.scan(lab).findings == tuple(one for one in mifakit.scan(lab).findings if one.code == "MIFA205")
    plan = mifakit.plan(tmp_path / "mifa.yaml")
    assert [(job.sample, job.facts.axes, job.facts.shape) for job in plan.jobs] == [
        ("alone", "cyx", (1, 20, 30)),
        ("pos1", "tcyx", (2, 2, 20, 30)),
        ("pos2", "tcyx", (2, 2, 20, 30)),
    ]


@pytest.mark.parametrize(
    ("files", "fields"),
    [
        (OPERA, {"row": "row", "column": "column", "field": "field"}),
        (CELLVOYAGER, {"well": "well", "name": "name", "field": "field"}),
        (IMAGEXPRESS, {"well": "well", "name": "name", "field": "field"}),
        (LEICA, None),
        (MICRO_MANAGER, None),
    ],
)
def test_names_that_tell_wells_are_of_plates(files: list[str], fields: dict[str, str] | None) -> None:
    (series,) = find_series(files)
    assert (series.plate.model_dump(exclude_none=True) if series.plate else None) == fields


def test_a_screen_is_offered_as_a_plate_and_planned_as_one(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    for name in IMAGEXPRESS:
        tifffile.imwrite(tmp_path / "lab" / name, np.zeros((20, 30), np.uint16))
    mifakit.init(tmp_path / "lab", tmp_path / "mifa.yaml")
    plan = mifakit.plan(tmp_path / "mifa.yaml")
    assert [job.image for job in plan.jobs] == [
        f"images/plate.ome.zarr/{well}/{field}" for well in ("A/1", "B/12") for field in (1, 2)
    ]
