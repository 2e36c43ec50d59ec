from __future__ import annotations

import pytest

from mifakit.metadata.identifiers import parse_doi, parse_orcid, parse_pubmed, parse_ror
from mifakit.records.addresses import (
    bioimageio_address,
    bioimageio_id,
    doi_address,
    orcid_address,
    pubmed_address,
    ror_address,
    web_address,
)


def test_addresses_are_read_back_as_the_bare_identifiers() -> None:
    assert parse_orcid(orcid_address("0000-0002-1825-0097")) == "0000-0002-1825-0097"
    assert parse_ror(ror_address("02catss52")) == "02catss52"
    assert parse_doi(doi_address("10.1242/jcs.033340")) == "10.1242/jcs.033340"
    assert parse_pubmed(pubmed_address("18492790")) == "18492790"


def test_a_pubmed_central_id_has_another_address() -> None:
    assert pubmed_address("PMC7274788") == "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7274788/"


@pytest.mark.parametrize("address", [orcid_address, ror_address, doi_address, pubmed_address])
def test_no_identifier_no_address(address: object) -> None:
    assert callable(address)
    assert address(None) is None


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("https://bioimage.io/#/?id=10.5281%2Fzenodo.6", "https://bioimage.io/#/?id=10.5281%2Fzenodo.6"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ('https://example.org/a|b"<é>', "https://example.org/a%7Cb%22%3C%C3%A9%3E"),
    ],
)
def test_characters_that_no_iri_may_hold_are_encoded(typed: str, written: str) -> None:
    assert web_address(typed) == written


@pytest.mark.parametrize("identifier", ["affable-shark", "10.5281/zenodo.6028097", "zero/notebook_u-net"])
def test_an_id_of_bioimage_io_is_read_back(identifier: str) -> None:
    assert bioimageio_id(bioimageio_address(identifier)) == identifier


@pytest.mark.parametrize(
    ("address", "identifier"),
    [
        ("https://bioimage.io/#/artifacts/affable-shark", "affable-shark"),
        ("http://www.bioimage.io/#/?tags=unet&id=affable-shark", "affable-shark"),
        ("https://bioimage.io/#/?id=affable-shark&type=model", "affable-shark"),
        ("https://bioimage.io/#/?tags=unet", None),
        ("https://bioimage.io/", None),
        ("https://example.org/#/?id=affable-shark", None),
        ("https://github.com/WhoIsJack/data-driven-analysis-lateralline", None),
    ],
)
def test_addresses_on_bioimage_io(address: str, identifier: str | None) -> None:
    assert bioimageio_id(address) == identifier
