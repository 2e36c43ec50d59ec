"""What was imaged, with what: NCBI taxon id, FBbi id, RRID."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator

from mifakit.metadata.identifiers.refusal import refuse_as, tidy_id, without_prefix

_AUTHORITIES = {"ab": "AB", "scr": "SCR", "cvcl": "CVCL", "imsr": "IMSR", "mmrrc": "MMRRC", "bdsc": "BDSC",
                "zfin": "ZFIN", "zirc": "ZIRC", "mgi": "MGI", "rgd": "RGD", "addgene": "Addgene"}  # fmt: skip
"""Authorities of RRIDs as they write themselves; others are left as they stand."""


def parse_taxon(value: object) -> str | None:
    """Return an NCBI taxon id as digits: `9606`."""
    text = tidy_id(value)
    if text is None:
        return None
    bare = without_prefix(
        text,
        r"(https?://)?purl\.obolibrary\.org/obo/NCBITaxon_",
        r"(https?://)?(www\.)?ncbi\.nlm\.nih\.gov/(taxonomy/browser/wwwtax\.cgi\?(mode=info&)?id=|taxonomy/|datasets/taxonomy/)",
        r"(https?://)?identifiers\.org/taxonomy[:/]",
        r"(https?://)?(www\.)?uniprot\.org/taxonomy/",
        r"ncbi\s*taxon(omy)?(\s*id)?\s*[:_]?\s*",
        r"(ncbi\s*:?\s*)?(tax(on(omy)?)?|tx)[\s_]*(id)?\s*:?\s*",
    )
    bare = bare.rstrip("/")
    if not re.fullmatch(r"[1-9][0-9]{0,8}", bare):
        raise refuse_as("MIFA118", text, "an NCBI taxon id")
    return bare


def parse_fbbi(value: object) -> str | None:
    """Return an FBbi id as `FBbi:00000251`."""
    text = tidy_id(value)
    if text is None:
        return None
    found = re.fullmatch(r"(?:(?:https?://|obo:)?[^\s]{0,200}?fbbi[:_\s]\s*|obo:)?([0-9]{1,8})", text, re.IGNORECASE)
    if not found or not int(found[1]):
        raise refuse_as("MIFA120", text, "an FBbi id")
    return f"FBbi:{found[1]:0>8}"


def parse_rrid(value: object) -> str | None:
    """Return a research resource id as `RRID:AB_2313773`: its authority, `_`, and what the authority gives."""
    text = tidy_id(value)
    if text is None:
        return None
    bare = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    bare = without_prefix(
        bare,
        r"(https?://)?(www\.)?scicrunch\.org/resolver/",
        r"(https?://)?(www\.)?(identifiers\.org/(rrid/)?|n2t\.net/|rrid\.site/(data/record/)?)",
    )
    bare = without_prefix(bare, r"rrid\s*[:_]?\s*").strip("/")
    authority, sign, rest = re.match(r"([A-Za-z-]*)([_:]?)(.*)", bare, re.DOTALL).groups("")  # type: ignore[union-attr]
    authority = _AUTHORITIES.get(authority.lower(), authority)
    form = {"AB": r"[0-9]+", "SCR": r"[0-9]+", "CVCL": r"[0-9A-Z]{4}"}.get(authority, r"[A-Za-z0-9_:-]+")
    rest = rest.upper() if authority == "CVCL" else rest
    if not authority.strip("-") or not sign or not re.fullmatch(form, rest):
        raise refuse_as("MIFA119", text, "an RRID")
    return f"RRID:{authority}{sign}{rest}"


Taxon = Annotated[str | None, BeforeValidator(parse_taxon)]
Fbbi = Annotated[str | None, BeforeValidator(parse_fbbi)]
Rrid = Annotated[str | None, BeforeValidator(parse_rrid)]
