"""What the sheet says, as the sections of the archive's forms.

Names are those that the live form writes, which are not all those of its data: people are sections `Author` with
`E-mail` and `affiliation`, and that refers to a section `organisation`. The archive's programs read these; only
the check of a JSON that is uploaded as a whole to the submission tool (of March 2026) goes by the data, and refuses
what the form itself wrote. It does not look at TSV.

What a form has no field for is said with what it belongs to; the version, which belongs to nothing there, is in the
MIFA documents.

A link to something with an identifier has its Type, so that the archive makes the address; a web address has none,
as the form takes a Type and a colon for a part of the address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.fields import is_empty
from mifakit.metadata.image_sets import ImageSet
from mifakit.metadata.mifa import Author, Link, Organisation, Study
from mifakit.metadata.study_sheet import StudySheet
from mifakit.metadata.vocabularies import License
from mifakit.records.addresses import ror_address, web_address
from mifakit.records.credit import people
from mifakit.records.lookup import annotation_set, image_set
from mifakit.records.pagetab.elements import Attribute, Section, attributes, references, section
from mifakit.records.pagetab.forms import FormName, form_for
from mifakit.records.pagetab.samples import samples
from mifakit.records.sentences import sentences, told

ROOT_TYPE = "submission"
COLLECTION = "BioImages"
LICENCES = {License.CC0: "CC0", License.CC_BY: "CC BY 4.0"}
"""How the form spells them."""

_ACCESSION = re.compile(r"S-[A-Z]+[0-9]+")
_IDENTIFIERS = {
    "doi": re.compile(r"https?://(?:dx\.)?doi\.org/(10\.\S+)"),
    "biostudies": re.compile(r"https?://www\.ebi\.ac\.uk/(?:biostudies|bioimage-archive)/\S*?(S-[A-Z]+[0-9]+)/?"),
    "empiar": re.compile(r"https?://www\.ebi\.ac\.uk/\S*?(EMPIAR-[0-9]+)/?"),
}
"""By the archive's name for a kind of identifier, the web addresses that hold one."""


def submission(sheet: StudySheet, images: Mapping[str, str], annotations: Mapping[str, str]) -> dict[str, Any]:
    """Return the PageTab of a dataset.

    Parameters
    ----------
    sheet
        What people said.
    images, annotations
        The name of each set's file list, by the set's name.
    """
    study, form = sheet.study, form_for(sheet)
    head = attributes(
        ("Template", form.value),
        ("Title", study.title),
        ("ReleaseDate", study.release_date),
        ("AttachTo", COLLECTION),
    )
    inner = [] if form is FormName.ANNOTATIONS else samples(sheet)
    for number, (name, file_list) in enumerate(annotations.items(), 1):
        inner.append(_annotation(number, annotation_set(sheet, name), file_list))
    for number, (name, file_list) in enumerate(images.items(), 1):
        inner.append(_component(sheet, number, image_set(sheet, name), file_list))
    inner += [*_people(people(sheet)), *_publications(study), *_grants(study)]
    root: Section = section("Study", "study-1", _study(study, form))
    if links := _links(study):
        root["links"] = links
    root["subsections"] = inner
    accno = {"accno": study.accession} if _ACCESSION.fullmatch(study.accession or "") else {}
    return {**accno, "attributes": head, "section": root, "type": ROOT_TYPE}


def _study(study: Study, form: FormName) -> list[Attribute]:
    said = [("Title", study.title), ("ReleaseDate", study.release_date)]
    if form is FormName.ANNOTATIONS:  # this form asks for neither licence nor funding
        licence = LICENCES[study.license] if study.license else None
        return attributes(
            *said,
            ("Description", sentences(study.description, told("Licence", licence))),
            ("Keywords", study.keywords),
            ("Acknowledgements", sentences(study.acknowledgements, study.funding_statement)),
        )
    return [
        *attributes(
            *said,
            ("Description", study.description),
            ("Keywords", study.keywords),
            ("Acknowledgements", study.acknowledgements),
        ),
        *_license(study.license),
        *attributes(("Funding statement", study.funding_statement)),
    ]


def _license(chosen: License | None) -> list[Attribute]:
    if chosen is None:
        return []
    text = {"name": "URL", "value": f"{chosen.url}legalcode"}
    return [{"name": "License", "value": LICENCES[chosen], "valqual": [text]}]


def _links(study: Study) -> list[dict[str, Any]]:
    models = [Link(url=url, description="AI model trained with this dataset") for url in study.ai_models_trained]
    links = [_link(link.url, link.description) for link in [*study.links, *models] if link.url]
    if study.images_accession:
        archived = study.images_accession
        kind = "doi" if archived.startswith("10.") else "empiar" if archived.startswith("EMPIAR") else "biostudies"
        said = attributes(("Description", "The images that are annotated"), ("Type", kind))
        links.insert(0, {"url": archived, "attributes": said})
    return links


def _link(url: str, description: str | None) -> dict[str, Any]:
    for kind, pattern in _IDENTIFIERS.items():
        if found := pattern.fullmatch(url):
            return {"url": found[1], "attributes": attributes(("Description", description), ("Type", kind))}
    return {"url": web_address(url), "attributes": attributes(("Description", description))}


# Sets


def _component(sheet: StudySheet, number: int, images: ImageSet, file_list: str) -> Section:
    specimen = next((entry for entry in sheet.specimens if images.specimen and entry.title == images.specimen), None)
    said = attributes(
        ("Biosample", images.biosample or (specimen.biosample if specimen else None)),
        ("Specimen", images.specimen),
        ("Image acquisition", images.acquisition),
        ("Image correlation", images.image_correlations),
        ("Image analysis", images.image_analyses),
    )
    return section(
        "Study Component",
        f"Study Component-{number}",
        attributes(("Name", images.name), ("Description", images.description), ("File List", file_list)),
        [section("Associations", f"asso-{number}", said)],
    )


def _annotation(number: int, protocol: AnnotationSet, file_list: str) -> Section:
    method = sentences(
        protocol.method,
        told("Transformations", protocol.transformations),
        told("Spatial information", protocol.spatial_information),
        told("Created", protocol.created),
    )
    said = attributes(
        ("Title", protocol.name),
        ("Annotation Overview", protocol.overview),
        ("Annotation Type", [kind.value for kind in protocol.types]),
        ("Annotation Method", method),
        ("Annotation Confidence Level", protocol.confidence_level),
        ("Annotation Criteria", protocol.criteria),
        ("Annotation Coverage", protocol.coverage),
        ("File List", file_list),
    )
    return section("Annotation", f"Annotation-{number}", said)


# Who, and with what


def _people(people: Sequence[Author]) -> list[Section]:
    accnos: dict[str, str] = {}
    places: list[Section] = []
    for place in (place for author in people for place in author.organisations if place.name):
        if _key(place) not in accnos:
            accnos[_key(place)] = f"o{len(accnos) + 1}"
            said = attributes(("Name", place.name), ("Address", place.address), ("RORID", ror_address(place.ror)))
            places.append(section("organisation", accnos[_key(place)], said))
    authors = []
    for number, author in enumerate(people, 1):
        email = author.public_email
        said = attributes(
            ("Name", author.full_name), ("E-mail", email), ("Role", author.roles), ("ORCID", author.orcid)
        )
        at = dict.fromkeys(accnos[_key(place)] for place in author.organisations if place.name)
        authors.append(section("Author", f"author-{number}", said + references("affiliation", at)))
    return authors + places


def _key(place: Organisation) -> str:
    return place.ror or (place.name or "").casefold()


def _publications(study: Study) -> list[Section]:
    return [
        section(
            "Publication",
            f"publication-{number}",
            attributes(
                ("Pubmed ID", paper.pubmed_id),
                ("Title", paper.title),
                ("Authors", paper.authors),
                ("DOI", paper.doi),
                ("Year", paper.year),
            ),
        )
        for number, paper in enumerate((paper for paper in study.publications if not is_empty(paper)), 1)
    ]


def _grants(study: Study) -> list[Section]:
    return [
        section("Funding", f"funding-{number}", attributes(("Agency", grant.funder), ("grant_id", grant.grant_id)))
        for number, grant in enumerate((grant for grant in study.grants if not is_empty(grant)), 1)
    ]
