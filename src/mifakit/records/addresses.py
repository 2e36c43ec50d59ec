"""Web addresses of identifiers: the form BIA's own MIFA documents use, which resolves anywhere."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

ORCID = "https://orcid.org/"
ROR = "https://ror.org/"
DOI = "https://doi.org/"
OBO = "http://purl.obolibrary.org/obo/"
BIA_STUDY = "https://www.ebi.ac.uk/biostudies/bioimages/studies/"
BIOIMAGE_IO = "https://bioimage.io/#/?id="


def orcid_address(orcid: str | None) -> str | None:
    """Return the address of a bare ORCID iD."""
    return f"{ORCID}{orcid}" if orcid else None


def ror_address(ror: str | None) -> str | None:
    """Return the address of a bare ROR id."""
    return f"{ROR}{ror}" if ror else None


def doi_address(doi: str | None) -> str | None:
    """Return the address of a bare DOI."""
    return f"{DOI}{web_address(doi)}" if doi else None


def pubmed_address(number: str | None) -> str | None:
    """Return the address of a PubMed id, or of a PubMed Central id (`PMC7274788`)."""
    if not number:
        return None
    if number.startswith("PMC"):
        return f"https://www.ncbi.nlm.nih.gov/pmc/articles/{number}/"
    return f"https://pubmed.ncbi.nlm.nih.gov/{number}/"


def taxon_address(taxon: str | None) -> str | None:
    """Return the address of an NCBI taxon id."""
    return f"{OBO}NCBITaxon_{taxon}" if taxon else None


def fbbi_address(identifier: str | None) -> str | None:
    """Return the address of an imaging method by its FBbi id, however that is written; None for what is none."""
    match = re.search(r"FBbi[:_]([0-9]+)", identifier or "", re.IGNORECASE)
    return f"{OBO}FBbi_{match[1]}" if match else None


def web_address(text: str) -> str:
    """Return `text` with the characters that no IRI may hold percent-encoded, and what is encoded as it is."""
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quote(text, safe=";/?:@&=+$,#%!*'()~-._[]"))


def bioimageio_address(identifier: str) -> str:
    """Return the address of a resource on bioimage.io, as MIFA's own example writes it."""
    return BIOIMAGE_IO + quote(identifier, safe="")


def bioimageio_id(address: str) -> str | None:
    """Return the id of a resource of bioimage.io by its address there; of any other address None.

    Examples
    --------
    >>> bioimageio_id("https://bioimage.io/#/?id=10.5281%2Fzenodo.6028097")
    '10.5281/zenodo.6028097'
    >>> bioimageio_id("https://bioimage.io/#/artifacts/affable-shark")
    'affable-shark'
    """
    found = re.fullmatch(
        r"https?://(?:www\.)?bioimage\.io/#/(?:artifacts/|(?:p/)?\?(?:[^#]*&)?id=)([^&#?]+?)/?(?:&.*)?", address
    )
    return unquote(found[1]) if found else None
