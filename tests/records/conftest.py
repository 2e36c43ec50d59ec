"""A small dataset made by hand, with everything said or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zarr

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset, Sample, open_dataset
from mifakit.dataset.manifest import write_manifest
from mifakit.dataset.rows import AnnotationRow, SampleRow
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records import registry
from mifakit.records.citation import Citation
from mifakit.records.datacite import DataCite
from mifakit.records.dataset_card import DatasetCard
from mifakit.records.gallery import Gallery
from mifakit.records.mifa_documents import MifaDocuments
from mifakit.records.ro_crate import RoCrate
from mifakit.records.schema_org import SchemaOrg
from mifakit.records.writing import write_records
from mifakit.records.zenodo import Zenodo

RECORDS = (Citation(), DataCite(), DatasetCard(), Gallery(), MifaDocuments(), SchemaOrg(), Zenodo(), RoCrate())

FULL_SHEET = {
    "lab_folder": "/home/jc/scope/secret",
    "study": {
        "title": "Nuclei in a human skin cell line, annotated",
        "description": "Images of nuclei | with a <b>bar</b>, to train\nnuclear segmentation.",
        "keywords": ["nuclei", "segmentation", "no"],
        "license": "CC_BY",
        "funding_statement": "Funded by the Example Research Council.",
        "links": [
            {"url": "https://github.com/example/code", "description": "Analysis code"},
            {"url": "https://example.org/lab"},
            {"url": "https://doi.org/10.1242/jcs.033340", "description": "The paper again"},
        ],
        "ai_models_trained": ["https://bioimage.io/#/?id=10.5281%2Fzenodo.6028097"],
        "acknowledgements": "We thank M. Skłodowska–Curie.",
        "grants": [
            {"grant_id": "ALTF 1234-567", "funder": "EMBO"},
            {"grant_id": "840767", "funder": "EMBO"},
        ],
        "publications": [
            {
                "title": "An annotated dataset",
                "authors": "J. Carberry, T. Grayson",
                "doi": "10.1242/jcs.033340",
                "year": "2021",
                "pubmed_id": "18492790",
            },
            {"title": "In press", "authors": "J. Carberry"},
        ],
        "accession": "S-BIAD634",
        "release_date": "2026-12-01",
    },
    "authors": [
        {
            "first_name": "Josiah",
            "last_name": "Carberry",
            "email": "jcarberry@example.com",
            "orcid": "0000-0002-1825-0097",
            "roles": ["data acquisition"],
            "organisations": [
                {"name": "EMBL-EBI", "ror": "02catss52", "address": "Hinxton, UK"},
                {"name": "A lab without ROR"},
            ],
        },
        {
            "first_name": "Marie",
            "last_name": "Skłodowska–Curie",
            "email": "marie@example.com",
            "organisations": [{"name": "A lab without ROR"}],
        },
    ],
    "version": {
        "version": "1.0",
        "timestamp": "2026-03-31T12:00:00+00:00",
        "changes": "First version.",
        "previous_version": "https://doi.org/10.6019/S-BIAD634",
    },
    "biosamples": [
        {
            "title": "HaCaT cells",
            "organisms": [{"scientific_name": "Homo sapiens", "common_name": "human", "ncbi_taxon": "9606"}],
            "biological_entity": "HaCaT keratinocytes",
            "description": "Passages 12 to 15.",
            "intrinsic_variables": ["wild type"],
            "extrinsic_variables": ["staurosporine 1 µM"],
            "experimental_variables": ["time"],
            "rrids": ["RRID:CVCL_0038"],
        }
    ],
    "specimens": [
        {
            "title": "DAPI-stained cells",
            "biosample": "HaCaT cells",
            "preparation": "Fixed in 4 % PFA, stained with DAPI.",
            "growth_protocol": "DMEM with 10 % FCS.",
            "experimental_status": "control",
            "location": "the well's middle",
            "channels": [
                {
                    "label": "DAPI",
                    "content": "nuclei",
                    "biological_entity": "DNA",
                    "contrast_mechanism": "fluorescence of DAPI",
                },
                {"label": "DAPI", "content": "bleed-through"},
                {},
            ],
            "rrids": ["RRID:AB_2313773", "RRID:AB_2534074"],
        },
        {"title": "Live cells", "biosample": "HaCaT cells", "preparation": "Stained with SiR-DNA."},
    ],
    "acquisitions": [
        {
            "title": "Widefield 20x",
            "instrument": "Zeiss Axio Observer Z1",
            "parameters": "20x/0.8 NA air, 100 ms",
            "methods": [{"name": "fluorescence microscopy", "fbbi_id": "FBbi:00000246"}],
        }
    ],
    "image_analyses": [
        {"title": "Counting", "overview": "Nuclei were counted.", "features": "area"},
        {"title": "Tracking", "overview": "Cells were followed."},
    ],
    "image_correlations": [
        {
            "title": "CLEM",
            "alignment": "Affine.",
            "fiducials": "beads",
            "related_images": "0001 is the fluorescence of em1",
            "transformation_matrix": "1 0 0 1",
        }
    ],
    "images": [
        {
            "name": "Fixed",
            "description": "Fixed cells.",
            "files": ["fixed/{name}.tif"],
            "biosample": "HaCaT cells",
            "specimen": "DAPI-stained cells",
            "acquisition": "Widefield 20x",
            "image_analyses": ["Counting"],
            "image_correlations": ["CLEM"],
        },
        {
            "name": "Live, one",
            "description": "Live cells.",
            "files": ["live/{name}.tif"],
            "specimen": "Live cells",
            "acquisition": "Widefield 20x",
            "image_analyses": ["Counting", "Tracking"],
        },
    ],
    "annotations": [
        {
            "name": "nuclei",
            "files": ["masks/{name}.tif"],
            "overview": "Masks of nuclei.",
            "types": ["segmentation_mask", "class_labels"],
            "method": "Outlined in Fiji",
            "criteria": "Only nuclei in focus.",
            "coverage": "All images.",
            "confidence_level": "Dice 0.9 on ten images.",
            "transformations": "Rotation_angle = 37°",
            "spatial_information": "Pixels.",
            "created": "2026-02-11T11:00:15+01:00",
            "classes": {1: "nucleus"},
            "file_values": [
                {
                    "annotation": "masks/0002.tif",
                    "types": ["tracks"],
                    "transformations": "Rotation_angle = 5°",
                    "spatial_information": "z is 5",
                    "created": "2026-03-01T09:00:00+00:00",
                }
            ],
            "authors": [
                {"first_name": "Truman", "last_name": "Grayson", "orcid": "0000-0001-5109-3700"},
                {"first_name": "Marie", "last_name": "Skłodowska–Curie", "roles": ["curation"]},
            ],
        },
        {
            "name": "cells",
            "files": ["cells/{name}.tif"],
            "overview": "Masks of cells.",
            "types": ["segmentation_mask"],
            "method": "By Cellpose 3.0, corrected by hand.",
        },
    ],
}

# Ids that a spreadsheet or pandas would take for numbers or for nothing.
SAMPLES = {"0001": ("nuclei", "cells"), "0002": ("nuclei",), "NA": ("nuclei",), "empty": ()}


def _write_array(path: Path, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 9, (1, 16, 16), dtype=np.uint16)
    zarr.create_array(path, data=pixels, chunks=(1, 8, 8))


def _told(folder: Path, sheet: StudySheet) -> Dataset:
    """Open a dataset that says `sheet`, as if it were read from its mifa.yaml."""
    dataset = open_dataset(folder)
    dataset.__dict__["sheet"] = sheet
    return dataset


def _make(folder: Path, sheet: StudySheet, samples: Mapping[str, tuple[str, ...]] = SAMPLES) -> Dataset:
    components = [str(entry.name) for entry in sheet.images] or ["Images"]
    rows = []
    for number, (sample, labels) in enumerate(samples.items()):
        image = layout.image_path(sample)
        zarr.create_group(folder / image)
        _write_array(folder / image / "0", number)
        for label in labels:
            _write_array(folder / layout.label_path(image, label) / "0", number + 1)
        preview = layout.preview_path(sample, labels[0] if labels else None)
        (folder / preview).parent.mkdir(parents=True, exist_ok=True)
        (folder / preview).write_bytes(b"\x89PNG")
        rows.append(
            SampleRow(
                sample=sample,
                image=image,
                component=components[number % len(components)],
                axes="cyx",
                shape=(1, 16, 16),
                dtype="uint16",
                channels=("DAPI",),
                source=f"fixed/{sample}.tif",
                source_sha256="0" * 64,
                pixel_digest="1" * 64,
                preview=preview,
                split=("train", "val", "test")[number % 3],
                pixel_size_x=0.325,
                pixel_size_y=0.325,
                annotations={
                    label: AnnotationRow(
                        (f"masks/{sample}.tif",), layout.label_path(image, label), 8, "uint16", "2" * 64
                    )
                    for label in labels
                },
            )
        )
    for label in {label for labels in samples.values() for label in labels}:
        table = folder / layout.table_path(label, "objects")
        table.parent.mkdir(parents=True)
        table.write_bytes(b"PAR1")
    write_manifest(folder, rows, tuple(str(entry.name) for entry in sheet.annotations))
    (folder / layout.SHEET).write_text("# the study sheet\n", encoding="utf-8")
    return _told(folder, sheet)


@pytest.fixture
def full_sheet() -> StudySheet:
    return StudySheet.model_validate(FULL_SHEET)


@pytest.fixture
def make_dataset(tmp_path: Path) -> Callable[..., Dataset]:
    """Return a function that writes a dataset and says `sheet` about it."""

    def make(sheet: StudySheet, samples: Mapping[str, tuple[str, ...]] = SAMPLES, name: str = "dataset") -> Dataset:
        return _make(tmp_path / name, sheet, samples)

    return make


@pytest.fixture
def own_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the records of this package and no stranger's."""
    monkeypatch.setattr(registry, "load_records", lambda: (RECORDS, ()))


@pytest.fixture(scope="session")
def _described_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dataset = _make(tmp_path_factory.mktemp("described") / "dataset", StudySheet.model_validate(FULL_SHEET))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "load_records", lambda: (RECORDS, ()))
        write_records(dataset)
    return dataset.path


@pytest.fixture
def described(_described_once: Path, tmp_path: Path, full_sheet: StudySheet, own_records: None) -> Dataset:
    """A dataset of which everything is said, with its records written."""
    shutil.copytree(_described_once, tmp_path / "dataset")
    return _told(tmp_path / "dataset", full_sheet)


def _on_plates(dataset: Dataset) -> Dataset:
    """Return the dataset as if its images had been taken on a plate, under two conditions."""
    rows = [
        replace(sample.row, plate="P 1", well_row="B", well_column=number, well_field=0, conditions={"drug": "none"})
        for number, sample in enumerate(dataset, 1)
    ]
    return _of_rows(dataset, rows)


def _tables_only(dataset: Dataset) -> Dataset:
    """Return the dataset as if its annotations were points and graphs, and no label image."""
    for sample in dataset:
        for name in sample.row.annotations:
            for path in (layout.table_path(name, "points"), f"{layout.graph_path(sample.id, name)}/.zgroup"):
                (dataset.path / path).parent.mkdir(parents=True, exist_ok=True)
                (dataset.path / path).write_bytes(b"{}")
    rows = [
        replace(
            sample.row,
            annotations={
                name: AnnotationRow(("points.csv",), points=5, graph=layout.graph_path(sample.id, name))
                for name in sample.row.annotations
            },
        )
        for sample in dataset
    ]
    return _of_rows(dataset, rows)


def _of_rows(dataset: Dataset, rows: list[SampleRow]) -> Dataset:
    changed = replace(dataset, samples=tuple(Sample(dataset.path, row) for row in rows))
    changed.__dict__["sheet"] = dataset.sheet
    return changed


def _blank_entries() -> StudySheet:
    """Return a sheet as the template leaves it: entries are there, and say nothing."""
    return StudySheet.model_validate(
        {
            "study": {"links": [{}], "grants": [{}], "publications": [{}], "ai_models_trained": []},
            "authors": [{"organisations": [{}]}],
            "biosamples": [{"organisms": [{}]}],
            "specimens": [{}],
            "acquisitions": [{"methods": [{}]}],
            "images": [{"name": "Images"}],
            "annotations": [{"name": "nuclei", "authors": [{}]}],
        }
    )


@pytest.fixture(params=["several sets", "on plates", "tables only", "no annotations", "blank entries", "blank sheet"])
def variant(request: pytest.FixtureRequest, make_dataset: Callable[..., Dataset], full_sheet: StudySheet) -> Dataset:
    """A dataset of every kind that there can be."""
    match request.param:
        case "several sets":
            return make_dataset(full_sheet)
        case "on plates":
            return _on_plates(make_dataset(full_sheet))
        case "tables only":
            return _tables_only(make_dataset(full_sheet))
        case "no annotations":
            return make_dataset(full_sheet.model_copy(update={"annotations": []}), {"a": (), "b": ()})
        case "blank entries":
            return make_dataset(_blank_entries(), {"a": ("nuclei",)})
        case _:
            return make_dataset(StudySheet(), {"a": ()})
