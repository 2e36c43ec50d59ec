"""Whether the bioimage.io record keeps the format's rules, and its folder holds every file that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mifakit.bioimageio.descriptions import can_validate, format_errors, parse_description
from mifakit.dataset.checksums import file_sha256
from mifakit.dataset.dataset import Dataset
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.records.bioimageio import DESCRIPTION, FOLDER
from mifakit.records.bioimageio_content import bioimageio_version
from mifakit.sources.yaml_text import read_text

Remark = tuple[str, str]
"""The field, and what is wrong with it."""

PATH = f"{FOLDER}/{DESCRIPTION}"

_NAME = re.compile(r"[A-Za-z0-9_+\- ()]{5,128}")
_IDENTIFIER = re.compile(r"[a-z0-9_\-.][a-z0-9_\-./]*(?<!/)")
_MOST_DESCRIPTION = 1024
_COVERS = {".gif", ".jpeg", ".jpg", ".png", ".svg"}


def check_bioimageio(dataset: Dataset) -> Iterator[Finding]:
    """Yield what bioimage.io would refuse, and what of the study sheet it has no place for."""
    if not (dataset.path / PATH).is_file():
        return  # check_records_present says so
    try:
        description = parse_description(read_text(dataset.path / PATH), str(dataset.path / PATH), "MIFA530")
    except MifaError as error:
        yield Finding.of("MIFA530", error.finding.message, error.finding.place)
        return
    remarks = [*_fields(description), *_files(description, dataset.path / FOLDER)]
    if not remarks and can_validate():
        remarks = [("", message) for message in format_errors(description, dataset.path / FOLDER)]
    for item, message in remarks:
        yield Finding.of("MIFA530", message, Place(PATH, item=item or None))
    for item, message in left_out(dataset):
        yield Finding.of("MIFA531", message, Place(PATH, item=item))


def _fields(description: dict[str, Any]) -> Iterator[Remark]:
    for field, wanted in {"type": "dataset", "format_version": "0.3.4"}.items():
        if description.get(field) != wanted:
            yield field, f"{description.get(field)!r} is not {wanted!r}"
    name, identifier = description.get("name"), description.get("id", "x")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        yield "name", f"{name!r} is not of 5 to 128 letters, digits, spaces, and signs of _+-()"
    if not isinstance(identifier, str) or not _IDENTIFIER.fullmatch(identifier):
        yield "id", f"{identifier!r} is not of small letters, digits, and signs of _-/."
    if len(str(description.get("description", ""))) > _MOST_DESCRIPTION:
        yield "description", f"is longer than {_MOST_DESCRIPTION} characters"
    for number, entry in enumerate(_list(description.get("cite"))):
        if not (isinstance(entry, dict) and entry.get("text") and (entry.get("doi") or entry.get("url"))):
            yield f"cite[{number}]", "names neither a DOI nor an address"


def _files(description: dict[str, Any], folder: Path) -> Iterator[Remark]:
    """Yield files that the description names and the folder has not, or has in another state."""
    named = {
        f"{field}[{number}]": entry
        for field in ("covers", "documentation", "attachments")
        for number, entry in enumerate(_list(description.get(field)))
    }
    for item, entry in named.items():
        source = entry.get("source") if isinstance(entry, dict) else None
        if not isinstance(source, str) or not source or "/" in source or "\\" in source or source == "..":
            yield item, f"{source!r} is not a file beside the description"
            continue
        suffixes = {"covers": _COVERS, "documentation": {".md"}}.get(item.partition("[")[0])
        if suffixes and Path(source).suffix.lower() not in suffixes:
            yield item, f"{source} does not end in {' or '.join(sorted(suffixes))}"
        if not (folder / source).is_file():
            yield item, f"there is no {source}"
        elif entry.get("sha256") not in (None, file_sha256(folder / source)):
            yield item, f"{source} has another sha256"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def left_out(dataset: Dataset) -> Iterator[Remark]:
    """Yield what people said and the format has no place for."""
    version = dataset.sheet.version.version
    if version and not bioimageio_version(version):
        yield "version", f"the version {version!r} is left out: it is not made of numbers, such as 1.0"
    for paper in dataset.sheet.study.publications:
        if paper.title and not paper.doi and not paper.pubmed_id:
            yield "cite", f"the publication {paper.title!r} is left out: it has neither a DOI nor a PubMed id"
