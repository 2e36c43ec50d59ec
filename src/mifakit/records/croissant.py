"""The Croissant record: `croissant.json`, Croissant 1.1 with its extension for responsible AI.

It lies at the dataset's root, since its sets of files may not lead out of its own folder.

- `pairs` is the manifest: one record a sample, in its order, with every column of it.
- Pixels are named by path and never exposed: readers of Croissant squeeze images to 8 bits, which merges
  the ids of a mask. An OME-Zarr is a folder, so it has no sha256; the digests of its pixels are in `pairs`.
- Of what is asked about responsible AI only what the study sheet says is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from mifakit.dataset import layout
from mifakit.dataset.checksums import file_sha256
from mifakit.dataset.dataset import Dataset
from mifakit.dataset.packing import PACKED, packed_path
from mifakit.dataset.splits import SPLITS
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.mifa import Author
from mifakit.records.addresses import orcid_address, ror_address
from mifakit.records.base import Record
from mifakit.records.credit import citation, dataset_address, people
from mifakit.records.croissant_context import CONTEXT
from mifakit.records.lookup import annotation_set, dataset_title
from mifakit.records.serialisation import json_bytes, said

CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
PARQUET, CSV, YAML = "application/x-parquet", "text/csv", "application/yaml"
OME_ZARR, GEFF = "https://ngff.openmicroscopy.org/", "https://github.com/live-image-tracking-tools/geff"
IMAGES, LABELS = f"{layout.IMAGES}/*.ome.zarr", f"{layout.IMAGES}/*.ome.zarr/labels/*"
GRAPHS = f"{layout.ANNOTATIONS}/*/graphs/*.geff"
PAIRS, SPLIT_NAMES = "pairs", "splits/name"

_TYPES = {pa.string(): "sc:Text", pa.int64(): "cr:Int64", pa.float64(): "cr:Float64"}

Json = dict[str, Any]


class Croissant(Record):
    """`croissant.json` at the dataset's root."""

    name = "croissant"

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return the description."""
        document = {
            "@context": CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": CONFORMS_TO,
            **_study(dataset),
            **_responsible_ai(dataset),
            "distribution": [*_files(dataset), *_file_sets(dataset)],
            "recordSet": [*_splits(dataset), _pairs(dataset)],
        }
        return {layout.CROISSANT: json_bytes(document)}


def semantic_version(text: str | None) -> str | None:
    """Return a version that Croissant takes, up to MAJOR.MINOR.PATCH; of others None."""
    number = r"(0|[1-9][0-9]*)"
    pattern = rf"{number}(\.{number}(\.{number}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?)?)?"
    return text if text and re.fullmatch(pattern, text) else None


def _study(dataset: Dataset) -> Json:
    sheet = dataset.sheet
    study = sheet.study
    return said(
        name=dataset_title(sheet),
        description=study.description,
        identifier=study.accession,
        url=dataset_address(study),
        license=study.license.url if study.license else None,
        citeAs=citation(sheet),
        creator=[_person(person) for person in people(sheet)],
        publisher={"@type": "sc:Organization", "name": "BioImage Archive"} if study.accession else None,
        keywords=study.keywords,
        datePublished=study.release_date,
        dateModified=sheet.version.timestamp,
        version=semantic_version(sheet.version.version),
        isLiveDataset=False,
    )


def _person(person: Author) -> Json:
    return said(
        **{"@type": "sc:Person"},
        name=person.full_name,
        givenName=person.first_name,
        familyName=person.last_name,
        email=person.public_email,
        url=orcid_address(person.orcid),
        affiliation=[
            said(**{"@type": "sc:Organization"}, name=place.name, url=ror_address(place.ror))
            for place in person.organisations
            if place.name
        ],
    )


def _responsible_ai(dataset: Dataset) -> Json:
    sheet = dataset.sheet
    collection = [
        *(_sentences(one.title, one.preparation, one.growth_protocol) for one in sheet.specimens),
        *(_sentences(one.title, one.instrument, one.parameters) for one in sheet.acquisitions),
    ]
    sets = [annotation_set(sheet, name) for name in dataset.annotation_sets]
    analysis = [_sentences(one.name, one.confidence_level) for one in sets if one.confidence_level]
    values = said(
        dataCollection="\n".join(text for text in collection if text),
        dataCollectionTimeFrame=_time_frame(dataset),
        dataAnnotationProtocol=[text for one in sets if (text := _protocol(one))],
        dataAnnotationAnalysis=analysis,
    )
    return {f"rai:{key}": value for key, value in values.items()}


def _protocol(one: AnnotationSet) -> str:
    people = ", ".join(author.full_name for author in one.authors if author.full_name)
    parts = (one.overview, one.method, one.criteria, one.coverage, f"Annotators: {people}" if people else None)
    return _sentences(one.name, *parts) if any(parts) else ""


def _sentences(heading: str | None, *parts: str | None) -> str:
    text = " ".join(f"{' '.join(part.split()).rstrip('.')}." for part in parts if part)
    return ": ".join(one for one in (heading, text) if one)


def _time_frame(dataset: Dataset) -> list[str]:
    """Return the first and the last day on which an image was taken, as far as the files say."""
    days = []
    for sample in dataset:
        try:
            days.append(datetime.fromisoformat(sample.row.acquired or "").date().isoformat())
        except ValueError:
            continue
    return sorted({min(days), max(days)}) if days else []


def _files(dataset: Dataset) -> Iterator[Json]:
    """Yield the plain files that hold data; those of other records come and go with them."""
    plain = {layout.MANIFEST: PARQUET, layout.MANIFEST_CSV: CSV, layout.SHEET: YAML}
    kinds = {(name, kind) for sample in dataset for name, row in sample.row.annotations.items() for kind in row.tables}
    tables = {layout.table_path(name, kind): PARQUET for name, kind in sorted(kinds)}
    for path, encoding in (plain | tables).items():
        if (dataset.path / path).is_file():
            yield {
                "@type": "cr:FileObject",
                "@id": path,
                "name": path,
                "contentUrl": path,
                "encodingFormat": encoding,
                "sha256": file_sha256(dataset.path / path),
            }


def _file_sets(dataset: Dataset) -> Iterator[Json]:
    """Yield the folders, or the zips that are sent in their place, as patterns: their records are in `pairs`."""
    packed = any(sample.row.store.endswith(PACKED) for sample in dataset)
    images, graphs = (
        ([packed_path(IMAGES), packed_path(LABELS)], packed_path(GRAPHS))
        if packed
        else ([f"{IMAGES}/**"], f"{GRAPHS}/**")
    )
    has_graphs = any(row.graph for sample in dataset for row in sample.row.annotations.values())
    sets = {
        layout.IMAGES: (OME_ZARR, images, "OME-Zarr images with their label images"),
        "graphs": (GEFF, [graphs], "tracks and other graphs") if has_graphs else None,
        layout.PREVIEWS: ("image/jpeg", [f"{layout.PREVIEWS}/*.jpg", f"{layout.PREVIEWS}/*/*.jpg"], "small pictures"),
    }
    for name, entry in sets.items():
        if entry:
            encoding, includes, description = entry
            yield {
                "@type": "cr:FileSet",
                "@id": name,
                "name": name,
                "description": description,
                "encodingFormat": encoding,
                "includes": includes,
            }


def _splits(dataset: Dataset) -> Iterator[Json]:
    names = [name for name in SPLITS if dataset.split(name)]
    if names:
        yield {
            "@type": "cr:RecordSet",
            "@id": "splits",
            "name": "splits",
            "dataType": "cr:Split",
            "key": {"@id": SPLIT_NAMES},
            "field": [{"@type": "cr:Field", "@id": SPLIT_NAMES, "name": "name", "dataType": "sc:Text"}],
            "data": [{SPLIT_NAMES: name} for name in names],
        }


def _pairs(dataset: Dataset) -> Json:
    has_splits = any(sample.row.split for sample in dataset)
    fields = [_field(column) for column in pq.read_schema(dataset.path / layout.MANIFEST)]
    for field in fields:
        if field["name"] == "split" and has_splits:
            field["references"] = {"field": {"@id": SPLIT_NAMES}}
    return {
        "@type": "cr:RecordSet",
        "@id": PAIRS,
        "name": PAIRS,
        "description": "One record a sample: its image and its annotations, by path, and what is known of them.",
        "key": {"@id": f"{PAIRS}/sample"},
        "field": fields,
    }


def _field(column: pa.Field) -> Json:
    kind = column.type
    listed = pa.types.is_list(kind)
    return {
        "@type": "cr:Field",
        "@id": f"{PAIRS}/{quote(column.name, safe='')}",
        "name": column.name,
        "description": (column.metadata or {}).get(b"description", b"").decode(),
        "dataType": _TYPES[kind.value_type if listed else kind],
        **({"isArray": True, "arrayShape": "-1"} if listed else {}),
        "source": {"fileObject": {"@id": layout.MANIFEST}, "extract": {"column": column.name}},
    }
