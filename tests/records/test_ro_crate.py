from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rocrate.rocrate import ROCrate

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records import bia_profile
from mifakit.records.ro_crate import RoCrate

MakeDataset = Callable[..., Dataset]
Reference = Callable[[str], Path]


def entities(dataset: Dataset) -> dict[str, dict[str, Any]]:
    graph = json.loads(RoCrate().render(dataset)["ro-crate-metadata.json"])["@graph"]
    assert len({entity["@id"] for entity in graph}) == len(graph)
    return {entity["@id"]: entity for entity in graph}


def ids(references: list[dict[str, str]]) -> list[str]:
    return [reference["@id"] for reference in references]


def test_an_independent_library_opens_the_crate(described: Dataset) -> None:
    crate = ROCrate(described.path)
    assert crate.name == "Nuclei in a human skin cell line, annotated"
    assert [author["displayName"] for author in crate.root_dataset["contributor"]] == [
        "Josiah Carberry",
        "Marie Skłodowska–Curie",
        "Truman Grayson",
    ]
    assert crate.get("file_list.tsv")["tableSchema"]["column"][0]["columnName"] == "file_path"


def test_terms_are_those_of_bias_context_and_of_ro_crate(reference: Reference) -> None:
    theirs = json.loads(reference("bia-ro-crate/bia_ro_crate_context.jsonld").read_text())["@context"]
    prefixes = {key: value for key, value in theirs.items() if isinstance(value, str)}
    terms = {key: value["@id"] for key, value in theirs.items() if key not in prefixes}
    assert terms == bia_profile.TERMS
    assert bia_profile.PREFIXES.items() <= prefixes.items()
    crate = json.loads(reference("bia-ro-crate/ro-crate-1.1-context.jsonld").read_text())["@context"]
    assert bia_profile.CRATE_TERMS.items() <= crate.items()


def test_properties_of_the_profile_are_terms() -> None:
    known = {*bia_profile.TERMS, *bia_profile.CRATE_TERMS}
    assert {key for kind in bia_profile.CLASSES.values() for key in kind.forms} <= known


def test_the_context_is_inlined_and_holds_what_is_used(described: Dataset) -> None:
    document = json.loads((described.path / "ro-crate-metadata.json").read_text())
    assert isinstance(document["@context"], dict)
    used = {key for entity in document["@graph"] for key in entity if not key.startswith("@")}
    types = {name for entity in document["@graph"] for name in [entity["@type"]] if isinstance(name, str)}
    types |= {name for entity in document["@graph"] if isinstance(entity["@type"], list) for name in entity["@type"]}
    plain = {name for name in types if ":" not in name}
    assert set(document["@context"]) == used | plain | set(bia_profile.PREFIXES)


def test_entities_say_only_what_their_class_may_say(described: Dataset) -> None:
    for entity in entities(described).values():
        kinds = [entity["@type"]] if isinstance(entity["@type"], str) else entity["@type"]
        found = [bia_profile.CLASSES[kind] for kind in kinds if kind in bia_profile.CLASSES]
        assert len(found) == 1
        assert entity.keys() - {"@id", "@type"} <= found[0].forms.keys()


def test_every_entity_but_the_descriptor_is_referred_to(described: Dataset) -> None:
    found = entities(described)
    text = json.dumps([{**entity, "@id": ""} for entity in found.values()])
    unreferred = [name for name in found if json.dumps({"@id": name})[1:-1] not in text]
    assert unreferred == ["ro-crate-metadata.json"]


def test_mifa_maps_to_the_archives_terms(described: Dataset) -> None:
    found = entities(described)
    method = found["#annotation-method-nuclei"]
    assert method["protocolDescription"] == "Outlined in Fiji. Confidence: Dice 0.9 on ten images."
    assert method["methodType"] == ["segmentation_mask", "class_labels"]
    assert method["annotationCriteria"] == "Only nuclei in focus."
    assert method["transformationDescription"] == "Rotation_angle = 37°"
    assert found["#annotations-nuclei"]["description"] == "Masks of nuclei."
    assert found["./"]["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["#acquisition-Widefield_20x"]["fbbiId"] == ["obo:FBbi_00000246"]
    assert found["NCBI:txid9606"]["scientificName"] == "Homo sapiens"


def test_annotators_are_contributors_once(described: Dataset) -> None:
    found = entities(described)
    assert ids(found["./"]["contributor"]) == [
        "https://orcid.org/0000-0002-1825-0097",
        "#author-Marie_Sklodowska-Curie",
        "https://orcid.org/0000-0001-5109-3700",
    ]
    assert found["#author-Marie_Sklodowska-Curie"]["role"] == ["curation"]
    assert found["https://orcid.org/0000-0001-5109-3700"]["role"] == ["data annotation"]


def test_a_biosample_is_one_entity_for_each_way_it_was_grown(described: Dataset) -> None:
    found = entities(described)
    (fixed,) = found["#images-Fixed"]["associatedBiologicalEntity"]
    (live,) = found["#images-Live_one"]["associatedBiologicalEntity"]
    growth = found[fixed["@id"]]["growthProtocol"]["@id"]
    assert found[growth]["protocolDescription"] == "DMEM with 10 % FCS."
    assert "growthProtocol" not in found[live["@id"]]


def test_channels_are_told_one_by_one(described: Dataset) -> None:
    found = entities(described)
    channels = [found[one] for one in ids(found["#preparation-DAPI-stained_cells"]["signalChannelInformation"])]
    assert [channel["@type"] for channel in channels] == [["bia:SignalChannel"]] * 2
    assert {key: value for key, value in channels[0].items() if not key.startswith("@")} == {
        "channelLabel": "DAPI",
        "channelContentDescription": "nuclei",
        "channelBiologicalEntity": "DNA",
        "signalContrastMechanismDescription": "fluorescence of DAPI",
    }
    assert channels[1]["channelContentDescription"] == "bleed-through"
    assert "signalChannelInformation" not in found["#preparation-Live_cells"]


def test_what_the_profile_has_no_place_for_is_told_in_sentences(described: Dataset) -> None:
    found = entities(described)
    assert found["#preparation-DAPI-stained_cells"]["protocolDescription"] == (
        "Fixed in 4 % PFA, stained with DAPI. Experimental status: control. "
        "Location in the biosample: the well's middle. RRIDs: RRID:AB_2313773, RRID:AB_2534074"
    )
    (sample,) = found["#images-Fixed"]["associatedBiologicalEntity"]
    assert found[sample["@id"]]["biologicalEntityDescription"] == (
        "HaCaT keratinocytes. Passages 12 to 15. RRIDs: RRID:CVCL_0038"
    )
    correlation = found["#correlation-CLEM"]
    assert correlation["protocolDescription"] == "Affine. Related images: 0001 is the fluorescence of em1"
    assert (correlation["fiducialsUsed"], correlation["transformationMatrix"]) == ("beads", "1 0 0 1")
    assert found["#analysis-Counting"]["featuresAnalysed"] == "area"


def said_of(image_set: dict[str, Any]) -> list[list[str]]:
    return [
        ids(image_set.get(key, [])) for key in ("associatedImageAnalysisMethod", "associatedImageCorrelationMethod")
    ]


def test_analyses_and_correlations_are_of_the_image_sets_that_name_them(described: Dataset) -> None:
    found = entities(described)
    assert said_of(found["#images-Fixed"]) == [["#analysis-Counting"], ["#correlation-CLEM"]]
    assert said_of(found["#images-Live_one"]) == [["#analysis-Counting", "#analysis-Tracking"], []]


@pytest.mark.parametrize(("sets", "expected"), [(1, ["#analysis-Counting", "#analysis-Tracking"]), (2, [])])
def test_only_a_single_image_set_need_not_name_them(
    make_dataset: MakeDataset, full_sheet: StudySheet, sets: int, expected: list[str]
) -> None:
    full_sheet.images = full_sheet.images[:sets]
    for one in full_sheet.images:
        one.image_analyses, one.image_correlations = [], []
    assert said_of(entities(make_dataset(full_sheet))["#images-Fixed"])[0] == expected


def test_a_link_to_the_paper_is_not_a_second_entity(described: Dataset) -> None:
    found = entities(described)
    assert "https://doi.org/10.1242/jcs.033340" not in ids(found["./"]["seeAlso"])
    assert found["https://doi.org/10.1242/jcs.033340"]["@type"] == ["bia:Publication"]


def test_nothing_is_made_up_for_a_blank_sheet(make_dataset: MakeDataset) -> None:
    found = entities(make_dataset(StudySheet(), {"a": ()}))
    assert found["./"].keys() == {"@id", "@type", "accessionId", "hasPart"}
    assert found["./"]["accessionId"] == bia_profile.NO_ACCESSION
    assert found["#images-Images"].keys() == {"@id", "@type", "name"}


@pytest.mark.parametrize(
    ("part", "field"),
    [("biosamples", "biological_entity"), ("specimens", "preparation"), ("acquisitions", "instrument")],
)
def test_what_the_archive_would_refuse_is_left_out_whole(
    make_dataset: MakeDataset, full_sheet: StudySheet, part: str, field: str
) -> None:
    for entry in getattr(full_sheet, part):
        setattr(entry, field, None)
    found = entities(make_dataset(full_sheet))
    missing = {
        "biosamples": "associatedBiologicalEntity",
        "specimens": "associatedSpecimenImagingPreparationProtocol",
        "acquisitions": "associatedImageAcquisitionProtocol",
    }[part]
    assert missing not in found["#images-Fixed"]
    assert len(found["#images-Fixed"].keys() & set(bia_profile.CLASSES["bia:Dataset"].optional)) == 5


def test_titles_in_another_script_stay_two_entities(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    full_sheet.acquisitions[0].title = "顕微鏡"
    full_sheet.acquisitions.append(full_sheet.acquisitions[0].model_copy(update={"title": "共焦点"}))
    full_sheet.images[0].acquisition, full_sheet.images[1].acquisition = "顕微鏡", "共焦点"
    found = entities(make_dataset(full_sheet))
    named = {name for name in found if name.startswith("#acquisition-")}
    assert named == {"#acquisition-XianWeiJing", "#acquisition-GongJiaoDian"}


def test_the_lab_folder_stays_private(described: Dataset) -> None:
    private = (b"secret", b"/home/jc", str(described.path).encode())
    for path in [*described.path.glob("*.*"), *described.path.rglob("records/**/*.yaml")]:
        content = path.read_bytes() if path.is_file() else b""
        assert not any(word in content for word in private), path


def test_same_dataset_same_bytes(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    one = RoCrate().render(make_dataset(full_sheet, name="one"))
    two = RoCrate().render(make_dataset(full_sheet, name="two"))
    assert one == two
