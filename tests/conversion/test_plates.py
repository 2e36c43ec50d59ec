"""Plates, built: each image at its well and field, one OME-Zarr a plate, and what every other room makes of it."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
import tifffile
import yaml
import yaozarrs
import zarr
from ome_zarr_models import open_ome_zarr
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from tests.conversion.samples import tree

import mifakit
from mifakit.api import NothingBuiltError
from mifakit.conversion.plates import place_images
from mifakit.example_lab.example import filled_sheet
from mifakit.inventory.inventory import ImageFile
from mifakit.inventory.patterns import match_first
from mifakit.metadata.conversion_choices import Splits, StorageChoice
from mifakit.metadata.image_sets import ImageSet, Plate
from mifakit.ngff.metadata import ome_attributes
from mifakit.readers.origin import Origin
from mifakit.sheet.template import render_sheet

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plates.md"
PLACES = [("P1", "A01", 1), ("P1", "A01", 2), ("P1", "B12", 1), ("P2", "A01", 1)]
PIXELS = np.random.default_rng(5).integers(0, 4000, (len(PLACES), 2, 40, 60), np.uint16)
"""Place, c, y, x."""
WELLS = {"P1": ["A/1", "B/12"], "P2": ["A/1"]}
PLATE = {"name": "plate", "well": "well", "field": "s", "conditions": "layout.csv"}
LAYOUT = "Plate;Well;compound;dose\nP1;A1;DMSO;0\nP1;B12;=taxol;0,5\nP2;A-01;DMSO;\n"


def write_sheet(home: Path, plate: dict[str, Any] | None = None, **changes: Any) -> Path:
    """Write the study sheet of a lab folder."""
    about = filled_sheet()
    images, masks = about.images[0], about.annotations[0]
    images.files, images.series = ["{plate}/{plate}_{well}_s{s}_w{c}.tif"], "c"
    images.plate = Plate(**(PLATE | (plate or {})))
    masks.files = ["{plate}/{plate}_{well}_s{s}_mask.tif"]
    about.splits = None
    for name, value in changes.items():
        setattr(images if hasattr(images, name) else about, name, value)
    (home / "mifa.yaml").write_text(render_sheet(about), encoding="utf-8")
    return home / "mifa.yaml"


def write_images(home: Path) -> None:
    """Write a lab folder of two plates, and the table of what stood in their wells."""
    for (plate, well, site), pixels in zip(PLACES, PIXELS, strict=True):
        folder = home / "lab" / plate
        folder.mkdir(parents=True, exist_ok=True)
        for c in range(2):
            tifffile.imwrite(folder / f"{plate}_{well}_s{site}_w{c + 1}.tif", pixels[c], metadata=None)
        tifffile.imwrite(folder / f"{plate}_{well}_s{site}_mask.tif", (pixels[0] > 2000).astype("u1"), metadata=None)
    (home / "lab" / "layout.csv").write_text(LAYOUT, encoding="utf-8-sig")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_images(tmp_path)
    return tmp_path


@pytest.fixture(scope="module", params=["0.5", "0.4"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("plates")
    write_images(home)
    built = mifakit.build(write_sheet(home, storage=StorageChoice(ngff=request.param)), home / "dataset")
    assert not [finding for finding in built.findings if finding.is_error]
    return built.path


def errors(home: Path, plate: dict[str, Any] | None = None, **changes: Any) -> list[tuple[str, str]]:
    """Return the errors of a plan: code, and where."""
    found = mifakit.check(write_sheet(home, plate, **changes))
    return sorted((one.code, str(one.place)) for one in found if one.is_error and one.code > "MIFA2")


def test_every_image_is_at_its_well_and_field(built: Path) -> None:
    dataset = mifakit.open(built)
    assert [sample.id for sample in dataset] == ["P1_A01_1", "P1_A01_2", "P1_B12_1", "P2_A01_1"]
    paths = ["P1.ome.zarr/A/1/1", "P1.ome.zarr/A/1/2", "P1.ome.zarr/B/12/1", "P2.ome.zarr/A/1/1"]
    assert [sample.row.image for sample in dataset] == [f"images/{path}" for path in paths]
    for sample, pixels in zip(dataset, PIXELS, strict=True):
        np.testing.assert_array_equal(np.asarray(sample.image), pixels)
        np.testing.assert_array_equal(np.asarray(sample.labels["nuclei"]), pixels[0] > 2000)


def test_independent_readers_walk_from_the_plate_to_the_pixels(built: Path) -> None:
    """By yaozarrs, ome-zarr-models and zarr-python alone."""
    for plate, wells in WELLS.items():
        store = built / "images" / f"{plate}.ome.zarr"
        yaozarrs.validate_zarr_store(str(store))
        model: Any = open_ome_zarr(zarr.open_group(store, mode="r"))
        assert type(model).__name__ == "HCS"
        said = getattr(model, "ome_attributes", model.attributes).plate
        assert [well.path for well in said.wells] == wells
        assert (said.name, len(said.rows), len(said.columns)) == (plate, 8, 12)
        assert [(said.rows[one.rowIndex].name, said.columns[one.columnIndex].name) for one in said.wells] == [
            tuple(well.split("/")) for well in wells
        ]
        assert said.field_count == (2 if plate == "P1" else 1)
        for well in wells:
            group = zarr.open_group(store / well, mode="r")
            for image in ome_attributes(group.attrs)["well"]["images"]:
                row, column = well.split("/")
                place = PLACES.index((plate, f"{row}{int(column):02d}", int(image["path"])))
                field = zarr.open_group(store / well / image["path"], mode="r")
                level = ome_attributes(field.attrs)["multiscales"][0]["datasets"][0]["path"]
                np.testing.assert_array_equal(np.asarray(field[level]), PIXELS[place])


def test_ome_zarr_py_stitches_the_plate(built: Path) -> None:
    reader = pytest.importorskip("ome_zarr.reader")
    location = pytest.importorskip("ome_zarr.io").parse_url(str(built / "images" / "P2.ome.zarr"))
    node = next(iter(reader.Reader(location)()))
    whole = np.asarray(node.data[0])
    assert whole.shape == (2, 8 * 40, 12 * 60)
    np.testing.assert_array_equal(whole[:, :40, :60], PIXELS[3])


@pytest.mark.parametrize("schema", ["plate", "well", "strict_plate"])
def test_groups_keep_the_schemas_of_ome_zarr(built: Path, reference: Callable[[str], Path], schema: str) -> None:
    version = mifakit.open(built).sheet.storage.ngff  # type: ignore[union-attr]
    files = reference("ngff-schemas").glob(f"{version}/*.schema")
    schemas = {path.stem: json.loads(path.read_text()) for path in files}
    known = Registry().with_resources((one["$id"], DRAFT202012.create_resource(one)) for one in schemas.values())
    validator = jsonschema.Draft202012Validator(schemas[schema], registry=known)
    group = built / "images/P1.ome.zarr" / ("A/1" if schema == "well" else "")
    validator.validate(zarr.open_group(group, mode="r").attrs.asdict())
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"ome": {schema.removeprefix("strict_"): {}}, schema.removeprefix("strict_"): {}})


def test_the_dataset_is_valid(built: Path) -> None:
    assert not [finding for finding in mifakit.validate(built) if finding.is_error]


def test_the_manifest_says_place_and_conditions(built: Path) -> None:
    table = pd.read_parquet(built / "manifest.parquet").set_index("sample")
    assert list(table["plate"]) == ["P1", "P1", "P1", "P2"]
    assert table.loc["P1_B12_1", ["well_row", "well_column", "well_field"]].tolist() == ["B", 12, 1]
    assert table["condition:compound"].tolist() == ["DMSO", "DMSO", "=taxol", "DMSO"]
    assert table["condition:dose"].fillna("none").tolist() == ["0", "0", "0,5", "none"]
    with (built / "manifest.csv").open(newline="") as stream:
        cells = {row["sample"]: row["condition:compound"] for row in csv.DictReader(stream)}
    assert cells["P1_B12_1"] == "'=taxol", "a spreadsheet would run it"
    assert mifakit.open(built)["P2_A01_1"].row.conditions == {"compound": "DMSO"}


def test_a_plate_is_one_row_of_the_file_list(built: Path) -> None:
    with (built / "file_list.tsv").open(newline="") as stream:
        rows = {row["file_path"]: row for row in csv.DictReader(stream, dialect="excel-tab")}
    stores = [path for path, row in rows.items() if row["type"].endswith("Image")]
    assert stores == ["images/P1.ome.zarr", "images/P2.ome.zarr"]
    label = rows["images/P1.ome.zarr/B/12/1/labels/nuclei"]
    assert (label["label"], label["associated_source_image"]) == ("nuclei of P1_B12_1.ome.zarr", "P1.ome.zarr")
    listed = sum(int(row["size_in_bytes"]) for path, row in rows.items() if path.startswith("images/P1"))
    files = (path for path in (built / "images/P1.ome.zarr").rglob("*") if path.is_file())
    assert listed == sum(path.stat().st_size for path in files if not path.name.startswith("."))


def test_the_card_names_plates_and_conditions(built: Path) -> None:
    card = (built / "README.md").read_text(encoding="utf-8")
    assert "| Plates | 2 (3 wells with images) |" in card
    assert "| Conditions | compound, dose |" in card


DAMAGES: dict[str, Callable[[Path], None]] = {
    "a field is gone": lambda plate: shutil.rmtree(plate / "A/1/2"),
    "a well is gone": lambda plate: shutil.rmtree(plate / "B/12"),
    "a field came later": lambda plate: shutil.copytree(plate / "A/1/2", plate / "A/1/3") and None,
    "the plate says nothing": lambda plate: next(plate.glob("z*.json"), plate / ".zattrs").unlink(),
    "chunks are gone": lambda plate: shutil.rmtree(next(plate.glob("B/12/1/0/*/"))),
    "the well lists less": lambda plate: _rewrite(plate / "A/1", '{"path":"1"},', ""),
    "the plate lists less": lambda plate: _rewrite(plate, '{"columnIndex":0,"path":"A/1","rowIndex":0},', ""),
    "the plate leads elsewhere": lambda plate: _rewrite(plate, '"path":"A/1"', '"path":"../P2.ome.zarr/A/1"'),
}


def _rewrite(group: Path, old: str, new: str) -> None:
    path = next(path for path in (group / "zarr.json", group / ".zattrs") if path.exists())
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_inside_a_plate_is_told(built: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    shutil.copytree(built, tmp_path / "copy")
    (tmp_path / "copy" / "checksums.txt").write_text("")  # checksums would tell at once
    damage(tmp_path / "copy" / "images" / "P1.ome.zarr")
    before = {(one.code, one.place) for one in mifakit.validate(built)}
    after = {(one.code, one.place) for one in mifakit.validate(tmp_path / "copy") if one.code != "MIFA407"}
    assert [one for one in after - before if one[0] in ("MIFA401", "MIFA402", "MIFA405") and "P1" in str(one[1])]


def test_the_same_build_gives_the_same_bytes(home: Path) -> None:
    sheet = write_sheet(home)
    trees = [tree(mifakit.build(sheet, home / name).path) for name in ("first", "second")]
    assert trees[0] == trees[1]


def test_rows_and_columns_may_be_numbers(home: Path) -> None:
    for path in sorted((home / "lab").rglob("*.tif")):
        plate, well, rest = path.name.split("_", 2)
        path.rename(path.with_name(f"{plate}_r{ord(well[0]) - 64:02d}c{well[1:]}_{rest}"))
    files = ["{plate}/{plate}_r{row}c{column}_s{s}_w{c}.tif"]
    splits = Splits(train=0.5, val=0, test=0.5, group_by="well")
    sheet = write_sheet(home, {"well": None, "row": "row", "column": "column"}, files=files, splits=splits)
    text = sheet.read_text().replace(
        "{plate}/{plate}_{well}_s{s}_mask.tif", "{plate}/{plate}_r{row}c{column}_s{s}_mask.tif"
    )
    sheet.write_text(text)
    dataset = mifakit.open(mifakit.build(sheet, home / "dataset").path)
    assert [sample.id for sample in dataset] == ["P1_A01_1", "P1_A01_2", "P1_B12_1", "P2_A01_1"]
    assert [sample.row.group for sample in dataset] == ["A01", "A01", "B12", "A01"]
    assert len({sample.row.split for sample in dataset if sample.row.group == "A01"}) == 1


def test_a_well_that_is_none_leaves_its_image_out(home: Path) -> None:
    for path in sorted((home / "lab/P1").glob("P1_B12*")):
        path.rename(path.with_name(path.name.replace("B12", "B49")))
    assert errors(home) == [("MIFA234", "P1/P1_B49_s1_w1.tif")]
    built = mifakit.build(write_sheet(home), home / "dataset")
    assert (built.samples, built.left_out) == (3, ("P1/P1_B49_s1_w1.tif",))
    assert [(one.code, one.message) for one in built.findings if one.code in ("MIFA232", "MIFA234")] == [
        ("MIFA234", "'B49' is no well"),
        ("MIFA232", "no image is of P1 B12"),
    ]


def test_a_well_beyond_the_plate_leaves_its_image_out(home: Path) -> None:
    assert errors(home, {"well_count": 24}) == [("MIFA234", "P1/P1_B12_s1_w1.tif")]
    assert errors(home, {"well_count": 384}) == []


def test_two_images_of_one_place_are_both_left_out(home: Path) -> None:
    first = [("MIFA331", "P1/P1_A01_s1_w1.tif"), ("MIFA331", "P1/P1_A01_s2_w1.tif")]
    assert errors(home, {"field": None}) == first
    assert errors(home, {"name": None, "conditions": None}) == [
        ("MIFA331", "P1/P1_A01_s1_w1.tif"),
        ("MIFA331", "P2/P2_A01_s1_w1.tif"),
    ]


def test_plates_whose_names_differ_in_signs_only_are_told(home: Path) -> None:
    shutil.copytree(home / "lab/P1", home / "lab/p 1")
    for path in sorted((home / "lab/P1").rglob("*.tif")):
        path.rename(path.with_name(path.name.replace("P1", "P_1")))
    (home / "lab/P1").rename(home / "lab/P_1")
    for path in sorted((home / "lab/p 1").rglob("*.tif")):
        path.rename(path.with_name(path.name.replace("P1", "p 1")))
    found = errors(home, {"conditions": None})
    assert {code for code, _ in found} == {"MIFA330"}
    assert all("p 1" in place for _, place in found), "those of the first plate are built"


def test_a_sheet_that_names_no_well_or_strange_fields(home: Path) -> None:
    def told(**plate: Any) -> list[tuple[str, str | None]]:
        found = mifakit.check(write_sheet(home, plate))
        lines = (home / "mifa.yaml").read_text().splitlines()
        assert all(one.place and one.place.line and "plate:" in "".join(lines[: one.place.line]) for one in found[:1])
        return [
            (one.code, one.place.item if one.place else None) for one in found if one.code in ("MIFA105", "MIFA126")
        ]

    assert told(well=None) == [("MIFA105", "images[0].plate")]
    assert told(row="s") == [("MIFA105", "images[0].plate")]
    assert told(well=None, row="s") == [("MIFA105", "images[0].plate")]
    assert told(well="wel") == [("MIFA126", "images[0].plate.well")]
    assert told(field="c") == [("MIFA126", "images[0].plate.field")], "an axis of the series"
    assert told(name="batch", field="site") == [
        ("MIFA126", "images[0].plate.name"),
        ("MIFA126", "images[0].plate.field"),
    ]
    with pytest.raises(NothingBuiltError):
        mifakit.build(write_sheet(home, {"well": "wel"}), home / "dataset")


def test_a_table_that_cannot_be_read_keeps_its_images_out(home: Path) -> None:
    (home / "lab/layout.csv").write_text("well;dose\nA01;1\nA1;2\n")
    assert errors(home) == [("MIFA231", "layout.csv:3")]
    with pytest.raises(NothingBuiltError):
        mifakit.build(write_sheet(home), home / "dataset")


def test_wells_that_table_and_images_do_not_share_are_told(home: Path) -> None:
    (home / "lab/layout.csv").write_text("well,dose\nA01,1\nH12,2\n")
    found = mifakit.check(write_sheet(home))
    assert [(one.code, one.message) for one in found if one.code in ("MIFA232", "MIFA233")] == [
        ("MIFA232", "no image is of H12"),
        ("MIFA233", "has no row for P1 B12"),
    ]


def test_a_sample_on_no_plate_does_not_take_a_plates_name(home: Path) -> None:
    tifffile.imwrite(home / "lab" / "p1.tif", PIXELS[0, 0], metadata=None)
    sheet = write_sheet(home)
    other = sheet.read_text().replace("\nannotations:", "\n  - name: Others\n    files: ['*.tif']\n\nannotations:", 1)
    sheet.write_text(other)
    found = [(one.code, str(one.place)) for one in mifakit.plan(sheet).findings if one.is_error]
    assert found == [("MIFA330", "p1.tif")]


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
def test_what_the_docs_say_of_microscopes(block: str) -> None:
    name = block.splitlines()[0].removeprefix("# ")
    component = ImageSet(**yaml.safe_load(block))
    matched = match_first(component.files, name)
    assert matched
    image = ImageFile(Origin(name), 0, matched[1], matched[0])
    placed = place_images([image], [component], {})
    position = placed.positions[name]
    assert (position.plate, position.well.row) == ("plate7", 1)
    assert position.name in ("plate7_A01_1", "plate7_A02_3")
    assert set(component.series or "") <= set(matched[1])
