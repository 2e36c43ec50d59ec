"""What a record says it is related to -> a publication or a link of the sheet. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mifakit.documents.base import Draft, Tree
from mifakit.documents.parts import Leaf, Part

_ABOUT = {"issupplementto", "isdocumentedby", "isdescribedby", "iscitedby", "isreferencedby"}
"""Relations of data to the paper about them."""
_PAPERS = {"text", "journalarticle", "preprint", "article", "publication-article", "publication-preprint"}


@dataclass(frozen=True)
class Names:
    """What a format calls the fields of a related identifier."""

    identifier: str
    scheme: str
    relation: str
    kind: str


def sort_related(parts: Iterable[Part], names: Names, draft: Draft) -> tuple[list[Tree], list[Tree]]:
    """Return the publications and the links among what a record is related to; what is neither stays where it is.

    Parameters
    ----------
    parts
        The related identifiers.
    names
        Of their fields.
    draft
        Learns which schemes were understood.
    """
    publications: list[Tree] = []
    links: list[Tree] = []
    for part in parts:
        identifier, scheme, relation, kind = (
            part.leaf(name) for name in (names.identifier, names.scheme, names.relation, names.kind)
        )
        if identifier is None:
            continue
        stated = scheme.text.casefold() if scheme else ""
        is_doi = stated == "doi" or identifier.text.casefold().startswith("10.")
        if is_doi and _is_about(relation, kind):
            said = [origin for leaf in (relation, kind) if leaf for origin in leaf.origins]
            publications.append({"doi": replace(identifier, origins=(*identifier.origins, *said))})
        elif is_doi or identifier.text.casefold().startswith(("http://", "https://")):
            url = identifier.map(_doi_address) if is_doi else identifier
            links.append({"url": url, "description": relation})
        else:
            continue
        if stated in ("doi", "url"):
            draft.settle(scheme)
    return publications, links


def _is_about(relation: Leaf | None, kind: Leaf | None) -> bool:
    """Whether it is a paper about the data."""
    return (
        relation is not None
        and relation.text.casefold() in _ABOUT
        and (kind is None or kind.text.casefold() in _PAPERS)
    )


def _doi_address(text: str) -> str:
    return text if text.casefold().startswith("http") else f"https://doi.org/{text.removeprefix('doi:')}"
