"""What else belongs to a dataset: publications, links, models and the version before, in DataCite's terms."""

from __future__ import annotations

from typing import NamedTuple

from pydantic_core import PydanticCustomError

from mifakit.metadata.identifiers import parse_doi
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.addresses import doi_address, web_address
from mifakit.records.credit import dataset_doi


class Relation(NamedTuple):
    """One thing that is related to the dataset.

    Attributes
    ----------
    kind
        DataCite's `relationType`: what the dataset is to it.
    scheme
        DataCite's `relatedIdentifierType`: DOI, PMID or URL.
    identifier
        Without its resolver, unless it is a web address.
    resource
        DataCite's `resourceTypeGeneral`, where we know what it is.
    """

    kind: str
    scheme: str
    identifier: str
    resource: str | None = None

    @property
    def address(self) -> str:
        """Where it is found."""
        if self.scheme == "DOI":
            return doi_address(self.identifier) or ""
        return f"https://pubmed.ncbi.nlm.nih.gov/{self.identifier}/" if self.scheme == "PMID" else self.identifier


def relations(sheet: StudySheet) -> list[Relation]:
    """Return what is related to a dataset; whatever is named twice is told once, by what was said first."""
    study, own = sheet.study, dataset_doi(sheet.study)
    found: dict[tuple[str, str], Relation] = {}
    for paper in study.publications:
        if paper.doi:
            _add(found, Relation("IsDescribedBy", "DOI", paper.doi, "JournalArticle"))
        elif paper.pubmed_id and paper.pubmed_id.isdecimal():
            _add(found, Relation("IsDescribedBy", "PMID", paper.pubmed_id, "JournalArticle"))
    for url in study.ai_models_trained:
        _add(found, _told("IsSourceOf", url, "Model"))
    _add(found, _told("IsNewVersionOf", sheet.version.previous_version, "Dataset"))
    for link in study.links:
        _add(found, _told("References", link.url))
    return [relation for relation in found.values() if relation.identifier != own]


def _add(found: dict[tuple[str, str], Relation], relation: Relation | None) -> None:
    if relation is not None:
        found.setdefault((relation.scheme, relation.identifier.lower()), relation)


def _told(kind: str, text: str | None, resource: str | None = None) -> Relation | None:
    """Return the relation to what `text` names, a DOI or a web address; None for anything else."""
    try:
        doi = parse_doi(text)
    except PydanticCustomError:
        doi = None
    if doi:
        return Relation(kind, "DOI", doi, resource)
    if text and text.startswith(("http://", "https://")):
        return Relation(kind, "URL", web_address(text), resource)
    return None
