from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.ro_crate import RoCrate

MakeDataset = Callable[..., Dataset]


def rows(dataset: Dataset) -> list[dict[str, str]]:
    text = (dataset.path / "file_list.tsv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text), dialect="excel-tab"))


def on_disk(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_one_row_an_image_and_one_a_label_image(described: Dataset) -> None:
    found = [(row["file_path"], row["type"].rpartition("/")[2]) for row in rows(described) if row["type"]]
    assert found == [
        ("images/0001.ome.zarr", "Image"),
        ("images/0001.ome.zarr/labels/nuclei", "AnnotationData"),
        ("images/0001.ome.zarr/labels/cells", "AnnotationData"),
        ("images/0002.ome.zarr", "Image"),
        ("images/0002.ome.zarr/labels/nuclei", "AnnotationData"),
        ("images/NA.ome.zarr", "Image"),
        ("images/NA.ome.zarr/labels/nuclei", "AnnotationData"),
        ("images/empty.ome.zarr", "Image"),
    ]


def test_plain_files_are_the_datasets_own(described: Dataset) -> None:
    plain = [row["file_path"] for row in rows(described) if not row["type"]]
    assert plain == [
        "annotations/nuclei/objects.parquet",
        "annotations/cells/objects.parquet",
        "CITATION.cff",
        "README.md",
        "manifest.csv",
        "manifest.parquet",
        "mifa.yaml",
        "previews/empty.jpg",
        "previews/nuclei/0001.jpg",
        "previews/nuclei/0002.jpg",
        "previews/nuclei/NA.jpg",
        "records/mifa/annotations-cells.yaml",
        "records/mifa/annotations-nuclei.yaml",
        "records/mifa/study.yaml",
        "records/mifa/version.yaml",
    ]


@pytest.mark.parametrize("stray", [".DS_Store", "previews/._x.png", "checksums.txt", "records/zenodo.json"])
def test_files_that_are_not_archived_have_no_row(described: Dataset, stray: str) -> None:
    (described.path / stray).write_bytes(b"x")
    assert stray.encode() not in RoCrate().render(described)["file_list.tsv"]


def test_every_byte_of_an_image_is_in_one_row(described: Dataset) -> None:
    sizes = {row["file_path"]: int(row["size_in_bytes"]) for row in rows(described)}
    label = sizes["images/0002.ome.zarr/labels/nuclei"]
    assert label == on_disk(described.path / "images/0002.ome.zarr/labels/nuclei") > 0
    assert sizes["images/0002.ome.zarr"] + label == on_disk(described.path / "images/0002.ome.zarr")
    for_others = [path for path in (described.path / "records").iterdir() if path.is_file()]
    unlisted = [described.path / "file_list.tsv", described.path / "ro-crate-metadata.json", *for_others]
    assert sum(sizes.values()) == on_disk(described.path) - sum(path.stat().st_size for path in unlisted)


def test_the_archives_reader_finds_every_source_image(described: Dataset) -> None:
    """Pandas guesses types: ids such as 0001 and NA would be lost."""
    table = pd.read_csv(described.path / "file_list.tsv", delimiter="\t")
    labels = set(table.loc[table["type"] == "http://bia/Image", "label"])
    sources = table.loc[table["type"] == "http://bia/AnnotationData", "associated_source_image"]
    assert len(labels) == 4
    assert len(sources) == 4
    assert set(sources) <= labels
    assert table["label"].dropna().is_unique


def test_columns_that_say_nothing_are_left_out(make_dataset: MakeDataset) -> None:
    sheet = StudySheet.model_validate({"annotations": [{"name": "nuclei"}]})
    content = RoCrate().render(make_dataset(sheet, {"a": ()}))["file_list.tsv"].decode()
    assert content.splitlines()[0].split("\t") == [
        "file_path",
        "dataset",
        "size_in_bytes",
        "type",
        "label",
        "split",
    ]


def test_file_level_metadata_that_the_crate_cannot_hold_is_a_free_column(described: Dataset) -> None:
    row = rows(described)[1]
    assert row["annotation_type"] == "segmentation_mask class_labels"
    assert row["annotation_creation_time"] == "2026-02-11T11:00:15+01:00"
    assert row["split"] == "train"
