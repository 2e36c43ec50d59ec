"""The page that maps each field of the study sheet to its place in each record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from record_places import record_places

HEAD = """
# Records

What `mifa describe` writes, and where each field of MIFA and REMBI stands in it. This page is made by filling in every
field of a study sheet with a value of its own, building a dataset, and looking for the values in its records.

| record | files | made for |
|---|---|---|
| MIFA documents | `records/mifa/` | BIA's model of MIFA |
| RO-Crate | `ro-crate-metadata.json`, `file_list.tsv` | the BioImage Archive's ingest |
| BioStudies | `records/biostudies/` | the archive's submission form: PageTab and lists of files |
| bioimage.io | `records/bioimageio/` | bioimage.io; carries the MIFA documents whole |
| Croissant | `croissant.json` | Croissant 1.1, for loaders of training data |
| dataset card | `README.md` | people, and Hugging Face |
| DataCite, Zenodo, InvenioRDM | `records/datacite.json`, `zenodo.json`, `invenio-rdm.json` | repositories with DOIs |
| schema.org | `records/dataset.jsonld` | search engines |
| citation | `CITATION.cff`, `records/citation.bib` | reference managers |
| gallery | `records/gallery.html` | to look at |

When the sheet names the archived study that holds the images (`images_accession`), BioStudies is written in the
archive's other form, for annotations of images that it has already.
"""
ARCHIVE = {"mifa_documents": "MIFA documents", "ro_crate": "RO-Crate", "biostudies": "BioStudies"}
OTHERS = {
    "bioimageio": "bioimage.io",
    "croissant": "Croissant",
    "datacite": "DataCite",
    "zenodo": "Zenodo",
    "invenio_rdm": "InvenioRDM",
    "schema_org": "schema.org",
    "citation": "citation",
    "dataset_card": "dataset card",
    "gallery": "gallery",
}
_NO_PLACE = "–"


def records_page() -> str:
    """Return the page."""
    with TemporaryDirectory() as folder:
        places = record_places(Path(folder))
    return f"{HEAD}{_archive_table(places)}{_others_table(places)}{_losses(places)}"


def _archive_table(places: Mapping[str, Mapping[str, tuple[str, ...]]]) -> str:
    head = f"\n## For the archive\n\n| field | {' | '.join(ARCHIVE.values())} |\n|{'---|' * (len(ARCHIVE) + 1)}\n"
    rows = (
        f"| `{field}` | {' | '.join(_shown(records[record]) for record in ARCHIVE)} |\n"
        for field, records in places.items()
    )
    return head + "".join(rows)


def _others_table(places: Mapping[str, Mapping[str, tuple[str, ...]]]) -> str:
    head = "\n## For everybody else\n\n| field | stands in |\n|---|---|\n"
    rows = []
    for field, records in places.items():
        found = [f"{title} {_inside(records[record])}".rstrip() for record, title in OTHERS.items() if records[record]]
        rows.append(f"| `{field}` | {'; '.join(found) or _NO_PLACE} |\n")
    return head + "".join(rows)


def _losses(places: Mapping[str, Mapping[str, tuple[str, ...]]]) -> str:
    lines = [
        "\n## What each record has no place for\n\nFields in brackets; a block without brackets is lost whole.\n\n"
    ]
    for record, title in {**ARCHIVE, **OTHERS}.items():
        lost = [field for field, records in places.items() if not records[record]]
        lines.append(f"- **{title}**: {', '.join(_grouped(lost, places)) or 'nothing is lost'}\n")
    return "".join(lines)


def _grouped(lost: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """Yield fields, those of one block together: `biosamples[]` (title, rrids); of a lost block its name."""
    blocks, wholes = _by_block(lost), _by_block(known)
    for block, names in blocks.items():
        yield f"`{block}`" if names == wholes[block] else f"`{block}` ({', '.join(names)})"


def _by_block(fields: Iterable[str]) -> dict[str, list[str]]:
    blocks: dict[str, list[str]] = {}
    for field in fields:
        block, _, name = field.rpartition(".")
        blocks.setdefault(block, []).append(name)
    return blocks


def _shown(places: tuple[str, ...]) -> str:
    """Return the best place: the one that is named shortest."""
    return f"`{places[0]}`" if places else _NO_PLACE


def _inside(places: tuple[str, ...]) -> str:
    """Return the best place without its file, which is the record's only one or is said above."""
    place = re.sub(r"^[\w.-]+?\.(json|jsonld|yaml|md|cff|html|bib|tsv)\b[.:]? ?", "", places[0])
    return f"`{place}`" if place and place != "text" else ""
