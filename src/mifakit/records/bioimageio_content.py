"""What the study sheet says in the terms of a bioimage.io dataset (bioimageio.spec, dataset 0.3.4).

A description here names no file, so that it can also stand inside the description of a model. What
the format has no place for is under `config: {mifa: ...}`: the whole MIFA record but its list of files.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from anyascii import anyascii
from packaging.version import InvalidVersion, Version

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.mifa import Author, Publication
from mifakit.records import mifa_model
from mifakit.records.addresses import bioimageio_id, pubmed_address
from mifakit.records.credit import citation, dataset_address, people, publication_credit
from mifakit.records.lookup import UNTITLED, annotation_set
from mifakit.records.mifa_content import mifa_documents
from mifakit.records.serialisation import said
from mifakit.records.shortening import shortened

FORMAT_VERSION = "0.3.4"
NAME_LENGTH, DESCRIPTION_LENGTH, COMMENT_LENGTH = 128, 512, 512
"""Of a description the format takes 1024 characters, and warns beyond half of that."""


def described(dataset: Dataset) -> dict[str, Any]:
    """Return the description of a dataset, without the files that belong to it."""
    sheet = dataset.sheet
    study, version = sheet.study, sheet.version
    return said(
        type="dataset",
        format_version=FORMAT_VERSION,
        id=bioimageio_identifier(study.accession or ""),
        name=bioimageio_name(study.title or ""),
        description=shortened(study.description or "", DESCRIPTION_LENGTH),
        authors=[_author(person) for person in people(sheet)],
        cite=[*_own_citation(dataset), *(paper for each in study.publications if (paper := _citation(each)))],
        license=study.license.spdx if study.license else None,
        tags=_tags(dataset),
        version=bioimageio_version(version.version or ""),
        version_comment=shortened(version.changes or "", COMMENT_LENGTH),
        source=dataset_address(study),
        links=list(dict.fromkeys(one for url in study.ai_models_trained if (one := bioimageio_id(url or "")))),
        config=said(mifa=_mifa(dataset)),
    )


def linked(dataset: Dataset) -> dict[str, Any]:
    """Return what a model says of its training data: the dataset's id; before it has one, its description."""
    identifier = bioimageio_identifier(dataset.sheet.study.accession or "")
    if identifier:
        return {"id": identifier}
    description = described(dataset)
    description.pop("links", None)  # the model would name itself
    description["config"]["mifa"].get("study", {}).pop("ai_models_trained", None)
    return description


def bioimageio_identifier(accession: str) -> str | None:
    """Return an accession number as an id: lower case; None for what cannot be one."""
    identifier = accession.lower()
    return identifier if re.fullmatch(r"[a-z0-9_.-]+", identifier) else None


def bioimageio_version(text: str) -> str | None:
    """Return a version that the format takes, one of Python's; of others None."""
    try:
        return text if str(Version(text)) else None
    except InvalidVersion:
        return None


def bioimageio_name(title: str) -> str:
    """Return a title in the characters that a name may have: letters, digits, `_+- ()`.

    Other scripts are written in Latin letters. The title itself stands in `config` and in the documentation.

    Examples
    --------
    >>> bioimageio_name("Mitochondria & ER: 0.5 µm sections [Skłodowska's lab]")
    'Mitochondria and ER - 0-5 um sections (Sklodowskas lab)'
    """
    latin = anyascii(unicodedata.normalize("NFC", title).replace("μ", "µ"))
    for pattern, replacement in (
        (r"['\"`]", ""),
        (r"&", " and "),
        (r"%", " percent "),
        (r"[\[{]", "("),
        (r"[\]}]", ")"),
        (r":(?=\s)", " -"),
        (r"(?<=\w)[./\\:](?=\w)", "-"),
        (r"[^A-Za-z0-9_+\- ()]+", " "),
    ):
        latin = re.sub(pattern, replacement, latin)
    name = " ".join(latin.split())
    if len(name) > NAME_LENGTH:
        name = name[: NAME_LENGTH + 1].rpartition(" ")[0] or name[:NAME_LENGTH]
    return name if len(name) >= len("12345") else f"{name} dataset".strip() if name else UNTITLED


def _author(person: Author) -> dict[str, Any]:
    return said(
        name=re.sub(r"\s*[/\\]\s*", " ", person.full_name),
        affiliation="; ".join(place.name for place in person.organisations if place.name),
        email=person.email if person.email_public == "yes" else None,
        orcid=person.orcid,
    )


def _own_citation(dataset: Dataset) -> list[dict[str, Any]]:
    address = dataset_address(dataset.sheet.study)
    return [{"text": citation(dataset.sheet), "url": address}] if address else []


def _citation(paper: Publication) -> dict[str, Any] | None:
    """Return a publication; None when nothing says where it is, which the format demands."""
    place = said(doi=paper.doi, url=None if paper.doi else pubmed_address(paper.pubmed_id))
    return {"text": publication_credit(paper) or "Publication", **place} if place else None


def _tags(dataset: Dataset) -> list[str]:
    sheet = dataset.sheet
    kinds = [kind for name in dataset.annotation_sets for kind in annotation_set(sheet, name).types]
    organisms = [one.scientific_name for sample in sheet.biosamples for one in sample.organisms]
    methods = [method.name for acquisition in sheet.acquisitions for method in acquisition.methods]
    words = [*sheet.study.keywords, *organisms, *methods, *(kind.value.replace("_", "-") for kind in kinds), "mifa"]
    return list(dict.fromkeys(" ".join(word.split()) for word in words if word and word.strip()))


def _mifa(dataset: Dataset) -> dict[str, Any]:
    documents = mifa_documents(dataset)
    annotations = {}
    for name in dataset.annotation_sets:
        whole = documents[mifa_model.annotations_path(name)]
        kinds = [kind.value for kind in annotation_set(dataset.sheet, name).types]
        annotations[name] = said(
            **{key: value for key, value in whole.items() if key != "file_metadata"}, annotation_type=kinds
        )
    return said(
        study=documents[mifa_model.STUDY], annotations=said(**annotations), version=documents[mifa_model.VERSION]
    )
