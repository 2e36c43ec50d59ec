"""Identifiers: parsed from the ways people write them, normalised, refused when wrong.

Each type is a plain `str` after validation. A refusal carries a code of the catalogue as its
pydantic error type, so that the sheet's reader can point at the line.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def refuse(code: str, message: str) -> PydanticCustomError:
    """Return the error that says which rule of the catalogue a value breaks."""
    # The message goes in as a value: pydantic would read its braces as fields.
    return PydanticCustomError(code, "{message}", {"message": message})


_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_AROUND = " \t\n\r\u00a0\u202f“”„‟«»‘’‚‛"


def _text(value: object) -> str | None:
    """Return text without spaces and curly quotation marks around it, or None for an empty cell.

    Word processors curl quotation marks and put signs without width into what is copied: no identifier has either.
    """
    if value is None:
        return None
    text = _UNSEEN.sub("", str(value)).strip(_AROUND)
    return text or None


def parse_orcid(value: object) -> str | None:
    """Return an ORCID iD as `0000-0002-1825-0097`, its ISO 7064 mod 11-2 check digit verified."""
    text = _text(value)
    if text is None:
        return None
    bare = re.sub(r"^(https?://)?(www\.)?orcid\.org/|^orcid(\s*id)?\s*:?\s*", "", text, flags=re.IGNORECASE)
    digits = re.sub(r"[-‐‑‒–—−\s]", "", bare.strip("/")).upper()
    if not re.fullmatch(r"[0-9]{15}[0-9X]", digits):
        raise refuse("MIFA111", f"{text!r} is not an ORCID iD")
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    check = "0123456789X"[(12 - total % 11) % 11]
    if check != digits[15]:
        raise refuse("MIFA111", f"{text!r} has a wrong check digit: a digit is mistyped")
    return "-".join(digits[i : i + 4] for i in range(0, 16, 4))


def parse_doi(value: object) -> str | None:
    """Return a DOI as `10.1242/jcs.033340`: no resolver, no `doi:`, no trailing words."""
    text = _text(value)
    if text is None:
        return None
    bare = re.sub(
        r"^(doi(\s*:\s*|\s+))?(https?://)?((dx\.|www\.)?doi\.org/)?(doi\s*:?)?\s*", "", text, flags=re.IGNORECASE
    )
    if not re.fullmatch(r"10\.[0-9]{4,9}/[^\s\"<>]+", bare) or bare.endswith((".", ",", ";")):
        raise refuse("MIFA112", f"{text!r} is not a DOI")
    return bare


def parse_ror(value: object) -> str | None:
    """Return a ROR id as `02catss52`, its mod 97 checksum (ISO/IEC 7064) verified."""
    text = _text(value)
    if text is None:
        return None
    bare = re.sub(r"^(https?://)?(www\.)?ror\.org/|^ror\s*:?\s*", "", text, flags=re.IGNORECASE).strip("/").lower()
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    if not re.fullmatch(rf"0[{alphabet}]{{6}}[0-9]{{2}}", bare):
        raise refuse("MIFA113", f"{text!r} is not a ROR id")
    number = 0
    for letter in bare[:7]:
        number = number * 32 + alphabet.index(letter)
    if 98 - (number * 100) % 97 != int(bare[7:]):
        raise refuse("MIFA113", f"{text!r} has a wrong checksum: a letter is mistyped")
    return bare


def parse_email(value: object) -> str | None:
    """Return one e-mail address, in the form BIA's schema asks for."""
    text = _text(value)
    if text is None:
        return None
    if not re.fullmatch(r"[^@\s,;<>]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", text):
        raise refuse("MIFA114", f"{text!r} is not one e-mail address")
    return text


def parse_pubmed(value: object) -> str | None:
    """Return a PubMed id (`18492790`) or PubMed Central id (`PMC7274788`)."""
    text = _text(value)
    if text is None:
        return None
    bare = (
        re.sub(
            r"^(https?://(www\.|pubmed\.|pmc\.)?ncbi\.nlm\.nih\.gov/(pubmed/|pmc/articles/|articles/)?|pmid:?\s*)",
            "",
            text,
            flags=re.IGNORECASE,
        )
        .strip("/")
        .upper()
    )
    if not re.fullmatch(r"[1-9][0-9]{0,8}|PMC[0-9]{3,9}", bare):
        raise refuse("MIFA116", f"{text!r} is not a PubMed id")
    return bare


def parse_taxon(value: object) -> str | None:
    """Return an NCBI taxon id as digits: `9606`."""
    text = _text(value)
    if text is None:
        return None
    bare = re.sub(r"^(ncbi:?\s*txid|ncbitaxon[:_]|txid)", "", text, flags=re.IGNORECASE)
    if not re.fullmatch(r"[1-9][0-9]{0,8}", bare):
        raise refuse("MIFA118", f"{text!r} is not an NCBI taxon id")
    return bare


def parse_rrid(value: object) -> str | None:
    """Return a research resource id as `RRID:AB_2313773`: its authority, `_`, and what the authority gives."""
    text = _text(value)
    if text is None:
        return None
    bare = re.sub(r"^(https?://)?(www\.)?scicrunch\.org/resolver/|^(https?://)?identifiers\.org/", "", text)
    bare = re.sub(r"^rrid\s*[:_]?\s*", "", bare, flags=re.IGNORECASE).strip("/")
    if not re.fullmatch(r"[A-Za-z]+[_:][A-Za-z0-9_:-]+", bare):
        raise refuse("MIFA119", f"{text!r} is not an RRID")
    return f"RRID:{bare}"


def parse_url(value: object) -> str | None:
    """Return a web address that starts with http:// or https://."""
    text = _text(value)
    if text is None:
        return None
    if not re.fullmatch(r"https?://[^\s/$.?#][^\s]*", text):
        raise refuse("MIFA117", f"{text!r} is not a web address")
    return text


def parse_date(value: object) -> str | None:
    """Return a calendar date as `2026-03-31`."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = _text(value)
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise refuse("MIFA115", f"{text!r} is not a date") from None


def parse_moment(value: object) -> str | None:
    """Return a date and time as RFC 3339, `2026-03-31T10:04:00+00:00`; without a zone it is UTC."""
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
    else:
        text = _text(value)
        if text is None:
            return None
        try:
            if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                raise ValueError(text)
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise refuse("MIFA115", f"{text!r} is not a date and time") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


Orcid = Annotated[str | None, BeforeValidator(parse_orcid)]
Doi = Annotated[str | None, BeforeValidator(parse_doi)]
Ror = Annotated[str | None, BeforeValidator(parse_ror)]
Email = Annotated[str | None, BeforeValidator(parse_email)]
PubMed = Annotated[str | None, BeforeValidator(parse_pubmed)]
Taxon = Annotated[str | None, BeforeValidator(parse_taxon)]
Rrid = Annotated[str | None, BeforeValidator(parse_rrid)]
Url = Annotated[str | None, BeforeValidator(parse_url)]
Day = Annotated[str | None, BeforeValidator(parse_date)]
Moment = Annotated[str | None, BeforeValidator(parse_moment)]
