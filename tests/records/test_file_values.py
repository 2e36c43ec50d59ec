"""Values of single annotation files: from the study sheet through a build to the MIFA documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from ruamel.yaml import YAML

import mifakit
from mifakit.checks.registry import check_sheet
from mifakit.errors import MifaError
from mifakit.example_lab.example import filled_sheet
from mifakit.findings import Finding
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.image_sets import ImageSet, PixelSize
from mifakit.sheet.reading import read_sheet
from mifakit.sheet.template import render_sheet

NUCLEI = {
    "name": "nuclei",
    "files": ["masks/{name}.tif", "spots/{name}.csv"],
    "overview": "Masks and spots.",
    "method": "Made for a test.",
    "types": ["segmentation_mask", "point_annotations"],
    "transformations": "none",
    "created": "2026-01-01",
    "columns": {"x": "x", "y": "y"},
    "unit": "pixel",
    "first_pixel": 0,
}


def write(path: Path, *file_values: dict[str, Any]) -> Path:
    """Write a study sheet that says this of single files."""
    sheet = filled_sheet()
    sheet.splits = None
    sheet.images = [ImageSet(name="Cells", files=["images/{name}.tif"], pixel_size=PixelSize(x=0.5, y=0.5))]
    sheet.annotations = [AnnotationSet.model_validate({**NUCLEI, "file_values": file_values})]
    path.write_text(render_sheet(sheet), encoding="utf-8")
    return path


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A lab folder with three images; of one of them a mask and a table of points."""
    for folder in ("images", "masks", "spots"):
        (tmp_path / "lab" / folder).mkdir(parents=True)
    mask = np.zeros((8, 8), np.uint8)
    for number, name in enumerate("abc", start=1):
        pixels = np.random.default_rng(number).integers(0, 99, (8, 8), dtype=np.uint16)
        tifffile.imwrite(tmp_path / "lab" / "images" / f"{name}.tif", pixels)
        mask[number : number + 2, 1:4] = number
        tifffile.imwrite(tmp_path / "lab" / "masks" / f"{name}.tif", mask)
    (tmp_path / "lab" / "spots" / "c.csv").write_text("x,y\n1,2\n3,4\n")
    return tmp_path / "mifa.yaml"


def written(dataset: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the annotation set's document, by image."""
    text = (dataset / "records" / "mifa" / "annotations-nuclei.yaml").read_text(encoding="utf-8")
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in YAML(typ="safe", pure=True).load(text)["file_metadata"]:
        rows.setdefault(row["source_image_id"], []).append(row)
    return rows


def codes(findings: tuple[Finding, ...] | list[Finding]) -> list[tuple[str, str | None]]:
    return [(one.code, one.hint) for one in findings if one.code == "MIFA129"]


def test_a_build_tells_them_of_their_files_alone(sheet: Path, tmp_path: Path) -> None:
    moved = {"transformations": "Rotation_angle = 37°", "created": "2026-02-11T11:00:15+01:00"}
    spots = {"types": "point_annotations", "spatial_information": "z is 5", "created": "2025-12-31"}
    write(
        sheet,
        {"annotation": "masks/b.tif", "types": "tracks", **moved},
        {"annotation": "spots/c.csv", **spots},
    )
    built = mifakit.build(sheet, tmp_path / "dataset")
    assert built.complete
    assert codes(built.findings) == []
    rows = written(tmp_path / "dataset")
    (a,), (b,) = rows["images/a.ome.zarr"], rows["images/b.ome.zarr"]
    assert (a["annotation_type"], a["transformations"]) == (["segmentation_mask", "point_annotations"], "none")
    assert "spatial_information" not in a
    assert (b["annotation_type"], b["transformations"]) == (["tracks"], "Rotation_angle = 37°")
    assert b["annotation_creation_time"] == "2026-02-11T11:00:15+01:00"
    # What a mask and a table became together is of both: the mask is as its set says, the table as it says itself.
    assert len(rows["images/c.ome.zarr"]) == 2
    for c in rows["images/c.ome.zarr"]:
        assert c["annotation_type"] == ["segmentation_mask", "point_annotations"]
        assert (c["transformations"], c["spatial_information"]) == ("none", "z is 5")
        assert c["annotation_creation_time"] == "2026-01-01T00:00:00+00:00"


def test_a_file_that_is_not_there_is_named(sheet: Path, tmp_path: Path) -> None:
    write(sheet, {"annotation": "masks/bb.tif", "types": "tracks"})
    built = mifakit.build(sheet, tmp_path / "dataset")
    assert codes(built.findings) == [("MIFA129", "did you mean masks/b.tif?")]
    place = built.findings[0].place
    assert place and place.item == "annotations[0].file_values[0].annotation"
    assert place.line and "masks/bb.tif" in sheet.read_text(encoding="utf-8").splitlines()[place.line - 1]
    with pytest.raises(MifaError) as error:
        mifakit.describe(tmp_path / "dataset")
    assert codes(getattr(error.value, "findings", ())) == [("MIFA129", "did you mean masks/b.tif?")]


@pytest.mark.parametrize(
    ("named", "count"), [(["masks/a.tif", "masks/b.tif"], 0), ([None], 1), (["masks/a.tif", "masks/a.tif"], 1)]
)
def test_each_entry_names_one_file_and_no_file_has_two(sheet: Path, named: list[str | None], count: int) -> None:
    write(sheet, *({"annotation": one, "types": "tracks"} for one in named))
    assert len(codes(check_sheet(read_sheet(sheet)))) == count
