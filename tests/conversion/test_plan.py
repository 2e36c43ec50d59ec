"""Plans made from inventories in memory: whose word counts, and what stays out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mifakit.conversion.plan import Plan, make_plan
from mifakit.findings import Finding
from mifakit.inventory.inventory import AnnotationFile, ImageFile, Inventory, Pairing
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.conversion_choices import Splits
from mifakit.metadata.image_sets import ImageSet, PixelSize
from mifakit.metadata.study_sheet import StudySheet
from mifakit.readers.base import Channel, ImageFacts, Spacing
from mifakit.readers.origin import Origin

UM = "micrometer"


def facts(axes: str = "cyx", shape: tuple[int, ...] = (1, 40, 60), **more: Any) -> ImageFacts:
    return ImageFacts(axes, shape, np.dtype("u2"), axes.upper(), **more)


def image(path: str, component: int = 0, about: ImageFacts | None = None, **fields: str) -> ImageFile:
    return ImageFile(Origin(path), component, fields, "p", about or facts(), "tiff")


def plan(
    *images: ImageFile,
    pairings: tuple[Pairing, ...] = (),
    unsettled: frozenset[str] = frozenset(),
    masks: dict[str, ImageFacts | None] | None = None,
    **sheet: Any,
) -> Plan:
    """Plan an inventory in memory; masks lie on the grid of their images if nothing else is said of them."""
    sheet.setdefault("images", [ImageSet(name="Cells")])
    files = {file: pairing.annotation_set for pairing in pairings for file in pairing.files}
    seen = dict.fromkeys(files, facts()) | (masks or {})
    forms = {str(one.name): one.format or "label image" for one in sheet.get("annotations", ())}
    annotations = tuple(
        AnnotationFile(Origin(path), name, {}, "p", forms.get(name, "label image"), facts=seen[path])
        for path, name in files.items()
    )
    return make_plan(Inventory(Path("lab"), images, annotations, pairings, unsettled), StudySheet(**sheet))


def test_a_job_for_each_image_in_order_of_samples() -> None:
    made = plan(image("images/b.tif"), image("images/a.tif"))
    assert [(job.sample, job.origin.key, job.component) for job in made.jobs] == [
        ("a", "images/a.tif", "Cells"),
        ("b", "images/b.tif", "Cells"),
    ]
    assert (made.left_out, made.findings) == ((), ())


SPACED = {axis: Spacing(value, unit) for axis, value, unit in
          [("t", 9.0, "second"), ("z", 2.0, UM), ("y", 0.5, UM), ("x", 0.4, UM)]}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, {"t": 9.0, "z": 2.0, "y": 0.5, "x": 0.4}),
        ({"pixel_size": PixelSize(x=0.1, y=0.2, z=0.3)}, {"t": 9.0, "z": 0.3, "y": 0.2, "x": 0.1}),
        ({"pixel_size": PixelSize(z=0.3)}, {"t": 9.0, "z": 0.3, "y": 0.5, "x": 0.4}),
        ({"time_step": 60.0}, {"t": 60.0, "z": 2.0, "y": 0.5, "x": 0.4}),
    ],
)
def test_the_sheets_spacing_comes_first_axis_by_axis(said: dict, expected: dict[str, float]) -> None:
    about = facts("tczyx", (2, 1, 3, 4, 5), spacing=SPACED)
    (job,) = plan(image("a.tif", about=about), images=[ImageSet(**said)]).jobs
    assert {axis: one.value for axis, one in job.spacing.items()} == expected
    assert list(job.spacing) == list("tzyx"), "in the order of the axes"
    assert {one.unit for axis, one in job.spacing.items() if axis != "t"} == {UM}
    assert job.spacing["t"].unit == "second"


def test_spacing_of_axes_that_the_image_lacks_is_left_out() -> None:
    component = ImageSet(pixel_size=PixelSize(x=1, y=1, z=5), time_step=3.0)
    (job,) = plan(image("a.tif"), images=[component]).jobs
    assert sorted(job.spacing) == ["x", "y"]


DOUBT = Finding.of("MIFA205", "the pixel size is not given", "a.tif")
STILL = Finding.of("MIFA215", "is an animation of 9 frames; only its still image is read", "a.tif")


def test_a_doubt_about_pixel_size_is_passed_on_unless_the_sheet_settles_it() -> None:
    doubtful = image("images/a.tif", about=facts(findings=(DOUBT,)))
    (finding,) = plan(doubtful).findings
    assert (finding.code, str(finding.place)) == ("MIFA205", "images/a.tif")
    assert plan(doubtful, images=[ImageSet(pixel_size=PixelSize(x=1, y=1))]).findings == ()


def test_other_remarks_of_the_reader_are_passed_on_always() -> None:
    spaced = {axis: SPACED[axis] for axis in "yx"}
    made = plan(image("a.tif", about=facts(spacing=spaced, findings=(STILL,))))
    assert [finding.code for finding in made.findings] == ["MIFA215"]


def test_channels_of_the_sheet_rename_and_keep_colours() -> None:
    about = facts("cyx", (2, 4, 5), channels=(Channel("C1", "00FF00"), Channel("C2")))
    (job,) = plan(image("a.tif", about=about), images=[ImageSet(channels=["DAPI", "actin"])]).jobs
    assert job.channels == (Channel("DAPI", "00FF00"), Channel("actin"))
    (job,) = plan(image("a.tif", about=about)).jobs
    assert job.channels == (Channel("C1", "00FF00"), Channel("C2"))
    (job,) = plan(image("a.tif", about=facts("cyx", (2, 4, 5)))).jobs
    assert job.channels == (Channel(), Channel())


def test_another_number_of_channels_leaves_the_image_out() -> None:
    made = plan(image("a.tif"), image("b.tif", about=facts("cyx", (2, 4, 5))),
                images=[ImageSet(channels=["DAPI", "actin"])])  # fmt: skip
    assert [job.origin.key for job in made.jobs] == ["b.tif"]
    assert made.left_out == ("a.tif",)
    (finding,) = made.findings
    assert (finding.code, str(finding.place)) == ("MIFA314", "a.tif")
    assert finding.message == "the sheet names 2 channels, the file has 1"


@pytest.mark.parametrize(("alpha", "names", "dropped"), [("drop", 3, True), ("keep", 4, False)])
def test_alpha_counts_as_a_channel_only_when_kept(alpha: str, names: int, dropped: bool) -> None:
    about = facts("cyx", (4, 4, 5), has_alpha=True, channels=tuple(Channel(name) for name in "RGBA"))
    (job,) = plan(image("a.png", about=about), images=[ImageSet(alpha=alpha)]).jobs
    assert job.drop_alpha is dropped
    assert [channel.name for channel in job.channels] == list("RGBA")[:names]
    named = plan(image("a.png", about=about), images=[ImageSet(alpha=alpha, channels=list("wxyz")[:names])])
    assert [channel.name for channel in named.jobs[0].channels] == list("wxyz")[:names]
    assert plan(image("a.png", about=about), images=[ImageSet(alpha=alpha, channels=["one"])]).left_out == ("a.png",)


def test_images_that_stay_out_are_named() -> None:
    unread = ImageFile(Origin("bad.tif"), 0, {}, "p")
    made = plan(unread, image("open.tif"), image("p/a.tif"), image("p/a.png"), image("good.tif"),
                unsettled=frozenset({"open.tif"}))  # fmt: skip
    assert [job.origin.key for job in made.jobs] == ["good.tif"]
    assert made.left_out == ("bad.tif", "open.tif", "p/a.tif", "p/a.png")
    assert [finding.code for finding in made.findings] == ["MIFA301", "MIFA301"]


def test_findings_of_the_inventory_come_first() -> None:
    inventory = Inventory(Path("lab"), (image("a.tif", about=facts(findings=(DOUBT,))),), (), (),
                          findings=(Finding.of("MIFA213", "no file matches"),))  # fmt: skip
    made = make_plan(inventory, StudySheet(images=[ImageSet()]))
    assert [finding.code for finding in made.findings] == ["MIFA213", "MIFA205"]


def test_labels_follow_their_sets() -> None:
    sets = [
        AnnotationSet(name="nuclei", classes={1: "nucleus"}),
        AnnotationSet(name="cells", format="file per object"),
    ]
    pairings = (
        Pairing("a.tif", "nuclei", ("m/a.tif",), "same name"),
        Pairing("a.tif", "cells", ("c/1.png", "c/2.png"), "beside"),
        Pairing("b.tif", "nuclei", ("m/b.tif",), "same name"),
    )
    made = plan(image("a.tif"), image("b.tif"), image("c.tif"), pairings=pairings, annotations=sets)
    labels = {
        job.sample: [(one.annotation_set, one.sources[0].format, tuple(one.files)) for one in job.annotations]
        for job in made.jobs
    }
    assert labels == {
        "a": [("nuclei", "label image", ("m/a.tif",)), ("cells", "file per object", ("c/1.png", "c/2.png"))],
        "b": [("nuclei", "label image", ("m/b.tif",))],
        "c": [],
    }
    assert made.jobs[0].annotations[0].options.classes == {1: "nucleus"}


@pytest.mark.parametrize(
    ("mask", "codes"),
    [
        (facts("cyx", (1, 60, 40)), ["MIFA302"]),
        (facts("cyx", (3, 40, 60)), ["MIFA305"]),
        (None, []),  # unreadable: the inventory has said so
    ],
)
def test_a_mask_that_cannot_fit_leaves_its_image_out(mask: ImageFacts | None, codes: list[str]) -> None:
    pairings = tuple(Pairing(f"{name}.tif", "nuclei", (f"m/{name}.tif",), "same name") for name in "ab")
    made = plan(image("a.tif"), image("b.tif"), pairings=pairings, masks={"m/a.tif": mask},
                annotations=[AnnotationSet(name="nuclei")])  # fmt: skip
    assert [job.origin.key for job in made.jobs] == ["b.tif"]
    assert made.left_out == ("a.tif",)
    assert [(finding.code, str(finding.place)) for finding in made.findings] == [(code, "m/a.tif") for code in codes]


@pytest.mark.parametrize(
    ("of_set", "of_images", "expected"),
    [(None, None, None), ("zyx", None, "zyx"), ("zyx", "tcyx", "zyx"), (None, "tcyx", "tyx"), (None, "tyx", "tyx")],
)
def test_masks_have_the_axes_of_their_images_unless_their_set_says(
    of_set: str | None, of_images: str | None, expected: str | None
) -> None:
    pairings = (Pairing("a.tif", "nuclei", ("m/a.tif",), "same name"),)
    sets = [AnnotationSet(name="nuclei", axes=of_set)]
    made = plan(image("a.tif"), pairings=pairings, annotations=sets, images=[ImageSet(axes=of_images)])
    assert made.jobs[0].annotations[0].axes == expected
    assert made.jobs[0].axes == of_images


def test_components_by_name_or_the_usual_word() -> None:
    made = plan(image("a.tif", 1), image("b.tif"), images=[ImageSet(), ImageSet(name="Tissue")])
    assert {job.sample: job.component for job in made.jobs} == {"a": "Tissue", "b": "images"}


def by_source(made: Plan) -> dict[str, tuple[str | None, str | None]]:
    return {job.origin.key: (job.group, job.split) for job in made.jobs}


def test_no_splits_no_groups() -> None:
    assert by_source(plan(image("a.tif", patient="1"))) == {"a.tif": (None, None)}


def test_samples_of_a_group_stay_together() -> None:
    images = [image(f"{patient}{index}.tif", patient=str(patient)) for patient in range(6) for index in range(4)]
    made = by_source(plan(*images, splits=Splits(train=0.5, val=0.25, test=0.25, group_by="patient")))
    assert {group for group, _ in made.values()} == set("012345")
    for patient in range(6):
        assert len({split for source, (_, split) in made.items() if source[0] == str(patient)}) == 1
    assert {split for _, split in made.values()} == {"train", "val", "test"}


def test_each_sample_is_a_group_of_its_own_by_default() -> None:
    made = by_source(plan(*(image(f"{index}.tif") for index in range(10)), splits=Splits()))
    assert {group for group, _ in made.values()} == {str(index) for index in range(10)}


def test_the_division_stays_when_images_are_listed_in_another_order() -> None:
    images = [image(f"{index}.tif", plate=str(index % 5)) for index in range(20)]
    splits = Splits(group_by="plate", seed=3)
    assert by_source(plan(*images, splits=splits)) == by_source(plan(*images[::-1], splits=splits))


def test_samples_that_stay_out_do_not_count_for_the_shares() -> None:
    images = [image(f"{index}.tif") for index in range(10)]
    bad = [image(f"bad{index}.tif", about=facts("cyx", (2, 4, 5))) for index in range(30)]
    splits = Splits(train=0.5, val=0.3, test=0.2)
    made = by_source(plan(*images, *bad, splits=splits, images=[ImageSet(channels=["DAPI"])]))
    counts = [split for _, split in made.values()]
    assert [counts.count(name) for name in ("train", "val", "test")] == [5, 3, 2]


def test_splits_that_folders_already_say() -> None:
    said = ["train", "Training", "VAL", "validation", "valid", "test", "testing", "extra", ""]
    images = [image(f"{index}.tif", folder=word) for index, word in enumerate(said)]
    made = plan(*images, splits=Splits(from_field="folder"))
    splits = [by_source(made)[f"{index}.tif"][1] for index in range(len(said))]
    assert splits == ["train", "train", "val", "val", "val", "test", "test", None, None]
    assert [(one.code, str(one.place)) for one in made.findings] == [("MIFA410", "7.tif"), ("MIFA410", "8.tif")]


def test_bytes_are_those_of_all_pixels() -> None:
    made = plan(image("a.tif", about=facts("cyx", (2, 100, 50))), image("b.tif", about=facts("cyx", (1, 10, 10))))
    assert made.source_bytes == 2 * 100 * 50 * 2 + 200
    clear = plan(image("a.png", about=facts("cyx", (4, 10, 10), has_alpha=True)))
    assert clear.source_bytes == 3 * 10 * 10 * 2, "an alpha channel that is dropped does not count"
    assert 0 < made.expected_bytes <= made.source_bytes


def test_records_are_json_ready() -> None:
    sets = [AnnotationSet(name="nuclei")]
    pairing = Pairing("a.tif", "nuclei", ("m/a.tif",), "same name")
    record = json.loads(json.dumps(plan(image("a.tif"), pairings=(pairing,), annotations=sets).to_record()))
    assert record["samples"] == [
        {
            "sample": "a",
            "image": "images/a.ome.zarr",
            "source": "a.tif",
            "axes": "cyx",
            "shape": [1, 40, 60],
            "dtype": "uint16",
            "split": None,
            "annotations": [{"set": "nuclei", "files": ["m/a.tif"], "formats": ["label image"], "reason": "same name"}],
        }
    ]
    assert record["left_out"] == record["findings"] == []


def test_an_image_that_is_decoded_whole_must_fit_into_memory() -> None:
    large = image("a.tif", 0, facts(shape=(1, 20_000, 20_000)))
    solid = image("b.png", 0, facts(shape=(1, 20_000, 20_000), whole=True))
    inventory, about = Inventory(Path("lab"), (large, solid), (), ()), StudySheet(images=[ImageSet(name="Cells")])
    tight = make_plan(inventory, about, memory=10**9)
    assert [job.origin.key for job in tight.jobs] == ["a.tif"]
    (finding,) = tight.findings
    assert (finding.code, str(finding.place)) == ("MIFA224", "b.png")
    assert "takes 1.6 GB of the 1.0 GB that each process may use" in finding.message
    assert len(make_plan(inventory, about, memory=2 * 10**9).jobs) == 2
    assert len(make_plan(inventory, about).jobs) == 2
