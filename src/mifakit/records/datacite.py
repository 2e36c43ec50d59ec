"""`records/datacite.json`: what a DOI is registered with, DataCite's metadata schema 4.5.

DataCite demands a publisher, and only the archive is one: until the sheet has an accession number,
`:tba` stands there, DataCite's own word for "to be announced".
"""

from __future__ import annotations

from typing import Any

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.metadata.mifa import Author, Grant, Organisation, Study
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.addresses import ORCID, ROR, fbbi_address, orcid_address, ror_address, taxon_address
from mifakit.records.base import Record
from mifakit.records.credit import (
    ARCHIVE,
    ARCHIVE_ADDRESS,
    annotators,
    creators,
    dataset_address,
    dataset_doi,
    publication_year,
    sorted_name,
)
from mifakit.records.figures import bytes_text, figures
from mifakit.records.lookup import annotation_set
from mifakit.records.relations import relations
from mifakit.records.sentences import sentences
from mifakit.records.serialisation import distinct, json_bytes, said

TO_BE_ANNOUNCED = ":tba"


class DataCite(Record):
    """`records/datacite.json`."""

    name = "datacite"

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return the record."""
        return {layout.DATACITE: json_bytes(_document(dataset))}


def _document(dataset: Dataset) -> dict[str, Any]:
    sheet, study = dataset.sheet, dataset.sheet.study
    return said(
        schemaVersion="http://datacite.org/schema/kernel-4",
        doi=dataset_doi(study),
        url=dataset_address(study),
        types={"resourceTypeGeneral": "Dataset", "resourceType": "Annotated microscopy images"},
        creators=[_person(author) for author in creators(sheet)],
        titles=[{"title": study.title}] if study.title else None,
        publisher=_publisher(study),
        publicationYear=publication_year(study),
        subjects=_subjects(sheet),
        contributors=[_person(author) | {"contributorType": "DataCurator"} for author in annotators(sheet)],
        dates=_dates(dataset),
        relatedIdentifiers=[
            said(
                relatedIdentifier=relation.identifier,
                relatedIdentifierType=relation.scheme,
                relationType=relation.kind,
                resourceTypeGeneral=relation.resource,
            )
            for relation in relations(sheet)
        ],
        sizes=[f"{len(dataset):,} images", bytes_text(dataset.image_bytes)],
        formats=["OME-Zarr", "Apache Parquet"],
        version=sheet.version.version,
        rightsList=_rights(study),
        descriptions=_descriptions(dataset),
        fundingReferences=_funding(study.grants),
    )


def _publisher(study: Study) -> dict[str, str]:
    if dataset_doi(study) is None:
        return {"name": TO_BE_ANNOUNCED}
    return {"name": ARCHIVE, "publisherIdentifier": ARCHIVE_ADDRESS, "publisherIdentifierScheme": "URL"}


def _person(author: Author) -> dict[str, Any]:
    orcid = orcid_address(author.orcid)
    return said(
        name=sorted_name(author),
        nameType="Personal",
        givenName=author.first_name,
        familyName=author.last_name,
        nameIdentifiers=[{"nameIdentifier": orcid, "nameIdentifierScheme": "ORCID", "schemeUri": ORCID}]
        if orcid
        else None,
        affiliation=distinct(_affiliation(place) for place in author.organisations if place.name),
    )


def _affiliation(place: Organisation) -> dict[str, Any]:
    ror = ror_address(place.ror)
    identifier = {"affiliationIdentifier": ror, "affiliationIdentifierScheme": "ROR", "schemeUri": ROR} if ror else {}
    return {"name": place.name, **identifier}


def _subjects(sheet: StudySheet) -> list[dict[str, Any]]:
    organisms = (organism for sample in sheet.biosamples for organism in sample.organisms)
    methods = (method for acquisition in sheet.acquisitions for method in acquisition.methods)
    return distinct(
        [
            *({"subject": word} for word in sheet.study.keywords),
            *(
                said(
                    subject=organism.scientific_name,
                    subjectScheme="NCBI Taxonomy",
                    valueUri=taxon_address(organism.ncbi_taxon),
                )
                for organism in organisms
                if organism.scientific_name
            ),
            *(
                said(subject=method.name, subjectScheme="FBbi", valueUri=fbbi_address(method.fbbi_id))
                for method in methods
                if method.name
            ),
        ]
    )


def _dates(dataset: Dataset) -> list[dict[str, str]]:
    """Return when the dataset becomes public, when this version was made, and when the images were taken."""
    sheet = dataset.sheet
    acquired = sorted(sample.row.acquired[:10] for sample in dataset if sample.row.acquired)
    dates = {
        "Available": sheet.study.release_date,
        "Created": sheet.version.timestamp,
        "Collected": "/".join(dict.fromkeys((acquired[0], acquired[-1]))) if acquired else None,
    }
    return [{"date": date, "dateType": kind} for kind, date in dates.items() if date]


def _rights(study: Study) -> list[dict[str, str]]:
    if study.license is None:
        return []
    return [
        {
            "rights": study.license.full_name,
            "rightsUri": study.license.url,
            "rightsIdentifier": study.license.spdx,
            "rightsIdentifierScheme": "SPDX",
            "schemeUri": "https://spdx.org/licenses/",
        }
    ]


def _descriptions(dataset: Dataset) -> list[dict[str, str]]:
    study = dataset.sheet.study
    protocols = (annotation_set(dataset.sheet, name) for name in dataset.annotation_sets)
    texts = [
        ("Abstract", study.description),
        *(
            ("Methods", f"Annotations {protocol.name}: {sentences(protocol.overview, protocol.method)}")
            for protocol in protocols
            if protocol.overview or protocol.method
        ),
        ("TechnicalInfo", "; ".join(f"{title}: {figure}" for title, figure in figures(dataset).items())),
        ("Other", study.funding_statement),
        ("Other", study.acknowledgements),
    ]
    return distinct({"description": text, "descriptionType": kind} for kind, text in texts if text)


def _funding(grants: list[Grant]) -> list[dict[str, Any]]:
    return distinct(said(funderName=grant.funder, awardNumber=grant.grant_id) for grant in grants if grant.funder)
