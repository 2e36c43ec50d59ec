"""The study sheet as entities of BIA's RO-Crate profile: people, papers, grants and links.

The funding statement has no place in the profile, and stays in the MIFA documents, which travel in
the dataset; so does the version.
"""

from __future__ import annotations

from mifakit.metadata.mifa import Author, Grant, Link, Organisation, Publication
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.addresses import doi_address, orcid_address, pubmed_address, ror_address, web_address
from mifakit.records.crate_graph import CrateGraph, Reference, links

ANNOTATOR = "data annotation"
"""The role of those who annotated and gave no role; one of MIFA's own examples."""


class StudyEntities:
    """Adds who made the dataset, and what belongs to it, to a graph."""

    def __init__(self, graph: CrateGraph, sheet: StudySheet) -> None:
        self.graph = graph
        self.sheet = sheet

    def contributors(self) -> list[Reference]:
        """Add the authors, then those annotators who are not among them: they get credit too."""
        people: list[Author] = []
        annotators = [author for entry in self.sheet.annotations for author in entry.authors]
        for author in [*self.sheet.authors, *(_with_role(annotator) for annotator in annotators)]:
            index = next((i for i, other in enumerate(people) if _same_person(author, other)), None)
            if index is not None:
                roles = list(dict.fromkeys([*people[index].roles, *author.roles]))
                people[index] = people[index].model_copy(update={"roles": roles})
            elif author.full_name:
                people.append(author)
        return links(*map(self._contributor, people))

    def _contributor(self, author: Author) -> Reference | None:
        return self.graph.add(
            "bia:Contributor",
            orcid_address(author.orcid) or self.graph.local_id("author", author.full_name),
            displayName=author.full_name,
            contactEmail=author.email,
            role=author.roles,
            affiliation=links(*map(self._organisation, author.organisations)),
        )

    def _organisation(self, place: Organisation) -> Reference | None:
        if not place.name:
            return None
        address = ror_address(place.ror)
        return self.graph.add_once(
            "bia:Affiliation",
            "organisation",
            place.name,
            address,
            displayName=place.name,
            address=place.address,
        )

    def publications(self) -> list[Reference]:
        """Add the publications that have a title or a DOI: the archive takes no other."""
        return links(*map(self._publication, self.sheet.study.publications))

    def _publication(self, paper: Publication) -> Reference | None:
        text = paper.title or paper.doi
        if not text:
            return None
        return self.graph.add_once(
            "bia:Publication",
            "publication",
            text,
            doi_address(paper.doi) or pubmed_address(paper.pubmed_id),
            name=paper.title,
            authorNames=paper.authors,
            yearPublished=int(paper.year) if paper.year and paper.year.isdecimal() else None,
            pubmedId=paper.pubmed_id,
            doi=doi_address(paper.doi),
        )

    def grants(self) -> list[Reference]:
        """Add the grants and who gave them."""
        return links(*map(self._grant, self.sheet.study.grants))

    def _grant(self, grant: Grant) -> Reference | None:
        if not grant.funder:
            return None
        funder = self.graph.add_once("bia:FundingBody", "funder", grant.funder, name=grant.funder)
        text = f"{grant.funder} {grant.grant_id or ''}"
        return self.graph.add_once("bia:Grant", "grant", text, funder=links(funder), identifier=grant.grant_id)

    def see_also(self) -> list[Reference]:
        """Add the links, and the models that were trained with the data."""
        study = self.sheet.study
        models = [Link(url=url, description="AI model trained with this dataset") for url in study.ai_models_trained]
        return links(*map(self._external, [*study.links, *models]))

    def _external(self, link: Link) -> Reference | None:
        if not link.url:
            return None
        return self.graph.add("bia:ExternalReference", web_address(link.url), description=link.description)


def _with_role(annotator: Author) -> Author:
    return annotator.model_copy(update={"roles": annotator.roles or [ANNOTATOR]})


def _same_person(one: Author, other: Author) -> bool:
    """Whether two entries name one person: by ORCID iD, or by name where one of them has none."""
    if one.orcid and other.orcid:
        return one.orcid == other.orcid
    return one.full_name.casefold() == other.full_name.casefold()
