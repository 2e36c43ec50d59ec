from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mifakit.checks import ro_crate
from mifakit.checks.ro_crate import check_archive_gaps, check_ro_crate
from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.writing import write_records

MakeDataset = Callable[..., Dataset]
Graph = dict[str, dict[str, Any]]
METADATA = "ro-crate-metadata.json"


def found(dataset: Dataset) -> list[str]:
    findings = [*check_ro_crate(dataset)]
    assert {one.code for one in findings} <= {"MIFA502"}
    return [f"{one.place.item if one.place else None}: {one.message}" for one in findings]


def edit(dataset: Dataset, change: Callable[[Graph, dict[str, Any]], object]) -> None:
    """Change the entities by @id, or the context, and write the crate again."""
    document = json.loads((dataset.path / METADATA).read_text())
    graph = {entity["@id"]: entity for entity in document["@graph"]}
    change(graph, document["@context"])
    document["@graph"] = list(graph.values())
    (dataset.path / METADATA).write_text(json.dumps(document))


def put(identifier: str, **values: Any) -> Callable[[Graph, dict[str, Any]], object]:
    """Set values of an entity; None takes a key away."""

    def change(graph: Graph, context: dict[str, Any]) -> None:
        entity = graph.setdefault(identifier, {"@id": identifier})
        entity |= {f"@{key[:-1]}" if key.endswith("_") else key: value for key, value in values.items()}
        for key in [key for key, value in entity.items() if value is None]:
            del entity[key]

    return change


def remap(term: str, iri: str) -> Callable[[Graph, dict[str, Any]], object]:
    return lambda graph, context: context.update({term: {"@id": iri}})


CASES: dict[str, tuple[Callable[[Graph, dict[str, Any]], object], str]] = {
    "valid_ids": (put("#documents", id_="#my documents"), "#my documents: its @id holds characters"),
    "one_class": (put("#analysis-Counting", type_=["Dataset"]), "has no class of the archive's"),
    "one_class two": (
        put("#analysis-Counting", type_=["bia:Protocol", "bia:ImageAnalysisMethod"]),
        "has bia:Protocol and bia:ImageAnalysisMethod class",
    ),
    "known_keys": (put("./", fundingStatement="x"), "./: 'fundingStatement' is not defined in @context"),
    "known_keys type": (put("#documents", type_=["bia:Dataset", "Folder"]), "'Folder' is not defined"),
    "terms_not_remapped": (remap("title", "bia:title"), "@context: 'title' means bia:title, not schema:name"),
    "flat": (
        put("#documents", associatedProtocol=[{"@id": "#p", "@type": "bia:Protocol", "title": "x"}]),
        "'associatedProtocol' holds more than a reference",
    ),
    "resolved_references": (
        put("./", seeAlso=[{"@id": "https://example.org"}]),
        "'seeAlso' refers to https://example.org, which is not in the crate",
    ),
    "required_keys": (put("#acquisition-Widefield_20x", imagingInstrumentDescription=None), "lacks 'imaging"),
    "required_keys study": (put("./", name=None), "./: bia:Study lacks 'name'"),
    "required_keys empty": (put("_:file-list-schema", column=[]), "csvw:Schema lacks 'column'"),
    "right_forms text": (put("#documents", name=5), "#documents: 'name' is not text: 5"),
    "right_forms texts": (put("./", keyword="nuclei"), "'keyword' is not a list of texts"),
    "right_forms url": (put("./", license="CC0"), "'license' is not a web address: 'CC0'"),
    "right_forms date": (put("./", datePublished="31.3.2026"), "'datePublished' is not a date"),
    "right_forms number": (
        put("https://doi.org/10.1242/jcs.033340", yearPublished="2021"),
        "'yearPublished' is not a whole number",
    ),
    "right_forms link": (put("file_list.tsv", tableSchema="_:x"), "'tableSchema' is not a reference"),
    "right_forms links": (put("./", contributor={"@id": "#author-x"}), "'contributor' is not a list of"),
    "vocabularies": (put("#annotation-method-cells", methodType=["masks"]), "'methodType' is 'masks', not one"),
    "descriptor": (
        put(METADATA, conformsTo={"@id": "https://w3id.org/ro/crate/1.2"}),
        f"{METADATA}: 'conformsTo' is not https://w3id.org/ro/crate/1.1",
    ),
    "one_study": (put("./", id_="#study"), "./: the study must be ./ and alone; found #study"),
    "one_study parts": (put("./", hasPart=[{"@id": "file_list.tsv"}]), "#documents: the study does not name it"),
    "identifiers": (
        put("https://orcid.org/0000-0002-1825-0097", id_="https://orcid.org/0000-0002-1825-0098"),
        "https://orcid.org/0000-0002-1825-0098: '0000-0002-1825-0098' has a wrong check digit",
    ),
    "identifiers ror": (put("https://ror.org/02catss52", id_="https://ror.org/02catss53"), "wrong checksum"),
    "publications": (put("#publication-In_press", name=None), "a publication needs a title or a DOI"),
}


def test_a_crate_of_which_everything_is_said_has_no_finding(described: Dataset) -> None:
    assert found(described) == []


@pytest.mark.parametrize("case", CASES)
def test_each_rule_fires(described: Dataset, case: str) -> None:
    change, message = CASES[case]
    edit(described, change)
    assert message in "\n".join(found(described))


def test_every_rule_has_a_case() -> None:
    named = {case.partition(" ")[0] for case in CASES}
    assert {rule.__name__ for rule in ro_crate.RULES} == named | {"unique_ids"}


def test_ids_are_unique(described: Dataset) -> None:
    document = json.loads((described.path / METADATA).read_text())
    document["@graph"].append(document["@graph"][-1])
    (described.path / METADATA).write_text(json.dumps(document))
    (message,) = found(described)
    assert message.endswith("2 entities have this @id")


@pytest.mark.parametrize(
    "content", ["{", "[]", "{}", '{"@context": {}, "@graph": {}}', '{"@context": {}, "@graph": ["x"]}', "[" * 99999]
)
def test_an_unreadable_crate_is_one_finding(described: Dataset, content: str) -> None:
    (described.path / METADATA).write_text(content)
    assert len(found(described)) == 1
    assert [*check_archive_gaps(described)] == []


def test_a_missing_crate_is_told(described: Dataset) -> None:
    (described.path / METADATA).unlink()
    assert [one.code for one in check_ro_crate(described)] == ["MIFA504"]


def test_bias_own_example_passes(described: Dataset, reference: Callable[[str], Path]) -> None:
    """Even its made-up ORCID iD has the right check digit."""
    shutil.copyfile(reference(f"bia-ro-crate/example_typical/{METADATA}"), described.path / METADATA)
    assert found(described) == []


# What the archive asks for and nobody said


def gaps(dataset: Dataset) -> list[str]:
    findings = [*check_archive_gaps(dataset)]
    assert {one.code for one in findings} <= {"MIFA505"}
    assert not any(one.is_error for one in findings)
    return [one.message for one in findings]


def test_a_complete_study_has_only_the_annotators_gaps(described: Dataset) -> None:
    assert gaps(described) == ["Truman Grayson: no e-mail address", "Truman Grayson: no organisation"]


def test_a_blank_sheet_has_gaps_but_only_mifas_own_faults(make_dataset: MakeDataset, own_records: object) -> None:
    dataset = make_dataset(StudySheet(), {"a": ()})
    write_records(dataset)
    assert gaps(dataset) == [
        "no release date",
        "no author",
        "the accession number S-BIADxxxx is a placeholder",
        "image set 'Images' has no biosample with a biological entity",
        "image set 'Images' has no specimen with a preparation protocol",
        "image set 'Images' has no acquisition with instrument and parameters",
    ]
    assert found(dataset) == [f"./: bia:Study lacks '{key}'" for key in ("name", "description", "license")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("./", name="Nuclei"), "the title is shorter than 25 characters: 'Nuclei'"),
        (put("./", datePublished="2999-01-01"), "the release date 2999-01-01 is more than two years ahead"),
        (put("#biosample-HaCaT_cells", organismClassification=None), "'HaCaT cells' has no organism"),
        (put("#acquisition-Widefield_20x", imagingMethodName=None), "'Widefield 20x' has no imaging method"),
        (put("#images-Fixed", associatedBiologicalEntity=None), "image set 'Fixed' has no biosample"),
    ],
)
def test_each_gap_is_told(described: Dataset, change: Callable[[Graph, dict[str, Any]], object], message: str) -> None:
    edit(described, change)
    assert message in "\n".join(gaps(described))
