"""Lab folders on disk, scanned with patterns of a sheet."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
import tifffile

from mifakit.errors import MifaError
from mifakit.inventory.scanning import scan_folder, unused_patterns
from mifakit.metadata.annotation_sets import AnnotationSet, Pair
from mifakit.metadata.image_sets import ImageSet

Fill = Callable[[Path, Iterable[str]], Path]


def images(*files: str, **fields: object) -> ImageSet:
    return ImageSet(files=list(files), **fields)


def nuclei(*files: str, **fields: object) -> AnnotationSet:
    return AnnotationSet(name="nuclei", files=list(files), **fields)


def codes(inventory: object) -> list[tuple[str, str]]:
    return [(one.code, str(one.place)) for one in inventory.findings if one.code != "MIFA205"]  # type: ignore[attr-defined]


def test_everything_is_found_paired_and_read(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["i/b.png", "i/a.png", "m/a.png", "notes.txt"])
    inventory = scan_folder(tmp_path, [images("i/{name}.png")], [nuclei("m/{name}.png")])
    assert [image.key for image in inventory.images] == ["i/a.png", "i/b.png"]
    one = inventory.images[0]
    assert (one.component, one.fields, one.pattern, one.reader) == (0, {"name": "a"}, "i/{name}.png", "png")
    assert one.facts is not None
    assert one.facts.shape == (1, 4, 6)
    assert [(pair.image, pair.files) for pair in inventory.pairings] == [("i/a.png", ("m/a.png",))]
    assert inventory.others == ("notes.txt",)
    assert codes(inventory) == [("MIFA207", "i/b.png")]
    assert inventory.annotations[0].facts is not None
    assert inventory.annotations[0].facts.shape == (1, 4, 6)


def test_what_an_annotation_pattern_matches_is_no_image(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["a.png", "a_mask.png"])
    inventory = scan_folder(tmp_path, [images("{name}.png")], [nuclei("{name}_mask.png")])
    assert [image.key for image in inventory.images] == ["a.png"]


def test_excluded_files_are_left_out_without_a_word(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["a.png", "test_a.png", "a_mask.png", "x_mask.png"])
    inventory = scan_folder(
        tmp_path,
        [images("{name}.png", exclude=["test_*", "x_*"])],
        [nuclei("{name}_mask.png", exclude=["x_*"])],
    )
    assert [image.key for image in inventory.images] == ["a.png"]
    assert inventory.others == ()
    assert not inventory.findings or {code for code, _ in codes(inventory)} <= {"MIFA205"}


def test_a_file_that_no_pattern_matches_is_told_if_a_reader_knows_it(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["a.png", "x/b.png", "notes.txt"])
    inventory = scan_folder(tmp_path, [images("{name}.png")], [])
    assert inventory.others == ("notes.txt", "x/b.png")
    assert codes(inventory) == [("MIFA216", "x/b.png")]


def test_the_first_image_set_that_matches_takes_the_file(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["a.png", "b.png"])
    inventory = scan_folder(tmp_path, [images("a.png"), images("{name}.png")], [])
    assert [(image.key, image.component) for image in inventory.images] == [("a.png", 0), ("b.png", 1)]


def test_axes_of_the_sheet_reach_the_reader(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((5, 8, 9), np.uint8), photometric="minisblack")
    inventory = scan_folder(tmp_path, [images("{name}.tif", axes="tyx")], [])
    facts = inventory.images[0].facts
    assert facts is not None
    assert (facts.axes, facts.shape) == ("tcyx", (5, 1, 8, 9))


def test_patterns_that_match_nothing_are_known(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["a.png"])
    sets = [images("{name}.png"), images("x/*.png", "a.png")], [nuclei("{name}_mask.png")]
    inventory = scan_folder(tmp_path, *sets)
    assert list(unused_patterns(inventory, sets[0])) == [(1, "x/*.png"), (1, "a.png")]
    assert list(unused_patterns(inventory, sets[1])) == [(0, "{name}_mask.png")]


def test_an_empty_folder_is_a_finding(tmp_path: Path) -> None:
    assert codes(scan_folder(tmp_path, [], [])) == [("MIFA201", str(tmp_path))]


def test_bad_files_are_findings_and_the_rest_goes_on(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["a.png", "b.png", "c.xyz"])
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:40])
    (tmp_path / "d.png").write_bytes(b"<html>")
    inventory = scan_folder(tmp_path, [images("{name}.png", "{name}.xyz")], [])
    found = {place: code for code, place in codes(inventory)}
    assert found == {"b.png": "MIFA203", "c.xyz": "MIFA211", "d.png": "MIFA204"}
    assert [image.key for image in inventory.images if image.facts] == ["a.png"]
    assert len(inventory.images) == 4


def test_a_settled_pair_brings_its_file_in(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["a.png", "odd.png"])
    inventory = scan_folder(tmp_path, [images("a.png")], [nuclei(pairs=[Pair(annotation="odd.png", image="a.png")])])
    assert [(pair.image, pair.files, pair.reason) for pair in inventory.pairings] == [
        ("a.png", ("odd.png",), "settled in the sheet")
    ]


def test_unsettled_images_are_named(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["1/a.png", "2/a.png", "m/a.png"])
    inventory = scan_folder(tmp_path, [images("{plate}/{name}.png", exclude=["m/*"])], [nuclei("m/{name}.png")])
    assert inventory.unsettled == {"1/a.png", "2/a.png"}
    assert codes(inventory) == [("MIFA209", "m/a.png")]


def test_a_malformed_pattern_stops_the_scan(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["a.png"])
    with pytest.raises(MifaError) as error:
        scan_folder(tmp_path, [images("{name.png")], [])
    assert error.value.code == "MIFA125"


def test_the_lab_folder_is_only_read(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["i/a.png", "m/a.png"])
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in tmp_path.rglob("*")}
    for path in before:
        path.chmod(0o555 if path.is_dir() else 0o444)
    scan_folder(tmp_path, [images("i/{name}.png")], [nuclei("m/{name}.png")])
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in tmp_path.rglob("*")} == before


def test_records_are_json_ready_and_hold_no_path_of_the_machine(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["i/a.png", "m/a.png", "o.png"])
    inventory = scan_folder(tmp_path, [images("i/{name}.png")], [nuclei("m/{name}.png")])
    text = json.dumps(inventory.to_record())
    assert str(tmp_path) not in text
    record = json.loads(text)
    assert record["images"][0] == {
        "path": "i/a.png",
        "fields": {"name": "a"},
        "reader": "png",
        "axes": "cyx",
        "shape": [1, 4, 6],
        "dtype": "uint8",
        "spacing": {},
        "channels": [],
        "acquisition": {"instrument": None, "objective": None, "acquired": None},
    }
    assert record["annotations"] == [
        {"path": "m/a.png", "set": "nuclei", "format": "label image", "fields": {"name": "a"}, "names": None}
    ]
    assert record["pairings"] == [
        {"image": "i/a.png", "set": "nuclei", "files": ["m/a.png"], "reason": "same name = a"}
    ]
    assert record["others"] == ["o.png"]


def test_masks_are_read_with_the_axes_of_their_images(tmp_path: Path) -> None:
    for name in ("a.tif", "m.tif", "n.tif"):
        tifffile.imwrite(tmp_path / name, np.zeros((5, 8, 9), np.uint8), photometric="minisblack")
    sets = [nuclei("m.tif"), AnnotationSet(name="other", files=["n.tif"], axes="zyx")]
    inventory = scan_folder(tmp_path, [images("a.tif", axes="tyx")], sets)
    axes = {file.key: file.facts.axes for file in (*inventory.images, *inventory.annotations) if file.facts}
    assert axes == {"a.tif": "tcyx", "m.tif": "tcyx", "n.tif": "czyx"}


def test_a_mask_that_cannot_be_read_is_told_at_once(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["a.png", "a_mask.png"])
    (tmp_path / "a_mask.png").write_bytes(b"<html>")
    inventory = scan_folder(tmp_path, [images("a.png")], [nuclei("{name}_mask.png")])
    assert ("MIFA204", "a_mask.png") in codes(inventory)


def test_a_name_that_is_no_text_is_told(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path, ["a.png"])
    try:
        (tmp_path / os.fsdecode(b"Zelle_\xfc.png")).write_bytes((tmp_path / "a.png").read_bytes())
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    inventory = scan_folder(tmp_path, [images("{name}.png")], [])
    assert [image.key for image in inventory.images if image.facts] == ["a.png"]
    assert [code for code, _ in codes(inventory)] == ["MIFA202"]
