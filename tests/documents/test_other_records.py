"""RO-Crate, DataCite, Zenodo, CITATION.cff and OME-XML, as they are meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
import yaml
from tests.documents.conftest import Read
from tests.documents.examples import CFF, DATACITE, RO_CRATE, ZENODO

from mifakit.documents.reading import Reading
from mifakit.documents.registry import read_document
from mifakit.metadata.vocabularies import License


def told(reading: Reading) -> set[str]:
    return {finding.message for finding in reading.findings}


def test_a_plain_crate(read: Read) -> None:
    sheet = read(RO_CRATE).model
    study = sheet.study
    assert (study.title, study.keywords, study.license) == ("Nuclei", ["nuclei", "masks"], License.CC_BY)
    assert (study.release_date, study.accession, sheet.version.version) == ("2026-12-01", None, "1.0")
    josiah, truman = sheet.authors
    assert (josiah.full_name, josiah.orcid, josiah.email) == (
        "Josiah Carberry", "0000-0002-1825-0097", "jcarberry@example.com",
    )  # fmt: skip
    assert [(one.name, one.ror, one.address) for one in josiah.organisations] == [("EMBL-EBI", "02catss52", "Hinxton")]
    assert (truman.full_name, [one.name for one in truman.organisations]) == ("Truman Grayson", ["An institute"])
    assert [(one.title, one.doi, one.year, one.authors) for one in study.publications] == [
        ("A paper", "10.1242/jcs.033340", "2021", "J. Carberry, Grayson, Truman")
    ]
    assert [one.funder for one in study.grants] == ["EMBO"]
    assert [(one.url, one.description) for one in study.links] == [("https://example.org/code", "Code")]


def test_the_archives_own_example(reference: Callable[[str], Path]) -> None:
    sheet = read_document(reference("bia-ro-crate/example_typical/ro-crate-metadata.json")).model
    assert (sheet.study.title, sheet.study.accession, sheet.study.license) == (
        "Test specimen creation", "S-TEST123", License.CC0,
    )  # fmt: skip
    (images,) = sheet.images
    assert (images.name, images.acquisition, len(images.files)) == ("Imaging Dataset", "Microscopy", 5)
    (annotations,) = sheet.annotations
    assert [(one.annotation, one.image) for one in annotations.pairs] == [
        ("data/particle_lists/TS_026_cyto_ribosomes.csv", "data/tomograms/TS_026.rec")
    ]


def test_datacite(read: Read) -> None:
    reading = read(DATACITE)
    study, authors = reading.model.study, reading.model.authors
    assert [(one.full_name, one.roles) for one in authors] == [
        ("Josiah Carberry", []), ("A Consortium", []), ("Truman Grayson", ["DataCurator"]),
    ]  # fmt: skip
    assert (authors[0].orcid, authors[0].organisations[0].ror) == ("0000-0002-1825-0097", "02catss52")
    assert (study.license, study.release_date) == (License.CC_BY, "2026-03-31")
    assert [one.doi for one in study.publications] == ["10.1242/jcs.033340"]
    assert [one.url for one in study.links] == ["https://example.org/code"]
    assert [(one.funder, one.grant_id) for one in study.grants] == [("EMBO", "ALTF 1")]
    assert "not taken over: data.attributes.fundingReferences.awardTitle: 'Nuclei for all'" in told(reading)
    assert [one.code for one in reading.findings if "viewCount" in one.message] == ["MIFA153"]


def test_zenodo(read: Read) -> None:
    reading = read(ZENODO)
    study = reading.model.study
    assert study.description == "Images of nuclei\nand masks"
    assert [(one.grant_id, one.funder) for one in study.grants] == [
        ("ALTF 1", "EMBO"), ("283595", "https://doi.org/10.13039/501100000780"),
    ]  # fmt: skip
    assert study.license is License.CC_BY
    assert [one.full_name for one in reading.model.authors] == ["Josiah Carberry", "Truman Grayson"]
    assert "not taken over: metadata.notes: 'Made in a hurry'" in told(reading)


def test_citation_cff(read: Read) -> None:
    reading = read(yaml.safe_dump(CFF))
    study, authors = reading.model.study, reading.model.authors
    assert reading.model.version.version == "1.10", "a version is no number"
    assert (authors[0].first_name, authors[0].last_name) == ("Ludwig", "van Beethoven")
    assert [(one.title, one.authors) for one in study.publications] == [("A paper", "Josiah Carberry, A Consortium")]
    assert [(one.url, one.description) for one in study.links] == [
        ("https://example.org/code", "Code"), ("https://example.org/home", None),
    ]  # fmt: skip


OME = """<?xml version="1.0" encoding="UTF-8"?>
<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
  <Project ID="Project:1" Name="Wound healing"/>
  <Experimenter ID="Experimenter:0" FirstName="Josiah" LastName="Carberry" Email="jcarberry@example.com"
    Institution="EMBL-EBI" UserName="jc"/>
  <Instrument ID="Instrument:0">
    <Microscope Manufacturer="Zeiss" Model="Axio Observer"/>
    <Detector ID="Detector:0" Manufacturer="Hamamatsu" Model="ORCA"/>
    <Objective ID="Objective:0" NominalMagnification="20.0" LensNA="0.8" Immersion="Air"/>
  </Instrument>
  <Image ID="Image:0" Name="C:\\lab\\secret\\a.czi"><Description>HaCaT cells</Description>
    <Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="4" SizeY="4" SizeZ="1" SizeC="1" SizeT="1"
      PhysicalSizeX="0.325"><Channel ID="Channel:0" Name="DAPI" SamplesPerPixel="1"/><TiffData/></Pixels>
  </Image>
</OME>"""


@pytest.mark.parametrize("where", ["file", "TIFF"])
def test_ome_xml(where: str, read: Read, tmp_path: Path) -> None:
    if where == "TIFF":
        tifffile.imwrite(tmp_path / "a.bin", np.zeros((4, 4), "u1"), description=OME, metadata=None)
        reading = read_document(tmp_path / "a.bin")
    else:
        reading = read(OME)
    sheet = reading.model
    (author,) = sheet.authors
    assert (author.full_name, author.email, author.organisations[0].name) == (
        "Josiah Carberry", "jcarberry@example.com", "EMBL-EBI",
    )  # fmt: skip
    (acquisition,) = sheet.acquisitions
    assert (acquisition.instrument, acquisition.parameters) == (
        "Zeiss Axio Observer, Hamamatsu ORCA", "Objective: 20x NA 0.8 Air",
    )  # fmt: skip
    assert sheet.study.description == "HaCaT cells"
    assert "secret" not in sheet.model_dump_json()
    assert "not taken over: OME.Project.@Name: 'Wound healing'" in told(reading)


def test_a_plain_tiff_is_no_document(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((4, 4), "u1"))
    with pytest.raises(Exception, match="MIFA150"):
        read_document(tmp_path / "a.tif")
