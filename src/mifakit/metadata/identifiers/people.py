"""People and where they work: ORCID iD, e-mail address, ROR id."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator

from mifakit.metadata.identifiers.refusal import refuse, refuse_as, tidy, tidy_id, without_prefix

_ROR_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def parse_orcid(value: object) -> str | None:
    """Return an ORCID iD as `0000-0002-1825-0097`, its ISO 7064 mod 11-2 check digit verified."""
    text = tidy_id(value)
    if text is None:
        return None
    address = r"(https?://)?(www\.)?orcid\.org/(my-orcid\?orcid=)?"
    bare = re.sub(r"[/?#].*$", "", without_prefix(text, address, r"orcid(\s*id)?\s*[:#]?\s*"))
    digits = re.sub(r"[-\s]", "", bare).upper()
    if not re.fullmatch(r"[0-9]{15}[0-9X]", digits):
        raise refuse_as("MIFA111", text, "an ORCID iD")
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    check = "0123456789X"[(12 - total % 11) % 11]
    if check != digits[15]:
        raise refuse("MIFA111", f"{text!r} has a wrong check digit: a digit is mistyped")
    return "-".join(digits[i : i + 4] for i in range(0, 16, 4))


def parse_ror(value: object) -> str | None:
    """Return a ROR id as `02catss52`, its mod 97 checksum (ISO/IEC 7064) verified."""
    text = tidy_id(value)
    if text is None:
        return None
    bare = without_prefix(text, r"(https?://)?(www\.)?ror\.org/", r"ror(\s*id)?\s*[:#]?\s*").strip("/").lower()
    if not re.fullmatch(rf"0[{_ROR_ALPHABET}]{{6}}[0-9]{{2}}", bare):
        raise refuse_as("MIFA113", text, "a ROR id")
    number = 0
    for letter in bare[:7]:
        number = number * 32 + _ROR_ALPHABET.index(letter)
    if 98 - (number * 100) % 97 != int(bare[7:]):
        raise refuse("MIFA113", f"{text!r} has a wrong checksum: a letter is mistyped")
    return bare


def parse_email(value: object) -> str | None:
    """Return one e-mail address, in the form BIA's schema asks for; a name before it is left out."""
    text = tidy(value)
    if text is None:
        return None
    named = re.fullmatch(r"[^<>@]*<([^<>]*)>[;,]?", text)
    bare = without_prefix((named[1] if named else text).strip(), r"mailto:\s*").rstrip(";, ")
    if not re.fullmatch(r"[^@\s,;<>:]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", bare):
        raise refuse_as("MIFA114", text, "one e-mail address", _one_of_several(text))
    return bare


def _one_of_several(text: str) -> str | None:
    """Return what to write instead of several addresses, or of one that stands there twice."""
    half = len(text) // 2
    if text.count("@") == 2 and text[:half] == text[half:]:
        return f"write {text[:half]} once"
    return "write the one that is to be public" if text.count("@") > 1 else None


Orcid = Annotated[str | None, BeforeValidator(parse_orcid)]
Ror = Annotated[str | None, BeforeValidator(parse_ror)]
Email = Annotated[str | None, BeforeValidator(parse_email)]
