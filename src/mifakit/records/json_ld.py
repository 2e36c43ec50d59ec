"""A dataset in the words of schema.org, after the Dataset profile 1.0 of Bioschemas.

The context is one line that refers to nothing on the web, so that the record is read offline.
"""

from __future__ import annotations

from typing import Any

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.mifa import Author, Grant, Publication, Study
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.addresses import (
    doi_address,
    fbbi_address,
    orcid_address,
    pubmed_address,
    ror_address,
    taxon_address,
    web_address,
)
from mifakit.records.credit import (
    ARCHIVE,
    ARCHIVE_ADDRESS,
    annotators,
    citation,
    creators,
    dataset_address,
    dataset_doi,
)
from mifakit.records.figures import bytes_text, set_counts
from mifakit.records.lookup import annotation_set
from mifakit.records.relations import relations
from mifakit.records.serialisation import said

PROFILE = "https://bioschemas.org/profiles/Dataset/1.0-RELEASE"
CONTEXT = {"@vocab": "https://schema.org/", "conformsTo": {"@id": "http://purl.org/dc/terms/conformsTo"}}

REQUIRED = ("description", "identifier", "keywords", "license", "name", "url")
RECOMMENDED = (
    "alternateName",
    "citation",
    "creator",
    "datePublished",
    "distribution",
    "includedInDataCatalog",
    "isBasedOn",
    "measurementTechnique",
    "variableMeasured",
    "version",
)
"""The profile's own list."""


def dataset_document(dataset: Dataset) -> dict[str, Any]:
    """Return the dataset as one JSON-LD object."""
    sheet, study = dataset.sheet, dataset.sheet.study
    doi, address = doi_address(dataset_doi(study)), dataset_address(study)
    size = bytes_text(dataset.image_bytes)
    return {
        "@context": CONTEXT,
        "@type": "Dataset",
        **({"@id": doi} if doi else {}),
        "conformsTo": {"@type": "CreativeWork", "@id": PROFILE},
        **said(
            name=study.title,
            alternateName=study.accession,
            description=study.description,
            identifier=[text for text in (doi, study.accession) if text],
            url=address,
            keywords=list(dict.fromkeys(study.keywords)),
            license=_license(sheet),
            isAccessibleForFree=True,
            creator=[_person(author) for author in creators(sheet)],
            contributor=[_person(author) for author in annotators(sheet)],
            datePublished=study.release_date,
            dateCreated=sheet.version.timestamp,
            version=sheet.version.version,
            citation=[_paper(paper) for paper in study.publications if paper.title],
            creditText=citation(sheet),
            funding=[_grant(grant) for grant in study.grants if grant.funder],
            about=_taxa(sheet),
            measurementTechnique=_techniques(sheet),
            variableMeasured=[_variable(dataset, name) for name in dataset.annotation_sets],
            size=f"{len(dataset):,} images, {size}",
            distribution=[said(**{"@type": "DataDownload"}, name="Images with their label images",
                               encodingFormat="OME-Zarr", contentSize=size, url=address)],
            includedInDataCatalog=_thing("DataCatalog", name=ARCHIVE, url=ARCHIVE_ADDRESS) if address else None,
            publisher=_thing("Organization", name=ARCHIVE, url=ARCHIVE_ADDRESS) if address else None,
            isBasedOn=[relation.address for relation in relations(sheet) if relation.kind == "IsNewVersionOf"],
            mentions=_mentions(study),
        ),
    }  # fmt: skip


def _thing(kind: str, /, **values: Any) -> dict[str, Any]:
    return {"@type": kind, **said(**values)}


def _license(sheet: StudySheet) -> dict[str, Any] | None:
    license_ = sheet.study.license
    if license_ is None:
        return None
    return {"@id": license_.url} | _thing("CreativeWork", name=license_.spdx, url=license_.url)


def _person(author: Author) -> dict[str, Any]:
    orcid = orcid_address(author.orcid)
    return ({"@id": orcid} if orcid else {}) | _thing(
        "Person",
        name=author.full_name,
        givenName=author.first_name,
        familyName=author.last_name,
        affiliation=[
            _thing("Organization", name=place.name, sameAs=ror_address(place.ror))
            for place in author.organisations
            if place.name
        ],
    )


def _paper(paper: Publication) -> dict[str, Any]:
    return _thing(
        "ScholarlyArticle",
        name=paper.title,
        creditText=paper.authors,
        datePublished=paper.year,
        url=doi_address(paper.doi) or pubmed_address(paper.pubmed_id),
    )


def _grant(grant: Grant) -> dict[str, Any]:
    return _thing("Grant", identifier=grant.grant_id, funder=_thing("Organization", name=grant.funder))


def _taxa(sheet: StudySheet) -> list[dict[str, Any]]:
    found = {
        organism.scientific_name: _thing(
            "Taxon",
            name=organism.scientific_name,
            alternateName=organism.common_name,
            sameAs=taxon_address(organism.ncbi_taxon),
        )
        for sample in sheet.biosamples
        for organism in sample.organisms
        if organism.scientific_name
    }
    return list(found.values())


def _techniques(sheet: StudySheet) -> list[dict[str, Any]]:
    found = {
        method.name: _thing("DefinedTerm", name=method.name, url=fbbi_address(method.fbbi_id))
        for acquisition in sheet.acquisitions
        for method in acquisition.methods
        if method.name
    }
    return list(found.values())


def _mentions(study: Study) -> list[dict[str, Any]]:
    """Return the links, and the models that were trained with the data."""
    links = [(link.description, link.url) for link in study.links]
    models = [("AI model trained with this dataset", url) for url in study.ai_models_trained]
    return [_thing("CreativeWork", name=name, url=web_address(url)) for name, url in (*links, *models) if url]


def _variable(dataset: Dataset, name: str) -> dict[str, Any]:
    """Return an annotation set as what was measured: what kind it is, and how many things it tells of."""
    protocol = annotation_set(dataset.sheet, name)
    found = set_counts([sample.row for sample in dataset], name)
    return _thing(
        "PropertyValue",
        name=name,
        description=protocol.overview,
        measurementTechnique=protocol.method,
        value="; ".join(f"{count} {kind.lower()}" for kind, count in found),
        additionalType=[kind.value for kind in protocol.types],
    )
