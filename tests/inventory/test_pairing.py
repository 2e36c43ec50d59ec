"""Pairing: the same value of every field, or settled by hand, and never a guess."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.inventory.inventory import AnnotationFile, ImageFile, Pairing
from mifakit.inventory.pairing import Paired, missing_annotations, pair_set
from mifakit.metadata.annotation_sets import AnnotationSet, Pair
from mifakit.readers.origin import Origin


def image(path: str, **fields: str) -> ImageFile:
    return ImageFile(Origin(path), 0, fields, "pattern")


def mask(path: str, **fields: str) -> AnnotationFile:
    return AnnotationFile(Origin(path), "nuclei", fields, "pattern")


def nuclei(**fields: object) -> AnnotationSet:
    return AnnotationSet(name="nuclei", **fields)


def pairs(paired: Paired) -> dict[str, tuple[str, ...]]:
    return {one.image: one.files for one in paired.pairings}


FIELDS = st.dictionaries(st.sampled_from(["name", "plate"]), st.sampled_from("ab"))


@settings(max_examples=200, deadline=None)
@given(st.lists(FIELDS, max_size=5), st.lists(FIELDS, max_size=5), st.sampled_from(["label image", "file per object"]))
def test_the_pairing_rule(of_images: list[dict], of_masks: list[dict], layout: str) -> None:
    images = [image(f"i{index}", **fields) for index, fields in enumerate(of_images)]
    masks = [replace(mask(f"m{index}", **fields), format=layout) for index, fields in enumerate(of_masks)]
    paired = pair_set(images, masks, nuclei(format=layout))
    fits = {
        m.key: [i.key for i in images if all(i.fields.get(name) == value for name, value in m.fields.items())]
        for m in masks
    }
    expected: dict[str, list[str]] = {}
    for path, candidates in fits.items():
        if len(candidates) == 1:
            expected.setdefault(candidates[0], []).append(path)
    crowded = {path for path, files in expected.items() if len(files) > 1 and layout == "label image"}
    torn = {path for candidates in fits.values() if len(candidates) > 1 for path in candidates}
    assert pairs(paired) == {path: tuple(files) for path, files in expected.items() if path not in crowded}
    assert paired.unsettled == crowded | torn
    codes = sorted((finding.code, finding.place.path) for finding in paired.findings)
    assert codes == sorted(
        [("MIFA208", path) for path, candidates in fits.items() if not candidates]
        + [("MIFA209", path) for path, candidates in fits.items() if len(candidates) > 1]
        + [("MIFA210", path) for path in crowded]
    )


def test_reasons_name_the_fields() -> None:
    images = [image("i/a.tif", name="a", plate="1"), image("i/b.tif", name="b", plate="1")]
    (one,) = pair_set(images, [mask("m/a.tif", name="a", plate="1")], nuclei()).pairings
    assert one == Pairing("i/a.tif", "nuclei", ("m/a.tif",), "same name = a, plate = 1")
    (only,) = pair_set(images[:1], [mask("m/x.tif")], nuclei()).pairings
    assert only.reason == "the only image"


def test_what_is_settled_by_hand_comes_first() -> None:
    images = [image("i/a.tif", name="a"), image("i/b.tif", name="b")]
    settled = nuclei(pairs=[Pair(annotation="m/a.tif", image="i/b.tif")])
    paired = pair_set(images, [mask("m/a.tif", name="a")], settled)
    assert pairs(paired) == {"i/b.tif": ("m/a.tif",)}
    assert paired.pairings[0].reason == "settled in the sheet"
    assert not paired.findings


def test_a_pair_with_an_image_that_is_none_is_told() -> None:
    settled = nuclei(pairs=[Pair(annotation="m/a.tif", image="i/typo.tif")])
    paired = pair_set([image("i/a.tif", name="a")], [mask("m/a.tif", name="a")], settled)
    (finding,) = paired.findings
    assert (finding.code, finding.message) == ("MIFA208", "the sheet pairs it with i/typo.tif, which is no image")
    assert not paired.pairings


def test_an_open_pair_keeps_its_candidates_out() -> None:
    images = [image("a.png", name="a"), image("a.tif", name="a")]
    paired = pair_set(images, [mask("a_mask.png", name="a")], nuclei(pairs=[Pair(annotation="a_mask.png")]))
    assert [finding.code for finding in paired.findings] == ["MIFA209"]
    assert paired.unsettled == {"a.png", "a.tif"}


def test_a_file_without_fields_and_without_image_is_told_so() -> None:
    (finding,) = pair_set([], [mask("m/a.tif")], nuclei()).findings
    assert not finding.message.endswith(" ")


def test_messages_name_a_few_and_count_the_rest() -> None:
    images = [image(f"i/{index}.tif", name="a") for index in range(5)]
    (finding,) = pair_set(images, [mask("m/a.tif", name="a")], nuclei()).findings
    assert finding.message == "fits i/0.tif, i/1.tif, i/2.tif and 2 more"
    masks = [mask(f"m/{index}.tif", name="a") for index in range(3)]
    (finding,) = pair_set(images[:1], masks, nuclei()).findings
    assert finding.message == "set nuclei: m/0.tif, m/1.tif, m/2.tif all fit this image"


def test_images_that_a_set_leaves_out_are_named_once_a_set() -> None:
    images = [image(path) for path in ("a", "b", "c")]
    pairings = [Pairing("a", "nuclei", ("m",), ""), Pairing("b", "cells", ("m",), "")]
    sets = [nuclei(), AnnotationSet(name="cells")]
    found = list(missing_annotations(images, pairings, frozenset({"c"}), sets))
    assert [(finding.code, finding.message, finding.place.path) for finding in found] == [
        ("MIFA207", "set nuclei has none for it", "b"),
        ("MIFA207", "set cells has none for it", "a"),
    ]


def test_a_field_that_images_lack_is_said_once_and_not_as_a_missing_image() -> None:
    images = [image("i/a.tif", name="a", type="x"), image("i/b.tif", name="b", type="x")]
    found = pair_set(images, [mask(f"m/{name}.tif", name=name, folder="x") for name in "ab"], nuclei()).findings
    message = "its pattern has {folder}, which no image pattern has: nothing can fit"
    hint = "use the same fields for images and annotations: those of images are {name}, {type}"
    assert [(one.code, one.message, one.hint) for one in found] == [("MIFA208", message, hint)] * 2
    (orphan,) = pair_set(images, [mask("m/c.tif", name="c")], nuclei()).findings
    assert orphan.message == "no image has name = c"


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [
        ("1 of 3 images were annotated.", ["i/control_1.tif", "i/control_10.ome.tif"]),
        ("All but control_1, which is out of focus.", ["i/control_10.ome.tif"]),
        ("control_10 and control_1.tif are still to do.", []),
        ("Not annotated: control_1-old, acontrol_10", ["i/control_1.tif", "i/control_10.ome.tif"]),
    ],
)
def test_an_image_whose_want_the_coverage_explains_is_not_named_again(coverage: str, expected: list[str]) -> None:
    images = [image("i/control_1.tif"), image("i/control_10.ome.tif")]
    found = missing_annotations(images, [], frozenset(), [AnnotationSet(name="nuclei", coverage=coverage)])
    assert [finding.place.path for finding in found if finding.place] == expected


class Watched(dict[str, str]):
    """Fields that count how often somebody looks at them."""

    looks = 0

    def __getitem__(self, name: str) -> str:
        Watched.looks += 1
        return super().__getitem__(name)


def test_the_work_grows_with_the_files_not_with_their_square() -> None:
    images = [ImageFile(Origin(f"i/{index}.tif"), 0, Watched(name=str(index)), "pattern") for index in range(500)]
    masks = [mask(f"m/{index}.tif", name=str(index)) for index in range(500)]
    assert len(pair_set(images, masks, nuclei()).pairings) == 500
    assert Watched.looks <= 2 * 500
