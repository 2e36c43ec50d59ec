"""Images that are not one plain file each, built: in several files that name each other, and in folders."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
import zarr
from tests.conversion.samples import tree

import mifakit
from mifakit.conversion import source_files
from mifakit.errors import MifaError
from mifakit.example_lab.example import filled_sheet
from mifakit.metadata.image_sets import Plate
from mifakit.sheet.template import render_sheet

MOVIE = np.random.default_rng(5).integers(0, 60_000, (3, 24, 40), np.uint16)


def write_sheet(home: Path, **images: Any) -> Path:
    about = filled_sheet()
    about.splits, about.annotations = None, about.annotations[:1] if "masks" in images else []
    for name, value in images.pop("masks", {}).items():
        setattr(about.annotations[0], name, value)
    for name, value in images.items():
        setattr(about.images[0], name, value)
    (home / "mifa.yaml").write_text(render_sheet(about), encoding="utf-8")
    return home / "mifa.yaml"


def write_ome_set(folder: Path) -> list[str]:
    """Write one OME-TIFF movie in a file for each time point, as Bio-Formats does: each has the whole XML."""
    folder.mkdir()
    names = [f"run_T{t}.ome.tif" for t in range(3)]
    data = "".join(
        f'<TiffData IFD="0" FirstT="{t}" PlaneCount="1"><UUID FileName="{name}">urn:uuid:{t}</UUID></TiffData>'
        for t, name in enumerate(names)
    )
    for t, name in enumerate(names):
        xml = (
            f'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:{t}"><Image ID="Image:0">'
            '<Pixels ID="Pixels:0" DimensionOrder="XYZTC" Type="uint16" SizeX="40" SizeY="24" SizeZ="1" SizeC="1" '
            f'SizeT="3" PhysicalSizeX="0.5" PhysicalSizeY="0.5"><Channel ID="C:0"/>{data}</Pixels></Image></OME>'
        )
        tifffile.imwrite(folder / name, MOVIE[t], description=xml, metadata=None, photometric="minisblack")
    return names


def test_files_that_name_each_other_are_one_sample(tmp_path: Path) -> None:
    names = write_ome_set(tmp_path / "lab")
    before = tree(tmp_path / "lab")
    built = mifakit.build(write_sheet(tmp_path, files=["{name}.ome.tif"]), tmp_path / "dataset")
    assert not [one for one in built.findings if one.is_error]
    (sample,) = mifakit.open(built.path)
    np.testing.assert_array_equal(np.asarray(sample.image)[:, 0], MOVIE)
    assert [sample.row.source, *sample.row.source_files] == names
    assert sample.row.source_sha256 == source_files.combined(before, names)
    assert tree(tmp_path / "lab") == before


def test_one_of_them_that_changes_meanwhile_is_seen(tmp_path: Path) -> None:
    names = write_ome_set(tmp_path / "lab")
    with pytest.raises(MifaError) as error, source_files.reading(tmp_path / "lab", names):
        (tmp_path / "lab" / names[2]).write_bytes(b"other")
    assert error.value.code == "MIFA312"


@pytest.fixture
def zarr_lab(tmp_path: Path) -> Path:
    """Return a lab folder of two datasets' worth of OME-Zarr, each with an image and its labels."""
    inner = tmp_path / "inner"
    (inner / "lab").mkdir(parents=True)
    for name in "ab":
        tifffile.imwrite(inner / "lab" / f"{name}.tif", MOVIE[0], photometric="minisblack")
        tifffile.imwrite(inner / "lab" / f"{name}_mask.tif", (MOVIE[0] > 40_000).astype("u1"))
    about = write_sheet(inner, files=["{name}.tif"], masks={"name": "nuclei", "files": ["{name}_mask.tif"]})
    built = mifakit.build(about, inner / "dataset")
    shutil.copytree(built.path / "images", tmp_path / "lab")
    return tmp_path / "lab"


def test_a_dataset_of_ours_is_a_lab_folder_like_any_other(zarr_lab: Path, tmp_path: Path) -> None:
    masks = {"name": "nuclei", "files": ["{name}.ome.zarr"], "scenes": ["labels/nuclei"]}
    sheet = write_sheet(tmp_path, files=["{name}.ome.zarr"], scenes=["image"], masks=masks)
    before = tree(zarr_lab)
    built = mifakit.build(sheet, tmp_path / "dataset")
    assert not [one for one in built.findings if one.is_error]
    assert [sample.id for sample in mifakit.open(built.path)] == ["a__image", "b__image"]
    for sample in mifakit.open(built.path):
        np.testing.assert_array_equal(np.asarray(sample.image)[0], MOVIE[0])
        np.testing.assert_array_equal(np.asarray(sample.labels["nuclei"]), MOVIE[0] > 40_000)
    assert tree(zarr_lab) == before
    assert not [one for one in mifakit.validate(built.path) if one.is_error]


def test_a_folder_that_changed_is_made_again_and_only_that(zarr_lab: Path) -> None:
    stamp, digest = source_files.stamp(zarr_lab, "a.ome.zarr"), source_files.sha256(zarr_lab, "a.ome.zarr")
    other = source_files.sha256(zarr_lab, "b.ome.zarr")
    zarr.open_array(zarr_lab / "a.ome.zarr" / "0", mode="r+")[0, 0, 0] = 7
    assert source_files.stamp(zarr_lab, "a.ome.zarr") != stamp
    assert source_files.sha256(zarr_lab, "a.ome.zarr") != digest
    assert source_files.sha256(zarr_lab, "b.ome.zarr") == other


def test_what_init_proposes_for_them_builds(zarr_lab: Path, tmp_path: Path) -> None:
    mifakit.init(zarr_lab, tmp_path / "proposed.yaml")
    plan = mifakit.plan(tmp_path / "proposed.yaml")
    assert [(job.origin.key, [one.annotation_set for one in job.annotations]) for job in plan.jobs] == [
        ("a.ome.zarr [image]", ["nuclei"]),
        ("b.ome.zarr [image]", ["nuclei"]),
    ]


def test_a_plate_of_ome_zarr_becomes_one_again(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    (inner / "lab").mkdir(parents=True)
    places = [("A01", 1), ("A01", 2), ("B03", 1)]
    for number, (well, field) in enumerate(places):
        tifffile.imwrite(inner / "lab" / f"p_{well}_{field}.tif", MOVIE[number], photometric="minisblack")
        tifffile.imwrite(inner / "lab" / f"p_{well}_{field}_mask.tif", (MOVIE[number] > 40_000).astype("u1"))
    plate = Plate(name="name", well="well", field="field")
    masks = {"name": "nuclei", "files": ["{name}_{well}_{field}_mask.tif"]}
    named = write_sheet(inner, files=["{name}_{well}_{field:d}.tif"], plate=plate, masks=masks)
    (tmp_path / "lab").mkdir()
    first = mifakit.build(named, inner / "dataset").path / "images" / "p.ome.zarr"
    shutil.copytree(first, tmp_path / "lab" / "q.ome.zarr")

    plate = Plate(name="name", row="row", column="column", field="field")
    inside = "{row}/{column}/{field}"
    masks = {"name": "nuclei", "files": ["{name}.ome.zarr"], "scenes": [f"{inside}/labels/nuclei"]}
    sheet = write_sheet(tmp_path, files=["{name}.ome.zarr"], scenes=[inside], plate=plate, masks=masks)
    built = mifakit.build(sheet, tmp_path / "dataset")
    assert not [one for one in built.findings if one.is_error]
    found = {sample.row.image: sample for sample in mifakit.open(built.path)}
    assert list(found) == [f"images/q.ome.zarr/{place}" for place in ("A/1/1", "A/1/2", "B/3/1")]
    for number, sample in enumerate(found.values()):
        np.testing.assert_array_equal(np.asarray(sample.image)[0], MOVIE[number])
        np.testing.assert_array_equal(np.asarray(sample.labels["nuclei"]), MOVIE[number] > 40_000)
    assert not [one for one in mifakit.validate(built.path) if one.is_error]
