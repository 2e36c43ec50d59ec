"""Whether the Croissant record names the files and columns that there are, and its own reader takes it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from mifakit.dataset import layout
from mifakit.dataset.checksums import file_sha256
from mifakit.dataset.dataset import Dataset
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.records.croissant import CONFORMS_TO, PAIRS, semantic_version
from mifakit.records.croissant_context import CONTEXT
from mifakit.sources.json_text import read_json

Remark = tuple[str, str]
"""The part of the document, and what is wrong with it."""


def check_croissant(dataset: Dataset) -> Iterator[Finding]:
    """Yield what a reader of Croissant would stumble over, and what of the study sheet it has no place for."""
    path = dataset.path / layout.CROISSANT
    if not path.is_file():
        return  # check_records_present says so
    try:
        document = read_json(path, dict[str, Any])
    except MifaError as error:
        yield Finding.of("MIFA532", error.finding.message, Place(layout.CROISSANT))
        return
    remarks = [*_head(document), *_files(document, dataset.path), *_columns(document, dataset)]
    if not remarks and find_spec("mlcroissant"):
        remarks = [*_read_by_others(path)]
    for item, message in remarks:
        yield Finding.of("MIFA532", message, Place(layout.CROISSANT, item=item or None))
    version = dataset.sheet.version.version
    if version and not semantic_version(version):
        message = f"the version {version!r} is left out: it is not made of up to three numbers, such as 1.0.2"
        yield Finding.of("MIFA531", message, Place(layout.CROISSANT, item="version"))


def _head(document: dict[str, Any]) -> Iterator[Remark]:
    if document.get("@context") != CONTEXT:  # one that names an address would be fetched
        yield "@context", "is not that of Croissant 1.1"
    if document.get("conformsTo") != CONFORMS_TO:
        yield "conformsTo", f"{document.get('conformsTo')!r} is not Croissant 1.1"
    if not document.get("name"):
        yield "name", "the dataset has no name"


def _files(document: dict[str, Any], folder: Path) -> Iterator[Remark]:
    """Yield files that are named in vain, or are in another state."""
    for entry in _blocks(document.get("distribution")):
        if entry.get("@type") != "cr:FileObject":
            continue
        name = str(entry.get("contentUrl"))
        inside = not Path(name).is_absolute() and ".." not in Path(name).parts
        if not inside or not (folder / name).is_file():
            yield name, "there is no such file in the dataset"
        elif entry.get("sha256") != file_sha256(folder / name):
            yield name, "has another sha256"


def _columns(document: dict[str, Any], dataset: Dataset) -> Iterator[Remark]:
    """Yield columns of the manifest that `pairs` lacks, or names in vain."""
    sets = [one for one in _blocks(document.get("recordSet")) if one.get("@id") == PAIRS]
    sources = [field.get("source") for one in sets for field in _blocks(one.get("field"))]
    extracts = [source.get("extract") for source in sources if isinstance(source, dict)]
    named = {str(extract.get("column")) for extract in extracts if isinstance(extract, dict)}
    found = set(pq.read_schema(dataset.path / layout.MANIFEST).names)
    for column in sorted(found - named):
        yield PAIRS, f"does not name the manifest's column {column}"
    for column in sorted(named - found):
        yield PAIRS, f"names a column {column}, which the manifest has not"


def _read_by_others(path: Path) -> Iterator[Remark]:
    """Yield what mlcroissant says; it reads the description and no data."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the packages that are imported
        import mlcroissant

        log = logging.getLogger("absl")  # in which it repeats what other checks say of the sheet
        was, log.disabled = log.disabled, True
        try:
            mlcroissant.Dataset(jsonld=str(path))
        except Exception as error:  # it raises what it stumbles over
            yield "", f"mlcroissant: {' '.join(str(error).split())}"
        finally:
            log.disabled = was


def _blocks(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
