"""The study sheet as entities of BIA's RO-Crate profile: people, papers, grants and links.

The funding statement has no place in the profile, and stays in the MIFA documents, which travel in
the dataset; so does the version.
"""

from __future__ import annotations

from mifakit.metadata.mifa import Author, Grant, Link, Organisation, Publication
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.addresses import doi_address, orcid_address, pubmed_address, ror_address, web_address
from mifakit.records.crate_graph import CrateGraph, Reference, links
from mifakit.records.credit import people


class StudyEntities:
    """Adds who made the dataset, and what belongs to it, to a graph."""

    def __init__(self, graph: CrateGraph, sheet: StudySheet) -> None:
        self.graph = graph
        self.sheet = sheet

    def contributors(self) -> list[Reference]:
        """Add the authors, then those annotators who are not among them: they get credit too."""
        return links(*map(self._contributor, people(self.sheet)))

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
