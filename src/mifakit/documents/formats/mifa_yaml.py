"""MIFA's documents as BIA publishes them: Study, Annotations and Version, one YAML file each.

BIA's own documents are looser than BIA's schema, and are read as they are: one value where a list is declared,
publications as a list or as a block keyed by DOI, template entries that nobody filled in.
"""

from __future__ import annotations

import re
from pathlib import Path

from mifakit.documents.base import Draft, Tree
from mifakit.documents.content import Content
from mifakit.documents.file_level import FileRow, file_level
from mifakit.documents.parts import Leaf, Part
from mifakit.documents.people import organisation

_STUDY = {"funding_statement", "link_url", "ai_models_trained", "acknowledgements", "publications", "grants"}
_ANNOTATIONS = {"annotation_overview", "annotation_method", "file_metadata"}
_VERSION = {"version", "timestamp", "changes", "previous_version"}


class MifaYaml:
    """A MIFA document."""

    name = "MIFA YAML"

    def recognises(self, content: Content) -> bool:
        """Whether its fields are those of one of MIFA's documents."""
        keys = set(content.tree) if isinstance(content.tree, dict) else set()
        if "version" in keys and keys <= _VERSION:
            return True
        return bool(keys & _ANNOTATIONS) or ({"title", "description"} <= keys and len(keys & _STUDY) > 1)

    def read(self, content: Content) -> Draft:
        """Read it."""
        document = Part(content.tree)
        keys = set(content.tree)
        if keys <= _VERSION:
            sheet: Tree = {"version": {name: document.leaf(name) for name in _VERSION}}
        elif keys & _ANNOTATIONS:
            sheet = {"annotations": [{"name": _set_name(content.path)} | _annotations(document)]}
        else:
            sheet = {"study": _study(document), "authors": [_author(part) for part in document.parts("authors")]}
        return Draft(content.tree, sheet)


def _set_name(path: Path) -> Leaf | None:
    """Return the name that a document of ours has in its file's name."""
    found = re.fullmatch(r"annotations-([A-Za-z0-9][A-Za-z0-9_-]{0,39})\.ya?ml", path.name)
    return Leaf(found[1], ()) if found else None


def _study(document: Part) -> Tree:
    urls, descriptions = document.part("link_url"), document.part("link_description")
    links = [
        {"url": urls.at(index).leaf(), "description": descriptions.at(index).leaf()}
        for index in range(max(len(urls), len(descriptions)))
    ]
    return {
        "title": document.leaf("title"),
        "description": document.leaf("description"),
        "keywords": document.leaves("keywords"),
        "license": document.leaf("license"),
        "funding_statement": document.leaf("funding_statement"),
        "acknowledgements": document.leaf("acknowledgements"),
        "ai_models_trained": document.leaves("ai_models_trained"),
        "links": links,
        "grants": [
            {"grant_id": part.leaf("grant_id"), "funder": part.leaf("funder")} for part in document.parts("grants")
        ],
        "publications": [_publication(*paper) for paper in _papers(document.part("publications"))],
    }


def _papers(publications: Part) -> list[tuple[Part, Leaf | None]]:
    """Return the publications, with the DOI that a block names each by."""
    blocks = [(name, part) for name, part in publications.fields() if isinstance(part.value, dict) and part]
    if blocks:
        return [(part, Leaf(name, (part.location,))) for name, part in blocks]
    return [(part, None) for part in publications.items()]


def _publication(paper: Part, key: Leaf | None) -> Tree:
    return {
        "title": paper.leaf("publication_title"),
        "authors": paper.leaf("publication_authors"),
        "doi": paper.leaf("publication_doi") or key,
        "year": paper.leaf("publication_year"),
        "pubmed_id": paper.leaf("pubmed_id"),
    }


def _author(author: Part) -> Tree:
    return {
        "first_name": author.leaf("author_first_name"),
        "last_name": author.leaf("author_last_name"),
        "email": author.leaf("email"),
        "orcid": author.leaf("orcid_id"),
        "roles": author.leaves("role"),
        "organisations": [
            organisation(part.leaf() or part.leaf("organisation_name"), part.leaf("ror_id"), part.leaf("address"))
            for part in author.parts("organisation")
        ],
    }


def _annotations(document: Part) -> Tree:
    rows = [
        FileRow(
            row.leaf("annotation_id"),
            row.leaves("source_image_id"),
            row.leaves("annotation_type"),
            {field: row.leaf(slot) for field, slot in _OF_A_FILE.items()},
        )
        for row in document.parts("file_metadata")
    ]
    return {
        "overview": document.leaf("annotation_overview"),
        "method": document.leaf("annotation_method"),
        "confidence_level": document.leaf("annotation_confidence_level"),
        "criteria": document.leaf("annotation_criteria"),
        "coverage": document.leaf("annotation_coverage"),
        "authors": [_author(part) for part in document.parts("authors")],
        **file_level(rows, document.leaves("annotation_type")),
    }


_OF_A_FILE = {
    "transformations": "transformations",
    "spatial_information": "spatial_information",
    "created": "annotation_creation_time",
}
