"""PageTab: what is published of real studies, and file lists beside a submission."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.documents.conftest import Read
from tests.documents.examples import PAGETAB

from mifakit.documents.registry import read_document
from mifakit.metadata.vocabularies import AnnotationType, License


def test_a_submission_is_read_as_it_is_meant(read: Read, tmp_path: Path) -> None:
    images = [{"path": f"images/{name}.tif", "attributes": [{"name": "Dose", "value": "1 µM"}]} for name in "ab"]
    (tmp_path / "images.json").write_text(json.dumps(images))
    (tmp_path / "masks.tsv").write_text(
        "Files\tsource image\tAnnotation type\nmasks/a.png\timages/a.tif\ttracks\nmasks/b.png\timages/b.tif\ttracks\n"
    )
    reading = read(PAGETAB)
    sheet = reading.model
    assert sheet.study.license is License.CC_BY
    assert sheet.study.keywords == ["nuclei", "masks"]
    assert sheet.study.accession == "S-BIAD9999"
    assert [one.full_name for one in sheet.authors] == ["Josiah Carberry"]
    assert [(one.name, one.ror, one.address) for one in sheet.authors[0].organisations] == [
        ("EMBL-EBI", "02catss52", "Hinxton")
    ]
    assert [(one.scientific_name, one.common_name, one.ncbi_taxon) for one in sheet.biosamples[0].organisms] == [
        ("Homo sapiens", "human", None),
        ("Mus musculus", "mouse", "10090"),
    ]
    assert sheet.specimens[0].biosample == "Cells"
    assert [one.name for one in sheet.acquisitions[0].methods] == ["confocal microscopy"]
    (component,) = sheet.images
    assert (component.biosample, component.specimen, component.acquisition) == ("Cells", "Stained", "20x")
    assert (component.image_analyses, component.image_correlations) == (["Count"], ["CLEM"])
    assert component.files == ["images/a.tif", "images/b.tif"]
    (annotations,) = sheet.annotations
    assert (annotations.name, annotations.confidence_level) == ("nuclei", "High")
    assert [(one.annotation, one.image) for one in annotations.pairs] == [
        ("masks/a.png", "images/a.tif"),
        ("masks/b.png", "images/b.tif"),
    ]
    assert annotations.types == [AnnotationType.SEGMENTATION_MASK, AnnotationType.TRACKS]
    messages = [finding.message for finding in reading.findings]
    assert "not taken over: 2 values of the column 'Dose': '1 µM'" in messages
    assert "not taken over: Author: Phone: '12345'" in messages
    assert not [finding for finding in reading.findings if finding.code == "MIFA156"]


def test_a_list_that_is_not_there_is_said(read: Read) -> None:
    missing = [one for one in read(PAGETAB).findings if one.code == "MIFA156"]
    assert {one.message for one in missing} == {"'images.json', 'masks.tsv' are not in the same folder"}


@pytest.mark.parametrize("name", ["../secret.json", "/etc/passwd", "x" * 5000, "a\0b"])
def test_a_list_elsewhere_is_not_read(name: str, read: Read, tmp_path: Path) -> None:
    (tmp_path.parent / "secret.json").write_text('[{"path": "secret"}]')
    document = json.loads(json.dumps(PAGETAB).replace("images.json", json.dumps(name)[1:-1]))
    reading = read(document)
    assert "MIFA156" in {one.code for one in reading.findings}
    assert reading.model.images[0].files == []


def values(tree: Any) -> Iterator[str]:
    """Yield what a submission says: values of attributes, web addresses, and the study's number."""
    if isinstance(tree, dict):
        for key, child in tree.items():
            if key in ("value", "url") and isinstance(child, str):
                yield child
            yield from values(child)
    elif isinstance(tree, list):
        for child in tree:
            yield from values(child)


@pytest.mark.parametrize("name", ["S-BIAD2808", "S-BIAD1492"])
def test_of_a_published_study_nothing_is_lost(name: str, reference: Callable[[str], Path]) -> None:
    path = reference(f"biostudies/{name}.json")
    reading = read_document(path)
    tree = json.loads(path.read_text(encoding="utf-8"))
    found = " ".join([reading.model.model_dump_json(), *(finding.message for finding in reading.findings), "o1 o2 o3"])
    found = found.replace("\\n", "\n").replace('\\"', '"')
    licence = "https://creativecommons.org/publicdomain/zero/1.0/legalcode"
    organisms = [one for sample in reading.model.biosamples for one in sample.organisms]
    found += " ".join(f"{one.scientific_name} ({one.common_name})" for one in organisms)
    kept = {value for value in values(tree) if value != licence and not value.endswith(".json")}
    kinds = {"Segmentation masks": "segmentation_mask", "https://doi.org/10.1002/cyto.a.20714": "10.1002/cyto.a.20714"}
    assert {
        value for value in kept if kinds.get(value, " ".join(value.split())) not in " ".join(found.split())
    } == set()


def test_s_biad1492(reference: Callable[[str], Path]) -> None:
    sheet = read_document(reference("biostudies/S-BIAD1492.json")).model
    assert [one.last_name for one in sheet.authors][-1] == "Zulueta-Coarasa"
    assert sheet.authors[0].organisations[0].name == "Centre for Biomedical Image Analysis"
    assert [one.name for one in sheet.acquisitions[0].methods] == ["simulated fluorescence microscopy"]
    (annotations,) = sheet.annotations
    assert annotations.types == [AnnotationType.SEGMENTATION_MASK]
    assert (len(annotations.pairs), len(sheet.images[0].files)) == (6, 7)
