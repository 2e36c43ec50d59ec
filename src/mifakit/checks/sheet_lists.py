"""Are the items of lists whole? A sentence without quotes falls apart at its commas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from mifakit.checks.declared_fields import declared_fields
from mifakit.findings import Finding
from mifakit.metadata.fields import source_of
from mifakit.sheet.reading import Sheet

_STARTS_AMID = re.compile(r"(?:and|or|but|which|where|whereas|while|because)\s", re.IGNORECASE)
_ENDS_AMID = re.compile(
    r"\s(?:and|or|of|in|on|at|with|without|the|a|an|for|by|to|from|is|are|was|were)$", re.IGNORECASE
)


def check_split_sentences(sheet: Sheet) -> Iterator[Finding]:
    """Yield lists of words whose items look like pieces of one sentence (MIFA166)."""
    for field in declared_fields(sheet.model):
        items = field.value if isinstance(field.value, list) else []
        if source_of(field.info) and all(isinstance(item, str) for item in items):
            for one, other in pairwise(items):
                if _is_torn(one, other) or (other is items[-1] and _is_sentence(items)):
                    message = f"{one!r} and {other!r} seem to be pieces of one text"
                    yield Finding.of("MIFA166", message, sheet.place(*field.location))
                    break


def _is_torn(one: str, other: str) -> bool:
    """Whether one item goes on in the next."""
    opened = one.count("(") - one.count(")") > 0 and other.count(")") > other.count("(")
    thousands = one[-1:].isdigit() and re.fullmatch(r"\d{3}\b.*", other) and re.fullmatch(r"(?:.*\s)?\d{1,3}", one)
    return bool(opened or thousands or _STARTS_AMID.match(other) or _ENDS_AMID.search(one))


def _is_sentence(items: Sequence[str]) -> bool:
    """Whether items together are a sentence: it starts with a capital, goes on in small letters, ends with a stop."""
    first, *rest = items
    goes_on = all(item[:1].islower() for item in rest)
    ends = re.search(r"\w{3,}\.$", items[-1]) and not any(item.endswith(".") for item in items[:-1])
    return bool(first[:1].isupper() and goes_on and ends and " " in first)
