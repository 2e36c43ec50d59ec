"""Are the sheet's people told apart? E-mail addresses and entries that stand twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from mifakit.findings import Finding
from mifakit.metadata.mifa import Author
from mifakit.sheet.reading import Sheet
from mifakit.sources.yaml_text import Location


def check_emails(sheet: Sheet) -> Iterator[Finding]:
    """Yield e-mail addresses that several people have (MIFA164)."""
    owners: dict[str, list[tuple[Author, Location]]] = defaultdict(list)
    for location, authors in _lists(sheet):
        for index, author in enumerate(authors):
            if author.email:
                owners[author.email.casefold()].append((author, (*location, index, "email")))
    for (first, _), *others in owners.values():
        for other, location in others:
            if not first.is_same_as(other):
                message = f"{other.email} is {first.full_name}'s and {other.full_name}'s"
                yield Finding.of("MIFA164", message, sheet.place(*location))
                break


def check_people(sheet: Sheet) -> Iterator[Finding]:
    """Yield people who stand twice in one list of authors (MIFA165)."""
    for location, authors in _lists(sheet):
        for index, author in enumerate(authors):
            if any(author.is_same_as(other) for other in authors[:index]):
                message = f"{author.full_name or author.orcid} stands twice"
                yield Finding.of("MIFA165", message, sheet.place(*location, index))


def _lists(sheet: Sheet) -> Iterator[tuple[Location, Sequence[Author]]]:
    yield ("authors",), sheet.model.authors
    for index, protocol in enumerate(sheet.model.annotations):
        yield ("annotations", index, "authors"), protocol.authors
