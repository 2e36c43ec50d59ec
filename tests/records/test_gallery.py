from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.gallery import MOST_PAIRS, Gallery
from mifakit.records.schema_org import SchemaOrg

MakeDataset = Callable[..., Dataset]
HOSTILE = "</title></script><script>alert(1)</script><img src=x onerror=alert(1)> \" ' & <!--"


class Page(HTMLParser):
    """A page as a browser takes it apart."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__()
        (self.html,) = (content.decode() for content in Gallery().render(dataset).values())
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: dict[str, str] = {}
        self.feed(self.html)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("img", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_it_is_whole_and_needs_nothing_from_the_web(variant: Dataset) -> None:
    page = Page(variant)
    assert page.html.startswith("<!DOCTYPE html>")
    assert page.all("html") == [{"lang": "en"}]
    assert [script["type"] for script in page.all("script")] == ["application/ld+json"]
    assert not {"link", "iframe", "object", "form"} & {tag for tag, _ in page.tags}
    assert "url(" not in page.text["style"] and "@import" not in page.text["style"]
    assert page.text["h1"] == variant.sheet.study.title or "Untitled dataset"
    for image in page.all("img"):
        assert str(image["src"]).startswith("../previews/")
        assert (variant.path / str(image["src"]).removeprefix("../")).is_file()
        assert image["alt"]


def test_the_json_ld_is_that_of_the_record(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    full_sheet.study.title = HOSTILE
    dataset = make_dataset(full_sheet)
    (record,) = SchemaOrg().render(dataset).values()
    assert json.loads(Page(dataset).text["script"]) == json.loads(record)


def test_text_of_people_never_becomes_a_tag(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    study, protocol = full_sheet.study, full_sheet.annotations[0]
    study.title = study.description = study.keywords[0] = full_sheet.authors[0].last_name = HOSTILE
    protocol.method = protocol.overview = full_sheet.biosamples[0].organisms[0].scientific_name = HOSTILE
    study.links[0].description = full_sheet.acquisitions[0].methods[0].name = HOSTILE
    page = Page(make_dataset(full_sheet))
    assert len(page.all("script")) == 1
    assert {str(image["src"])[:3] for image in page.all("img")} == {"../"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert page.text["title"] == page.text["h1"] == HOSTILE


@pytest.mark.parametrize(
    "told",
    ["Homo sapiens", "fluorescence microscopy", "segmentation mask, class labels", "Outlined in Fiji", "CC-BY-4.0",
     "3 of 4 samples", "nuclei: 8 objects", "https://bioimage.io/#/?id=10.5281%2Fzenodo.6028097", "1 nucleus",
     "S-BIAD634 in the BioImage Archive", "Truman Grayson"],
)  # fmt: skip
def test_what_the_archives_gallery_shows(make_dataset: MakeDataset, full_sheet: StudySheet, told: str) -> None:
    body = Page(make_dataset(full_sheet)).html.partition("<body>")[2]
    assert told in body


def test_pairs_beyond_the_most_are_counted(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    samples = {f"s{number:03}": ("nuclei", "cells") for number in range(30)} | {"zz": ()}
    page = Page(make_dataset(full_sheet, samples))
    assert len(page.all("tr")) == 1 + MOST_PAIRS
    assert "11 more are listed in " in page.text["p"]


def test_without_annotations_and_splits_there_are_no_columns_of_dashes(
    make_dataset: MakeDataset, full_sheet: StudySheet
) -> None:
    heads = [f">{head}</th>" for head in ("Sample", "Image", "With annotation", "Annotation", "Size", "Split")]
    page = Page(make_dataset(full_sheet))
    assert [head for head in heads if head not in page.html] == []
    assert "Each image with its annotation" in page.text["caption"]
    plain = make_dataset(full_sheet.model_copy(update={"annotations": []}), {"a": (), "b": ()}, "plain")
    plain = replace(plain, samples=tuple(replace(one, row=replace(one.row, split=None)) for one in plain))
    plain.__dict__["sheet"] = full_sheet
    page = Page(plain)
    assert [head for head in heads if head in page.html] == [heads[0], heads[1], heads[4]]
    assert "annotation" not in page.text["caption"]
    figures = [text for text in ("annotated)", "Splits") if text in page.html.partition("<body>")[2]]
    assert figures == []


def test_the_example_is_the_sample_of_which_most_is_told(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    dataset = make_dataset(full_sheet, {"a": ("nuclei",), "b": ("nuclei",), "c": ("nuclei",)})
    told = {"a": 8, "b": 12, "c": 12}
    samples = tuple(
        replace(one, row=replace(one.row, annotations={"nuclei": replace(row, objects=told[one.id])}))
        for one in dataset
        for row in one.row.annotations.values()
    )
    changed = replace(dataset, samples=samples)
    changed.__dict__["sheet"] = full_sheet
    (changed.path / "previews" / "b.jpg").write_bytes(b"JPEG")
    (changed.path / "previews" / "c.jpg").write_bytes(b"JPEG")
    assert [image["src"] for image in Page(changed).all("img")][:2] == ["../previews/b.jpg", "../previews/nuclei/b.jpg"]


def test_a_name_that_urls_have_another_meaning_for_still_leads_to_its_picture(
    make_dataset: MakeDataset, full_sheet: StudySheet
) -> None:
    page = Page(make_dataset(full_sheet, {"a #1?": ("nuclei",)}))
    assert "../previews/nuclei/a%20%231%3F.jpg" in {image["src"] for image in page.all("img")}
