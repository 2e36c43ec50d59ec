from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from pydantic import BaseModel
from ruamel.yaml import YAML

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.fields import source_of
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records import mifa_model
from mifakit.records.mifa_documents import MifaDocuments

Reference = Callable[[str], Path]

# Slots of the LinkML model that no field of the study sheet stands for, and why.
UNMAPPED = {
    "Annotations.file_metadata": "made from the manifest",
    "FileLevelMetadata.annotation_id": "made from the manifest: the path of the label image",
    "FileLevelMetadata.annotation_type": "the annotation set's own types",
    "FileLevelMetadata.source_image_id": "made from the manifest: the path of the image",
}


def documents(dataset: Dataset) -> dict[str, Any]:
    yaml = YAML(typ="safe", pure=True)
    return {Path(path).stem: yaml.load(content) for path, content in MifaDocuments().render(dataset).items()}


def errors(schema_file: Path, name: str, document: Any) -> list[str]:
    schema = json.loads(schema_file.read_text())
    strict = {"$defs": schema["$defs"], "$ref": f"#/$defs/{name}"}
    validator = Draft7Validator(strict, format_checker=Draft7Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def test_the_schema_is_an_unchanged_copy(reference: Reference) -> None:
    ours = Path(mifa_model.__file__).parent / "schemas" / "bia_mifa_models.schema.json"
    assert ours.read_bytes() == reference("mifa/bia_mifa_models.schema.json").read_bytes()


def test_documents_pass_bias_strict_schema(
    make_dataset: Callable[..., Dataset], full_sheet: StudySheet, reference: Reference
) -> None:
    schema = reference("mifa/bia_mifa_models.schema.json")
    found = documents(make_dataset(full_sheet))
    assert list(found) == ["study", "annotations-nuclei", "annotations-cells", "version"]
    for stem, document in found.items():
        assert errors(schema, stem.partition("-")[0].capitalize(), document) == []


def test_a_blank_sheet_invents_nothing(make_dataset: Callable[..., Dataset], reference: Reference) -> None:
    sheet = StudySheet.model_validate({"annotations": [{"name": "nuclei"}]})
    found = documents(make_dataset(sheet, {"a": ("nuclei",)}))
    assert found["study"] == {} == found["version"]
    assert found["annotations-nuclei"] == {
        "file_metadata": [{"annotation_id": "images/a.ome.zarr/labels/nuclei", "source_image_id": "images/a.ome.zarr"}]
    }
    missing = errors(reference("mifa/bia_mifa_models.schema.json"), "Study", found["study"])
    assert len(missing) == 6


def test_blank_entries_of_a_template_are_left_out(make_dataset: Callable[..., Dataset]) -> None:
    sheet = StudySheet.model_validate(
        {"authors": [{}, {"first_name": "J", "last_name": "C", "organisations": [{}]}], "study": {"grants": [{}]}}
    )
    found = documents(make_dataset(sheet, {"a": ()}))["study"]
    assert found == {"authors": [{"author_first_name": "J", "author_last_name": "C"}]}


def test_identifiers_are_addresses_and_publications_are_keyed_by_them(
    make_dataset: Callable[..., Dataset], full_sheet: StudySheet
) -> None:
    study = documents(make_dataset(full_sheet))["study"]
    author = study["authors"][0]
    assert author["orcid_id"] == "https://orcid.org/0000-0002-1825-0097"
    assert author["organisation"][0]["ror_id"] == "https://ror.org/02catss52"
    assert list(study["publications"]) == ["https://doi.org/10.1242/jcs.033340"]
    paper = study["publications"]["https://doi.org/10.1242/jcs.033340"]
    assert paper["pubmed_id"] == "https://pubmed.ncbi.nlm.nih.gov/18492790/"


def test_links_and_descriptions_stay_parallel(make_dataset: Callable[..., Dataset], full_sheet: StudySheet) -> None:
    study = documents(make_dataset(full_sheet))["study"]
    assert study["link_description"] == ["Analysis code", "", "The paper again"]
    assert len(study["link_url"]) == 3


def test_annotators_are_the_sets_own_or_else_the_authors(
    make_dataset: Callable[..., Dataset], full_sheet: StudySheet
) -> None:
    found = documents(make_dataset(full_sheet))
    assert found["annotations-nuclei"]["authors"][0]["author_last_name"] == "Grayson"
    assert found["annotations-cells"]["authors"][0]["author_last_name"] == "Carberry"


def test_each_label_image_is_named_with_its_image(make_dataset: Callable[..., Dataset], full_sheet: StudySheet) -> None:
    rows = documents(make_dataset(full_sheet))["annotations-nuclei"]["file_metadata"]
    assert rows[0] == {
        "annotation_id": "images/0001.ome.zarr/labels/nuclei",
        "annotation_type": ["segmentation_mask", "class_labels"],
        "source_image_id": "images/0001.ome.zarr",
        "transformations": "Rotation_angle = 37°",
        "spatial_information": "Pixels.",
        "annotation_creation_time": "2026-02-11T11:00:15+01:00",
    }
    assert len(rows) == 3


# Every slot of BIA's LinkML model has a home


def linkml_slots(model: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Yield each slot as `Class.slot`, with the other names that its mixins give it."""
    for name, content in model["classes"].items():
        if content.get("mixin"):
            continue
        yield from ((f"{name}.{slot}", {f"{name}.{slot}"}) for slot in content.get("slots", []))
        for mixin in content.get("mixins", []):
            parts = model["classes"][mixin]
            for slot in [*parts.get("slots", []), *parts.get("attributes", {})]:
                yield f"{name}.{slot}", {f"{name}.{slot}", f"{mixin}.{slot}"}


def sheet_sources(model: type[BaseModel]) -> Iterator[str]:
    for info in model.model_fields.values():
        if source := source_of(info):
            yield source
        for inner in models_inside(info.annotation):
            yield from sheet_sources(inner)


def models_inside(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from models_inside(inner)


@pytest.fixture
def linkml(reference: Reference) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(reference("mifa/bia_mifa_models.yaml"))
    return loaded


def test_every_slot_of_the_linkml_model_has_a_field_or_a_reason(linkml: dict[str, Any]) -> None:
    sources = set(sheet_sources(StudySheet))
    homeless = {slot for slot, names in linkml_slots(linkml) if not names & sources}
    assert homeless == set(UNMAPPED)


def test_every_source_that_names_a_class_of_the_model_names_its_slot(linkml: dict[str, Any]) -> None:
    slots = {name for _, names in linkml_slots(linkml) for name in names}
    classes = {name.partition(".")[0] for name in slots}
    stated = {source for source in sheet_sources(StudySheet) if source.partition(".")[0] in classes}
    assert stated <= slots


def test_every_slot_is_written_when_everything_is_said(
    linkml: dict[str, Any], make_dataset: Callable[..., Dataset], full_sheet: StudySheet
) -> None:
    slots = {slot.partition(".")[2] for slot, _ in linkml_slots(linkml)}
    assert set(keys_in(documents(make_dataset(full_sheet)))) >= slots


def keys_in(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        yield from tree
    for inner in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from keys_in(inner)
