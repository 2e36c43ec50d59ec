"""docs/guides/annotations.md is true: its sheet is built in a lab folder as it tells of, and its code runs."""

from __future__ import annotations

import importlib.util
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import roifile
import tifffile
import yaml
from PIL import Image
from tests.conftest import REPOSITORY

import mifakit
from mifakit.example_lab.example import filled_sheet
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.image_sets import ImageSet, PixelSize
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.template import render_sheet

GUIDE = REPOSITORY / "docs" / "guides" / "annotations.md"
SQUARE = [2, 2, 6, 2, 6, 6, 2, 6]
WITHIN = [3, 3, 5, 3, 5, 5, 3, 5]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def write_lab(lab: Path) -> None:
    """Write what the guide's sheet speaks of."""
    for folder in ("images", "rois", "masks", "measured", "tissue", "tracked"):
        (lab / folder).mkdir(parents=True)
    rng = np.random.default_rng(1)
    for name in "ab":
        tifffile.imwrite(lab / "images" / f"{name}.tif", rng.integers(0, 4096, (40, 50)).astype(np.uint16))
    movie = rng.integers(0, 4096, (3, 40, 50)).astype(np.uint16)
    tifffile.imwrite(lab / "images" / "movie.tif", movie, imagej=True, metadata={"axes": "TYX"})
    cells = [(1, SQUARE, 1), (1, WITHIN, 2), (2, SQUARE, 1)]
    said = {
        "images": [{"id": 1, "file_name": "D:\\old\\a.tif"}, {"id": 2, "file_name": "b.png"}],
        "categories": [{"id": 1, "name": "cell"}, {"id": 2, "name": "debris"}],
        "annotations": [
            {"id": number, "image_id": image, "category_id": category, "segmentation": [outline]}
            for number, (image, outline, category) in enumerate(cells, start=1)
        ],
    }
    (lab / "cells.json").write_text(json.dumps(said), encoding="utf-8")
    for name in ("a", "old b"):
        with zipfile.ZipFile(lab / "rois" / f"{name}.zip", "w") as archive:
            roi = roifile.ImagejRoi.frompoints(np.array(SQUARE).reshape(-1, 2))
            archive.writestr("1.roi", roi.tobytes())
    (lab / "spots.csv").write_text("file,pos_x,pos_y,kind,area\na.tif,5,10,focus,3\nb.tif,2.5,2,focus,4\n")
    labels = np.zeros((40, 50), np.uint8)
    labels[:4, :4], labels[10:14, :4] = 1, 2
    colours = np.zeros((40, 50, 3), np.uint8)
    colours[:10], colours[20:] = (255, 0, 0), (0, 255, 0)
    for name in "ab":
        tifffile.imwrite(lab / "masks" / f"{name}.tif", labels)
        (lab / "measured" / f"{name}.csv").write_text("object,phase\n1,G1\n2,M\n")
        Image.fromarray(colours).save(lab / "tissue" / f"{name}.png")
    for t, values in enumerate(([1, 0], [2, 3], [2, 3])):
        frame = np.zeros((40, 50), np.uint8)
        frame[:4, :4], frame[:4, 10:14] = values
        tifffile.imwrite(lab / "tracked" / f"movie_{t}.tif", frame)
    (lab / "tracked" / "movie_track.txt").write_text("1 0 0 0\n2 1 2 1\n3 1 2 1\n")


def guided_sheet() -> StudySheet:
    """Return the example's study sheet with the annotation sets of the guide."""
    sheet = filled_sheet()
    flat, protocol = sheet.images[0], dict(sheet.annotations[0])
    flat.files, flat.channels, flat.pixel_size = ["images/{name}.tif"], [], PixelSize(x=0.5, y=0.5)
    flat.exclude = ["images/movie.tif"]
    movies = ImageSet(**{**dict(flat), "name": "Movies", "files": ["images/{name}.tif"], "exclude": ["images/?.tif"]})
    sheet.images = [flat, movies]
    said = [one for block in blocks("yaml") for one in yaml.safe_load(block)["annotations"]]
    sheet.annotations = [AnnotationSet.model_validate({**protocol, "types": ["other"], **one}) for one in said]
    return sheet


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the guide's commands are given in."""
    home = tmp_path_factory.mktemp("guide")
    write_lab(home / "lab")
    (home / "mifa.yaml").write_text(render_sheet(guided_sheet()), encoding="utf-8")
    built = mifakit.build(home / "mifa.yaml", home / "my-dataset")
    assert built.complete, built.findings
    return home


def test_the_sheet_makes_what_it_should(home: Path) -> None:
    dataset = mifakit.open(home / "my-dataset")
    assert set(dataset.annotation_sets) == {"cells", "outlines", "spots", "nuclei", "tissue", "lineage"}
    assert [sample.id for sample in dataset] == ["a", "b", "movie"]
    a, b, movie = (sample.row.annotations for sample in dataset)
    assert len(a["cells"].label_images) == 2
    assert a["outlines"].sources == ("rois/a.zip",)
    assert b["outlines"].sources == ("rois/old b.zip",)
    assert dataset["a"].table("nuclei", "objects")["class"].tolist() == ["G1", "M"]
    assert dataset["b"].table("tissue", "objects")["class"].tolist() == ["tumour", "stroma"]
    assert set(movie) == {"lineage"}
    assert [one for one in mifakit.validate(dataset.path) if one.is_error] == []


def test_its_code_runs(home: Path, run_block: Callable[[str, str, Path], str]) -> None:
    first, *others = blocks("python")
    assert [line.split() for line in run_block("python", first, home).splitlines()] == [
        ["sample", "x", "y", "class"],
        ["a", "10.0", "20.0", "focus"],
        ["b", "5.0", "4.0", "focus"],
        ["(40,", "50)", "pixels;", "2", "nuclei"],
        ["16.0", "pixels", "in", "the", "first", "cell"],
    ]
    assert len(others) == 2
    for code in others:
        if "import geff" not in code or importlib.util.find_spec("geff"):  # holds zarr back: not always installed
            assert run_block("python", code, home)


def test_its_exports_are_written(home: Path, run_block: Callable[[str, str, Path], str]) -> None:
    (commands,) = blocks("bash")
    run_block("bash", commands, home)
    written = {path.relative_to(home).as_posix() for path in home.glob("*-*/**/*") if path.is_file()}
    assert {
        "cells-coco/instances.json",
        "cells-geojson/a.geojson",
        "cells-labels/a.2.ome.tif",
        "cells-yolo/data.yaml",
        "cells-rois/b.zip",
        "lineage-ctc/01_GT/TRA/man_track.txt",
    } <= written
    text = (home / "lineage-ctc" / "01_GT" / "TRA" / "man_track.txt").read_text(encoding="utf-8")
    assert text == "1 0 0 0\n2 1 2 1\n3 1 2 1\n"
