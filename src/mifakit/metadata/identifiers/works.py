"""What was published: DOI, PubMed id, web address."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import unquote

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from mifakit.metadata.identifiers.refusal import refuse_as, tidy, tidy_id, without_prefix

_RESOLVER = r"(https?://)?(dx\.|www\.)?doi\.org/+"
_ARXIV = r"(arxiv:\s*|https?://(www\.)?arxiv\.org/(abs|pdf)/)([a-z-]+(\.[a-z]{2})?/[0-9]{7}|[0-9]{4}\.[0-9]{4,5})"


def parse_doi(value: object) -> str | None:
    """Return a DOI as `10.1242/jcs.033340`: no resolver, no `doi:`, no trailing words."""
    text = tidy_id(value)
    if text is None:
        return None
    bare = without_prefix(text, r"doi(\s*:\s*|\s+)")
    address = re.match(_RESOLVER, bare, re.IGNORECASE)
    bare = without_prefix(without_prefix(bare, _RESOLVER), r"doi\s*:?\s*")
    if address and re.match(r"10\.[0-9]{4,9}%2F", bare, re.IGNORECASE):
        bare = unquote(bare)
    if not re.fullmatch(r"10\.[0-9]{4,9}/[^\s\"<>]+", bare) or bare.endswith((".", ",", ";")):
        raise refuse_as("MIFA112", text, "a DOI", _meant_doi(text))
    return bare


def _meant_doi(text: str) -> str | None:
    """Return what to write instead, where a text holds a DOI or an arXiv id: arXiv gives each paper a DOI."""
    if arxiv := re.match(_ARXIV, text[:200], re.IGNORECASE):
        return f"write 10.48550/arXiv.{arxiv[4]}"
    found = re.search(r"10\.[0-9]{4,9}/[^\s\"<>]+", text[:200])
    return f"write {found[0].rstrip('.,;')} alone" if found else None


def parse_accession(value: object) -> str | None:
    """Return what an archive calls a dataset: `S-BIAD634` and the like, `EMPIAR-10311`, or a DOI."""
    text = tidy_id(value)
    if text is None:
        return None
    bare = re.sub(r"^https?://\S*/(?=(S-[A-Z]+|EMPIAR-)[0-9]+/?$)", "", text, flags=re.IGNORECASE).strip("/")
    if re.fullmatch(r"S-[A-Z]{3,}[1-9][0-9]*|EMPIAR-[1-9][0-9]{4,}", bare, re.IGNORECASE):
        return bare.upper()
    try:
        return parse_doi(text)
    except PydanticCustomError:
        raise refuse_as("MIFA513", text, "an accession number") from None


def parse_pubmed(value: object) -> str | None:
    """Return a PubMed id (`18492790`) or PubMed Central id (`PMC7274788`)."""
    text = tidy_id(value)
    if text is None:
        return None
    ncbi = r"(https?://)?(www\.|pubmed\.|pmc\.)?ncbi\.nlm\.nih\.gov/(pubmed/|pmc/articles/|articles/)?"
    europe = r"(https?://)?(www\.)?europepmc\.org/(articles?|abstract)/((MED|PMC)/)?"
    bare = without_prefix(text, ncbi, europe, r"pub\s?med(\s*id)?\s*[:#]?\s*", r"pmc?id\s*[:#]?\s*")
    bare = re.sub(r"[/?#].*$", "", bare).upper()
    if not re.fullmatch(r"[1-9][0-9]{0,8}|PMC[0-9]{3,9}", bare):
        raise refuse_as(
            "MIFA116", text, "a PubMed id", "write it under doi:" if re.search(r"10\.\d{4,9}/", text) else None
        )
    return bare


def parse_url(value: object) -> str | None:
    """Return a web address that starts with http:// or https://."""
    text = tidy(value)
    if text is None:
        return None
    if not re.fullmatch(r"https?://[^\s/$.?#][^\s]*", text):
        raise refuse_as("MIFA117", text, "a web address")
    return text


Accession = Annotated[str | None, BeforeValidator(parse_accession)]
Doi = Annotated[str | None, BeforeValidator(parse_doi)]
PubMed = Annotated[str | None, BeforeValidator(parse_pubmed)]
Url = Annotated[str | None, BeforeValidator(parse_url)]
