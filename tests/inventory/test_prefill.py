"""What a sheet is prefilled with, and the comments about what was seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mifakit.inventory.inventory import ImageFile, Inventory, Pairing
from mifakit.inventory.prefill import describe_images, prefill
from mifakit.inventory.proposing import Proposal, propose
from mifakit.metadata.image_sets import ImageSet
from mifakit.metadata.vocabularies import AnnotationType
from mifakit.readers.base import Acquisition, Channel, ImageFacts, Spacing
from mifakit.readers.origin import Origin

MASKS = {"masks": [AnnotationType.SEGMENTATION_MASK]}


def seen(path: str, dtype: str = "u2", x: float | None = None, names: tuple[str | None, ...] = ()) -> ImageFile:
    spacing = {"x": Spacing(x, "micrometer")} if x else {}
    facts = ImageFacts("cyx", (1, 4, 6), np.dtype(dtype), "YX", spacing, tuple(Channel(name) for name in names))
    return ImageFile(Origin(path), 0, {}, "p", facts, "png")


def test_images_are_described_in_a_sentence() -> None:
    images = [
        seen("a", x=0.325, names=("DAPI", None)),
        seen("b", x=0.325),
        seen("c", "u1"),
        ImageFile(Origin("d"), 0, {}, "p"),
    ]
    assert describe_images(images) == (
        "Seen: 4 files; 2 are cyx uint16, 1 are cyx uint8; pixel size 0.325 µm; 1 do not say their pixel size; "
        "channels DAPI, ?; 1 could not be read."
    )


@pytest.mark.parametrize(
    ("moments", "said"),
    [
        ([None, None], "acquired"),
        (["2026-03-01T10:00:00", None], "acquired 2026-03-01."),
        (["2026-03-04T09:00:00+01:00", "2026-03-01T10:00:00", "2026-03-02"], "acquired 2026-03-01 to 2026-03-04."),
    ],
)
def test_the_days_of_acquisition_are_told(moments: list[str | None], said: str) -> None:
    images = []
    for number, moment in enumerate(moments):
        facts = ImageFacts("cyx", (1, 4, 6), np.dtype("u2"), "YX", acquisition=Acquisition(acquired=moment))
        images.append(ImageFile(Origin(f"{number}"), 0, {}, "p", facts, "png"))
    assert describe_images(images).endswith(said) == any(moments)


def test_long_lists_are_cut() -> None:
    images = [seen(str(x), f"u{1 << x % 4}", x + 1.0, (f"c{x}",)) for x in range(8)]
    said = describe_images(images)
    assert "pixel size 1, 2, 3 µm" in said
    assert "channels c0 or c1." in said
    assert said.count("are cyx") == 3


def test_images_that_could_not_be_read_are_counted() -> None:
    assert describe_images([ImageFile(Origin("a"), 0, {}, "p")]).endswith("; 1 could not be read.")


def test_the_sheet_says_what_was_found() -> None:
    paths = ["images/a.png", "images/b.png", "masks/a.png"]
    proposal = propose(paths)
    images = (seen("images/a.png"), seen("images/b.png"))
    inventory = Inventory(Path("lab"), images, (), (Pairing("images/a.png", "masks", ("masks/a.png",), "same name"),))
    filled = prefill(inventory, proposal, MASKS, "lab", "2026-03-31T12:00:00+00:00")
    sheet = filled.sheet
    assert (sheet.lab_folder, sheet.version.version, sheet.version.timestamp) == (
        "lab",
        "1.0",
        "2026-03-31T12:00:00+00:00",
    )
    assert [(one.name, one.files) for one in sheet.images] == [("Images", ["images/{name}.png"])]
    (masks,) = sheet.annotations
    assert masks.types == [AnnotationType.SEGMENTATION_MASK]
    assert masks.coverage == "1 of 2 images were annotated."
    assert filled.notes["images", 0, "files"].startswith("Seen: 2 files")
    assert filled.notes["annotations", 0, "files"] == "1 files paired: same stem, folder masks/"


def test_an_open_pair_is_noted_with_its_candidates() -> None:
    proposal = propose(["a.png", "a.tif", "a_mask.png"])
    inventory = Inventory(Path("lab"), (seen("a.png"), seen("a.tif")), (), ())
    filled = prefill(inventory, proposal, MASKS, "lab", "2026-03-31T12:00:00+00:00")
    assert filled.sheet.annotations[0].pairs[0].annotation == "a_mask.png"
    assert filled.notes["annotations", 0, "pairs", 0, "image"] == (
        "a_mask.png could belong to a.png or a.tif: write the one it belongs to."
    )


def test_only_images_of_the_set_are_described() -> None:
    proposal = propose(["a.png"])
    assert proposal.images == (ImageSet(files=["{name}.png"]),)
    inventory = Inventory(Path("lab"), (seen("a.png"), ImageFile(Origin("z.png"), 1, {}, "p")), (), ())
    filled = prefill(inventory, proposal, MASKS, "lab", "2026-01-01")
    assert filled.notes["images", 0, "files"].startswith("Seen: 1 files")


def test_what_files_say_of_the_microscope_stands_in_the_sheet() -> None:
    taken = [Acquisition("Zeiss LSM 880", "63x/1.40 Oil"), Acquisition("Zeiss LSM 880", "63x/1.40 Oil"), Acquisition()]
    facts = [ImageFacts("cyx", (1, 4, 6), np.dtype("u2"), "YX", acquisition=one) for one in taken]
    images = tuple(ImageFile(Origin(f"{number}.czi"), 0, {}, "p", one) for number, one in enumerate(facts))
    proposal = Proposal((ImageSet(files=["{name}.czi"]),), (), (), {})
    sheet = prefill(Inventory(Path("lab"), images, (), ()), proposal, MASKS, "lab", "2026-01-01T00:00:00Z").sheet
    (one,) = sheet.acquisitions
    assert (one.title, one.instrument) == ("Zeiss LSM 880, 63x/1.40 Oil", "Zeiss LSM 880")
    assert one.parameters == "Objective: 63x/1.40 Oil"
    assert sheet.images[0].acquisition == one.title
