from __future__ import annotations

import json
from typing import Any

import pytest
from tests.records.pagetab.conftest import Files, rendered

from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.pagetab.submission import submission

PageTab = dict[str, Any]


def page(said: dict[str, Any]) -> PageTab:
    found: PageTab = json.loads(rendered(said)["pagetab.json"])
    return found


def of_type(found: PageTab, kind: str) -> list[PageTab]:
    return [section for section in found["section"]["subsections"] if section["type"] == kind]


def said_by(section: PageTab, name: str) -> list[str]:
    return [one["value"] for one in section["attributes"] if one["name"] == name]


def test_sections_are_those_of_the_live_form_in_its_order(ours: Files) -> None:
    found = json.loads(ours["pagetab.json"])
    assert list(found) == ["accno", "attributes", "section", "type"]
    kinds = dict.fromkeys(section["type"] for section in found["section"]["subsections"])
    assert list(kinds) == [
        "Biosample", "Specimen", "Image acquisition", "Image correlation", "Image analysis", "Annotation",
        "Study Component", "Author", "organisation", "Publication", "Funding",
    ]  # fmt: skip
    assert said_by(of_type(found, "Biosample")[0], "Organism") == ["Homo sapiens (human)"]
    assert said_by(of_type(found, "Image acquisition")[0], "Imaging method") == ["fluorescence microscopy"]
    assert said_by(of_type(found, "Annotation")[0], "Annotation Type") == ["segmentation_mask", "class_labels"]


def test_associations_are_titles(ours: Files) -> None:
    component, *_ = of_type(json.loads(ours["pagetab.json"]), "Study Component")
    (associations,) = component["subsections"]
    assert {one["name"]: one["value"] for one in associations["attributes"]} == {
        "Biosample": "HaCaT cells",
        "Specimen": "DAPI-stained cells",
        "Image acquisition": "Widefield 20x",
        "Image correlation": "CLEM",
        "Image analysis": "Counting",
    }


def test_a_biosample_is_known_by_its_specimen(ours: Files) -> None:
    live = of_type(json.loads(ours["pagetab.json"]), "Study Component")[1]["subsections"][0]
    assert said_by(live, "Biosample") == ["HaCaT cells"]


def test_people_refer_to_where_they_work(ours: Files) -> None:
    found = json.loads(ours["pagetab.json"])
    places = {place["accno"]: said_by(place, "Name") for place in of_type(found, "organisation")}
    assert places == {"o1": ["EMBL-EBI"], "o2": ["A lab without ROR"], "o3": ["Brown University"]}
    assert said_by(of_type(found, "organisation")[0], "RORID") == ["https://ror.org/02catss52"]
    carberry, curie, grayson = of_type(found, "Author")
    assert carberry["attributes"][-2:] == [
        {"name": "affiliation", "value": "o1", "reference": True},
        {"name": "affiliation", "value": "o2", "reference": True},
    ]
    assert said_by(curie, "affiliation") == ["o2"]
    assert said_by(grayson, "Role") == ["data annotation"]


def test_an_address_that_is_not_public_stays_out(said: dict[str, Any]) -> None:
    said["authors"][0]["email_public"] = "no"
    files = rendered(said)
    assert not [name for name, content in files.items() if b"jcarberry@example.com" in content]
    assert b"marie@example.com" in files["pagetab.json"]


def test_licences_have_their_text(said: dict[str, Any]) -> None:
    for licence, name, address in (
        ("CC0", "CC0", "https://creativecommons.org/publicdomain/zero/1.0/legalcode"),
        ("CC_BY", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/legalcode"),
    ):
        said["study"]["license"] = licence
        (found,) = (one for one in page(said)["section"]["attributes"] if one["name"] == "License")
        assert found == {"name": "License", "value": name, "valqual": [{"name": "URL", "value": address}]}


@pytest.mark.parametrize(
    ("url", "written", "kind"),
    [
        ("https://doi.org/10.1242/jcs.033340", "10.1242/jcs.033340", ["doi"]),
        ("https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD634", "S-BIAD634", ["biostudies"]),
        ("https://www.ebi.ac.uk/bioimage-archive/galleries/S-BIAD634/", "S-BIAD634", ["biostudies"]),
        ("https://www.ebi.ac.uk/empiar/EMPIAR-10311/", "EMPIAR-10311", ["empiar"]),
        ("https://github.com/example/code", "https://github.com/example/code", []),
    ],
)
def test_links_to_identifiers_have_their_type(url: str, written: str, kind: list[str]) -> None:
    sheet = StudySheet.model_validate({"study": {"links": [{"url": url}]}})
    (link,) = submission(sheet, {}, {})["section"]["links"]
    assert link["url"] == written
    assert [one["value"] for one in link["attributes"]] == kind


@pytest.mark.parametrize(
    ("accession", "kind"), [("S-BIAD1", "biostudies"), ("EMPIAR-10311", "empiar"), ("10.5281/z.1", "doi")]
)
def test_annotations_alone_link_to_their_images(accession: str, kind: str, said: dict[str, Any]) -> None:
    said["study"]["images_accession"] = accession
    found = page(said)
    assert found["attributes"][0] == {"name": "Template", "value": "BioImages.MIFA.v1"}
    first, *_ = found["section"]["links"]
    assert (first["url"], said_by(first, "Type")) == (accession, [kind])
    assert {section["type"] for section in found["section"]["subsections"]} == {
        "Annotation", "Author", "organisation", "Publication", "Funding",
    }  # fmt: skip
    assert said_by(found["section"], "Description")[0].endswith("nuclear segmentation. Licence: CC BY 4.0")
    assert said_by(found["section"], "Acknowledgements")[0].endswith("Funded by the Example Research Council.")


def test_what_the_form_has_no_field_for_is_said_beside() -> None:
    sheet = StudySheet.model_validate(
        {
            "biosamples": [{"title": "b", "description": "HeLa", "rrids": ["RRID:CVCL_0030"]}],
            "specimens": [
                {
                    "title": "s",
                    "preparation": "Fixed",
                    "experimental_status": "control",
                    "location": "cortex",
                    "channels": [
                        {"label": "DAPI", "content": "nuclei", "biological_entity": "DNA"},
                        {"contrast_mechanism": "phase"},
                    ],
                    "rrids": ["RRID:AB_2313773", "RRID:AB_1"],
                }
            ],
            "image_analyses": [{"title": "a", "overview": "Counted.", "features": "area"}],
            "image_correlations": [{"title": "c", "alignment": "By eye", "related_images": "1 and 2"}],
        }
    )
    found = submission(sheet, {}, {})
    texts = [section["attributes"][1]["value"] for section in found["section"]["subsections"]]
    assert texts == [
        "HeLa. Identity: RRID:CVCL_0030",
        "Fixed. Experimental status: control. Location within biosample: cortex. Channel DAPI, nuclei of DNA. "
        "Channel phase. Reagents: RRID:AB_2313773, RRID:AB_1",
        "By eye. Related images: 1 and 2",
        "Counted. Features: area",
    ]


@pytest.mark.parametrize(("accession", "accno"), [("S-BIAD634", "S-BIAD634"), ("EMPIAR-10311", None), (None, None)])
def test_only_a_number_of_biostudies_is_the_accno(accession: str | None, accno: str | None) -> None:
    assert submission(StudySheet.model_validate({"study": {"accession": accession}}), {}, {}).get("accno") == accno


def test_a_blank_sheet_invents_nothing() -> None:
    found = submission(StudySheet(), {}, {})
    assert [one["name"] for one in found["attributes"]] == ["Template", "AttachTo"]
    assert found["section"] == {"accno": "study-1", "type": "Study", "attributes": [], "subsections": []}
