"""What the study sheet says as MIFA's documents: the study, each annotation set and the version, as plain data.

They pass BIA's strict JSON Schema, which is narrower than the LinkML model it was made from:

- `Annotations` has no `annotation_type`; each row of `file_metadata` carries it.
- `publications` is an object keyed by DOI, so that a publication without DOI has no place in it.
- `link_url` and `link_description` are parallel lists; a link without description has a blank one.

Identifiers are web addresses. The model's examples show CURIEs (`ORCID:0000-…`) and its type takes
both, but BIA's own document of S-BIAD599 writes addresses, and those resolve without a prefix map.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from mifakit.dataset.dataset import Dataset
from mifakit.dataset.rows import SampleRow
from mifakit.metadata.annotation_sets import AnnotationSet, FileValues
from mifakit.metadata.fields import is_empty
from mifakit.metadata.mifa import Author, Publication, Study, Version
from mifakit.records import mifa_model
from mifakit.records.addresses import doi_address, orcid_address, pubmed_address, ror_address, web_address
from mifakit.records.lookup import annotation_set
from mifakit.records.serialisation import said, yaml_text


def mifa_documents(dataset: Dataset) -> dict[str, dict[str, Any]]:
    """Return all documents of a dataset by their paths in it."""
    sheet = dataset.sheet
    return {
        mifa_model.STUDY: _study(sheet.study, sheet.authors),
        **{mifa_model.annotations_path(name): _annotations(dataset, name) for name in dataset.annotation_sets},
        mifa_model.VERSION: _version(sheet.version),
    }


def document_texts(dataset: Dataset) -> dict[str, str]:
    """Return the same as YAML, each under a line that names its class."""
    classes = mifa_model.document_classes(dataset.annotation_sets)
    return {path: _text(classes[path], document) for path, document in mifa_documents(dataset).items()}


def _text(class_name: str, document: dict[str, Any]) -> str:
    return f"# MIFA, {class_name}: https://w3id.org/BioImage-Archive/bia-mifa-models\n{yaml_text(document)}"


def _study(study: Study, authors: list[Author]) -> dict[str, Any]:
    links = [link for link in study.links if link.url]
    descriptions = [link.description or "" for link in links]
    return said(
        title=study.title,
        description=study.description,
        keywords=study.keywords,
        authors=[_author(author) for author in authors if not is_empty(author)],
        license=study.license.value if study.license else None,
        ai_models_trained=[web_address(url) for url in study.ai_models_trained if url],
        funding_statement=study.funding_statement,
        grants=[said(grant_id=grant.grant_id, funder=grant.funder) for grant in study.grants if not is_empty(grant)],
        acknowledgements=study.acknowledgements,
        publications={doi_address(paper.doi): _publication(paper) for paper in study.publications if paper.doi},
        link_url=[web_address(link.url) for link in links if link.url],
        link_description=descriptions if any(descriptions) else None,
    )


def _author(author: Author) -> dict[str, Any]:
    return said(
        author_first_name=author.first_name,
        author_last_name=author.last_name,
        email=author.public_email,
        orcid_id=orcid_address(author.orcid),
        organisation=[
            said(organisation_name=place.name, address=place.address, ror_id=ror_address(place.ror))
            for place in author.organisations
            if not is_empty(place)
        ],
        role=author.roles,
    )


def _publication(paper: Publication) -> dict[str, Any]:
    return said(
        publication_title=paper.title,
        publication_authors=paper.authors,
        publication_doi=doi_address(paper.doi),
        publication_year=paper.year,
        pubmed_id=pubmed_address(paper.pubmed_id),
    )


def _annotations(dataset: Dataset, name: str) -> dict[str, Any]:
    protocol = annotation_set(dataset.sheet, name)
    return said(
        annotation_overview=protocol.overview,
        authors=[_author(author) for author in protocol.authors or dataset.sheet.authors if not is_empty(author)],
        annotation_method=protocol.method,
        annotation_confidence_level=protocol.confidence_level,
        annotation_criteria=protocol.criteria,
        annotation_coverage=protocol.coverage,
        file_metadata=[
            row for sample in dataset if name in sample.row.annotations for row in _file_level(protocol, sample.row)
        ],
    )


def _file_level(protocol: AnnotationSet, row: SampleRow) -> Iterator[dict[str, Any]]:
    """Yield what is said of each file that holds a set's annotation of a sample.

    A source file may be told apart from its set; what several sources became together is of all of them.
    """
    name = str(protocol.name)
    own = [
        next((values for values in protocol.file_values if values.is_of(source)), FileValues())
        for source in row.annotations[name].sources
    ] or [FileValues()]
    values = said(
        annotation_type=_distinct(kind.value for one in own for kind in one.types or protocol.types),
        source_image_id=row.image,
        transformations=_together(one.transformations or protocol.transformations for one in own),
        spatial_information=_together(one.spatial_information or protocol.spatial_information for one in own),
        annotation_creation_time=_latest(one.created or protocol.created for one in own),
    )
    yield from ({"annotation_id": path, **values} for path in row.annotation_paths(name))


def _distinct(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _together(texts: Iterable[str | None]) -> str | None:
    return "; ".join(_distinct(texts)) or None


def _latest(moments: Iterable[str | None]) -> str | None:
    """Return when the last of them was made: before that the annotation was not whole."""
    return max(_distinct(moments), key=datetime.fromisoformat, default=None)


def _version(version: Version) -> dict[str, Any]:
    return said(
        version=version.version,
        timestamp=version.timestamp,
        changes=version.changes,
        previous_version=version.previous_version,
    )
