"""A study of which everything is said that the archive's form asks for, and records that it accepted."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.records.conftest import FULL_SHEET, SAMPLES

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset, Sample
from mifakit.dataset.rows import AnnotationRow, SampleRow
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.biostudies import BioStudies
from mifakit.records.pagetab.file_lists import FileList
from mifakit.records.pagetab.submitted import read_tsv

FOLDER = "records/biostudies/"
Files = dict[str, bytes]


def all_said() -> dict[str, Any]:
    """Return what a sheet says, as it would be read, that leaves no question of the form open."""
    sheet = copy.deepcopy(FULL_SHEET)
    grayson = sheet["annotations"][0]["authors"][0]  # type: ignore[index]
    grayson |= {"email": "tgrayson@example.com", "organisations": [{"name": "Brown University"}]}
    sheet["images"][0] |= {"image_analyses": ["Counting"], "image_correlations": ["CLEM"]}  # type: ignore[index]
    return sheet


@pytest.fixture
def said() -> dict[str, Any]:
    """What a sheet says; tests may change it."""
    return all_said()


@pytest.fixture(scope="session")
def ours() -> Files:
    """The record of all that is said, by name of its files."""
    return rendered(all_said())


def row(sample: str, component: str, labels: tuple[str, ...] = (), **more: Any) -> SampleRow:
    """Return what the manifest says of a sample."""
    image = layout.image_path(sample)
    annotations = {
        label: AnnotationRow((f"masks/{sample}.tif",), layout.label_path(image, label), 8, "uint16", "2" * 64)
        for label in labels
    }
    plain = {"axes": "cyx", "shape": (1, 16, 16), "dtype": "uint16", "channels": ("DAPI",), "source_sha256": "0" * 64}
    known = {"image": image, "source": f"fixed/{sample}.tif", "pixel_digest": "1" * 64, "annotations": annotations}
    return SampleRow(sample=sample, component=component, **{**plain, **known, **more})  # type: ignore[arg-type]


def dataset(said: dict[str, Any], rows: Sequence[SampleRow] | None = None) -> Dataset:
    """Return a dataset that is nowhere on disk: records read the manifest and the sheet alone."""
    sheet = StudySheet.model_validate(said)
    if rows is None:
        names = [str(images.name) for images in sheet.images]
        rows = [
            row(sample, names[number % len(names)], labels, split=("train", "val", "test")[number % 3])
            for number, (sample, labels) in enumerate(SAMPLES.items())
        ]
    nowhere = Path("nowhere")
    made = Dataset(
        nowhere, tuple(Sample(nowhere, one) for one in rows), tuple(str(one.name) for one in sheet.annotations)
    )
    made.__dict__["sheet"] = sheet
    return made


def rendered(said: dict[str, Any], rows: Sequence[SampleRow] | None = None) -> Files:
    """Return the record for BioStudies, by name of its files."""
    files = BioStudies().render(dataset(said, rows))
    assert all(path.startswith(FOLDER) for path in files)
    return {path.removeprefix(FOLDER): content for path, content in files.items()}


def of_json(content: bytes) -> FileList:
    """Return a list in JSON as a table."""
    files = [(file["path"], {one["name"]: one["value"] for one in file["attributes"]}) for file in json.loads(content)]
    names = tuple(dict.fromkeys(name for _, said in files for name in said))
    return FileList(("Files", *names), tuple((path, *(said.get(name, "") for name in names)) for path, said in files))


def lists_of(files: Files) -> dict[str, FileList]:
    """Return the lists in TSV, by file name."""
    return {
        name: read_tsv(content.decode())
        for name, content in files.items()
        if name.startswith("file_list_") and name.endswith(".tsv")
    }


def lists_as_named(files: Files) -> dict[str, FileList]:
    """Return the lists in TSV, by the path that the record gives them."""
    return {f"{FOLDER}{name}": listed for name, listed in lists_of(files).items()}


@pytest.fixture
def accepted(reference: Callable[[str], Path]) -> Callable[[str], dict[str, Any]]:
    """Return a function that gives a record which the archive accepted."""
    return lambda name: json.loads(reference(f"biostudies/{name}.json").read_text("utf-8"))  # type: ignore[no-any-return]


@pytest.fixture
def accepted_lists(reference: Callable[[str], Path]) -> dict[str, FileList]:
    """The lists of S-BIAD1492."""
    names = ("bbc024_images.json", "bbc024_masks.json")
    return {name: of_json(reference(f"biostudies/{name}").read_bytes()) for name in names}
