"""S-BIAD599, as BIA published it: its three MIFA documents -> a sheet -> a dataset -> MIFA documents that say the same.

The images are not at hand: small ones stand for some of them, under the names that the documents give.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import tifffile
import yaml

import mifakit
from mifakit.conversion.resources import Resources
from mifakit.dataset import layout
from mifakit.metadata.identifiers import parse_doi, parse_moment, parse_orcid, parse_pubmed
from mifakit.metadata.vocabularies import as_list

IMAGES = 6
NORMAL = {
    "orcid_id": parse_orcid,
    "publication_doi": parse_doi,
    "pubmed_id": parse_pubmed,
    "timestamp": parse_moment,
}
LISTS = {"ai_models_trained", "link_url", "link_description", "annotation_type", "role", "keywords"}


def normal(value: Any, name: str = "") -> Any:
    """Return a part of a MIFA document with identifiers, blanks and lists as one would compare them."""
    if name == "publications":
        value = list(value.values()) if isinstance(value, dict) else value
    elif name in LISTS:
        value = as_list(value)
    if isinstance(value, dict):
        return {key: normal(child, key) for key, child in value.items()}
    if isinstance(value, list):
        return [normal(child, "") for child in value]
    return NORMAL.get(name, str.strip)(str(value))


@pytest.fixture(scope="module")
def documents(reference: Callable[[str], Path]) -> dict[str, Path]:
    return {name: reference(f"mifa/examples/{name}_S-BIAD599.yaml") for name in ("Study", "Annotations", "Version")}


def test_what_comes_out_says_what_went_in(documents: dict[str, Path], tmp_path: Path) -> None:
    published = {name: yaml.safe_load(path.read_text(encoding="utf-8")) for name, path in documents.items()}
    rows = published["Annotations"]["file_metadata"]
    rows = [row for row in rows if row["source_image_id"].startswith("20200220-ftp/experiment")]
    chosen = rows[:: len(rows) // IMAGES][:IMAGES]
    rng = np.random.default_rng(1)
    for row in chosen:
        pixels = rng.integers(0, 256, (2, 8, 8)).astype("u1")
        for name, data in ((row["source_image_id"], pixels), (row["annotation_id"], pixels // 64)):
            path = tmp_path / "lab" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            tifffile.imwrite(path, data, metadata={"axes": "ZYX"})

    sheet = tmp_path / "mifa.yaml"
    begun = mifakit.init(tmp_path / "lab", sheet, documents=list(documents.values()))
    absent = 2 * (len(published["Annotations"]["file_metadata"]) - IMAGES)
    assert [one.message.split(":")[0] for one in begun.findings if one.code == "MIFA155"] == [
        f"{absent} files that the documents list"
    ]
    assert not [one for one in begun.findings if one.is_error]
    built = mifakit.build(sheet, tmp_path / "dataset", resources=Resources(workers=1))
    assert built.samples == IMAGES

    text = (documents["Study"].parents[1] / "bia_mifa_models.schema.json").read_text(encoding="utf-8")
    schema = {name: part for name, part in yaml.safe_load(text).items() if name in ("$schema", "$defs")}
    records = tmp_path / "dataset" / "records" / "mifa"
    made = {}
    for name, pattern in (("Study", "study"), ("Annotations", "annotations-*"), ("Version", "version")):
        (path,) = records.glob(f"{pattern}.yaml")
        made[name] = yaml.safe_load(path.read_text(encoding="utf-8"))
        jsonschema.validate(
            made[name], {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": f"#/$defs/{name}"}
        )

    origins = {}
    for sample in mifakit.open(tmp_path / "dataset"):
        (annotation,) = sample.row.annotations.values()
        origins[sample.row.image] = sample.row.source
        origins |= dict.fromkeys(sample.row.annotation_paths(next(iter(sample.row.annotations))), annotation.sources[0])
    for row in made["Annotations"]["file_metadata"]:
        row["annotation_id"], row["source_image_id"] = origins[row["annotation_id"]], origins[row["source_image_id"]]
    # What the files tell is said besides.
    assert made["Annotations"].pop("annotation_coverage") == f"{IMAGES} of {IMAGES} images were annotated."
    published["Annotations"]["file_metadata"] = chosen

    def in_order(document: dict[str, Any]) -> dict[str, Any]:
        rows = sorted(document.get("file_metadata", []), key=lambda row: row["annotation_id"])
        return normal(document | ({"file_metadata": rows} if rows else {}))

    for name in published:
        assert in_order(made[name]) == in_order(published[name]), name
    assert layout.SHEET in {path.name for path in (tmp_path / "dataset").iterdir()}


def test_without_a_folder_all_pairs_are_told(documents: dict[str, Path], tmp_path: Path) -> None:
    """The patterns of a sheet that is made of documents alone pair every one of the 196 files as they do."""
    from mifakit.inventory.scanning import scan_folder
    from mifakit.sheet.reading import read_sheet

    begun = mifakit.init(sheet=tmp_path / "mifa.yaml", documents=list(documents.values()))
    assert begun.findings == ()
    model = read_sheet(begun.path).model
    rows = yaml.safe_load(documents["Annotations"].read_text(encoding="utf-8"))["file_metadata"]
    for row in rows:
        for name in (row["annotation_id"], row["source_image_id"]):
            path = tmp_path / "lab" / name.strip()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
    found = scan_folder(tmp_path / "lab", model.images, model.annotations)
    assert {(file, one.image) for one in found.pairings for file in one.files} == {
        (row["annotation_id"].strip(), row["source_image_id"].strip()) for row in rows
    }
