"""Whether a submission keeps the archive's form: the form's own data say what it asks for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import msgspec

from mifakit.records.pagetab.file_list_rules import check_lists
from mifakit.records.pagetab.file_lists import FileList
from mifakit.records.pagetab.forms import Field, FormSection, read_section
from mifakit.records.pagetab.remarks import Remark, Weight, spelling
from mifakit.records.pagetab.submitted import Section, Submission, flat
from mifakit.records.pagetab.value_rules import check_value

AFFILIATION = "affiliation"


class Held(NamedTuple):
    """A section of a submission, and what the form says of its type; None where it says nothing."""

    section: Section
    form: FormSection | None


@dataclass(frozen=True)
class Filled:
    """A form that was filled in.

    Attributes
    ----------
    submission
        What was filled in.
    name, collection
        Of the form.
    form
        Its outermost section.
    held
        Every section with its part of the form, from outside inwards.
    """

    submission: Submission
    name: str
    collection: str
    form: FormSection
    held: tuple[Held, ...]


def check_form(
    pagetab: dict[str, Any], form: dict[str, Any], today: date, lists: Mapping[str, FileList] | None = None
) -> list[Remark]:
    """Return where a submission breaks a form, and what it lacks.

    Parameters
    ----------
    pagetab
        The submission, as BioStudies' JSON has it.
    form
        The form, as the archive's submission tool has it.
    today
        The day of submission, from which dates are counted.
    lists
        The lists of files by file name, where they are at hand.
    """
    try:
        submission = msgspec.convert(pagetab, Submission)
        return [*_remarks(submission, form, today), *(check_lists(submission, lists) if lists is not None else ())]
    except msgspec.ValidationError as error:
        return [Remark(Weight.BROKEN, "submission", f"it is no PageTab: {error}")]
    except RecursionError:
        return [Remark(Weight.BROKEN, "submission", "it is no PageTab: sections in sections without end")]


def _remarks(submission: Submission, form: dict[str, Any], today: date) -> Iterator[Remark]:
    root = _as_written(read_section(form["sectionType"]))
    filled = Filled(submission, form["name"], form["title"], root, tuple(_held(submission.section, root)))
    for rule in _RULES:
        yield from rule(filled)
    yield from _values(filled, today)


def _as_written(root: FormSection) -> FormSection:
    """Return the form with people as its tool writes them: `Author` for a row of the table of contacts."""
    contact, place = root.sections["Contact"], root.sections["Organization"]
    fields = {name: field for name, field in contact.fields.items() if name != "Organisation"}
    fields[AFFILIATION] = replace(contact.fields["Organisation"], name=AFFILIATION)
    people = {
        "Author": replace(contact, name="Author", fields=fields),
        "organisation": replace(place, name="organisation", display="optional"),
    }
    others = {name: one for name, one in root.sections.items() if name not in ("Contact", "Organization", "Author")}
    return replace(root, sections=others | people)


def _held(section: Section, form: FormSection | None) -> Iterator[Held]:
    yield Held(section, form)
    known = {spelling(name): inner for name, inner in form.sections.items()} if form else {}
    for inner in section.sections:
        yield from _held(inner, known.get(spelling(inner.type)))


def _head(filled: Filled) -> Iterator[Remark]:
    """Yield what is wrong with the submission itself."""
    told = filled.submission
    template, collection = told.said("Template"), told.said("AttachTo")
    if told.type != "submission":
        yield Remark(Weight.BROKEN, "submission", f"its type is {told.type!r}, not 'submission'")
    if template and template != filled.name:
        yield Remark(Weight.BROKEN, "submission", f"its Template is {template!r}, not {filled.name!r}")
    if not template:
        yield Remark(Weight.OLD, "submission", "it names no Template")
    if collection != filled.collection:
        yield Remark(Weight.BROKEN, "submission", f"its AttachTo is {collection!r}, not {filled.collection!r}")
    if told.section.type != filled.form.name:
        yield Remark(Weight.BROKEN, told.section.name, f"it is a {told.section.type!r}, not a {filled.form.name!r}")
    for name in ("Title", "ReleaseDate"):
        inside = told.section.said(name)
        if inside and told.said(name) != inside[0]:
            yield Remark(Weight.BROKEN, "submission", f"its {name} is {told.said(name)!r}, the study's {inside[0]!r}")


def _kinds(filled: Filled) -> Iterator[Remark]:
    """Yield sections of a type that the form does not have, or that is spelled otherwise now."""
    for outer in filled.held:
        if outer.form is None:
            continue
        known = {spelling(name): name for name in outer.form.sections}
        for inner in outer.section.sections:
            name = known.get(spelling(inner.type))
            if name is None and outer.form.closed:
                yield Remark(Weight.BROKEN, inner.name, f"the form has no section {inner.type!r}")
            elif name is not None and name != inner.type:
                yield Remark(Weight.OLD, inner.name, f"{inner.type!r} is spelled {name!r} in the form")


def _names(filled: Filled) -> Iterator[Remark]:
    """Yield fields that the form does not have, or that are spelled otherwise now."""
    for section, form in filled.held:
        if form is None:
            continue
        known = {spelling(name): name for name in form.fields}
        for found in dict.fromkeys(attribute.name for attribute in section.attributes):
            name = known.get(spelling(found))
            if name is None and not form.open_fields:
                yield Remark(Weight.BROKEN, section.name, f"the form has no field {found!r} here")
            elif name is not None and name != found:
                yield Remark(Weight.OLD, section.name, f"{found!r} is spelled {name!r} in the form")


def _missing_sections(filled: Filled) -> Iterator[Remark]:
    """Yield sections that the form asks for and nobody wrote."""
    for section, form in filled.held:
        there = {spelling(inner.type) for inner in section.sections}
        there |= {spelling("Link")} if section.links else set()
        for inner in form.sections.values() if form else ():
            weight = _WEIGHTS.get(inner.display)
            if weight and spelling(inner.name) not in there:
                yield Remark(weight, section.name, f"it has no {inner.name}")


def _missing_fields(filled: Filled) -> Iterator[Remark]:
    """Yield fields that the form asks for and nobody filled in."""
    head = {spelling(attribute.name) for attribute in filled.submission.attributes if attribute.text}
    for section, form in filled.held:
        said = {spelling(attribute.name) for attribute in section.attributes if attribute.text}
        apart = {spelling(inner.type) for inner in section.sections}
        for field in form.fields.values() if form else ():
            weight, name = _WEIGHTS.get(field.display), spelling(field.name)
            if not weight or name in said:
                continue
            if name in apart:
                yield Remark(Weight.OLD, section.name, f"its {field.name} is a section, no longer a field")
            elif section is filled.submission.section and name in head:
                yield Remark(Weight.OLD, section.name, f"its {field.name} stands with the submission alone")
            else:
                yield Remark(weight, section.name, f"it lacks {field.name}")


_WEIGHTS = {"required": Weight.REQUIRED, "desirable": Weight.DESIRABLE}


def _values(filled: Filled, today: date) -> Iterator[Remark]:
    """Yield values that the form, or a reader of the archive, does not take."""
    is_new = not filled.submission.accno
    for section, form in filled.held:
        fields = {spelling(name): field for name, field in form.fields.items()} if form else {}
        for attribute in section.attributes:
            field = fields.get(spelling(attribute.name))
            if field and attribute.text:
                yield from check_value(section.name, attribute, field, today, is_new=is_new)


def _references(filled: Filled) -> Iterator[Remark]:
    """Yield what points to no section: by accno, or by Title."""
    accnos = {section.accno for section, _ in filled.held if section.accno}
    titles: dict[str, set[str]] = {}
    for section, form in filled.held:
        titles.setdefault(form.name if form else section.type, set()).update(section.said("Title"))
    for section, form in filled.held:
        for attribute in section.attributes:
            field: Field | None = form.fields.get(attribute.name) if form else None
            if attribute.name == AFFILIATION and not attribute.reference:
                yield Remark(Weight.BROKEN, section.name, f"its {AFFILIATION} is not marked as a reference")
            if attribute.reference and attribute.text not in accnos:
                message = f"its {attribute.name} {attribute.text!r} is no section's accno"
                yield Remark(Weight.BROKEN, section.name, message)
            if field and field.refers_to and attribute.text and attribute.text not in titles.get(field.refers_to, ()):
                yield Remark(Weight.BROKEN, section.name, f"no {field.refers_to} has the Title {attribute.text!r}")


def _unique(filled: Filled) -> Iterator[Remark]:
    """Yield accnos and titles that stand twice: nobody could tell which section is meant."""
    accnos = Counter(section.accno for section, _ in filled.held if section.accno)
    titles = Counter((form.name, title) for section, form in filled.held if form for title in section.said("Title"))
    for accno, count in accnos.items():
        if count > 1:
            yield Remark(Weight.BROKEN, accno, f"{count} sections have this accno")
    for (kind, title), count in titles.items():
        if count > 1 and kind != "Publication":
            yield Remark(Weight.BROKEN, title, f"{count} sections {kind} have this Title")


def _links(filled: Filled) -> Iterator[Remark]:
    """Yield links that are neither a web address nor an identifier with its Type."""
    for section, _ in filled.held:
        for link in flat(section.links):
            typed = any(attribute.name == "Type" and attribute.text for attribute in link.attributes)
            if not typed and not re.fullmatch(r"(https?|ftp)://\S+", link.url):
                yield Remark(Weight.BROKEN, section.name, f"the link {link.url!r} is no web address and has no Type")


_RULES: tuple[Callable[[Filled], Iterator[Remark]], ...] = (
    _head,
    _kinds,
    _names,
    _missing_sections,
    _missing_fields,
    _references,
    _unique,
    _links,
)
