"""The two licences that MIFA allows, how people spell them, and why others are not among them."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator

from mifakit.metadata.identifiers import refuse


class License(StrEnum):
    """The two licences that MIFA and the BioImage Archive take (LinkML enum `LicenseType`)."""

    CC0 = "CC0"
    CC_BY = "CC_BY"

    @property
    def spdx(self) -> str:
        """The SPDX identifier."""
        return {"CC0": "CC0-1.0", "CC_BY": "CC-BY-4.0"}[self.value]

    @property
    def url(self) -> str:
        """The licence's own page."""
        path = {"CC0": "publicdomain/zero/1.0", "CC_BY": "licenses/by/4.0"}[self.value]
        return f"https://creativecommons.org/{path}/"

    @property
    def full_name(self) -> str:
        """Its name, written out."""
        names = {
            "CC0": "Creative Commons Zero 1.0 Universal",
            "CC_BY": "Creative Commons Attribution 4.0 International",
        }
        return names[self.value]


ALLOWED = "MIFA allows CC0 or CC_BY"
_LONGEST = 200

_WORDS = (
    (
        r"^(https?://)?(www\.)?creativecommons\.org/(licenses/|publicdomain/(?=zero))([a-z-]+)(/[0-9.]+)?(/[a-z]{2,3})?"
        r"/?((deed|legalcode|rdf)([._][\w-]+)*)?/?([?#].*)?$",
        r"cc \4 \5 \6",
    ),
    (r"^(https?://)?(www\.)?spdx\.org/licenses/([a-z0-9.-]+?)(\.html|\.json|\.txt|/)?$", r"\3"),
    (r"public\s*domain\s*dedication", " "),
    (r"creative\s*commons", " cc "),
    (r"non[\s-]*commercial", " nc "),
    (r"no[\s-]*deriv(ative)?s?(\s*works?)?", " nd "),
    (r"share[\s-]*alike", " sa "),
    (r"attribution", " cc by "),
    (r"zero", " 0 "),
    (r"\b(licen[cs]e|the|international|universal|unported|v(ersion)?(?=[\s.]*[0-9]))\b", " "),
    (r"[^a-z0-9.]+", " "),
)
"""What is written in words, or is an address -> the letters of Creative Commons."""

_ONE = re.compile(
    r"(?:cc\s*)+(0|by)\s*((?:(?:nc|nd|sa)\s*)*)"
    r"(?:v?\s*([0-9](?:\.[0-9])?)(?:\s+(?!cc)([a-z]{2,3})\b)?)?\s*"
)
"""Kind, conditions, version and port: CC BY-NC 3.0 DE. People write the name, then once more in letters."""
_CONDITIONS = {
    "nc": "NC forbids commercial use",
    "nd": "ND forbids to share changed copies",
    "sa": "SA asks the same licence of all that is made of the data",
}
_OTHERS = {
    r"(mit|bsd|apache|a?l?gpl|gnu|mpl|isc)\b": "a licence for software, not for data",
    r"(odbl|odc|pddl|cdla)\b": "a licence for databases that the archive does not take",
    r"public\s*domain|pdm\b": "a statement about the law, not a licence: CC0 gives the same freedom everywhere",
    r"all rights reserved|copyright|proprietary": "no licence: nobody could use the data",
}


def parse_license(value: object) -> License | None:
    """Return the licence; every usual spelling of the two is understood, no other is guessed."""
    text = str(value).strip() if value is not None else ""
    if not text:
        return None
    plain = _in_letters(text[:_LONGEST])
    named = _ONE.findall(plain) if re.fullmatch(f"(?:{_ONE.pattern})+", plain) else []
    kinds = {kind for kind, *_ in named}
    if len(kinds) != 1:
        raise refuse("MIFA104", f"{text!r} is {_other(text)}; {ALLOWED}")
    kind, current = (License.CC0, 1.0) if kinds == {"0"} else (License.CC_BY, 4.0)
    if conditions := [one for one in _CONDITIONS if any(one in said for _, said, *_ in named)]:
        name = "-".join([kind.value.replace("_", " "), *map(str.upper, conditions)])
        reasons = ", ".join(_CONDITIONS[one] for one in conditions)
        raise refuse("MIFA104", f"{text!r} is {name}: {reasons}; {ALLOWED}")
    for *_, version, port in named:
        if version and (float(version) != current or port):
            edition = f"{version} {port.upper()}".strip()
            raise refuse("MIFA104", f"{text!r} is edition {edition} of {kind.value}; {ALLOWED}, edition {current}")
    return kind


def _in_letters(text: str) -> str:
    """Return `cc by nc 4.0` for whatever names that licence."""
    plain = text.lower()
    for words, letters in _WORDS:
        plain = re.sub(words, letters, plain)
    return plain.strip()


def _other(text: str) -> str:
    """Return what a text is that is neither of the two."""
    known = (reason for name, reason in _OTHERS.items() if re.match(rf".*\b{name}", text[:_LONGEST], re.IGNORECASE))
    return next(known, "not the name of one licence")


LicenseField = Annotated[License | None, BeforeValidator(parse_license)]
