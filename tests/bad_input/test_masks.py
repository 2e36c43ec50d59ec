"""Masks that do not fit: the image stays out, the message says why, all other images are built."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import mifakit
from mifakit.api import Built, NothingBuiltError

if TYPE_CHECKING:
    from tests.bad_input.conftest import Lab, Result

BAD = "masks/cell2.tif"
NAMES = ("cell0", "cell1", "cell2", "cell3", "cell4")
OTHERS = {"cell0", "cell1", "cell3", "cell4"}


def _labels(rows: int, columns: int, dtype: str = "u2") -> np.ndarray:
    pixels = np.zeros((rows, columns), dtype)
    pixels[3:9, 4:11] = 1
    return pixels


RGB = np.dstack([_labels(40, 50, "u1")] * 3)
RGBA = np.dstack([_labels(40, 50, "u1")] * 4)
STACK, ZYX = np.stack([_labels(40, 50)] * 9), {"axes": "ZYX"}


def _cut(lab: Lab, name: str) -> None:
    lab.mask(name)
    lab.cut(name, 0.6)


BAD_MASKS: dict[str, tuple[Callable[[Lab, str], object], str, list[str]]] = {
    "another size": (lambda lab, name: lab.mask(name, _labels(41, 50)), "MIFA302", ["41×50", "40×50"]),
    "transposed": (lambda lab, name: lab.mask(name, _labels(50, 40)), "MIFA302", ["50×40", "x and y seem swapped"]),
    "half the size": (lambda lab, name: lab.mask(name, _labels(20, 25)), "MIFA302", ["20×25", "40×50", "factor of 2"]),
    "twice the size": (lambda lab, name: lab.mask(name, _labels(80, 100)), "MIFA302", ["80×100", "factor of 0.5"]),
    "a stack": (lambda lab, name: lab.mask(name, STACK, imagej=True, metadata=ZYX), "MIFA302", ["9×40×50", "40×50"]),
    "probabilities": (lambda lab, name: lab.mask(name, np.full((40, 50), 0.3)), "MIFA303", ["float64", "0.3"]),
    "negative labels": (lambda lab, name: lab.mask(name, _labels(40, 50, "i2") * -7), "MIFA304", ["-7"]),
    "a colour picture": (lambda lab, name: lab.mask(name, RGB, photometric="rgb"), "MIFA305", ["3 channels"]),
    "colour with alpha": (lambda lab, name: lab.mask(name, RGBA, photometric="rgb"), "MIFA305", ["4 channels"]),
    "an HTML page": (lambda lab, name: lab.write(name, b"<!DOCTYPE html><p>404"), "MIFA204", ["HTML"]),
    "plain text": (lambda lab, name: lab.write(name, b"object,x,y\n1,12,40\n"), "MIFA204", ["plain text"]),
    "an empty file": (lambda lab, name: lab.write(name, b""), "MIFA203", ["empty"]),
    "truncated": (_cut, "MIFA203", ["missing"]),
}


@pytest.fixture(scope="module")
def spoiled(new_lab: Callable[[Path], Lab], tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Built]:
    """Return a lab of five good images and one for every bad mask, and how its build ended."""
    lab = new_lab(tmp_path_factory.mktemp("masks"))
    for number, (spoil, _, _) in enumerate(BAD_MASKS.values()):
        lab.image(f"images/bad{number:02}.tif")
        spoil(lab, f"masks/bad{number:02}.tif")
    return lab, lab.build()


@pytest.mark.parametrize("mask", BAD_MASKS)
def test_a_mask_that_does_not_fit_is_named(spoiled: tuple[Lab, Built], mask: str) -> None:
    number = list(BAD_MASKS).index(mask)
    _, code, words = BAD_MASKS[mask]
    (finding,) = (one for one in spoiled[1].findings if str(one.place) == f"masks/bad{number:02}.tif")
    assert finding.code == code, finding
    assert finding.is_error
    assert all(word in finding.message for word in words), finding.message
    assert finding.hint


def test_bad_masks_keep_nothing_else_from_being_built(spoiled: tuple[Lab, Built]) -> None:
    lab, built = spoiled
    assert built.left_out == tuple(f"images/bad{number:02}.tif" for number in range(len(BAD_MASKS)))
    assert len(built.findings) == len(BAD_MASKS)
    assert lab.built_samples() == set(NAMES)
    assert lab.is_unchanged()


def test_check_sees_an_unreadable_mask_before_the_build(lab: Lab) -> None:
    lab.write(BAD, b"<html>404</html>")
    assert [(finding.code, str(finding.place)) for finding in lab.check()] == [("MIFA204", BAD)]


def test_check_tells_how_to_read_a_stack_of_labels(lab: Lab) -> None:
    """Python writes stacks without axes: what the sheet says of the images must hold for their masks."""

    for name in NAMES:
        lab.image(f"images/{name}.tif", STACK * 50)
        lab.mask(f"masks/{name}.tif", STACK)
    assert {one.code for one in lab.check()} == {"MIFA206"}
    lab.edit('files: ["images/{name}.tif"]', 'files: ["images/{name}.tif"]\n    axes: zyx')
    built = lab.build()
    assert lab.errors(built.findings) == []
    assert built.samples == 5


def test_a_mask_with_a_palette_is_a_colour_picture(lab: Lab) -> None:
    lab.remove(BAD)
    lab.edit('["masks/{name}.tif"]', '["masks/{name}.tif", "masks/{name}.png"]')
    lab.png("masks/cell2.png", np.dstack([_labels(40, 50, "u1") * 90] * 3), mode="P")
    (finding,) = lab.errors(lab.build().findings)
    assert (finding.code, str(finding.place)) == ("MIFA305", "masks/cell2.png")
    assert lab.built_samples() == OTHERS


def test_a_mask_without_image(lab: Lab) -> None:
    lab.mask("masks/cell9.tif")
    (finding,) = lab.check()
    assert (finding.code, str(finding.place)) == ("MIFA208", "masks/cell9.tif")
    assert "name = cell9" in finding.message
    assert finding.hint
    built = lab.build()
    assert not built.complete
    assert len(lab.built_samples()) == 5


def test_an_image_without_mask_is_built_and_said(lab: Lab) -> None:
    lab.remove(BAD)
    assert lab.check() == []
    (finding,) = lab.check("MIFA207")
    assert str(finding.place) == "images/cell2.tif"
    assert "nuclei" in finding.message
    assert finding.hint
    assert lab.build().complete
    dataset = mifakit.open(lab.out)
    assert len(dataset) == 5
    assert not dataset["cell2"].labels


def test_two_masks_for_one_image_are_left_to_people(lab: Lab) -> None:
    lab.edit('["masks/{name}.tif"]', '["masks/{name}.tif", "second/{name}.tif"]')
    lab.mask("second/cell2.tif")
    (finding,) = lab.check()
    assert (finding.code, str(finding.place)) == ("MIFA210", "images/cell2.tif")
    assert BAD in finding.message
    assert "second/cell2.tif" in finding.message
    assert lab.build().left_out == ("images/cell2.tif",)
    assert lab.built_samples() == OTHERS


def test_one_mask_for_two_images_is_left_to_people(lab: Lab) -> None:
    lab.edit('["images/{name}.tif"]', '["images/{name}.tif", "images/again/{name}.tif"]')
    lab.image("images/again/cell2.tif")
    (finding,) = lab.check()
    assert (finding.code, str(finding.place)) == ("MIFA209", BAD)
    assert "images/cell2.tif" in finding.message
    assert "images/again/cell2.tif" in finding.message
    assert "pairs:" in str(finding.hint)
    assert set(lab.build().left_out) == {"images/cell2.tif", "images/again/cell2.tif"}
    assert lab.built_samples() == OTHERS


def test_an_empty_mask_is_built_and_said(lab: Lab) -> None:
    lab.mask(BAD, np.zeros((40, 50), "u2"))
    built = lab.build()
    assert [(one.code, str(one.place)) for one in built.findings] == [("MIFA309", BAD)]
    assert built.complete
    assert len(lab.built_samples()) == 5


def test_when_no_mask_fits_nothing_is_built(lab: Lab) -> None:
    for name in NAMES:
        lab.mask(f"masks/{name}.tif", _labels(20, 25))
    with pytest.raises(NothingBuiltError) as stopped:
        lab.build()
    assert {str(one.place) for one in stopped.value.findings} == {f"masks/cell{i}.tif" for i in range(5)}
    assert {one.code for one in stopped.value.findings} == {"MIFA302"}
    assert not lab.out.exists()
    assert not list(lab.home.glob("*.partial"))


# One file an object: the second file of an image.
OBJECT = _labels(40, 50, "u1") * 255
BAD_OBJECTS = {
    "cell0": (_labels(20, 25, "u1") * 255, "MIFA302"),
    "cell1": (_labels(50, 40, "u1") * 255, "MIFA302"),
    "cell2": (OBJECT // 255 + np.eye(40, 50, dtype="u1"), "MIFA303"),
    "cell3": (np.dstack([OBJECT] * 3), "MIFA305"),
}


def test_one_file_an_object(lab: Lab) -> None:
    lab.edit('["masks/{name}.tif"]', '["masks/{name}/*.png"]\n    format: file per object')
    for name in NAMES:
        lab.png(f"masks/{name}/first.png", OBJECT)
        lab.png(f"masks/{name}/second.png", BAD_OBJECTS.get(name, (np.flipud(OBJECT), ""))[0])
    found = {str(one.place): one.code for one in lab.errors(lab.build().findings)}
    assert found == {f"masks/{name}/second.png": code for name, (_, code) in BAD_OBJECTS.items()}
    assert lab.built_samples() == {"cell4"}


def test_the_command_says_it_and_ends_with_3(lab: Lab, mifa: Callable[..., Result]) -> None:
    lab.mask(BAD, _labels(50, 40))
    result = mifa("build", lab.sheet, "-o", lab.out)
    assert result.code == 3
    assert "error[MIFA302]: the mask is 50×40 (yx), its image 40×50 (yx): x and y seem swapped" in result.out
    assert f"  --> {BAD}\n  hint: " in result.out
    assert "4 samples built" in result.err
    assert "1 left out; 1 error" in result.err
