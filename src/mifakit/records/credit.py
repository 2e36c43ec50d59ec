"""Who gets credit for a dataset, and how it is cited. All records ask here, so that none says otherwise."""

from __future__ import annotations

import re

from mifakit.metadata.mifa import Author, Publication, Study
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.addresses import BIA_STUDY, doi_address
from mifakit.records.sentences import sentences

ARCHIVE = "BioImage Archive"
ARCHIVE_ADDRESS = "https://www.ebi.ac.uk/bioimage-archive/"
ARCHIVE_DOIS = "10.6019"
ANNOTATOR = "data annotation"
"""The role of those who annotated and gave no role; one of MIFA's own examples."""

_ACCESSION = re.compile(r"S-BIAD[0-9]+")


def creators(sheet: StudySheet) -> list[Author]:
    """Return the authors in the order of credit, each once and with all roles."""
    return _merged(sheet.authors)


def annotators(sheet: StudySheet) -> list[Author]:
    """Return those who annotated, in the order of the sets, also when they are authors too."""
    return _merged([_with_role(author) for entry in sheet.annotations for author in entry.authors])


def people(sheet: StudySheet) -> list[Author]:
    """Return the authors, then those annotators who are not among them: they get credit too."""
    return _merged([*sheet.authors, *annotators(sheet)])


def _merged(authors: list[Author]) -> list[Author]:
    found: list[Author] = []
    for author in authors:
        index = next((i for i, other in enumerate(found) if author.is_same_as(other)), None)
        if index is not None:
            roles = list(dict.fromkeys([*found[index].roles, *author.roles]))
            found[index] = found[index].model_copy(update={"roles": roles})
        elif author.full_name:
            found.append(author)
    return found


def _with_role(annotator: Author) -> Author:
    return annotator.model_copy(update={"roles": annotator.roles or [ANNOTATOR]})


def sorted_name(author: Author) -> str:
    """Return a name as lists sort it: `Carberry, Josiah`."""
    return ", ".join(part for part in (author.last_name, author.first_name) if part)


def is_accession(text: str | None) -> bool:
    """Whether this is an accession number as the archive gives them: `S-BIAD634`."""
    return bool(text and _ACCESSION.fullmatch(text))


def dataset_doi(study: Study) -> str | None:
    """Return the DOI that the archive gives with its accession number."""
    return f"{ARCHIVE_DOIS}/{study.accession}" if is_accession(study.accession) else None


def dataset_address(study: Study) -> str | None:
    """Return where the archive shows the study."""
    return f"{BIA_STUDY}{study.accession}" if is_accession(study.accession) else None


def publication_year(study: Study) -> str | None:
    """Return the year in which the dataset becomes public."""
    return study.release_date[:4] if study.release_date else None


def publication_credit(paper: Publication) -> str:
    """Return authors, title, year and DOI of a publication, as far as they are said, as one line."""
    return " ".join(sentences(paper.authors, paper.title, paper.year, doi_address(paper.doi)).split())


def citation(sheet: StudySheet) -> str:
    """Return how the dataset is cited, as one line of plain text; nothing, when nobody said what it is or whose."""
    study, year = sheet.study, publication_year(sheet.study)
    names = ", ".join(author.full_name for author in creators(sheet))
    if not names and not study.title:
        return ""
    text = sentences(
        f"{names} ({year})" if names and year else names or year,
        study.title,
        f"Version {sheet.version.version}" if sheet.version.version else None,
        f"{ARCHIVE}, {study.accession}" if study.accession else None,
        doi_address(dataset_doi(study)),
    )
    return " ".join(text.split())
