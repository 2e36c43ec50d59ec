"""Documents and a lab folder together: one sheet, whose patterns are the folder's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
import yaml
from tests.documents.examples import MIFA_ANNOTATIONS, PAGETAB

import mifakit
from mifakit.api import Begun
from mifakit.conversion.plan import Plan, make_plan
from mifakit.inventory.scanning import scan_folder
from mifakit.sheet.reading import read_sheet


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    rng = np.random.default_rng(1)
    for name in "abc":
        for path in (f"images/{name}.tif", f"masks/{name}.tif"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            tifffile.imwrite(folder / path, rng.integers(0, 3, (9, 9)).astype("u1"))
    return folder


def begin(lab: Path, *documents: tuple[str, Any]) -> tuple[Begun, Any]:
    paths = []
    for name, document in documents:
        path = lab.parent / name
        path.write_text(json.dumps(document) if name.endswith("json") else yaml.safe_dump(document))
        paths.append(path)
    sheet = lab.parent / "mifa.yaml"
    begun = mifakit.init(lab, sheet, documents=paths)
    return begun, read_sheet(sheet).model


def plan_of(lab: Path) -> Plan:
    """Return what the sheet builds; what MIFA requires besides is not looked at."""
    read = read_sheet(lab.parent / "mifa.yaml")
    return make_plan(scan_folder(lab, read.model.images, read.model.annotations), read.model, 10**9)


def annotations_of(pairs: Sequence[tuple[str, str]], **more: str) -> dict[str, Any]:
    rows = [{"annotation_id": path, "source_image_id": image} for path, image in pairs]
    return {"annotation_overview": "Masks", "annotation_method": "By hand", "file_metadata": rows, **more}


def test_the_folder_gives_patterns_and_the_document_the_rest(lab: Path) -> None:
    pairs = [(f"masks/{name}.tif", f"images/{name}.tif") for name in "abc"]
    begun, sheet = begin(lab, ("a.yaml", annotations_of(pairs, annotation_coverage="Half of it")))
    assert begun.findings == begun.inventory.findings
    (annotations,) = sheet.annotations
    assert (annotations.name, annotations.files, annotations.pairs) == ("masks", ["masks/{name}.tif"], [])
    assert (annotations.method, annotations.coverage) == ("By hand", "Half of it")
    text = (lab.parent / "mifa.yaml").read_text(encoding="utf-8")
    assert "#> 3 files paired: same stem, folder masks/" in text
    assert sheet.lab_folder == "lab"


def test_a_pair_that_the_folder_would_not_guess_is_kept(lab: Path) -> None:
    crossed = [("masks/a.tif", "images/b.tif"), ("masks/b.tif", "images/a.tif")]
    _, sheet = begin(lab, ("a.yaml", annotations_of(crossed)))
    assert [(one.annotation, one.image) for one in sheet.annotations[0].pairs] == crossed
    plan = plan_of(lab)
    assert {job.origin.key: job.annotations[0].files[0] for job in plan.jobs if job.annotations} == {
        "images/a.tif": "masks/b.tif", "images/b.tif": "masks/a.tif", "images/c.tif": "masks/c.tif",
    }  # fmt: skip


def test_the_lab_folder_lies_deeper_than_the_document_says(lab: Path) -> None:
    pairs = [(f"2026/scope/masks/{name}.tif", f"2026/scope/images/{name}.tif") for name in "ab"]
    begun, sheet = begin(lab, ("a.yaml", annotations_of(pairs)))
    assert ("MIFA154", True) in {(one.code, "'2026/scope'" in one.message) for one in begun.findings}
    assert sheet.annotations[0].files == ["masks/{name}.tif"]


def test_annotations_that_only_the_document_knows(lab: Path) -> None:
    """No convention pairs these; their patterns share fields with those of the images."""
    for name in "abc":
        (lab / f"masks/{name}.tif").rename(lab / f"masks/{name}.hand.tif")
    pairs = [(f"masks/{name}.hand.tif", f"images/{name}.tif") for name in "abc"]
    _, sheet = begin(lab, ("a.yaml", annotations_of(pairs)))
    assert [(one.name, one.files) for one in sheet.images] == [("Images", ["images/{name}.tif"])]
    assert [(one.files, one.pairs) for one in sheet.annotations] == [(["masks/{name}.hand.tif"], [])]
    assert all(len(job.annotations) == 1 for job in plan_of(lab).jobs)


def test_files_that_are_not_there(lab: Path) -> None:
    pairs = [("masks/a.tif", "images/a.tif"), ("masks/x.tif", "images/x.tif")]
    begun, sheet = begin(lab, ("a.yaml", annotations_of(pairs)))
    (absent,) = [one for one in begun.findings if one.code == "MIFA155"]
    assert absent.message == "2 files that the documents list: 'masks/x.tif', 'images/x.tif'"
    assert sheet.annotations[0].pairs == []
    assert len(sheet.annotations) == 1


def test_sets_that_list_their_images_keep_apart(lab: Path) -> None:
    component = PAGETAB["section"]["subsections"][9]
    assert component["type"] == "Study Component"
    other = json.loads(json.dumps(component).replace("Widefield", "Confocal").replace("images.json", "others.json"))
    document = json.loads(json.dumps(PAGETAB))
    document["section"]["subsections"].append(other)
    for name, members in (("images", "ab"), ("others", "c")):
        files = [{"path": f"images/{one}.tif"} for one in members]
        (lab.parent / f"{name}.json").write_text(json.dumps(files))
    rows = [f"masks/{one}.tif\timages/{one}.tif" for one in "abc"]
    (lab.parent / "masks.tsv").write_text("\n".join(["Files\tSource image", *rows]))
    _, sheet = begin(lab, ("submission.json", document))
    assert [(one.name, one.files) for one in sheet.images] == [
        ("Widefield", ["images/a.tif", "images/b.tif"]), ("Confocal", ["images/{name}.tif"]),
    ]  # fmt: skip
    assert [(one.name, one.files) for one in sheet.annotations] == [("nuclei", ["masks/{name}.tif"])]
    plan = plan_of(lab)
    assert len(plan.jobs) == 3 and all(job.annotations for job in plan.jobs)


def test_what_the_document_says_wins_over_guesses(lab: Path) -> None:
    begun, sheet = begin(lab, ("v.yaml", {"version": "2.1", "timestamp": "2023-01-17T10:04:00Z"}))
    assert (sheet.version.version, sheet.version.timestamp) == ("2.1", "2023-01-17T10:04:00+00:00")
    assert "MIFA151" not in {one.code for one in begun.findings}


def test_without_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(yaml.safe_dump(MIFA_ANNOTATIONS))
    begun = mifakit.init(sheet=tmp_path / "mifa.yaml", documents=[path])
    sheet = read_sheet(begun.path).model
    assert begun.inventory is None
    assert (sheet.images[0].files, sheet.annotations[0].files) == (["images/{name}.tif"], ["masks/{name}.png"])
