"""CITATION.cff, the Citation File Format: who made something, and how it wants to be cited."""

from __future__ import annotations

from dataclasses import replace

from mifakit.documents.base import Draft, Tree
from mifakit.documents.content import Content
from mifakit.documents.parts import Leaf, Part
from mifakit.documents.people import organisation, person

_LINKS = ("repository-code", "repository", "repository-artifact", "url")
_PAPERS = {"article", "conference-paper", "report", "thesis", "book", "unpublished"}


class CitationCff:
    """A citation file."""

    name = "CITATION.cff"

    def recognises(self, content: Content) -> bool:
        """Whether it says which version of the format it has."""
        return isinstance(content.tree, dict) and "cff-version" in content.tree

    def read(self, content: Content) -> Draft:
        """Read it."""
        document = Part(content.tree)
        draft = Draft(content.tree, {}, bookkeeping=("cff-version", "message", "type"))
        papers = [*document.parts("preferred-citation"), *document.parts("references")]
        draft.sheet = {
            "study": {
                "title": document.leaf("title"),
                "description": document.leaf("abstract"),
                "keywords": document.leaves("keywords"),
                "license": next(iter(document.leaves("license", "license-url")), None),
                "links": _links(document),
                "publications": [_publication(paper, draft) for paper in papers if _is_paper(paper)],
                "release_date": document.leaf("date-released"),
            },
            "version": {"version": document.leaf("version")},
            "authors": [_author(part) for part in document.parts("authors")],
        }
        return draft


def _author(part: Part) -> Tree:
    family, particle = part.leaf("family-names"), part.leaf("name-particle")
    if family and particle:
        family = replace(family, text=f"{particle.text} {family.text}", origins=(*family.origins, *particle.origins))
    return {
        **person(part.leaf("name"), part.leaf("given-names"), family),
        "email": part.leaf("email"),
        "orcid": part.leaf("orcid"),
        "organisations": [organisation(place) for place in part.leaves("affiliation")],
    }


def _links(document: Part) -> list[Tree]:
    links: dict[str, Tree] = {}
    for name in _LINKS:
        leaf = document.leaf(name)
        if leaf and leaf.text in links:
            links[leaf.text]["url"] = links[leaf.text]["url"].also(leaf)
        elif leaf:
            links[leaf.text] = {"url": leaf, "description": Leaf("Code", ()) if name == "repository-code" else None}
    return list(links.values())


def _is_paper(paper: Part) -> bool:
    kind = paper.leaf("type")
    return kind is None or kind.text in _PAPERS


def _publication(paper: Part, draft: Draft) -> Tree:
    draft.settle(paper.leaf("type"))
    people = [_full_name(part) for part in paper.parts("authors")]
    names = [leaf for leaf in people if leaf]
    authors = Leaf(", ".join(one.text for one in names), tuple(origin for one in names for origin in one.origins))
    return {
        "title": paper.leaf("title"),
        "authors": authors if names else None,
        "doi": paper.leaf("doi"),
        "year": paper.leaf("year"),
    }


def _full_name(part: Part) -> Leaf | None:
    leaves = [leaf for name in ("given-names", "name-particle", "family-names", "name") if (leaf := part.leaf(name))]
    return Leaf(" ".join(leaf.text for leaf in leaves), tuple(leaf.origins[0] for leaf in leaves)) if leaves else None
