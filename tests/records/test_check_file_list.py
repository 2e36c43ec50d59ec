from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mifakit.checks import file_list
from mifakit.checks.file_list import check_file_list
from mifakit.dataset.dataset import Dataset

TABLE, METADATA = "file_list.tsv", "ro-crate-metadata.json"
Rows = list[dict[str, str]]


def found(dataset: Dataset) -> list[str]:
    findings = [*check_file_list(dataset)]
    assert {one.code for one in findings} <= {"MIFA503"}
    return [f"{one.place.item if one.place else None}: {one.message}" for one in findings]


def edit(dataset: Dataset, change: Callable[[Rows], object]) -> None:
    with (dataset.path / TABLE).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, dialect="excel-tab"))
    change(rows)
    with (dataset.path / TABLE).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), dialect="excel-tab", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def put(index: int, **values: str) -> Callable[[Rows], object]:
    return lambda rows: rows[index].update(values)


def add_column(dataset: Dataset, name: str, url: str, cells: Callable[[dict[str, str]], str]) -> None:
    """Add a column to the list and describe it in the crate."""
    edit(dataset, lambda rows: [row.update({name: cells(row)}) for row in rows])
    document = json.loads((dataset.path / METADATA).read_text())
    column = {"@id": f"_:{name}", "@type": "csvw:Column", "columnName": name, "propertyUrl": url}
    document["@graph"].append(column)
    (schema,) = (entity for entity in document["@graph"] if entity["@id"] == "_:file-list-schema")
    schema["column"].append({"@id": column["@id"]})
    (dataset.path / METADATA).write_text(json.dumps(document))


IMAGE, LABEL, PLAIN = 0, 1, 8

CASES: dict[str, tuple[Callable[[Rows], object], str]] = {
    "paths twice": (put(PLAIN, file_path="mifa.yaml"), "mifa.yaml: stands in 2 rows"),
    "paths sign": (put(PLAIN, file_path="a+b.csv"), "a+b.csv: BioStudies takes no such path"),
    "paths up": (put(PLAIN, file_path="x/../mifa.yaml"), "BioStudies takes no such path"),
    "types": (put(IMAGE, type="bia:Image"), "images/0001.ome.zarr: its type is 'bia:Image', not http"),
    "labels shared": (put(3, label="0001.ome.zarr"), "0001.ome.zarr: 2 rows have this label"),
    "labels comma": (put(LABEL, label="a, b"), "a, b: a label with a comma is read as two"),
    "labels number": (put(LABEL, label="0001"), "0001: is read as a number or as nothing"),
    "labels nothing": (put(LABEL, label="NA"), "NA: is read as a number or as nothing"),
    "source_images blank": (put(LABEL, associated_source_image=""), "an annotation without source image"),
    "source_images unknown": (
        put(LABEL, associated_source_image="images/0001.ome.zarr"),
        "its source 'images/0001.ome.zarr' is not the label of an image",
    ),
    "source_images annotation": (
        put(LABEL, associated_source_image="['0001.ome.zarr', 'cells of 0001.ome.zarr']"),
        "its source 'cells of 0001.ome.zarr' is not the label of an image",
    ),
    "methods": (put(LABEL, dataset="#documents"), "labels/nuclei: an annotation without method"),
    "datasets": (put(IMAGE, dataset="#nowhere"), "'#nowhere' is not a bia:Dataset of the crate"),
    "datasets class": (put(IMAGE, dataset="./"), "'./' is not a bia:Dataset of the crate"),
    "sizes": (put(IMAGE, size_in_bytes="1"), "images/0001.ome.zarr: has 993 bytes, not 1"),
    "sizes gone": (put(PLAIN, file_path="nowhere.csv"), "nowhere.csv: is not a file of the dataset"),
    "complete": (lambda rows: rows.pop(LABEL), "labels/nuclei: has no row of type http://bia/AnnotationData"),
    "complete type": (put(IMAGE, type="", label=""), "images/0001.ome.zarr: has no row of type http://bia/Image"),
}


def test_the_list_as_written_has_no_finding(described: Dataset) -> None:
    assert found(described) == []


@pytest.mark.parametrize("case", CASES)
def test_each_rule_fires(described: Dataset, case: str) -> None:
    change, message = CASES[case]
    edit(described, change)
    assert message in "\n".join(found(described))


def test_every_rule_has_a_case() -> None:
    named = {case.partition(" ")[0] for case in CASES}
    assert {rule.__name__ for rule in file_list.RULES} | {"sizes", "complete"} == named | {"associations"}


def test_sources_may_be_lists(described: Dataset) -> None:
    edit(described, put(LABEL, associated_source_image="['0001.ome.zarr', \"0002.ome.zarr\"]"))
    assert found(described) == []


def test_a_removed_image_is_told(described: Dataset) -> None:
    shutil.rmtree(described.path / "images/0002.ome.zarr")
    assert "images/0002.ome.zarr: is not a file of the dataset" in found(described)


def test_associations_name_entities_of_their_class(described: Dataset) -> None:
    method = "http://bia/associatedAnnotationMethod"
    names = {"#annotations-nuclei": "#annotation-method-nuclei", "#annotations-cells": "#documents"}
    add_column(described, "method", method, lambda row: names.get(row["dataset"], ""))
    assert [message.partition(": ")[0] for message in found(described)] == [
        "images/0001.ome.zarr/labels/cells",
        "annotations/cells/objects.parquet",
    ]
    assert all("#documents is not a bia:AnnotationMethod of the crate" in message for message in found(described))


def test_a_blank_cell_hides_what_the_dataset_says(described: Dataset) -> None:
    add_column(described, "biosample", "http://bia/associatedBiologicalEntity", lambda row: "")
    messages = found(described)
    assert len(messages) == 4
    assert messages[0] == "images/0001.ome.zarr: its blank biosample hides the Dataset's"


def test_columns_are_described_and_have_todays_names(described: Dataset) -> None:
    edit(described, lambda rows: [row.update({"extra": "x"}) for row in rows])
    assert found(described) == ["extra: the crate does not have this column"]
    edit(described, lambda rows: [(row.pop("extra"), row.pop("size_in_bytes")) for row in rows])
    assert found(described) == [
        "http://bia/sizeInBytes: no column has this property",
        "size_in_bytes: the file list does not have this column",
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\xff", b'file_path\n"x' + b"a" * 200_000])
def test_an_unreadable_list_is_told(described: Dataset, content: bytes) -> None:
    (described.path / TABLE).write_bytes(content)
    assert found(described)


def test_a_missing_list_is_told(described: Dataset) -> None:
    (described.path / TABLE).unlink()
    assert [one.code for one in check_file_list(described)] == ["MIFA504"]


def test_a_list_outside_the_dataset_is_not_read(described: Dataset) -> None:
    text = (described.path / METADATA).read_text()
    (described.path / METADATA).write_text(text.replace('"file_list.tsv"', '"../secret.tsv"'))
    assert found(described) == ["None: ../secret.tsv lies outside the dataset"]


def test_bias_own_example_has_only_its_known_flaws(described: Dataset, reference: Callable[[str], Path]) -> None:
    """It names sources by a property that is no longer read, and ships without its files."""
    for name in (METADATA, TABLE):
        shutil.copyfile(reference(f"bia-ro-crate/example_typical/{name}"), described.path / name)
    legacy = "source_image_label: http://bia/sourceImageLabel is no longer read: use http://bia/associatedSourceImage"
    others = ("is a file of the dataset that no row lists",)  # it was made for other files
    assert [message for message in found(described) if not message.endswith(others)] == [legacy]
    for name in (METADATA, TABLE):
        text = (described.path / name).read_text().replace("bia/sourceImageLabel", "bia/associatedSourceImage")
        (described.path / name).write_text(text)
    missing = ("is not a file of the dataset", "has no row of type", *others)
    assert [message for message in found(described) if not any(part in message for part in missing)] == []
