"""Identifiers: parsed from the ways people write them, normalised, refused when wrong.

Each type is a plain `str` after validation. A refusal carries a code of the catalogue as its
pydantic error type, so that the sheet's reader can point at the line.
"""

from mifakit.metadata.identifiers.dates import Day, Moment, parse_date, parse_moment
from mifakit.metadata.identifiers.grants import GrantNumber, parse_grant
from mifakit.metadata.identifiers.people import Email, Orcid, Ror, parse_email, parse_orcid, parse_ror
from mifakit.metadata.identifiers.refusal import refuse
from mifakit.metadata.identifiers.samples import Fbbi, Rrid, Taxon, parse_fbbi, parse_rrid, parse_taxon
from mifakit.metadata.identifiers.works import (
    Accession,
    Doi,
    PubMed,
    Url,
    parse_accession,
    parse_doi,
    parse_pubmed,
    parse_url,
)

__all__ = [
    "Accession",
    "Day",
    "Doi",
    "Email",
    "Fbbi",
    "GrantNumber",
    "Moment",
    "Orcid",
    "PubMed",
    "Ror",
    "Rrid",
    "Taxon",
    "Url",
    "parse_accession",
    "parse_date",
    "parse_doi",
    "parse_email",
    "parse_fbbi",
    "parse_grant",
    "parse_moment",
    "parse_orcid",
    "parse_pubmed",
    "parse_ror",
    "parse_rrid",
    "parse_taxon",
    "parse_url",
    "refuse",
]
