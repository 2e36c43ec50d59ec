"""How to cite the dataset, for machines: `CITATION.cff` and `records/citation.bib`."""

from __future__ import annotations

import re
from typing import Any

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.metadata.mifa import Author, Publication
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records import bibtex
from mifakit.records.addresses import doi_address, orcid_address, pubmed_address, web_address
from mifakit.records.base import Record
from mifakit.records.credit import ARCHIVE, creators, dataset_address, dataset_doi, publication_year
from mifakit.records.serialisation import distinct, said, yaml_text

MESSAGE = "If you use this dataset, please cite it as below."
_CFF_DOI = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")
"""The DOIs that CFF has a place for; others are given by their address."""


class Citation(Record):
    """`CITATION.cff`, `records/citation.bib`."""

    name = "citation"

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return both."""
        return {
            layout.CITATION: yaml_text(_cff(dataset.sheet)).encode(),
            layout.BIBTEX: _bibtex(dataset.sheet).encode(),
        }


def _cff(sheet: StudySheet) -> dict[str, Any]:
    study, doi = sheet.study, dataset_doi(sheet.study)
    keys = said(
        cff_version="1.2.0",
        message=MESSAGE,
        type="dataset",
        title=study.title,
        abstract=study.description,
        authors=[_cff_person(author) for author in creators(sheet)],
        version=sheet.version.version,
        date_released=study.release_date,
        license=study.license.spdx if study.license else None,
        doi=doi,
        url=dataset_address(study),
        keywords=list(dict.fromkeys(study.keywords)),
        references=distinct(_cff_reference(paper) for paper in study.publications if paper.title and paper.authors),
    )
    return _hyphened(keys)


def _cff_person(author: Author) -> dict[str, Any]:
    places = "; ".join(dict.fromkeys(place.name for place in author.organisations if place.name))
    return _hyphened(
        said(
            family_names=author.last_name,
            given_names=author.first_name,
            orcid=orcid_address(author.orcid),
            affiliation=places,
        )
    )


def _cff_reference(paper: Publication) -> dict[str, Any]:
    """Return a publication. Its authors are one line in the sheet, and stay one: where to cut it is a guess."""
    known = bool(paper.doi and _CFF_DOI.fullmatch(paper.doi))
    return said(
        type="article",
        title=paper.title,
        authors=[{"name": paper.authors}],
        doi=paper.doi if known else None,
        url=None if known else doi_address(paper.doi) or pubmed_address(paper.pubmed_id),
        year=int(paper.year) if paper.year and re.fullmatch(r"[1-9][0-9]{3}", paper.year) else None,
    )


def _hyphened(keys: dict[str, Any]) -> dict[str, Any]:
    """Return keys as CFF spells them."""
    return {key.replace("_", "-"): value for key, value in keys.items()}


def _bibtex(sheet: StudySheet) -> str:
    study, year, people = sheet.study, publication_year(sheet.study), creators(sheet)
    first = people[0].last_name or people[0].first_name if people else None
    dataset = bibtex.entry(
        "dataset",
        bibtex.citation_key(first, year, _first_word(study.title)),
        {
            "author": bibtex.names([(author.last_name or "", author.first_name or "") for author in people]),
            "title": bibtex.title(study.title) if study.title else None,
            "year": year,
            "version": sheet.version.version,
            "publisher": ARCHIVE if dataset_doi(study) else None,
            "doi": dataset_doi(study),
            "url": dataset_address(study),
        },
    )
    papers = [_bibtex_paper(number, paper) for number, paper in enumerate(study.publications, 1) if paper.title]
    return "\n".join([*([dataset] if people or study.title else []), *papers])


def _bibtex_paper(number: int, paper: Publication) -> str:
    """Return a publication, its authors as the sheet has them: one name, in braces."""
    return bibtex.entry(
        "article",
        f"publication{number}",
        {
            "author": bibtex.title(paper.authors) if paper.authors else None,
            "title": bibtex.title(paper.title or ""),
            "year": paper.year,
            "doi": web_address(paper.doi) if paper.doi else None,
            "url": None if paper.doi else pubmed_address(paper.pubmed_id),
        },
    )


def _first_word(title: str | None) -> str | None:
    """Return the first word of a title that is more than an article."""
    words = re.findall(r"\w+", title or "")
    return next((word for word in words if len(word) > 3), words[0] if words else None)
