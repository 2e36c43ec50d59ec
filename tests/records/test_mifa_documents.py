from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft7Validator
from pydantic import BaseModel
from ruamel.yaml import YAML

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.fields import Need, need_of, source_of
from mifakit.metadata.mifa import Publication
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records import mifa_model
from mifakit.records.mifa_documents import MifaDocuments
from mifakit.sheet.reading import models_in

Reference = Callable[[str], Path]

# Slots of the LinkML model that no field of the study sheet stands for, and why.
UNMAPPED = {
    "Annotations.file_metadata": "made from the manifest",
    "FileLevelMetadata.source_image_id": "made from the manifest: the path of the image",
}
# Slots that two fields stand for: what is said of a set, and what is true of one of its files alone.
SHARED = {
    "Study.link_url": {"Study.links", "Link.url"},
    "FileLevelMetadata.transformations": {"AnnotationSet.transformations", "FileValues.transformations"},
    "FileLevelMetadata.spatial_information": {"AnnotationSet.spatial_information", "FileValues.spatial_information"},
    "FileLevelMetadata.annotation_creation_time": {"AnnotationSet.created", "FileValues.created"},
}
# Required slots whose field need not be filled in, and why.
FILLED_ELSEWHERE = {
    "FileLevelMetadata.annotation_id": "the manifest names every file; only one that differs is named in the sheet",
    "FileLevelMetadata.annotation_type": "the set's types, which are required, are those of its files",
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


class Declared(NamedTuple):
    """A field of the study sheet that stands for a slot."""

    name: str
    source: str
    required: bool


def declared(model: type[BaseModel] = StudySheet) -> set[Declared]:
    found = set()
    for name, info in model.model_fields.items():
        if source := source_of(info):
            found.add(Declared(f"{model.__name__}.{name}", source, need_of(info) is Need.MIFA_REQUIRED))
        for inner in models_in(info.annotation):
            found |= declared(inner)
    return found


@pytest.fixture
def linkml(reference: Reference) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(reference("mifa/bia_mifa_models.yaml"))
    return loaded


def test_every_slot_of_the_linkml_model_has_one_field_or_a_reason(linkml: dict[str, Any]) -> None:
    slots = dict(linkml_slots(linkml))
    assert {*UNMAPPED, *SHARED, *FILLED_ELSEWHERE} <= slots.keys()
    for slot, names in slots.items():
        fields = {field.name for field in declared() if field.source in names}
        if slot in UNMAPPED or slot in SHARED:
            assert fields == SHARED.get(slot, set()), slot
        else:
            assert len(fields) == 1, slot


def test_fields_are_required_where_the_linkml_model_requires_their_slot(linkml: dict[str, Any]) -> None:
    for slot, names in linkml_slots(linkml):
        definition = linkml["slots"].get(slot.partition(".")[2], {})
        required = bool(definition.get("required") or definition.get("identifier")) and slot not in FILLED_ELSEWHERE
        assert {field.required for field in declared() if field.source in names} <= {required}, slot


def test_what_the_strict_schema_requires_is_required(reference: Reference) -> None:
    schema = json.loads(reference("mifa/bia_mifa_models.schema.json").read_text())["$defs"]
    needed = {field.source for field in declared() if field.required}
    stated = {f"{name.partition('__')[0]}.{slot}" for name in schema for slot in schema[name].get("required", [])}
    assert stated - needed <= {*UNMAPPED, *FILLED_ELSEWHERE}
    assert len(stated) > 15


def test_every_source_that_names_a_class_of_the_model_names_its_slot(linkml: dict[str, Any]) -> None:
    slots = {name for _, names in linkml_slots(linkml) for name in names}
    classes = {name.partition(".")[0] for name in slots}
    stated = {field.source for field in declared() if field.source.partition(".")[0] in classes}
    assert stated <= slots


def test_every_slot_is_written_with_its_value_when_everything_is_said(
    linkml: dict[str, Any], make_dataset: Callable[..., Dataset], full_sheet: StudySheet
) -> None:
    written = documents(make_dataset(full_sheet))
    slots = {name: slot.partition(".")[2] for slot, names in linkml_slots(linkml) for name in names}
    said = [(slots[source], value) for source, value in values_of(full_sheet) if source in slots]
    assert {slot for slot, _ in said} == linkml["slots"].keys() - {"source_image_id", "annotation_id"}
    for slot, value in said:
        stood = [str(one).rstrip("/") for one in values_under(written, slot)]
        # Identifiers become addresses that end in them.
        assert any(one.endswith(str(value).rstrip("/")) for one in stood), (slot, value)


def values_of(model: BaseModel) -> Iterator[tuple[str, Any]]:
    """Yield what a sheet says, each single value with the source of its field."""
    if isinstance(model, Publication) and not model.doi:
        return  # the strict schema keys publications by DOI
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, BaseModel):
                yield from values_of(one)
            elif one and name != "annotation":
                yield str(source_of(info)), one


def values_under(tree: Any, key: str) -> Iterator[Any]:
    """Yield the single values that stand under a key, wherever it is."""
    if isinstance(tree, dict):
        here = tree.get(key, [])
        yield from here if isinstance(here, list) else [here]
    for inner in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from values_under(inner, key)


def test_values_of_a_single_file_are_said_of_it_alone(
    make_dataset: Callable[..., Dataset], full_sheet: StudySheet
) -> None:
    rows = documents(make_dataset(full_sheet))["annotations-nuclei"]["file_metadata"]
    own = [row for row in rows if row["source_image_id"] == "images/0002.ome.zarr"]
    assert own == [
        {
            "annotation_id": "images/0002.ome.zarr/labels/nuclei",
            "annotation_type": ["tracks"],
            "source_image_id": "images/0002.ome.zarr",
            "transformations": "Rotation_angle = 5°",
            "spatial_information": "z is 5",
            "annotation_creation_time": "2026-03-01T09:00:00+00:00",
        }
    ]
    assert {row["transformations"] for row in rows if row not in own} == {"Rotation_angle = 37°"}
