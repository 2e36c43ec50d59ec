from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.json_ld import PROFILE, RECOMMENDED, REQUIRED
from mifakit.records.schema_org import SchemaOrg

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own
MakeDataset = Callable[..., Dataset]
SCHEMA = Namespace("https://schema.org/")
CONFORMS_TO = URIRef("http://purl.org/dc/terms/conformsTo")


def graph(dataset: Dataset) -> Graph:
    (content,) = SchemaOrg().render(dataset).values()
    return Graph().parse(data=content, format="json-ld")


def test_it_is_one_dataset_of_the_profile(variant: Dataset) -> None:
    found = graph(variant)
    (dataset,) = found.subjects(RDF.type, SCHEMA.Dataset)
    assert (dataset, CONFORMS_TO, URIRef(PROFILE)) in found
    terms = {term for triple in found for term in triple[:2] if isinstance(term, URIRef)}
    assert not [term for term in terms if term.startswith("file:")], "nothing is relative to where it is read"


@pytest.mark.parametrize("name", [*REQUIRED, *RECOMMENDED])
def test_whatever_the_profile_asks_for_is_there(make_dataset: MakeDataset, full_sheet: StudySheet, name: str) -> None:
    full_sheet.version.previous_version = "https://doi.org/10.6019/S-BIAD599"
    found = graph(make_dataset(full_sheet))
    assert list(found.objects(URIRef("https://doi.org/10.6019/S-BIAD634"), SCHEMA[name]))


def test_what_a_search_engine_reads(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    found = graph(make_dataset(full_sheet))
    dataset = URIRef("https://doi.org/10.6019/S-BIAD634")
    assert found.value(dataset, SCHEMA.name) == Literal("Nuclei in a human skin cell line, annotated")
    assert found.value(dataset, SCHEMA.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    creator = URIRef("https://orcid.org/0000-0002-1825-0097")
    assert (dataset, SCHEMA.creator, creator) in found
    assert found.value(creator, SCHEMA.name) == Literal("Josiah Carberry")
    (nuclei,) = (one for one in found.objects(dataset, SCHEMA.variableMeasured)
                 if found.value(one, SCHEMA.name) == Literal("nuclei"))  # fmt: skip
    assert found.value(nuclei, SCHEMA.value) == Literal("24 objects")


def test_without_accession_number_there_is_no_address(make_dataset: MakeDataset) -> None:
    (content,) = SchemaOrg().render(make_dataset(StudySheet(), {"a": ()})).values()
    assert not {"@id", "url", "identifier", "name", "license", "publisher"} & set(json.loads(content))
