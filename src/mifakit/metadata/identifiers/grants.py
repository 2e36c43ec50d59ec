"""Grant numbers: kept as the funder writes them, without the words around them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from mifakit.metadata.identifiers.refusal import is_placeholder, refuse_as, tidy
from mifakit.metadata.identifiers.works import parse_doi

_LONGEST = 100
_NUMBER = r"(?:number|num|no|nr|id|ref|reference|code|n[°º])\b\.?|n[°º]\.?|№"
# `No 407/7-1` is a grant of the DFG to somebody whose name begins with No, so that No alone is not taken away.
_WORDS = re.compile(
    rf"(?:(?:grant|award|project|contract|fellowship)s?\b(?:[-\s]*agreement\b)?(?:[-\s]*(?:{_NUMBER}))?(?!-)"
    rf"|(?:no|nr|id|ref)\.|(?:no|nr|id|ref|number)\s*:|(?:no|nr)\b(?=\s*[0-9]+$)|n[°º]\.?|№|#)[\s:#]*",
    re.IGNORECASE,
)


def parse_grant(value: object) -> str | None:
    """Return a grant's number as its funder writes it: `ALTF 1234-567`; of a grant's DOI the bare DOI."""
    text = tidy(value)
    if text is None:
        return None
    bare = re.sub(r"\s+", " ", text).rstrip(".,;")
    while words := _WORDS.match(bare):
        bare = bare[words.end() :]
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    if re.match(r"https?://|www\.|doi", bare, re.IGNORECASE):
        return _grant_doi(bare)
    if is_placeholder(bare) or "@" in bare or len(bare) > _LONGEST or not re.search(r"\w", bare):
        raise refuse_as("MIFA128", text, "a grant number")
    return bare


def _grant_doi(text: str) -> str | None:
    try:
        return parse_doi(text)
    except PydanticCustomError:
        raise refuse_as("MIFA128", text, "a grant number", "write the number alone") from None


GrantNumber = Annotated[str | None, BeforeValidator(parse_grant)]
