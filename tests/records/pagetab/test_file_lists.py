from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import openpyxl
import pytest
from tests.records.pagetab.conftest import Files, dataset, lists_of, of_json, rendered, row

from mifakit.records.biostudies import BioStudies
from mifakit.records.pagetab import file_list_forms
from mifakit.records.pagetab.file_list_forms import as_json, list_files, tsv, xlsx
from mifakit.records.pagetab.file_lists import FileList
from mifakit.records.pagetab.submitted import read_tsv

ODD = FileList(
    ("Files", "Source Image", "Of"), (("a/b (1).zip", "=1+1", ""), ("c.zip", " x", "<&>\"' µ"), ("d", "", ""))
)


def in_workbook(content: bytes) -> FileList:
    """Return the first sheet as another library reads it; that tells no blank cell from none."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert all(cell.data_type in ("s", "inlineStr", "n") for cells in sheet.iter_rows() for cell in cells)
    headers, *rows = sheet.iter_rows(values_only=True)
    return FileList(tuple(map(str, headers)), tuple(tuple(str(cell or "") for cell in cells) for cells in rows))


@pytest.mark.parametrize("listed", [ODD, FileList(("Files",), (("a",),))])
def test_the_three_forms_say_the_same(listed: FileList) -> None:
    assert read_tsv(tsv(listed).decode()) == listed
    assert of_json(as_json(listed)).rows == listed.rows
    assert in_workbook(xlsx(listed)) == listed


def test_all_lists_of_a_record_have_three_forms(ours: Files) -> None:
    lists = lists_of(ours)
    assert set(lists) == {
        "file_list_images_Fixed.tsv",
        "file_list_images_Live_one.tsv",
        "file_list_annotations_nuclei.tsv",
        "file_list_annotations_cells.tsv",
    }
    for name, listed in lists.items():
        stem = PurePosixPath(name).stem
        assert in_workbook(ours[f"{stem}.xlsx"]) == listed
        assert [file["path"] for file in json.loads(ours[f"{stem}.json"])] == [cells[0] for cells in listed.rows]


def test_the_same_bytes_every_time(said: dict[str, Any], ours: Files) -> None:
    assert rendered(said) == ours


def test_a_workbook_has_room_or_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(list_files("a", ODD)) == ["a.tsv", "a.json", "a.xlsx"]
    monkeypatch.setattr(file_list_forms, "MOST_ROWS", 3)
    assert list(list_files("a", ODD)) == ["a.tsv", "a.json"]


def test_lists_as_they_are_read(ours: Files) -> None:
    lines = {name: content.decode().splitlines() for name, content in ours.items() if name.endswith(".tsv")}
    assert lines["file_list_images_Fixed.tsv"] == [
        "Files\tSplit\tOriginal file",
        "images/0001.ome.zarr.zip\ttrain\tfixed/0001.tif",
        "images/NA.ome.zarr.zip\ttest\tfixed/NA.tif",
        "README.md\t\t",
        "mifa.yaml\t\t",
        "manifest.parquet\t\t",
        "manifest.csv\t\t",
        "records/mifa/study.yaml\t\t",
        "records/mifa/version.yaml\t\t",
    ]
    head, first, second, *_, last = lines["file_list_annotations_nuclei.tsv"]
    columns = "Files\tSource Image\tSplit\tAnnotation type\tTransformations\tSpatial information"
    assert head == f"{columns}\tAnnotation creation time"
    assert first.split("\t") == [
        "annotations/nuclei/0001.ome.zarr.zip", "images/0001.ome.zarr.zip", "train",
        "segmentation_mask; class_labels", "Rotation_angle = 37°", "Pixels.", "2026-02-11T11:00:15+01:00",
    ]  # fmt: skip
    assert second.split("\t") == [
        "annotations/nuclei/0002.ome.zarr.zip", "images/0002.ome.zarr.zip", "val",
        "tracks", "Rotation_angle = 5°", "z is 5", "2026-03-01T09:00:00+00:00",
    ]  # fmt: skip
    assert last.split("\t") == ["records/mifa/annotations-nuclei.yaml", *[""] * 6]
    # of one image alone
    assert "annotations/cells/objects.parquet\timages/0001.ome.zarr.zip" in lines["file_list_annotations_cells.tsv"]


def test_annotations_of_archived_images_name_their_paths_there(said: dict[str, Any]) -> None:
    rows = [
        row("a__1", "Fixed", ("nuclei",), source="raw/a.lif", scene="Series1"),
        row("a__2", "Fixed", ("nuclei",), source="raw/a.lif", scene="Series2"),
    ]
    said["study"] |= {"images_accession": "S-BIAD1", "images_folder": "/Files/2024/"}
    files = rendered(said, rows)
    assert not [name for name in files if "images" in name]
    listed = lists_of(files)["file_list_annotations_nuclei.tsv"]
    assert listed.headers == ("Files", "Source Image", "Source part")
    assert listed.rows[0] == ("annotations/nuclei/a__1.ome.zarr.zip", "Files/2024/raw/a.lif", "Series1")
    assert ("README.md", "", "") in listed.rows
    del said["study"]["images_folder"]
    assert lists_of(rendered(said, rows))["file_list_annotations_nuclei.tsv"].rows[0][1] == "raw/a.lif"


def test_a_plate_is_one_row_and_says_what_all_its_fields_share(said: dict[str, Any]) -> None:
    rows = [
        row(f"p_{well}", "Fixed", image=f"images/p.ome.zarr/{well}/3/0", plate="p", split=split, source=f"{well}.tif")
        for well, split in (("A", "train"), ("B", "val"))
    ]
    lists = lists_of(rendered(said, [*rows, row("q", "Fixed", split="val")]))
    images = lists["file_list_images_Fixed.tsv"]
    assert images.headers == ("Files", "Split", "Plate", "Original file")
    assert images.rows[:2] == (
        ("images/p.ome.zarr.zip", "", "p", ""),
        ("images/q.ome.zarr.zip", "val", "", "fixed/q.tif"),
    )


def test_what_is_said_of_one_file_is_a_column(said: dict[str, Any]) -> None:
    said["annotations"][0]["file_values"] = [
        {"annotation": "masks/NA.tif", "types": ["tracks"], "created": "2026-02-12T00:00:00+00:00"}
    ]
    listed = lists_of(rendered(said))["file_list_annotations_nuclei.tsv"]
    assert listed.headers[3:] == ("Annotation type", "Annotation creation time")
    assert listed.rows[1][3:] == ("segmentation_mask; class_labels", "2026-02-11T11:00:15+01:00")
    assert listed.rows[2][3:] == ("tracks", "2026-02-12T00:00:00+00:00")


def test_sets_that_differ_in_case_have_lists_of_their_own() -> None:
    said = {"images": [{"name": "Live cells"}, {"name": "live_cells"}]}
    files = rendered(said, [row("a", "Live cells"), row("b", "live_cells")])
    assert list(lists_of(files)) == ["file_list_images_Live_cells.tsv", "file_list_images_live_cells_2.tsv"]


def test_every_kind_of_annotation_is_listed(said: dict[str, Any]) -> None:
    """A graph is one zip, a table is a file; what overlaps has label images of its own."""
    plain = row("a", "Fixed", ("nuclei",))
    annotation = replace(
        plain.annotations["nuclei"],
        further_labels=("images/a.ome.zarr/labels/nuclei-2",),
        further_digests=("3" * 64,),
        shapes=1,
        points=2,
        classes=3,
        counts=1,
        graph="annotations/nuclei/graphs/a.geff",
    )
    rows = [replace(plain, annotations={"nuclei": annotation})]
    listed = lists_of(rendered(said, rows))["file_list_annotations_nuclei.tsv"]
    assert [cells[0] for cells in listed.rows] == [
        "annotations/nuclei/a.ome.zarr.zip",
        "annotations/nuclei-2/a.ome.zarr.zip",
        "annotations/nuclei/graphs/a.geff.zip",
        *(f"annotations/nuclei/{kind}.parquet" for kind in ("classes", "counts", "objects", "points", "shapes")),
        "records/mifa/annotations-nuclei.yaml",
    ]
    assert {cells[1] for cells in listed.rows[:-1]} == {"images/a.ome.zarr.zip"}


def test_it_is_pure(said: dict[str, Any]) -> None:
    """The dataset need not be on disk."""
    assert not dataset(said).path.exists()
    assert BioStudies().render(dataset(said))
