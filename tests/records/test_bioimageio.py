"""The bioimage.io record: valid to bioimageio.spec, whole in its folder, and nothing is fetched."""

from __future__ import annotations

import gc
import hashlib
import re
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.checks.bioimageio import check_bioimageio
from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.bioimageio import BioimageioDataset
from mifakit.records.bioimageio_content import bioimageio_name, bioimageio_version, linked
from mifakit.records.mifa_documents import MifaDocuments
from mifakit.records.shortening import shortened

# bioimageio.spec leaves the files open that it looks into.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")

MakeDataset = Callable[..., Dataset]
FOLDER = "records/bioimageio"
NO_GITHUB = "Missing `maintainers` or any author in `authors` with a specified `github_user` name."
"""The study sheet does not ask for names at GitHub."""


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Refuse every connection, and return the list of those that were tried."""
    tried: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> None:
        tried.append(arguments)
        raise OSError("no network here")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


def write(dataset: Dataset) -> Path:
    for path, content in BioimageioDataset().render(dataset).items():
        (dataset.path / path).parent.mkdir(parents=True, exist_ok=True)
        (dataset.path / path).write_bytes(content)
    return dataset.path / FOLDER / "bioimageio.yaml"


def load(path: Path, look: bool = False) -> Any:
    """Load a description; `look`: at files, whose sha256 are compared, and at addresses."""
    from bioimageio.spec import ValidationContext, load_description

    with ValidationContext(perform_io_checks=look, log_warnings=False):
        description = load_description(path)
    gc.collect()
    assert description.validation_summary.status == "valid-format", description.validation_summary.display()
    return description


def complaints(description: Any) -> set[str]:
    return {one.msg for detail in description.validation_summary.details for one in detail.warnings}


def test_all_that_is_said_has_its_place(
    make_dataset: MakeDataset, full_sheet: StudySheet, offline: list[Any], tmp_path: Path
) -> None:
    dataset = make_dataset(full_sheet)
    path = write(dataset)
    description = load(path)
    assert complaints(description) == {NO_GITHUB}
    assert offline == []
    assert complaints(load(path, look=True)) == {NO_GITHUB}
    assert offline, "addresses were not looked at: then neither were files"
    offline.clear()

    assert (str(description.id), str(description.license)) == ("s-biad634", "CC-BY-4.0")
    assert description.name == "Nuclei in a human skin cell line annotated"
    assert description.description == "Images of nuclei | with a <b>bar</b>, to train nuclear segmentation."
    assert [(one.name, str(one.orcid or "")) for one in description.authors] == [
        ("Josiah Carberry", "0000-0002-1825-0097"),
        ("Marie Skłodowska–Curie", ""),
        ("Truman Grayson", "0000-0001-5109-3700"),
    ]
    assert description.authors[0].affiliation == "EMBL-EBI; A lab without ROR"
    assert [str(one.doi or one.url) for one in description.cite] == [
        "https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD634",
        "10.1242/jcs.033340",
    ]
    assert description.links == ["10.5281/zenodo.6028097"]
    mifa = description.config["mifa"]
    documents = {
        path.rpartition("/")[2]: yaml.safe_load(content) for path, content in MifaDocuments().render(dataset).items()
    }
    assert mifa["study"] == documents["study.yaml"]
    assert mifa["version"] == documents["version.yaml"]
    for name in ("nuclei", "cells"):
        whole = documents[f"annotations-{name}.yaml"]
        kinds = {kind for row in whole.pop("file_metadata") for kind in row["annotation_type"]}
        assert set(mifa["annotations"][name].pop("annotation_type")) == kinds
        assert mifa["annotations"][name] == whole

    from bioimageio.spec import ValidationContext, save_bioimageio_package

    with ValidationContext(perform_io_checks=False):
        package = save_bioimageio_package(path, output_path=tmp_path / "package.zip")
    gc.collect()
    with zipfile.ZipFile(str(package)) as archive:
        for name in archive.namelist():
            if name != "bioimageio.yaml":
                assert archive.read(name) == (path.parent / name).read_bytes(), name
        assert set(archive.namelist()) == {one.name for one in path.parent.iterdir()}
    assert offline == []


def test_the_folder_holds_what_is_named_and_no_more(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    path = write(make_dataset(full_sheet))
    description = yaml.safe_load(path.read_text(encoding="utf-8"))
    named = [*description["covers"], description["documentation"], *description["attachments"]]
    assert {one["source"] for one in named} | {path.name} == {one.name for one in path.parent.iterdir()}
    for one in named:
        assert one["sha256"] == hashlib.sha256((path.parent / one["source"]).read_bytes()).hexdigest()
    assert (path.parent / "cover.jpg").read_bytes() == b"\x89PNG"
    assert (path.parent / "manifest.csv").read_bytes() == (path.parents[2] / "manifest.csv").read_bytes()


@pytest.mark.parametrize("samples", [{"a": ()}, {"a": ("nuclei",)}], ids=["no annotation", "annotated"])
@pytest.mark.parametrize("blank", [{}, {"annotations": [{"name": "nuclei"}]}], ids=["nothing", "a set"])
def test_where_nothing_is_said_nothing_is_made_up(
    make_dataset: MakeDataset, samples: dict[str, tuple[str, ...]], blank: dict[str, Any]
) -> None:
    if any(samples.values()) and not blank:
        pytest.skip("a sample of no set")
    description = load(write(make_dataset(StudySheet.model_validate(blank), samples)))
    assert description.name == "Untitled dataset"
    missing = {"Needs to be filled for FAIR compliance"}
    assert complaints(description) <= missing
    assert not (description.authors or description.cite or description.license or description.version)


def test_an_address_that_is_not_public_stays_out(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    full_sheet.authors[1].email_public = "no"
    content = b"".join(BioimageioDataset().render(make_dataset(full_sheet)).values())
    assert b"jcarberry@example.com" in content
    assert b"marie@example.com" not in content


def test_a_record_is_the_same_bytes_every_time(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    dataset = make_dataset(full_sheet)
    assert BioimageioDataset().render(dataset) == BioimageioDataset().render(dataset)


def test_a_model_gets_the_id_or_else_the_description(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    assert linked(make_dataset(full_sheet)) == {"id": "s-biad634"}
    full_sheet.study.accession = None
    description = linked(make_dataset(full_sheet, name="other"))
    assert description["type"] == "dataset"
    assert {"covers", "documentation", "attachments", "links"}.isdisjoint(description)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_title_makes_a_name(title: str) -> None:
    name = bioimageio_name(title)
    assert re.fullmatch(r"[A-Za-z0-9_+\- ()]{5,128}", name)
    if re.fullmatch(r"[A-Za-z0-9_+()-]([A-Za-z0-9_+\-()]| (?! )){3,126}[A-Za-z0-9_+()-]", title):
        assert name == title


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.integers(10, 100))
def test_shortened_text_fits_and_begins_alike(text: str, most: int) -> None:
    short = shortened(text, most)
    assert len(short) <= most
    assert " ".join(text.split()).startswith(short.removesuffix(" …"))


@pytest.mark.parametrize(("text", "taken"), [("1.0", True), ("2026.03", True), ("first", False), ("1.0 beta!", False)])
def test_versions(text: str, taken: bool) -> None:
    assert (bioimageio_version(text) == text) is taken


def found(dataset: Dataset) -> list[tuple[str, str]]:
    return [(one.code, str(one.place.item if one.place else "")) for one in check_bioimageio(dataset)]


def test_a_whole_record_has_no_finding(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    full_sheet.study.publications.pop()
    dataset = make_dataset(full_sheet)
    assert found(dataset) == []  # another check tells that it is not there
    write(dataset)
    assert found(dataset) == []


def test_what_has_no_place_is_told(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    full_sheet.version.version = "first"
    dataset = make_dataset(full_sheet)
    load(write(dataset))
    assert found(dataset) == [("MIFA531", "version"), ("MIFA531", "cite")]


@pytest.mark.parametrize(
    ("old", "new", "item"),
    [
        ("name: Nuclei in", "name: Nuclei/in", "name"),
        ("name: Nuclei in a human skin cell line annotated", "name: abc", "name"),
        ("id: s-biad634", "id: S-BIAD634", "id"),
        ("type: dataset", "type: model", "type"),
        ("description: ", f"description: {'x ' * 600}", "description"),
        ("  doi: 10.1242/jcs.033340", "", "cite[1]"),
        ("source: cover.jpg", "source: cover.tif", "covers[0]"),
        ("source: cover.jpg", "source: ../../previews/empty.jpg", "covers[0]"),
        ("source: study.yaml", "source: gone.yaml", "attachments[0]"),
        ("license: CC-BY-4.0", "license: mine", ""),
        ("doi: 10.1242/jcs.033340", "doi: 10/x", ""),
        ("config:", "mifa: {}\nconfig:", ""),
        ("type: dataset", "type: [dataset", ""),
    ],
)
def test_what_bioimage_io_would_refuse_is_told(
    make_dataset: MakeDataset, full_sheet: StudySheet, old: str, new: str, item: str
) -> None:
    full_sheet.study.publications.pop()
    dataset = make_dataset(full_sheet)
    path = write(dataset)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert ("MIFA530", item) in found(dataset) or (item == "" and {"MIFA530"} == {code for code, _ in found(dataset)})


def test_a_file_that_changed_is_told(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    full_sheet.study.publications.pop()
    dataset = make_dataset(full_sheet)
    write(dataset)
    (dataset.path / FOLDER / "manifest.csv").write_bytes((dataset.path / layout.MANIFEST_CSV).read_bytes() + b"\n")
    assert found(dataset) == [("MIFA530", "attachments[4]")]
