"""Zenodo's JSON: the metadata of a deposit, `.zenodo.json`, or a record as its interface answers."""

from __future__ import annotations

import re

from mifakit.documents.base import Draft, Tree
from mifakit.documents.content import Content
from mifakit.documents.parts import Leaf, Part
from mifakit.documents.people import organisation, person
from mifakit.documents.related import Names, sort_related

_KEYS = {"upload_type", "access_right", "creators", "resource_type", "publication_date", "communities"}
_AROUND = (
    "id", "recid", "conceptrecid", "conceptdoi", "created", "modified", "updated", "links", "files", "owner", "owners",
    "revision", "state", "status", "submitted", "stats", "swh", "record_id", "doi_url", "title", "doi",
)  # fmt: skip
_WITHIN = ("upload_type", "access_right", "resource_type", "communities", "prereserve_doi", "relations")
_RELATED = Names("identifier", "scheme", "relation", "resource_type")


class Zenodo:
    """A Zenodo record or deposit."""

    name = "Zenodo JSON"

    def recognises(self, content: Content) -> bool:
        """Whether it has a title and creators as Zenodo spells them."""
        metadata = _metadata(Part(content.tree))
        keys = set(metadata.value) if isinstance(metadata.value, dict) else set()
        return {"title", "creators"} <= keys and len(keys & _KEYS) > 1

    def read(self, content: Content) -> Draft:
        """Read it."""
        document = Part(content.tree)
        metadata = _metadata(document)
        within = [f"metadata.{name}" if metadata.location else name for name in _WITHIN]
        draft = Draft(content.tree, {}, bookkeeping=(*within, *(_AROUND if metadata.location else ())))
        publications, links = sort_related(metadata.parts("related_identifiers"), _RELATED, draft)
        description = metadata.leaf("description")
        draft.sheet = {
            "study": {
                "title": _both(metadata.leaf("title"), document.leaf("title") if metadata.location else None),
                "description": description.map(without_markup, "markup was left out") if description else None,
                "keywords": metadata.leaves("keywords"),
                "license": metadata.part("license").leaf() or metadata.part("license").leaf("id"),
                "grants": [_grant(part) for part in metadata.parts("grants")],
                "publications": publications,
                "links": links,
                "release_date": metadata.leaf("publication_date"),
            },
            "version": {"version": metadata.leaf("version")},
            "authors": [_author(part) for part in metadata.parts("creators")]
            + [_author(part) for part in metadata.parts("contributors")],
        }
        return draft


def _metadata(document: Part) -> Part:
    return document.part("metadata") or document


def _both(one: Leaf | None, other: Leaf | None) -> Leaf | None:
    return one.also(other) if one else other


def _author(part: Part) -> Tree:
    role = part.leaf("type")
    return {
        **person(part.leaf("name")),
        "orcid": part.leaf("orcid"),
        "roles": [role] if role else [],
        "organisations": [organisation(place) for place in part.leaves("affiliation")],
    }


def _grant(part: Part) -> Tree:
    """Return a grant; a deposit names it `funder DOI::number`, a record has code and funder."""
    whole = part.leaf("id")
    if whole and "::" in whole.text and "code" not in part:
        funder, _, number = whole.text.partition("::")
        return {"grant_id": whole.map(lambda _: number), "funder": whole.map(lambda _: f"https://doi.org/{funder}")}
    return {"grant_id": part.leaf("code", "id"), "funder": part.part("funder").leaf("name")}


def without_markup(text: str) -> str:
    """Return the text of HTML, a paragraph a line."""
    from html.parser import HTMLParser

    if not re.search(r"<[a-zA-Z/!]|&[#\w]+;", text):
        return text
    pieces: list[str] = []

    class Text(HTMLParser):
        def handle_data(self, data: str) -> None:
            pieces.append(data)

        def handle_endtag(self, tag: str) -> None:
            pieces.append("\n" if tag in {"p", "div", "li", "h1", "h2", "h3"} else "")

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            pieces.append("\n" if tag == "br" else "")
            # Where a link leads is a part of what it says.
            pieces.extend(f"{value} " for name, value in attrs if tag == "a" and name == "href" and value)

    parser = Text(convert_charrefs=True)
    parser.feed(text)
    parser.close()
    return "\n".join(line for raw in "".join(pieces).splitlines() if (line := " ".join(raw.split())))
