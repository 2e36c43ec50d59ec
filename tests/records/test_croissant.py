"""The Croissant record: read by mlcroissant without a complaint, record by record what the manifest says."""

from __future__ import annotations

import json
import logging
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tifffile
import zarr

import mifakit
from mifakit.checks.croissant import check_croissant
from mifakit.conversion.resources import Resources
from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.dataset.manifest import write_manifest
from mifakit.dataset.rows import SampleRow
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.croissant import Croissant, semantic_version

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what mlcroissant rests on

MakeDataset = Callable[..., Dataset]
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NOTHING_SAID = {"citeAs", "datePublished", "license", "version"}


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("something is fetched")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def write(dataset: Dataset) -> Path:
    for path, content in Croissant().render(dataset).items():
        (dataset.path / path).write_bytes(content)
    return dataset.path / "croissant.json"


def load(path: Path, caplog: pytest.LogCaptureFixture, missing: set[str] = frozenset()) -> Any:  # type: ignore[assignment]
    """Read a description with mlcroissant: no error, no warning but of what is missing, nothing logged."""
    import mlcroissant

    with caplog.at_level(logging.WARNING):
        caplog.clear()
        read = mlcroissant.Dataset(jsonld=str(path))
    issues = read.metadata.ctx.issues
    assert issues.errors == set()
    told = {name for name in NOTHING_SAID for warning in issues.warnings if name.lower() in warning.lower()}
    assert told == missing and len(issues.warnings) == len(missing), issues.warnings
    assert [one.message for one in caplog.records if "roperty" not in one.message] == []
    return read


def plain(value: Any) -> Any:
    """Return a value of mlcroissant or pandas as Python's own."""
    if isinstance(value, (list, np.ndarray)):
        return [plain(one) for one in value]
    if isinstance(value, bytes):
        return value.decode()
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return None
    return value.item() if isinstance(value, np.generic) else value


def assert_pairs_are_the_manifest(read: Any, folder: Path) -> None:
    table = pd.read_parquet(folder / "manifest.parquet")
    fields = [field for one in read.metadata.record_sets if one.id == "pairs" for field in one.fields]
    names = {field.id: field.name for field in fields}
    assert list(names.values()) == list(table.columns)
    records = [{names[key]: plain(value) for key, value in one.items()} for one in read.records("pairs")]
    assert records == [{name: plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def test_all_that_is_said_has_its_place(
    make_dataset: MakeDataset, full_sheet: StudySheet, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = make_dataset(full_sheet)
    read = load(write(dataset), caplog)
    metadata = read.metadata
    assert metadata.name == "Nuclei in a human skin cell line, annotated"
    assert metadata.license == ["https://creativecommons.org/licenses/by/4.0/"]
    assert metadata.version == "1.0"
    assert str(metadata.date_published.date()) == "2026-12-01"
    assert metadata.cite_as.startswith("Josiah Carberry, Marie Skłodowska–Curie (2026). Nuclei in a human")
    assert [one.name for one in metadata.creators] == ["Josiah Carberry", "Marie Skłodowska–Curie", "Truman Grayson"]
    assert metadata.data_annotation_protocol == [
        "nuclei: Masks of nuclei. Outlined in Fiji. Only nuclei in focus. All images. "
        "Annotators: Truman Grayson, Marie Skłodowska–Curie.",
        "cells: Masks of cells. By Cellpose 3.0, corrected by hand.",
    ]
    assert metadata.data_annotation_analysis == ["nuclei: Dice 0.9 on ten images."]
    assert "Widefield 20x: Zeiss Axio Observer Z1. 20x/0.8 NA air, 100 ms." in metadata.data_collection
    assert metadata.annotator_demographics is None
    assert metadata.personal_sensitive_information is None
    assert_pairs_are_the_manifest(read, dataset.path)
    (split,) = (one for record_set in metadata.record_sets for one in record_set.fields if one.id == "pairs/split")
    assert split.references.uuid == "splits/name"
    assert [plain(one["splits/name"]) for one in read.records("splits")] == ["train", "val", "test"]


@pytest.mark.parametrize("samples", [{"a": ()}, {"a": ("nuclei",)}], ids=["no annotation", "annotated"])
def test_where_nothing_is_said_nothing_is_made_up(
    make_dataset: MakeDataset, samples: dict[str, tuple[str, ...]], caplog: pytest.LogCaptureFixture
) -> None:
    sheet = StudySheet.model_validate({"annotations": [{"name": "nuclei"}]})
    dataset = make_dataset(sheet, samples)
    read = load(write(dataset), caplog, NOTHING_SAID)
    assert_pairs_are_the_manifest(read, dataset.path)
    assert "rai:" not in "".join(json.loads((dataset.path / "croissant.json").read_text()))


def test_plates_conditions_and_times(
    make_dataset: MakeDataset, full_sheet: StudySheet, caplog: pytest.LogCaptureFixture
) -> None:
    """Names of conditions are people's own: no sign in one may bring the document down."""
    dataset = make_dataset(full_sheet)
    conditions = {"drug: µM/#?": "staurosporine", "the @id": "x"}
    rows = [
        SampleRow(
            **{**vars(sample.row), "split": None, "conditions": conditions if number else {}, "acquired": acquired}
            | {"plate": "p", "well_row": "A", "well_column": number + 1, "well_field": 0}
        )
        for number, (sample, acquired) in enumerate(
            zip(dataset, ["2026-02-11T11:00:15+01:00", "2026-03-01", "yesterday", None], strict=True)
        )
    ]
    write_manifest(dataset.path, rows, dataset.annotation_sets)
    opened = mifakit.open(dataset.path)
    opened.__dict__["sheet"] = full_sheet
    read = load(write(opened), caplog)
    assert_pairs_are_the_manifest(read, dataset.path)
    assert [one.id for one in read.metadata.record_sets] == ["pairs"]
    assert [str(day.date()) for day in read.metadata.data_collection_timeframe] == ["2026-02-11", "2026-03-01"]


def test_ids_of_masks_survive(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """From the record to the label image, and its pixels against the file in the lab folder, read by tifffile."""
    template = TEMPLATES / "nuclei-segmentation"
    mifakit.build(template / "mifa.yaml", tmp_path / "dataset", resources=Resources(workers=1))
    folder = shutil.move(tmp_path / "dataset", tmp_path / "moved")
    read = load(folder / "croissant.json", caplog)
    assert_pairs_are_the_manifest(read, folder)
    again = load(folder / "croissant.json", caplog)  # the first gives its records once
    records = [{key: plain(value) for key, value in one.items()} for one in again.records("pairs")]
    compared = 0
    for record in records:
        (label,) = (value for key, value in record.items() if key.endswith(".label"))
        (source,) = (value for key, value in record.items() if key.endswith(".sources"))
        found = zarr.open_array(folder / label / "0", mode="r")[...]
        expected = tifffile.imread(template / "lab" / source[0])
        np.testing.assert_array_equal(np.squeeze(found), np.squeeze(expected))
        compared += int(expected.max() > 0)
    assert compared == len(records) > 1


def test_an_address_that_is_not_public_stays_out(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    full_sheet.authors[1].email_public = "no"
    content = Croissant().render(make_dataset(full_sheet))["croissant.json"]
    assert b"jcarberry@example.com" in content
    assert b"marie@example.com" not in content


def test_a_record_is_the_same_bytes_every_time(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    dataset = make_dataset(full_sheet)
    assert Croissant().render(dataset) == Croissant().render(dataset)


@pytest.mark.parametrize("text", ["1", "1.0", "1.10.2", "1.0.0-rc.1", "01.2", "v1", "2026.03", "first", "1.0-rc", "1."])
def test_versions_are_those_that_mlcroissant_takes(text: str) -> None:
    from mlcroissant._src.core.versions import VERSION_PATTERN_REGEX

    assert bool(semantic_version(text)) == bool(VERSION_PATTERN_REGEX.match(text))


def found(dataset: Dataset) -> list[tuple[str, str]]:
    return [(one.code, str(one.place.item if one.place else "")) for one in check_croissant(dataset)]


def test_a_whole_record_has_no_finding(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    dataset = make_dataset(full_sheet)
    assert found(dataset) == []  # another check tells that it is not there
    write(dataset)
    assert found(dataset) == []


def test_what_mlcroissant_logs_stays_out_of_the_way(
    make_dataset: MakeDataset, full_sheet: StudySheet, caplog: pytest.LogCaptureFixture
) -> None:
    full_sheet.study.release_date = None
    dataset = make_dataset(full_sheet)
    path = write(dataset)
    assert found(dataset) == []
    assert caplog.records == []
    load(path, caplog, {"datePublished"})
    assert caplog.records, "afterwards it is heard again"


def test_a_version_that_has_no_place_is_told(
    make_dataset: MakeDataset, full_sheet: StudySheet, caplog: pytest.LogCaptureFixture
) -> None:
    full_sheet.version.version = "first"
    dataset = make_dataset(full_sheet)
    load(write(dataset), caplog, {"version"})
    assert found(dataset) == [("MIFA531", "version")]


@pytest.mark.parametrize(
    ("old", "new", "item"),
    [
        ('"@vocab": "https://schema.org/"', '"@vocab": "https://example.org/"', "@context"),
        ('"http://mlcommons.org/croissant/1.1"', '"http://mlcommons.org/croissant/9"', "conformsTo"),
        ('"name": "Nuclei in a human skin cell line, annotated"', '"name": ""', "name"),
        ('"contentUrl": "mifa.yaml"', '"contentUrl": "gone.yaml"', "gone.yaml"),
        ('"contentUrl": "mifa.yaml"', '"contentUrl": "../mifa.yaml"', "../mifa.yaml"),
        ('"column": "split"', '"column": "Split"', "pairs"),
        ('"dataType": "cr:Int64"', '"dataType": "cr:Nothing"', ""),
        ('"encodingFormat": "text/csv"', '"encodingFormatt": "text/csv"', ""),
        ('{\n  "@context"', '[\n  "@context"', ""),
        ('"distribution": [', '"distribution": 1, "d": [', ""),
    ],
)
def test_what_readers_would_stumble_over_is_told(
    make_dataset: MakeDataset, full_sheet: StudySheet, old: str, new: str, item: str
) -> None:
    dataset = make_dataset(full_sheet)
    path = write(dataset)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    findings = found(dataset)
    assert {code for code, _ in findings} == {"MIFA532"}
    assert not item or ("MIFA532", item) in findings


def test_a_file_that_changed_is_told(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    dataset = make_dataset(full_sheet)
    write(dataset)
    table = dataset.path / layout.table_path("nuclei", "objects")
    table.write_bytes(table.read_bytes() + b" ")
    assert found(dataset) == [("MIFA532", "annotations/nuclei/objects.parquet")]
