"""Rules of single values: of the form's fields, and of identifiers that curators have had to mend by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from pydantic_core import PydanticCustomError

from mifakit.metadata.identifiers import parse_date, parse_doi, parse_email, parse_orcid, parse_pubmed
from mifakit.records.pagetab.forms import Field
from mifakit.records.pagetab.remarks import Remark, Weight, spelling
from mifakit.records.pagetab.submitted import Attribute
from mifakit.records.path_rule import PATH_RULE, is_allowed_path

_IDENTIFIERS: dict[str, Callable[[object], str | None]] = {
    spelling("DOI"): parse_doi,
    spelling("E-mail"): parse_email,
    spelling("ORCID"): parse_orcid,
    spelling("Pubmed ID"): parse_pubmed,
    spelling("ReleaseDate"): parse_date,
}


def check_value(item: str, attribute: Attribute, field: Field, today: date, *, is_new: bool) -> Iterator[Remark]:
    """Yield what is wrong with one value.

    Parameters
    ----------
    item
        The section that says it.
    attribute
        What is said; not blank.
    field
        What the form says of it.
    today
        The day of submission.
    is_new
        Whether it was never submitted: what was is public, perhaps since long ago.
    """
    text, name = attribute.text, attribute.name
    if len(text) < field.shortest:
        yield Remark(Weight.REQUIRED, item, f"its {name} has {len(text)} characters, not {field.shortest}: {text!r}")
    if field.values and text not in field.values:
        yield Remark(Weight.REQUIRED, item, f"its {name} is {text!r}, not one of {', '.join(field.values)}")
    elif field.values:
        found = {detail.name: detail.value for detail in attribute.valqual}
        for detail, wanted in field.values[text].items():
            if found.get(detail) != wanted:
                yield Remark(Weight.BROKEN, item, f"its {name} has the {detail} {found.get(detail)!r}, not {wanted!r}")
    if field.control == "filelist" and not is_allowed_path(text):
        yield Remark(Weight.BROKEN, item, f"BioStudies takes no file list {text!r}: {PATH_RULE}")
    malformed = _malformed(text, field)
    if malformed:
        yield Remark(Weight.BROKEN, item, malformed)
    elif field.control == "date":
        yield from _out_of_time(item, date.fromisoformat(text), field, today, is_new=is_new)


def _malformed(text: str, field: Field) -> str | None:
    parse = _IDENTIFIERS.get(spelling(field.name))
    try:
        if parse:
            parse(text)
    except PydanticCustomError as error:
        return error.message()
    return None


def _out_of_time(item: str, day: date, field: Field, today: date, *, is_new: bool) -> Iterator[Remark]:
    earliest, latest = _shifted(today, field.past, -1), _shifted(today, field.future, 1)
    if latest and day > latest:
        yield Remark(Weight.REQUIRED, item, f"its {field.name} {day} is later than {latest}")
    if earliest and day < earliest and is_new:
        yield Remark(Weight.REQUIRED, item, f"its {field.name} {day} is in the past")


def _shifted(day: date, duration: str | None, sign: int) -> date | None:
    """Return the day that is an ISO 8601 duration of years or days away; None for no such duration."""
    found = re.fullmatch(r"P(\d+)([YD])", duration or "")
    if not found:
        return None
    number = sign * int(found[1])
    if found[2] == "D":
        return date.fromordinal(day.toordinal() + number)
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + number, day=28 if leap_day else day.day)
