"""DataCite's metadata of a DOI as JSON (kernel 4): as `api.datacite.org` answers, or the attributes alone."""

from __future__ import annotations

from mifakit.documents.base import Draft, Tree
from mifakit.documents.content import Content
from mifakit.documents.dates import day
from mifakit.documents.parts import Leaf, Part
from mifakit.documents.people import organisation, person
from mifakit.documents.related import Names, sort_related

_BOOKKEEPING = (
    "id", "type", "types", "prefix", "suffix", "url", "contentUrl", "metadataVersion", "schemaVersion", "source", "xml",
    "isActive", "state", "reason", "viewCount", "viewsOverTime", "downloadCount", "downloadsOverTime", "referenceCount",
    "citationCount", "citationsOverTime", "partCount", "partOfCount", "versionCount", "versionOfCount", "created",
    "registered", "published", "updated", "publisher", "publicationYear", "language", "formats", "sizes",
)  # fmt: skip
_RELATED = Names("relatedIdentifier", "relatedIdentifierType", "relationType", "resourceTypeGeneral")


class DataCite:
    """A DataCite record."""

    name = "DataCite JSON"

    def recognises(self, content: Content) -> bool:
        """Whether it has titles and creators as DataCite spells them."""
        record = _record(Part(content.tree))
        return "titles" in record and ("creators" in record or "schemaVersion" in record)

    def read(self, content: Content) -> Draft:
        """Read it."""
        document = Part(content.tree)
        record = _record(document)
        outside = ".".join(part for part in record.location if isinstance(part, str))
        kept = [f"{outside}.{name}" if outside else name for name in _BOOKKEEPING]
        around = ["data.id", "data.type", "data.relationships", "included", "jsonapi", "links", "meta"]
        draft = Draft(content.tree, {}, bookkeeping=(*kept, *(around if outside else ())))
        publications, links = sort_related(record.parts("relatedIdentifiers"), _RELATED, draft)
        draft.sheet = {
            "study": {
                "title": _titles(record),
                "description": _described(record, draft, "Abstract"),
                "keywords": _keywords(record),
                "license": _license(record),
                "grants": _grants(record),
                "publications": publications,
                "links": links,
                "release_date": _date(record, draft),
            },
            "version": {"version": record.leaf("version")},
            "authors": [_author(part, draft) for part in record.parts("creators")]
            + [_author(part, draft) for part in record.parts("contributors")],
        }
        return draft


def _record(document: Part) -> Part:
    """Return the record, without what the archive's interface lays around it."""
    inner = document.part("data").part("attributes")
    return inner or document.part("attributes") or document


def _titles(record: Part) -> Leaf | None:
    plain = [part for part in record.parts("titles") if "titleType" not in part]
    return next((leaf for part in plain if (leaf := part.leaf("title"))), None)


def _described(record: Part, draft: Draft, kind: str) -> Leaf | None:
    """Return the description of a type, the first of any when there is none."""
    found = record.parts("descriptions")
    chosen = next((part for part in found if _says(part, "descriptionType", kind)), found[0] if found else Part(None))
    if _says(chosen, "descriptionType", kind):
        draft.settle(chosen.leaf("descriptionType"))
    return chosen.leaf("description")


def _says(part: Part, name: str, text: str) -> bool:
    leaf = part.leaf(name)
    return leaf is not None and leaf.text.casefold() == text.casefold()


def _keywords(record: Part) -> list[Leaf]:
    return [leaf for part in record.parts("subjects") if (leaf := part.leaf() or part.leaf("subject"))]


def _license(record: Part) -> Leaf | None:
    rights = record.parts("rightsList")
    return next(
        (leaf for part in rights if (leaf := part.leaf("rightsUri", "rightsIdentifier", "rightsURI", "rights"))), None
    )


def _author(part: Part, draft: Draft) -> Tree:
    orcid = None
    for identifier in part.parts("nameIdentifiers"):
        if orcid is None and _says(identifier, "nameIdentifierScheme", "ORCID"):
            orcid = identifier.leaf("nameIdentifier")
            draft.settle(identifier.leaf("nameIdentifierScheme"), *_known(identifier, "schemeUri", "orcid.org"))
    draft.settle(*_known(part, "nameType", "personal"))
    kind = part.leaf("contributorType")
    return {
        **person(part.leaf("name"), part.leaf("givenName"), part.leaf("familyName")),
        "orcid": orcid,
        "roles": [kind] if kind else [],
        "organisations": [_organisation(place, draft) for place in part.parts("affiliation")],
    }


def _organisation(place: Part, draft: Draft) -> Tree:
    is_ror = _says(place, "affiliationIdentifierScheme", "ROR")
    if is_ror:
        draft.settle(place.leaf("affiliationIdentifierScheme"), *_known(place, "schemeUri", "ror.org"))
    return organisation(place.leaf() or place.leaf("name"), place.leaf("affiliationIdentifier") if is_ror else None)


def _known(part: Part, name: str, text: str) -> list[Leaf]:
    """Return a value that only says what is known already."""
    leaf = part.leaf(name)
    return [leaf] if leaf and text in leaf.text.casefold() else []


def _grants(record: Part) -> list[Tree]:
    return [
        {"grant_id": part.leaf("awardNumber"), "funder": part.leaf("funderName")}
        for part in record.parts("fundingReferences")
    ]


def _date(record: Part, draft: Draft) -> Leaf | None:
    for kind in ("Available", "Issued"):
        for part in record.parts("dates"):
            leaf = part.leaf("date")
            if leaf and _says(part, "dateType", kind) and len(leaf.text) >= len("2026-03-31"):
                draft.settle(part.leaf("dateType"))
                return day(leaf)
    return None
