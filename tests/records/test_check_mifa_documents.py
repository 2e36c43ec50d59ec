from __future__ import annotations

from collections.abc import Callable

import pytest

from mifakit.checks.mifa_documents import check_mifa_documents
from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.writing import write_records

STUDY, VERSION = "records/mifa/study.yaml", "records/mifa/version.yaml"
NUCLEI = "records/mifa/annotations-nuclei.yaml"


def found(dataset: Dataset) -> list[tuple[str, str, str]]:
    """Return code, place and message of every finding."""
    return [(one.code, str(one.place), one.message) for one in check_mifa_documents(dataset)]


def edit(dataset: Dataset, path: str, old: str, new: str) -> None:
    file = dataset.path / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_complete_documents_have_no_finding(described: Dataset) -> None:
    assert found(described) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "place"),
    [
        (STUDY, "license: CC_BY", "license: CC-BY-4.0", "$.license"),
        (STUDY, "author_last_name: Carberry", "orcid: x", "$.authors[0]"),
        (STUDY, "keywords:\n- nuclei\n- segmentation\n- 'no'", "keywords: nuclei", "$.keywords"),
        (STUDY, "jcarberry@example.com", "jcarberry", "$.authors[0].email"),
        (NUCLEI, "- segmentation_mask", "- masks", "$.file_metadata[0].annotation_type[0]"),
        (NUCLEI, "2026-02-11T11", "11 Feb 2026 11", "$.file_metadata[0].annotation_creation_time"),
        (NUCLEI, "annotation_method:", "annotation_type:", "$"),
        (VERSION, "'2026-03-31T12:00:00+00:00'", "'2026-03-31'", "$.timestamp"),
        (VERSION, "'1.0'", "1.0", "$.version"),
    ],
)
def test_what_breaks_the_schema_is_told_with_its_place(
    described: Dataset, path: str, old: str, new: str, place: str
) -> None:
    edit(described, path, old, new)
    findings = found(described)
    assert findings
    assert {(code, where) for code, where, _ in findings} == {("MIFA501", f"{path} ({place})")}


def test_required_values_that_nobody_gave_are_told(make_dataset: Callable[..., Dataset], own_records: object) -> None:
    sheet = StudySheet.model_validate({"annotations": [{"name": "nuclei"}]})
    dataset = make_dataset(sheet, {"a": ("nuclei",)})
    write_records(dataset)
    messages = " ".join(message for _, _, message in found(dataset))
    for field in ("title", "funding_statement", "link_url", "timestamp", "annotation_method", "annotation_type"):
        assert f"'{field}' is a required property" in messages


def test_a_missing_document_is_told(described: Dataset) -> None:
    (described.path / VERSION).unlink()
    assert [(code, place) for code, place, _ in found(described)] == [("MIFA504", VERSION)]


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe\x00", b"a: &x [1]\nb: *x\n", b"{" * 5000])
def test_what_cannot_be_read_is_told(described: Dataset, content: bytes) -> None:
    (described.path / VERSION).write_bytes(content)
    ((code, place, message),) = found(described)
    assert (code, place) == ("MIFA501", VERSION)
    assert message.startswith("it cannot be read")


def test_a_document_names_each_label_image_with_its_own_image(described: Dataset) -> None:
    edit(described, NUCLEI, "source_image_id: images/0001", "source_image_id: images/0002")
    messages = [message for _, _, message in found(described)]
    label, image = "images/0001.ome.zarr/labels/nuclei", "images/000{}.ome.zarr"
    assert messages == [
        f"does not name {label} as the annotation of {image.format(1)}",
        f"names {label} as the annotation of {image.format(2)}, which it is not",
    ]
