"""Who gets credit: the study's authors, then those annotators who are not among them."""

from __future__ import annotations

from mifakit.metadata.mifa import Author
from mifakit.metadata.study_sheet import StudySheet

ANNOTATOR = "data annotation"
"""The role of those who annotated and gave no role; one of MIFA's own examples."""


def credited(sheet: StudySheet) -> list[Author]:
    """Return everybody who has a name, each once, with all roles that the sheet gives them."""
    people: list[Author] = []
    annotators = [author for entry in sheet.annotations for author in entry.authors]
    for author in [*sheet.authors, *(_with_role(annotator) for annotator in annotators)]:
        index = next((i for i, other in enumerate(people) if _same_person(author, other)), None)
        if index is not None:
            roles = list(dict.fromkeys([*people[index].roles, *author.roles]))
            people[index] = people[index].model_copy(update={"roles": roles})
        elif author.full_name:
            people.append(author)
    return people


def _with_role(annotator: Author) -> Author:
    return annotator.model_copy(update={"roles": annotator.roles or [ANNOTATOR]})


def _same_person(one: Author, other: Author) -> bool:
    """Whether two entries name one person: by ORCID iD, or by name where one of them has none."""
    if one.orcid and other.orcid:
        return one.orcid == other.orcid
    return one.full_name.casefold() == other.full_name.casefold()
