"""Whether the RO-Crate keeps BIA's profile: every rule that can be checked without the archive.

The archive's validator lets some faults pass that its ingest, or a reader, stumbles on: malformed
ORCID iDs, values outside a vocabulary, publications without title and DOI. They are checked too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic_core import PydanticCustomError

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place
from mifakit.metadata.identifiers import parse_date, parse_orcid, parse_ror, parse_url
from mifakit.records import bia_profile
from mifakit.records.addresses import ORCID, ROR
from mifakit.records.bia_profile import CLASSES, VOCABULARIES, Form
from mifakit.records.crate_reading import (
    Crate,
    Entity,
    UnreadableError,
    as_list,
    classes,
    read_crate,
    read_file_list,
    reference,
    references,
)

Remark = tuple[str, str]
"""The @id of the entity, or the key of the file, and what is wrong with it."""

GAPS = {"datePublished": "no release date", "contributor": "no author"}
"""What the study lacks when its sheet lacks it: the archive's to demand, not a fault of the crate."""


def check_ro_crate(dataset: Dataset) -> Iterator[Finding]:
    """Yield every place at which the crate breaks the profile."""
    if not (dataset.path / layout.CRATE).is_file():
        yield Finding.of("MIFA504", f"there is no {layout.CRATE}", Place(layout.CRATE))
        return
    try:
        crate = read_crate(dataset.path)
    except UnreadableError as error:
        yield Finding.of("MIFA502", str(error), Place(layout.CRATE))
        return
    for rule in RULES:
        for item, message in rule(crate):
            yield Finding.of("MIFA502", message, Place(layout.CRATE, item=item))


def check_archive_gaps(dataset: Dataset) -> Iterator[Finding]:
    """Yield what the archive asks for and nobody said yet."""
    try:
        crate = read_crate(dataset.path)
        listed = read_file_list(dataset.path, crate)
    except UnreadableError:  # check_ro_crate and check_file_list say what is wrong
        return
    rows = [row for row in listed.rows if listed.cell(row, bia_profile.TYPE) == bia_profile.IMAGE]
    image_sets = {listed.cell(row, bia_profile.IN_DATASET) for row in rows}
    gaps = (study_gaps(crate), contributor_gaps(crate), image_set_gaps(crate, image_sets), biosample_gaps(crate))
    for item, message in (remark for gap in gaps for remark in gap):
        yield Finding.of("MIFA505", message, Place(layout.CRATE, item=item))


def unique_ids(crate: Crate) -> Iterator[Remark]:
    """Yield ids that several entities have."""
    for identifier, count in Counter(entity["@id"] for entity in crate.entities).items():
        if count > 1:
            yield identifier, f"{count} entities have this @id"


def valid_ids(crate: Crate) -> Iterator[Remark]:
    """Yield ids that are no IRI: blanks, quotes and brackets must be percent-encoded."""
    for entity in crate.entities:
        if re.search(r"[\x00-\x20<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})", entity["@id"]):
            yield entity["@id"], "its @id holds characters that no IRI may hold"


def one_class(crate: Crate) -> Iterator[Remark]:
    """Yield entities that have not exactly one class of the profile."""
    for entity in crate.entities:
        found = classes(entity)
        if len(found) != 1:
            yield entity["@id"], f"has {' and '.join(found) or 'no'} class of the archive's, not one"


def known_keys(crate: Crate) -> Iterator[Remark]:
    """Yield keys and types that the context does not define."""
    known = {*crate.terms, "http", "https"}
    for entity in crate.entities:
        names = [key for key in entity if not key.startswith("@")]
        names += [kind for kind in as_list(entity.get("@type")) if isinstance(kind, str)]
        for name in names:
            if name not in known and name.partition(":")[0] not in known:
                yield entity["@id"], f"{name!r} is not defined in @context"


def terms_not_remapped(crate: Crate) -> Iterator[Remark]:
    """Yield terms that the context gives another meaning than the archive's."""
    for term, iri in {**bia_profile.PREFIXES, **bia_profile.TERMS}.items():
        definition = crate.terms.get(term)
        found = definition.get("@id") if isinstance(definition, dict) else definition
        if isinstance(found, str) and bia_profile.expand(found) != bia_profile.expand(iri):
            yield "@context", f"{term!r} means {found}, not {iri}"


def flat(crate: Crate) -> Iterator[Remark]:
    """Yield entities nested in others: the graph must be flat."""
    for entity in crate.entities:
        for key, value in entity.items():
            if any(isinstance(item, (dict, list)) and reference(item) is None for item in as_list(value)):
                yield entity["@id"], f"{key!r} holds more than a reference"


def resolved_references(crate: Crate) -> Iterator[Remark]:
    """Yield references to entities that do not exist."""
    for entity in crate.entities:
        for key, identifier in references(entity):
            if key != "conformsTo" and identifier not in crate.by_id:
                yield entity["@id"], f"{key!r} refers to {identifier}, which is not in the crate"


def required_keys(crate: Crate) -> Iterator[Remark]:
    """Yield what a class requires and an entity lacks."""
    for entity, name in _classified(crate):
        for key in CLASSES[name].required:
            if as_list(entity.get(key)) == [] and not (name == "bia:Study" and key in GAPS):
                yield entity["@id"], f"{name} lacks {key!r}"


def right_forms(crate: Crate) -> Iterator[Remark]:
    """Yield values that have not the form their key asks for."""
    for entity, name in _classified(crate):
        for key, form in CLASSES[name].forms.items():
            if entity.get(key) is not None and not _has_form(entity[key], form):
                yield entity["@id"], f"{key!r} is not {form}: {entity[key]!r}"


def vocabularies(crate: Crate) -> Iterator[Remark]:
    """Yield values that the archive's API does not know."""
    for entity in crate.entities:
        for key, allowed in VOCABULARIES.items():
            for value in as_list(entity.get(key)):
                if value not in allowed:
                    yield entity["@id"], f"{key!r} is {value!r}, not one of {', '.join(sorted(allowed))}"


def descriptor(crate: Crate) -> Iterator[Remark]:
    """Yield what is wrong with the entity that describes the metadata file."""
    entity = crate.by_id.get(bia_profile.METADATA, {})
    for key, expected in (("conformsTo", bia_profile.RO_CRATE), ("about", bia_profile.STUDY)):
        if reference(entity.get(key)) != expected:
            yield bia_profile.METADATA, f"{key!r} is not {expected}"


def one_study(crate: Crate) -> Iterator[Remark]:
    """Yield a study that is missing, not the root, or not alone; and parts that it does not name."""
    studies = [entity["@id"] for entity in crate.of_class("bia:Study")]
    if studies != [bia_profile.STUDY]:
        yield bia_profile.STUDY, f"the study must be ./ and alone; found {', '.join(studies) or 'none'}"
    parts = [identifier for key, identifier in references(crate.study) if key == "hasPart"]
    for name in ("bia:Dataset", "bia:FileList"):
        for entity in crate.of_class(name):
            if studies and entity["@id"] not in parts:
                yield entity["@id"], "the study does not name it in 'hasPart'"


def identifiers(crate: Crate) -> Iterator[Remark]:
    """Yield ORCID iDs and ROR ids with a wrong form or check digit: the archive's validator takes them."""
    for prefix, parse in ((ORCID, parse_orcid), (ROR, parse_ror)):
        for identifier in crate.by_id:
            if identifier.startswith(prefix):
                yield from _parse_remark(identifier, identifier.removeprefix(prefix), parse)


def publications(crate: Crate) -> Iterator[Remark]:
    """Yield publications without title and DOI: the archive's API refuses them."""
    for entity in crate.of_class("bia:Publication"):
        if not entity.get("name") and not entity.get("doi"):
            yield entity["@id"], "a publication needs a title or a DOI"


RULES: tuple[Callable[[Crate], Iterator[Remark]], ...] = (
    unique_ids,
    valid_ids,
    one_class,
    known_keys,
    terms_not_remapped,
    flat,
    resolved_references,
    required_keys,
    right_forms,
    vocabularies,
    descriptor,
    one_study,
    identifiers,
    publications,
)


def study_gaps(crate: Crate) -> Iterator[Remark]:
    """Yield what the study lacks for submission."""
    study, today = crate.study, datetime.now(UTC).date()
    for key, message in GAPS.items():
        if not study.get(key):
            yield bia_profile.STUDY, message
    if study.get("accessionId") == bia_profile.NO_ACCESSION:
        yield bia_profile.STUDY, f"the accession number {bia_profile.NO_ACCESSION} is a placeholder"
    if 0 < len(str(study.get("name") or "")) < 25:
        yield bia_profile.STUDY, f"the title is shorter than 25 characters: {study['name']!r}"
    latest = f"{today.year + 2}{today.isoformat()[4:]}"
    if str(study.get("datePublished") or "") > latest:
        yield bia_profile.STUDY, f"the release date {study['datePublished']} is more than two years ahead"


def contributor_gaps(crate: Crate) -> Iterator[Remark]:
    """Yield people without e-mail address or organisation."""
    for entity in crate.of_class("bia:Contributor"):
        for key, message in (("contactEmail", "no e-mail address"), ("affiliation", "no organisation")):
            if not entity.get(key):
                yield entity["@id"], f"{entity.get('displayName')}: {message}"


def image_set_gaps(crate: Crate, image_sets: set[str]) -> Iterator[Remark]:
    """Yield image sets of which nobody said what was imaged, how it was prepared and how it was acquired."""
    associations = {
        "associatedBiologicalEntity": "no biosample with a biological entity",
        "associatedSpecimenImagingPreparationProtocol": "no specimen with a preparation protocol",
        "associatedImageAcquisitionProtocol": "no acquisition with instrument and parameters",
    }
    for identifier in sorted(image_sets & crate.by_id.keys()):
        entity = crate.by_id[identifier]
        for key, message in associations.items():
            if not entity.get(key):
                yield identifier, f"image set {entity.get('name')!r} has {message}"


def biosample_gaps(crate: Crate) -> Iterator[Remark]:
    """Yield samples without organism, and acquisitions without imaging method."""
    for name, key, message in (
        ("bia:BioSample", "organismClassification", "no organism"),
        ("bia:ImageAcquisitionProtocol", "imagingMethodName", "no imaging method"),
    ):
        for entity in crate.of_class(name):
            if not entity.get(key):
                yield entity["@id"], f"{entity.get('title')!r} has {message}"


def _classified(crate: Crate) -> Iterator[tuple[Entity, str]]:
    """Yield the entities whose class is certain, with it."""
    for entity in crate.entities:
        found = classes(entity)
        if len(found) == 1:
            yield entity, found[0]


def _has_form(value: Any, form: Form) -> bool:
    match form:
        case Form.TEXT:
            return isinstance(value, str)
        case Form.TEXTS:
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        case Form.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Form.URL:
            return isinstance(value, str) and not [*_parse_remark("", value, parse_url)]
        case Form.DATE:
            return isinstance(value, str) and not [*_parse_remark("", value[:10], parse_date)]
        case Form.LINK:
            return reference(value) is not None
        case Form.LINKS:
            return isinstance(value, list) and all(reference(item) is not None for item in value)


def _parse_remark(item: str, text: str, parse: Callable[[object], str | None]) -> Iterator[Remark]:
    try:
        parse(text)
    except PydanticCustomError as error:
        yield item, error.message()
