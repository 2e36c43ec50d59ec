"""The licences, and how people spell them."""

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


_LICENSE_SPELLINGS = {
    "cc0": License.CC0,
    "cc010": License.CC0,
    "cczero": License.CC0,
    "creativecommonsorgpublicdomainzero10": License.CC0,
    "cc010universal": License.CC0,
    "creativecommonszero10universal": License.CC0,
    "creativecommonsorgpublicdomainzero10legalcode": License.CC0,
    "creativecommonsorgpublicdomainzero10deeden": License.CC0,
    "ccby": License.CC_BY,
    "creativecommonsattribution40international": License.CC_BY,
    "creativecommonsorglicensesby40legalcode": License.CC_BY,
    "creativecommonsorglicensesby40deeden": License.CC_BY,
    "ccby40": License.CC_BY,
    "creativecommonsorglicensesby40": License.CC_BY,
}


def parse_license(value: object) -> License | None:
    """Return the licence; every usual spelling of the two is understood, no other is guessed."""
    text = str(value).strip() if value is not None else ""
    if not text:
        return None
    key = re.sub(r"^https?://(www\.)?", "", text.lower())
    key = re.sub(r"[^a-z0-9]", "", key)
    if key not in _LICENSE_SPELLINGS:
        raise refuse("MIFA104", f"{text!r} is not a licence that MIFA allows: CC0 or CC_BY")
    return _LICENSE_SPELLINGS[key]


LicenseField = Annotated[License | None, BeforeValidator(parse_license)]
