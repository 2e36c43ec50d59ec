"""`records/zenodo.json`: the metadata of a deposit on Zenodo, as its deposit API reads them."""

from __future__ import annotations

from html import escape
from typing import Any

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.metadata.mifa import Author, Study
from mifakit.metadata.vocabularies import License
from mifakit.records.base import Record
from mifakit.records.credit import annotators, creators, dataset_doi, sorted_name
from mifakit.records.lookup import annotation_set
from mifakit.records.relations import relations
from mifakit.records.sentences import sentences
from mifakit.records.serialisation import json_bytes, said

LICENSES = {License.CC0: "cc-zero", License.CC_BY: "cc-by-4.0"}
"""What Zenodo calls them."""
RESOURCES = {"JournalArticle": "publication-article", "Dataset": "dataset"}
"""Zenodo's `resource_type` of DataCite's; it has none for models."""


class Zenodo(Record):
    """`records/zenodo.json`."""

    name = "zenodo"

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return the record."""
        return {layout.ZENODO: json_bytes({"metadata": _metadata(dataset)})}


def _metadata(dataset: Dataset) -> dict[str, Any]:
    sheet, study = dataset.sheet, dataset.sheet.study
    return said(
        upload_type="dataset",
        title=study.title,
        creators=[_person(author) for author in creators(sheet)],
        description=_paragraphs(study.description),
        publication_date=study.release_date,
        access_right="open",
        license=LICENSES[study.license] if study.license else None,
        keywords=list(dict.fromkeys(study.keywords)),
        contributors=[_person(author) | {"type": "DataCurator"} for author in annotators(sheet)],
        related_identifiers=_related(dataset),
        references=[sentences(paper.authors, paper.title, paper.year) for paper in study.publications if paper.title],
        method=_methods(dataset),
        notes=_notes(study),
        version=sheet.version.version,
    )


def _person(author: Author) -> dict[str, Any]:
    places = "; ".join(dict.fromkeys(place.name for place in author.organisations if place.name))
    return said(name=sorted_name(author), affiliation=places, orcid=author.orcid)


def _related(dataset: Dataset) -> list[dict[str, str]]:
    """Return what is related; the archive's DOI is another name of the same data, as Zenodo gives one of its own."""
    doi = dataset_doi(dataset.sheet.study)
    own = [{"identifier": doi, "relation": "isIdenticalTo", "resource_type": "dataset"}] if doi else []
    others = [
        said(
            identifier=relation.address,
            relation=relation.kind[0].lower() + relation.kind[1:],
            resource_type=RESOURCES.get(relation.resource or ""),
        )
        for relation in relations(dataset.sheet)
    ]
    return [*own, *others]


def _methods(dataset: Dataset) -> str:
    protocols = (annotation_set(dataset.sheet, name) for name in dataset.annotation_sets)
    texts = ((entry.name, sentences(entry.overview, entry.method)) for entry in protocols)
    return "".join(_paragraphs(f"Annotations {name}: {text}") for name, text in texts if text)


def _notes(study: Study) -> str:
    grants = "; ".join(" ".join(filter(None, (grant.funder, grant.grant_id))) for grant in study.grants)
    return "".join(map(_paragraphs, (study.funding_statement, f"Grants: {grants}" if grants else None,
                                     study.acknowledgements)))  # fmt: skip


def _paragraphs(text: str | None) -> str:
    """Return text as HTML, which these fields are."""
    return "".join(f"<p>{escape(line.strip(), quote=False)}</p>" for line in (text or "").splitlines() if line.strip())
