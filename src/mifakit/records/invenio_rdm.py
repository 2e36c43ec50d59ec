"""`records/invenio-rdm.json`: a draft for repositories that run InvenioRDM, as many universities do, and Zenodo too."""

from __future__ import annotations

from typing import Any

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.metadata.mifa import Author, Grant, Organisation, Study
from mifakit.records.base import Record
from mifakit.records.credit import annotators, creators, dataset_doi
from mifakit.records.figures import bytes_text
from mifakit.records.html import paragraphs
from mifakit.records.lookup import annotation_methods
from mifakit.records.relations import Relation, relations
from mifakit.records.sentences import sentences
from mifakit.records.serialisation import distinct, json_bytes, said

RESOURCES = {"JournalArticle": "publication-article", "Dataset": "dataset", "Model": "model"}
"""InvenioRDM's resource types, by DataCite's."""


class InvenioRdm(Record):
    """`records/invenio-rdm.json`."""

    name = "invenio_rdm"

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return the record."""
        draft = {
            "access": {"record": "public", "files": "public"},
            "files": {"enabled": True},
            "metadata": _metadata(dataset),
        }
        return {layout.INVENIO_RDM: json_bytes(draft)}


def _metadata(dataset: Dataset) -> dict[str, Any]:
    sheet, study = dataset.sheet, dataset.sheet.study
    doi = dataset_doi(study)
    archived = [Relation("IsIdenticalTo", "DOI", doi, "Dataset")] if doi else []
    return said(
        resource_type={"id": "dataset"},
        title=study.title,
        creators=[_person(author) for author in creators(sheet)],
        publication_date=study.release_date,
        description=paragraphs(study.description),
        additional_descriptions=_descriptions(dataset),
        rights=[{"id": study.license.spdx.lower()}] if study.license else None,
        subjects=[{"subject": word} for word in dict.fromkeys(study.keywords)],
        contributors=[_person(author) | {"role": {"id": "datacurator"}} for author in annotators(sheet)],
        related_identifiers=[_related(relation) for relation in (*archived, *relations(sheet))],
        references=[
            {"reference": sentences(paper.authors, paper.title, paper.year)}
            for paper in study.publications
            if paper.title
        ],
        funding=distinct(_grant(grant) for grant in study.grants if grant.funder),
        sizes=[f"{len(dataset):,} images", bytes_text(dataset.image_bytes)],
        formats=["OME-Zarr", "Apache Parquet"],
        version=sheet.version.version,
    )


def _person(author: Author) -> dict[str, Any]:
    # A person needs a family name; who has one name only has that.
    return said(
        person_or_org=said(
            type="personal",
            family_name=author.last_name or author.first_name,
            given_name=author.first_name if author.last_name else None,
            identifiers=[{"scheme": "orcid", "identifier": author.orcid}] if author.orcid else None,
        ),
        affiliations=distinct(_affiliation(place) for place in author.organisations if place.name or place.ror),
    )


def _affiliation(place: Organisation) -> dict[str, str]:
    """Return an organisation: by its ROR id, under which the repository knows it, or by its name."""
    return {"id": place.ror} if place.ror else {"name": place.name or ""}


def _related(relation: Relation) -> dict[str, Any]:
    resource = RESOURCES.get(relation.resource or "")
    return said(
        identifier=relation.identifier,
        scheme=relation.scheme.lower(),
        relation_type={"id": relation.kind.lower()},
        resource_type={"id": resource} if resource else None,
    )


def _descriptions(dataset: Dataset) -> list[dict[str, Any]]:
    study: Study = dataset.sheet.study
    texts = {
        "methods": "\n".join(annotation_methods(dataset.sheet, dataset.annotation_sets)),
        "notes": "\n".join(filter(None, (study.funding_statement, study.acknowledgements))),
    }
    return [{"description": paragraphs(text), "type": {"id": kind}} for kind, text in texts.items() if text]


def _grant(grant: Grant) -> dict[str, Any]:
    # An award needs a title beside its number, and the sheet has none.
    award = {"title": {"en": grant.grant_id}, "number": grant.grant_id} if grant.grant_id else None
    return said(funder={"name": grant.funder}, award=award)
