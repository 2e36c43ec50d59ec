"""Several documents: the first is believed, lists are put together, differences are said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.documents.conftest import Read
from tests.documents.examples import MIFA_STUDY

from mifakit.documents.combining import combine
from mifakit.documents.merging import merge
from mifakit.metadata.study_sheet import StudySheet


def test_what_two_documents_say_differently(read: Read) -> None:
    other = MIFA_STUDY | {"title": "Another title", "license": "CC0", "keywords": ["Nuclei", "cells"]}
    first, second = read(yaml.safe_dump(MIFA_STUDY), "a.yaml"), read(yaml.safe_dump(other), "b.yaml")
    sheet, findings = combine([first, second])
    assert sheet.study == first.model.study.model_copy(update={"keywords": ["nuclei", "segmentation", "cells"]})
    assert sheet.authors == first.model.authors
    said = {finding.message: finding.place for finding in findings if finding.code == "MIFA151"}
    assert set(said) == {
        "study.title: 'Nuclei of a human skin cell line, annotated' was taken, 'Another title' was not",
        "study.license: 'CC_BY' was taken, 'CC0' was not",
    }
    assert all(place and place.path.endswith("b.yaml") and place.line for place in said.values())


def test_documents_that_agree(read: Read) -> None:
    reading = read(yaml.safe_dump(MIFA_STUDY))
    sheet, findings = combine([reading, reading])
    assert findings == []
    assert sheet.model_dump() == reading.model.model_dump()


@pytest.mark.parametrize(
    ("ours", "theirs", "together"),
    [
        (  # one person, known by the iD
            {"authors": [{"last_name": "Carberry", "orcid": "0000-0002-1825-0097"}]},
            {"authors": [{"first_name": "J.", "last_name": "C.", "orcid": "0000-0002-1825-0097"}]},
            {"authors": [{"first_name": "J.", "last_name": "Carberry", "orcid": "0000-0002-1825-0097"}]},
        ),
        (  # two people
            {"authors": [{"first_name": "Josiah", "last_name": "Carberry"}]},
            {"authors": [{"first_name": "Truman", "last_name": "Grayson"}]},
            {"authors": [{"first_name": "Josiah", "last_name": "Carberry"},
                         {"first_name": "Truman", "last_name": "Grayson"}]},
        ),
        (  # one paper
            {"study": {"publications": [{"doi": "10.1242/jcs.033340"}]}},
            {"study": {"publications": [{"doi": "10.1242/JCS.033340", "title": "A paper"}]}},
            {"study": {"publications": [{"doi": "10.1242/jcs.033340", "title": "A paper"}]}},
        ),
        (  # one set of annotations, known by its files
            {"annotations": [{"name": "a", "pairs": [{"annotation": "m.png", "image": "i.tif"}]}, {"name": "b"}]},
            {"annotations": [{"method": "by hand", "pairs": [{"annotation": "m.png", "image": "i.tif"}]}]},
            {"annotations": [{"name": "a", "method": "by hand", "pairs": [{"annotation": "m.png", "image": "i.tif"}]},
                             {"name": "b"}]},
        ),
    ],
)  # fmt: skip
def test_entries_that_are_one(ours: dict[str, Any], theirs: dict[str, Any], together: dict[str, Any]) -> None:
    sheet = StudySheet.model_validate(ours)
    list(merge(sheet, StudySheet.model_validate(theirs)))
    assert sheet.model_dump(exclude_unset=True) == StudySheet.model_validate(together).model_dump(exclude_unset=True)


WORDS = st.sampled_from(["a", "b", "c"])
AUTHORS = st.lists(st.fixed_dictionaries({"last_name": WORDS}, optional={"email": WORDS.map("{}@example.com".format)}))
SHEETS = st.fixed_dictionaries(
    {},
    optional={
        "study": st.fixed_dictionaries({}, optional={"title": WORDS, "keywords": st.lists(WORDS, unique=True)}),
        "authors": AUTHORS,
        "biosamples": st.lists(st.fixed_dictionaries({"title": WORDS}, optional={"description": WORDS})),
    },
)


@settings(max_examples=60, deadline=None)
@given(ours=SHEETS, theirs=SHEETS)
def test_nothing_of_either_is_lost(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Every value of both is in the sheet, or is said to differ; what the first says stays."""
    sheet = StudySheet.model_validate(ours)
    differences = [said for _, said in merge(sheet, StudySheet.model_validate(theirs))]
    first = StudySheet.model_validate(ours)
    assert sheet.study.title == (first.study.title or StudySheet.model_validate(theirs).study.title)
    together = sheet.model_dump_json(exclude_unset=True)
    for author in theirs.get("authors", ()):
        assert author["last_name"] in {one.last_name for one in sheet.authors}
        assert author.get("email", "") in together or any(author["email"] in said for said in differences)
    for keyword in theirs.get("study", {}).get("keywords", ()):
        assert keyword in sheet.study.keywords
    for sample in theirs.get("biosamples", ()):
        said = [one for one in sheet.biosamples if one.title == sample["title"]]
        wanted = sample.get("description")
        assert not wanted or wanted in {one.description for one in said} or any(repr(wanted) in d for d in differences)


def test_s_biad599_names_its_annotator_with_other_roles(reference: Callable[[str], Path]) -> None:
    from mifakit.documents.registry import read_document

    names = ("Study", "Annotations", "Version")
    readings = [read_document(reference(f"mifa/examples/{name}_S-BIAD599.yaml")) for name in names]
    sheet, findings = combine(readings)
    assert findings == []
    assert len(sheet.authors) == 4
    assert sheet.annotations[0].authors[0].roles == ["data curation", "software development"]
