"""Who gets credit for a dataset, and how it is cited in one line."""

from __future__ import annotations

from mifakit.metadata.mifa import Author, Publication
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.addresses import doi_address


def credited_people(sheet: StudySheet) -> list[Author]:
    """Return the authors, then those annotators who are not among them; people without a name are left out."""
    people: list[Author] = []
    for person in (*sheet.authors, *(one for entry in sheet.annotations for one in entry.authors)):
        if person.full_name and not any(_is_same(person, known) for known in people):
            people.append(person)
    return people


def _is_same(one: Author, other: Author) -> bool:
    if one.orcid and other.orcid:
        return one.orcid == other.orcid
    return one.full_name == other.full_name


def dataset_credit(sheet: StudySheet) -> str:
    """Return authors, year, title, version and accession of the dataset, as far as they are said."""
    study, moment = sheet.study, sheet.study.release_date or sheet.version.timestamp
    names = ", ".join(author.full_name for author in sheet.authors if author.full_name)
    return _sentence(
        f"{names} ({moment[:4]})" if names and moment else names,
        study.title,
        f"Version {sheet.version.version}" if sheet.version.version else None,
        f"BioImage Archive, {study.accession}" if study.accession else None,
    )


def publication_credit(paper: Publication) -> str:
    """Return authors, title, year and DOI of a publication, as far as they are said."""
    return _sentence(paper.authors, paper.title, paper.year, doi_address(paper.doi))


def _sentence(*parts: str | None) -> str:
    return ". ".join(" ".join(part.split()).rstrip(".") for part in parts if part)
