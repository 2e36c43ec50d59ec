"""Who gets credit for a dataset, and how it is cited in one line."""

from __future__ import annotations

from mifakit.metadata.mifa import Author, Publication
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.addresses import doi_address


def credited_people(sheet: StudySheet) -> list[Author]:
    """Return the authors, then those annotators who are not among them; people without a name are left out."""
    people: dict[str, Author] = {}
    for person in (*sheet.authors, *(one for entry in sheet.annotations for one in entry.authors)):
        known = {person.orcid, person.full_name} & {key for one in people.values() for key in (one.orcid, one.full_name)}
        if person.full_name and not known - {None}:
            people[person.orcid or person.full_name] = person
    return list(people.values())


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
