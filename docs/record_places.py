"""Where each field of the study sheet stands in each record: found by filling in every field and looking for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
import yaml

import mifakit
from mifakit.metadata.fields import SheetModel, source_of
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.registry import select_records
from mifakit.sheet.template import render_sheet
from mifakit.sheet.validation import models_in

_NUMBERS = count(101)
_KEPT = {
    "images[].name": "Pictures-mk6",
    "images[].files": ["images/{name}.tif"],
    "images[].biosample": "Sample-mk1",
    "images[].specimen": "Specimen-mk2",
    "images[].acquisition": "Acquisition-mk3",
    "images[].image_analyses": ["Analysis-mk4"],
    "images[].image_correlations": ["Correlation-mk5"],
    "biosamples[].title": "Sample-mk1",
    "specimens[].title": "Specimen-mk2",
    "specimens[].biosample": "Sample-mk1",
    "acquisitions[].title": "Acquisition-mk3",
    "image_analyses[].title": "Analysis-mk4",
    "image_correlations[].title": "Correlation-mk5",
    "annotations[].name": "nuclei",
    "annotations[].files": ["masks/{name}.tif"],
    "annotations[].types": ["segmentation_mask"],
    "annotations[].file_values[].annotation": "masks/a.tif",
    "annotations[].file_values[].types": ["tracks"],
    "study.license": "CC_BY",
    "study.accession": "S-BIAD1234567",
}
"""What must fit: names by which the sheet's entries find each other, and values from short lists."""

_STRUCTURE = {"images[].files", "annotations[].files", "annotations[].file_values[].annotation"}
"""What finds files in the lab folder, which no record knows."""

_NOT_HERE = {"study.images_accession", "study.images_folder"}
"""With these, the archive's other form is written: annotations of images that it has already."""

_SPELLINGS = {
    "CC_BY": ("CC_BY", "CC BY 4.0", "CC-BY-4.0", "cc-by-4.0", "creativecommons.org/licenses/by/4.0"),
    "tracks": ("tracks",),
    "segmentation_mask": ("segmentation_mask", "image-segmentation"),
}
"""What a value may be called elsewhere."""


def record_places(folder: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return where each field of MIFA and REMBI stands.

    Parameters
    ----------
    folder
        An empty folder to build a small dataset in.

    Returns
    -------
    dict
        By field (`study.title`), by name of record: its places in the record, none where it is lost.
    """
    values = dict(_values(StudySheet, ""))
    sheet = _nested(values)
    lab = folder / "lab"
    for name in ("images", "masks"):
        (lab / name).mkdir(parents=True)
        for number, file in enumerate(("a.tif", "b.tif")):  # what is said of one file is not true of the other
            tifffile.imwrite(lab / name / file, np.tri(8 + number, dtype=np.uint16))
    written = folder / "mifa.yaml"
    written.write_text(render_sheet(StudySheet.model_validate({**sheet, "lab_folder": str(lab)})), encoding="utf-8")
    built = mifakit.build(written, folder / "dataset")
    dataset = mifakit.open(built.path)
    fields = {field: value for field, value in values.items() if field not in _STRUCTURE}
    places: dict[str, dict[str, tuple[str, ...]]] = {field: {} for field in fields}
    for record in select_records():
        leaves = [leaf for name, content in record.render(dataset).items() for leaf in _leaves(name, content)]
        for field, value in fields.items():
            said = value[0] if isinstance(value, list) else value
            spellings = _SPELLINGS.get(said, (said, said.replace("FBbi:", "FBbi_")))
            found = (place for place, text in leaves if any(spelling in text for spelling in spellings))
            places[field][record.name] = tuple(sorted(dict.fromkeys(found), key=_rank))
    return places


def _rank(place: str) -> tuple[bool, bool, int, str]:
    """Sort places: those with a name of their own first, copies of other records last, then the shorter ones."""
    copied = place.startswith(("study.yaml", "annotations.yaml", "version.yaml", "pagetab.tsv", "manifest."))
    in_prose = place.endswith((": text", ".text", "citeAs", ".tsv", ".html", ".bib", ".*"))
    return copied, in_prose, len(place), place


def _values(model: type[SheetModel], prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield each field that a recommendation names, with a value that stands nowhere else."""
    for name, info in model.model_fields.items():
        inner = models_in(info.annotation)
        listed = "list[" in str(info.annotation)
        field = f"{prefix}{name}{'[]' if inner and listed else ''}"
        if inner:
            yield from _values(inner[0], f"{field}.")
        elif field in _KEPT:
            yield field, _KEPT[field]
        elif source_of(info) and field not in _NOT_HERE:
            value = _value(name, next(_NUMBERS))
            yield field, [value] if listed else value


def _value(name: str, number: int) -> str:
    match name:
        case "orcid":
            return _orcid(number)
        case "ror":
            return _ror(number)
        case "doi":
            return f"10.1234/mk{number}"
        case "email":
            return f"mk{number}@example.com"
        case "url" | "ai_models_trained" | "previous_version":
            return f"https://example.org/mk{number}"
        case "pubmed_id" | "ncbi_taxon":
            return str(10_000_000 + number)
        case "fbbi_id":
            return f"FBbi:00099{number}"
        case "rrids":
            return f"RRID:AB_99{number}"
        case "year":
            return str(1800 + number)
        case "release_date":
            return "2026-12-13"
        case "timestamp" | "created":
            return f"2026-03-31T12:00:00.{number}000+00:00"
        case _:
            return f"Something as mk{number} or so"


def _orcid(number: int) -> str:
    digits = f"{900_000_000_000_000 + number:015d}"[:15]
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    whole = digits + "0123456789X"[(12 - total % 11) % 11]
    return "-".join(whole[i : i + 4] for i in range(0, 16, 4))


def _ror(number: int) -> str:
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    letters = alphabet[number // 32 % 32] + alphabet[number % 32]
    value = sum(alphabet.index(letter) * 32 ** (6 - place) for place, letter in enumerate(f"0mk00{letters}"))
    return f"0mk00{letters}{98 - value * 100 % 97:02d}"


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sheet that has one entry in each list."""
    sheet: dict[str, Any] = {}
    for field, value in values.items():
        here: Any = sheet
        *parents, last = field.split(".")
        for parent in parents:
            here = here.setdefault(parent[:-2], [{}])[0] if parent.endswith("[]") else here.setdefault(parent, {})
        here[last] = value
    return sheet


def _leaves(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the texts of a record with their places."""
    file = name.rpartition("/")[2]
    match file.rpartition(".")[2]:
        case "json" | "jsonld":
            yield from _json_leaves(json.loads(content), file)
        case "yaml" | "cff":
            yield from _tree(yaml.safe_load(content), re.sub(r"-[^.]*", "", file))
        case "md":
            front, text = re.fullmatch(r"(?:---\n(.*?)---\n)?(.*)", content.decode(), re.DOTALL).groups()  # type: ignore[union-attr]
            yield from _tree(yaml.safe_load(front or "{}"), file)
            yield f"{file}: text", text
        case "html" | "bib" | "tsv":
            yield file, content.decode()


def _json_leaves(document: Any, file: str) -> Iterator[tuple[str, str]]:
    if isinstance(document, dict) and "@graph" in document:
        for entity in document["@graph"]:
            kinds = entity.get("@type", "")
            kind = next((one for one in ([kinds] if isinstance(kinds, str) else kinds) if ":" in one), str(kinds))
            yield from _tree({key: value for key, value in entity.items() if key != "@type"}, kind)
    elif isinstance(document, dict) and "section" in document:
        yield from _page_tab(document, "submission")
    else:
        yield from _tree(document, file)


def _page_tab(part: Any, section: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes of a PageTab and of its sections by their names."""
    if isinstance(part, list):
        for item in part:
            yield from _page_tab(item, section)
    elif isinstance(part, dict):
        section = str(part.get("type", section))
        if "name" in part and "value" in part:
            yield f"{section}.{part['name']}", str(part["value"])
            return
        for key, value in part.items():
            if isinstance(value, (dict, list)):
                yield from _page_tab(value, section)
            else:
                yield f"{section}.{key}", str(value)


def _tree(value: Any, here: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            known = re.fullmatch(r"[\w@:.-]{1,40}", str(key)) and "mk" not in str(key)
            yield from _tree(inner, f"{here}.{key}" if known else f"{here}.*")
            if not known:
                yield f"{here}.*", str(key)
    elif isinstance(value, list):
        for inner in value:
            yield from _tree(inner, here)
    elif value is not None:
        yield here, value.isoformat() if hasattr(value, "isoformat") else str(value)
