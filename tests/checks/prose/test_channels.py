"""Numbers and names of channels."""

from __future__ import annotations

import pytest
from tests.checks.prose.told import found, pictures

from mifakit.checks.prose.channels import check_channel_counts, check_channel_names


def said(text: str, *counts: int) -> bool:
    there = tuple(one for count in counts for one in pictures(1, c=count))
    codes = found(check_channel_counts, {"study": {"description": text}}, there)
    assert codes in ([], [("MIFA171", "study.description")])
    return bool(codes)


@pytest.mark.parametrize(
    "text",
    [
        "Two-channel images of cells",
        "images with 2 channels",
        "2-channel images",
        "dual-channel images",
        "two fluorescence channels",
        "Five channels were imaged.",
    ],
)
def test_other_numbers(text: str) -> None:
    assert said(text, 3)
    assert not said(text, 3, 5 if text.startswith("Five") else 2)


@pytest.mark.parametrize(
    "text",
    [
        "images of two microfluidic channels",
        "8-channel pipette",
        "a 32-channel detector",
        "ion channels",
        "multi-channel images",
        "two of the channels are empty",
        "Channel 2 shows actin",
        "in channels 2 and 3",
        "single cells, channels as in the file",
        "",
    ],
)
def test_sentences_that_count_no_channels_of_images(text: str) -> None:
    assert not said(text, 3)


def test_what_an_acquisition_says_is_of_its_own_images() -> None:
    stated = {
        "acquisitions": [{"title": "A", "parameters": "two channels"}, {"title": "B", "parameters": "two channels"}],
        "images": [{"name": "a", "acquisition": "A"}, {"name": "b", "acquisition": "B"}],
    }
    there = pictures(1, component=0, c=2) + pictures(1, component=1, c=3)
    assert found(check_channel_counts, stated, there) == [("MIFA171", "acquisitions[1].parameters")]


def specimen(*labels: str) -> dict[str, object]:
    channels = [{"label": label or None, "content": "something"} for label in labels]
    return {"specimens": [{"title": "S", "channels": channels}], "images": [{"name": "a", "specimen": "S"}]}


def test_channels_of_a_specimen_are_counted() -> None:
    assert found(check_channel_counts, specimen("DAPI", "GFP"), pictures(1, c=3)) == [
        ("MIFA171", "specimens[0].channels")
    ]
    assert found(check_channel_counts, specimen("DAPI", "GFP"), pictures(1, c=2)) == []
    assert found(check_channel_counts, specimen(), pictures(1, c=2)) == []


@pytest.mark.parametrize(
    ("labels", "names", "differ"),
    [
        (("DAPI", "GFP"), ("DAPI", "GFP"), False),
        (("DAPI", "GFP"), ("dapi (405)", "EGFP"), False),
        (("DAPI", "GFP"), ("GFP", "DAPI"), True),
        (("DAPI", "GFP"), ("DAPI", "mCherry"), True),
        (("DAPI", "GFP"), ("Channel:0:0", "Channel:0:1"), False),
        (("DAPI", "GFP"), ("channel 0", "channel 1"), False),
        (("DAPI", "GFP"), ("red", "green"), False),
        (("DAPI", "GFP"), ("", ""), False),
        (("DAPI", "GFP"), ("DAPI",), False),
        (("DAPI", ""), ("GFP", "DAPI"), False),
    ],
)
def test_names_of_channels(labels: tuple[str, ...], names: tuple[str, ...], differ: bool) -> None:
    codes = found(check_channel_names, specimen(*labels), pictures(1, c=len(names), channels=names))
    assert codes == ([("MIFA172", "specimens[0].channels")] if differ else [])
