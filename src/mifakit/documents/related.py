"""What a record says it is related to -> a publication or a link of the sheet. Pure."""

from __future__ import annotations

from dataclasses import replace

from mifakit.documents.base import Tree
from mifakit.documents.parts import Leaf

_ABOUT = {"issupplementto", "isdocumentedby", "isdescribedby", "iscitedby", "isreferencedby"}
"""Relations of data to the paper about them."""
_PAPERS = {"", "text", "journalarticle", "preprint", "article", "publication-article", "publication-preprint"}


def publication_or_link(
    identifier: Leaf | None, scheme: Leaf | None, relation: Leaf | None, kind: Leaf | None
) -> tuple[list[Tree], list[Tree]]:
    """Return what a related identifier becomes: a publication, a link, or neither.

    Parameters
    ----------
    identifier
        A DOI, a web address or another.
    scheme
        Which of them it is.
    relation
        How the record is related to it: `IsSupplementTo`.
    kind
        What it is, when the record says so: `JournalArticle`.
    """
    if identifier is None:
        return [], []
    is_doi = (scheme.text.casefold() if scheme else "") == "doi" or identifier.text.casefold().startswith("10.")
    is_about = relation is not None and relation.text.casefold() in _ABOUT
    if is_doi and is_about and (kind.text.casefold() if kind else "") in _PAPERS:
        said = [origin for leaf in (relation, kind) if leaf for origin in leaf.origins]
        return [{"doi": replace(identifier, origins=(*identifier.origins, *said))}], []
    if is_doi:
        return [], [{"url": identifier.map(_doi_address), "description": relation}]
    if identifier.text.casefold().startswith(("http://", "https://")):
        return [], [{"url": identifier, "description": relation}]
    return [], []


def _doi_address(text: str) -> str:
    return text if text.casefold().startswith("http") else f"https://doi.org/{text.removeprefix('doi:')}"
