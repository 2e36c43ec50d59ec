"""No field is dropped silently: what MIFA names is in MIFA documents, what REMBI names in what the archive reads."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from tests.conftest import REPOSITORY

from mifakit.metadata.fields import SheetModel, source_of
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.registry import load_records
from mifakit.sheet.validation import models_in

MIFA = ("Study.", "Author.", "OrganisationInfo.", "Publications.", "GrantReference.", "Links.", "Version.",
        "Annotations.", "FileLevelMetadata.")  # fmt: skip
"""Classes of MIFA's LinkML schema, as fields name their source."""

Places = dict[str, dict[str, tuple[str, ...]]]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    sys.path.insert(0, str(REPOSITORY / "docs"))
    from record_places import record_places

    yield record_places(tmp_path_factory.mktemp("places"))
    sys.path.remove(str(REPOSITORY / "docs"))


def fields(model: type[SheetModel], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield each field that a recommendation names, and the source it names."""
    for name, info in model.model_fields.items():
        inner = models_in(info.annotation)
        listed = "[]" if inner and "list[" in str(info.annotation) else ""
        if inner:
            yield from fields(inner[0], f"{prefix}{name}{listed}.")
        elif source := source_of(info):
            yield f"{prefix}{name}", source


FIELDS = dict(fields(StudySheet))


def test_every_field_was_looked_for(places: Places) -> None:
    left_out = {
        "study.images_accession", "study.images_folder",  # choose the archive's other form
        "annotations[].file_values[].annotation",  # a path in the lab folder, which no record knows
    }  # fmt: skip
    assert set(FIELDS) - set(places) == left_out
    assert {name for records in places.values() for name in records} == {one.name for one in load_records()[0]}


def test_all_of_mifa_is_in_the_mifa_documents(places: Places) -> None:
    slots = [field for field, source in FIELDS.items() if source.startswith(MIFA) and field in places]
    assert len(slots) > 40
    assert [field for field in slots if not places[field]["mifa_documents"]] == []


def test_all_of_rembi_is_in_what_the_archive_reads(places: Places) -> None:
    rembi = [field for field, source in FIELDS.items() if not source.startswith(MIFA)]
    assert len(rembi) > 40
    assert [field for field in rembi if field in places and not places[field]["ro_crate"]] == []
    lost = [field for field in rembi if field in places and not places[field]["biostudies"]]
    assert lost == [
        "biosamples[].organisms[].ncbi_taxon",
        "acquisitions[].methods[].fbbi_id",
    ]  # the form asks for names


def test_nothing_private_leaves_the_archive(places: Places) -> None:
    addresses = [field for field in places if field.endswith(".email")]
    assert len(addresses) == 2
    carrying = {record for field in addresses for record, found in places[field].items() if found}
    assert carrying == {"mifa_documents", "ro_crate", "biostudies", "bioimageio", "croissant"}
