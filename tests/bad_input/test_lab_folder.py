"""Lab folders that are missing, empty, odd or full of damaged files."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import mifakit
from mifakit.api import Built
from mifakit.errors import MifaError

if TYPE_CHECKING:
    from tests.bad_input.conftest import Lab, Result

NAMES = ("cell0", "cell1", "cell2", "cell3", "cell4")
HTML = b"<!DOCTYPE html><html><title>404 Not Found</title></html>"


# --- the folder itself ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["scan", "init"])
def test_a_missing_folder(lab: Lab, mifa: Callable[..., Result], command: str) -> None:
    result = mifa(command, lab.home / "lap")
    assert result.code == 2
    assert "error[MIFA001]: there is no such folder" in result.err
    assert f"--> {lab.home / 'lap'}\n  hint: check the path" in result.err
    assert not Path("mifa.yaml").exists()


def test_a_missing_folder_in_the_sheet_is_placed_on_its_line(lab: Lab, mifa: Callable[..., Result]) -> None:
    lab.edit("lab_folder: lab", "lab_folder: lap")
    (finding,) = lab.check()
    assert (finding.code, str(finding.place)) == ("MIFA001", f"{lab.sheet}:2 (lab_folder)")
    assert "lap" in finding.message
    assert mifa("build", lab.sheet, "-o", lab.out).code == 2


@pytest.mark.parametrize("stated", ["~nobody-of-this-name/lab", "lab\\\\", f"/{'x' * 300}"])
def test_a_folder_that_cannot_be_is_placed_on_its_line(lab: Lab, mifa: Callable[..., Result], stated: str) -> None:
    lab.edit("lab_folder: lab", f"lab_folder: {stated}")
    (finding,) = lab.check()
    assert (finding.code, str(finding.place)) == ("MIFA001", f"{lab.sheet}:2 (lab_folder)")
    assert finding.hint
    assert mifa("build", lab.sheet, "-o", lab.out).code == 2


def test_a_file_where_the_folder_should_be(lab: Lab, mifa: Callable[..., Result]) -> None:
    result = mifa("scan", lab.sheet)
    assert result.code == 2
    assert "error[MIFA008]: is not a folder" in result.err
    lab.edit("lab_folder: lab", "lab_folder: mifa.yaml")
    (finding,) = lab.check()
    assert (finding.code, str(finding.place)) == ("MIFA008", f"{lab.sheet}:2 (lab_folder)")


@pytest.mark.parametrize("content", [[], ["notes.txt"], [".hidden.tif", "Thumbs.db", "sub/._cell0.tif"]])
def test_a_folder_without_images(
    lab: Lab, tmp_path: Path, mifa: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, content: list[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for name in content:
        (empty / name).parent.mkdir(exist_ok=True)
        (empty / name).write_text("nothing")
    monkeypatch.chdir(tmp_path)
    (finding,) = mifakit.scan(empty).findings
    assert (finding.code, finding.is_error) == ("MIFA201", True)
    assert finding.place, "a finding needs a place"
    assert finding.place.path == str(empty), "it should name the folder that was given"
    result = mifa("scan", "empty")
    assert result.code == 1
    assert "hint: " in result.out
    assert "init" not in result.err, "there is nothing to go on with"
    before = lab.sheet.read_bytes()
    result = mifa("init", "empty", "-s", "new.yaml")
    assert result.code == 1
    assert "error[MIFA201]" in result.err
    assert "--> empty\n" in result.err
    assert not Path("new.yaml").exists()
    assert lab.sheet.read_bytes() == before


def test_a_pattern_that_matches_nothing_is_placed_in_the_sheet(lab: Lab, mifa: Callable[..., Result]) -> None:
    lab.edit('["images/{name}.tif"]', '["images/{name}.tiff"]')
    found = {one.code: one for one in lab.check()}
    assert "images/{name}.tiff" in found["MIFA213"].message
    assert str(found["MIFA213"].place) == f"{lab.sheet}:{lab.line('images/{name}')} (images[0].files)"
    result = mifa("build", lab.sheet, "-o", lab.out)
    assert result.code == 1
    assert "error[MIFA310]: nothing was built" in result.err
    assert not lab.out.exists()


def test_links_that_lead_in_a_circle(lab: Lab, mifa: Callable[..., Result]) -> None:
    lab.link("images/again", lab.folder)
    lab.link("images/here", ".")
    lab.link("images/ouroboros.tif", "ouroboros.tif")
    inventory = mifakit.scan(lab.folder)
    assert {image.origin.path for image in inventory.images} >= {f"images/{name}.tif" for name in NAMES}
    assert not any("again" in image.origin.path or "here" in image.origin.path for image in inventory.images)
    assert mifa("build", lab.sheet, "-o", lab.out).code in (0, 3)
    assert lab.built_samples() == set(NAMES)


def test_a_link_to_nothing_is_said(lab: Lab) -> None:
    lab.link("images/cell5.tif", "/somewhere/unmounted/cell5.tif")
    found = {str(one.place): one.code for one in mifakit.scan(lab.folder).findings if one.is_error}
    assert found == {"images/cell5.tif": "MIFA202"}
    assert [(one.code, str(one.place)) for one in lab.check()] == [("MIFA202", "images/cell5.tif")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_what_is_no_file_does_not_hold_it_up(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(lab.folder / "images" / "pipe.tif")
    monkeypatch.chdir(lab.folder / "images")  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.tif")
    Path("zero.tif").symlink_to("/dev/zero")
    lab.settle()
    assert not {"images/pipe.tif", "images/socket.tif"} & {
        image.origin.path for image in mifakit.scan(lab.folder).images
    }
    assert {str(one.place) for one in lab.build().findings if one.is_error} <= {"images/zero.tif"}
    assert lab.built_samples() == set(NAMES)


# --- permissions ------------------------------------------------------------------------------------


def test_a_folder_that_may_not_be_listed(
    lab: Lab, shell: Callable[..., Result], permissions_bind: tuple[str, ...]
) -> None:
    (lab.folder / "masks").chmod(0)
    try:
        result = shell("build", "mifa.yaml", "-o", "dataset", before=permissions_bind)
    finally:
        (lab.folder / "masks").chmod(0o755)
    assert result.code == 1
    assert "error[MIFA202]: the folder cannot be listed: Permission denied" in result.text
    assert "masks\n  hint: " in result.text
    assert "Fiji" not in result.text, "Fiji opens no folders"
    assert not lab.out.exists()


def test_a_folder_with_a_character_that_no_name_has_is_placed_on_its_line(
    lab: Lab, mifa: Callable[..., Result]
) -> None:
    lab.edit("lab_folder: lab", 'lab_folder: "no\\0where"')
    (finding,) = lab.check()
    assert (finding.code, str(finding.place)) == ("MIFA147", f"{lab.sheet}:2 (lab_folder)")
    assert mifa("build", lab.sheet, "-o", lab.out).code == 1


def test_files_that_may_not_be_read(lab: Lab, shell: Callable[..., Result], permissions_bind: tuple[str, ...]) -> None:
    unreadable = [lab.folder / "images" / "cell0.tif", lab.folder / "masks" / "cell1.tif"]
    for path in unreadable:
        path.chmod(0)
    result = shell("build", "mifa.yaml", "-o", "dataset", before=permissions_bind)
    for path in unreadable:
        path.chmod(0o644)
    assert result.code == 3
    assert result.out.count("error[MIFA202]: cannot be opened: Permission denied") == 1, "told once, with its places"
    assert "--> images/cell0.tif\n  --> masks/cell1.tif\n  hint: check that it exists and may be read" in result.out
    assert lab.built_samples() == {"cell2", "cell3", "cell4"}


# --- damaged images among good ones -------------------------------------------------------------------


def _cut(kept: float) -> Callable[[Lab, str], object]:
    def spoil(lab: Lab, name: str) -> None:
        lab.image(name, compression="zlib")
        lab.cut(name, kept)

    return spoil


def _flip(lab: Lab, name: str) -> None:
    path = lab.image(name, compression="zlib")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    lab.write(name, bytes(data))


def _unreadable(lab: Lab, name: str) -> None:
    lab.link(name, "/proc/self/mem")  # it opens, but its first byte cannot be read


BAD_IMAGES: dict[str, tuple[Callable[[Lab, str], object], str, list[str]]] = {
    "a web page": (lambda lab, name: lab.write(name, HTML), "MIFA204", ["TIFF", "HTML"]),
    "a PNG": (lambda lab, name: lab.png(name, np.zeros((40, 50), "u1")), "MIFA204", ["TIFF", "PNG"]),
    "a text file": (lambda lab, name: lab.write(name, b"to do: take this image again\n"), "MIFA204", ["plain text"]),
    "random bytes": (lambda lab, name: lab.write(name, bytes(range(255, 0, -1)) * 9), "MIFA204", ["TIFF"]),
    "a Git LFS pointer": (
        lambda lab, name: lab.write(name, b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n"),
        "MIFA204",
        ["Git LFS"],
    ),
    "an empty file": (lambda lab, name: lab.write(name, b""), "MIFA203", ["empty"]),
    "three bytes": (lambda lab, name: lab.write(name, b"II*"), "MIFA203", ["3 bytes"]),
    "cut in its header": (_cut(0.02), "MIFA203", []),
    "cut in the middle": (_cut(0.5), "MIFA203", ["missing"]),
    "cut at the last byte": (_cut(0.9999), "MIFA203", []),
    "a flipped byte": (_flip, "MIFA202", ["cannot be read"]),
    "a disk that does not answer": (_unreadable, "MIFA202", ["cannot be"]),
    "unknown axes": (lambda lab, name: lab.image(name, np.zeros((7, 40, 50), "u2")), "MIFA206", ["7×40×50"]),
}


@pytest.fixture(scope="module")
def spoiled(new_lab: Callable[[Path], Lab], tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Built]:
    """Return a lab of five good images and one damaged in every way, and how its build ended."""
    lab = new_lab(tmp_path_factory.mktemp("images"))
    lab.edit('["images/{name}.tif"]', '["images/{name}.tif", "images/{name}.png"]')
    for number, (spoil, _, _) in enumerate(BAD_IMAGES.values()):
        spoil(lab, f"images/bad{number:02}.tif")
    lab.write("images/download.png", HTML)
    return lab, lab.build()


@pytest.mark.parametrize("image", BAD_IMAGES)
def test_a_damaged_image_is_named(spoiled: tuple[Lab, Built], image: str) -> None:
    number = list(BAD_IMAGES).index(image)
    _, code, words = BAD_IMAGES[image]
    (finding,) = [one for one in spoiled[1].findings if str(one.place) == f"images/bad{number:02}.tif" and one.is_error]
    assert finding.code == code, finding
    assert all(word in finding.message for word in words), finding.message
    assert finding.hint


def test_a_png_that_is_really_html(spoiled: tuple[Lab, Built]) -> None:
    (finding,) = [one for one in spoiled[1].findings if str(one.place) == "images/download.png" and one.is_error]
    assert finding.code == "MIFA204"
    assert finding.message == "is not a PNG image: it looks like an HTML page"
    assert finding.hint == "download or export it again"


def test_damaged_images_keep_no_other_from_being_built(spoiled: tuple[Lab, Built]) -> None:
    lab, built = spoiled
    assert lab.built_samples() == set(NAMES)
    assert built.samples == 5
    assert len(built.left_out) == len(BAD_IMAGES) + 1
    assert len(lab.errors(built.findings)) == len(built.left_out), "one error each"
    assert lab.is_unchanged()


def test_scan_and_init_name_what_they_cannot_read(lab: Lab, mifa: Callable[..., Result], tmp_path: Path) -> None:
    lab.write("images/cell2.tif", HTML)
    lab.cut("images/cell3.tif", 0.5)
    result = mifa("scan", lab.folder)
    assert result.code == 1
    assert "error[MIFA204]: is not a TIFF image: it looks like an HTML page\n  --> images/cell2.tif" in result.out
    assert "error[MIFA203]: " in result.out
    assert "2 errors" in result.err
    result = mifa("init", lab.folder, "-s", tmp_path / "new.yaml")
    assert "error[MIFA203]" in result.out
    assert "2 could not be read" in (tmp_path / "new.yaml").read_text(encoding="utf-8")


def test_a_fresh_sheet_already_tells_what_is_wrong_with_the_files(lab: Lab, tmp_path: Path) -> None:
    """Nobody should have to write a description first to learn that a file is damaged."""
    lab.write("images/cell2.tif", HTML)
    sheet = tmp_path / "new.yaml"
    mifakit.init(lab.folder, sheet)
    assert {"MIFA101", "MIFA204"} <= {one.code for one in mifakit.check(sheet)}
    assert len(mifakit.plan(sheet).jobs) == 4


def test_an_image_that_declares_more_than_it_can_hold(lab: Lab) -> None:
    lab.edit('["images/{name}.tif"]', '["images/{name}.tif", "images/{name}.png"]')
    data = lab.png("images/bomb.png", np.zeros((40, 50), "u1")).read_bytes()
    header = b"IHDR" + struct.pack(">II", 60_000, 60_000) + data[24:29]
    lab.write("images/bomb.png", data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:])
    (finding,) = lab.check()
    assert (finding.code, str(finding.place)) == ("MIFA214", "images/bomb.png")
    assert "60000×60000" in finding.message
    assert finding.hint
    assert lab.build().left_out == ("images/bomb.png",)
    assert lab.built_samples() == set(NAMES)


def test_really_transparent_alpha_stops_the_image(lab: Lab) -> None:
    lab.edit('["images/{name}.tif"]', '["images/{name}.tif", "images/{name}.png"]')
    pixels = np.full((40, 50, 4), 255, "u1")
    lab.png("images/opaque.png", pixels)
    pixels[5, 5, 3] = 254
    lab.png("images/clear.png", pixels)
    built = lab.build()
    (finding,) = lab.errors(built.findings)
    assert (finding.code, str(finding.place)) == ("MIFA308", "images/clear.png")
    assert "alpha" in finding.message
    assert "alpha: keep" in str(finding.hint)
    assert built.left_out == ("images/clear.png",)
    assert {sample.id for sample in mifakit.open(lab.out)} == {*NAMES, "opaque"}


def test_pixels_that_are_no_numbers(lab: Lab) -> None:
    """A ratio of two channels divides by zero: that is no damage, and nothing may stumble over it."""
    ratio = np.linspace(0, 0.5, 2000, dtype="f4").reshape(40, 50)
    ratio[0, :3] = np.nan, np.inf, -np.inf
    nothing, infinite, huge = (np.full_like(ratio, value) for value in (np.nan, np.inf, 3e38))
    for name, pixels in {"ratio": ratio, "nothing": nothing, "infinite": infinite, "huge": huge}.items():
        lab.image(f"images/{name}.tif", pixels)
        lab.mask(f"masks/{name}.tif")
    assert lab.build().findings == ()
    assert len(lab.built_samples()) == 9
    np.testing.assert_array_equal(mifakit.open(lab.out)["ratio"].image.compute()[0], ratio)


# --- names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a b.tif", "a_b.tif"),
        ("Plate.tif", "plate.tif"),
        ("é.tif", "e.tif"),
        ("x.tif", "x.TIF"),
        ("x.ome.tif", "x.tif"),
    ],
)
def test_two_files_that_would_get_one_name(lab: Lab, first: str, second: str) -> None:
    if sys.platform == "darwin" and first.lower() == second.lower():
        pytest.skip("this file system takes both for one file")
    lab.edit('["images/{name}.tif"]', '["images/*"]')
    lab.edit('["masks/{name}.tif"]', '["masks/*"]\n    exclude: ["masks/*"]')
    lab.image(f"images/{first}")
    lab.image(f"images/{second}")
    built = lab.build()
    found = lab.errors(built.findings, "MIFA301")
    assert {str(one.place) for one in found} == {f"images/{first}", f"images/{second}"}
    assert all(one.hint for one in found)
    by_place = {str(one.place): one.message for one in found}
    assert f"images/{second}" in by_place[f"images/{first}"], "it should say which other file"
    assert f"images/{first}" in by_place[f"images/{second}"], "it should say which other file"
    assert {sample.id for sample in mifakit.open(lab.out)} == set(NAMES)


ODD_NAMES = {
    "a newline": "two\nlines.tif",
    "an emoji": "🔬.tif",
    "other letters": "Zelle 細胞.tif",
    "blanks and quotes": ' it\'s "my" best one .tif',
    "a very long name": f"{'long' * 60}.tif",
    "reserved by Windows": "con.tif",
    "a colon": "a:b.tif",
    "a leading dash": "-rf.tif",
    "a formula": "=SUM(A1).tif",
    "a backslash": "c\\d.tif",
    "percent and hash": "50%#1.tif",
    "dots": "a..tif",
    "colours of a terminal": "\x1b[31mred.tif",
    "braces": "{name}.tif",
}


@pytest.mark.skipif(os.name == "nt", reason="this file system takes no such names")
def test_odd_names_become_portable_ones(lab: Lab, mifa: Callable[..., Result]) -> None:
    for name in ODD_NAMES.values():
        lab.image(f"images/{name}")
        lab.mask(f"masks/{name}")
    result = mifa("build", lab.sheet, "-o", lab.out)
    assert result.code == 0
    samples = lab.built_samples()
    assert len(samples) == 5 + len(ODD_NAMES)
    assert not any(set(sample) & set('<>:"/\\|?*\n#%~+,&=@[]{} ') for sample in samples)
    assert all(sample.isascii() and len(sample) <= 100 and sample[0].isalnum() for sample in samples)
    assert not {"con", "CON"} & samples
    sources = {sample.row.source for sample in mifakit.open(lab.out)}
    assert {f"images/{name}" for name in ODD_NAMES.values()} <= sources, "where each came from is kept"
    assert all(sample.labels for sample in mifakit.open(lab.out))


def test_names_in_other_scripts_stay_apart(lab: Lab) -> None:
    """Control and treated, in a lab that does not write Latin: none of it may end as `unnamed`."""
    names = ["対照.tif", "処理.tif", "контроль 1.tif", "обработка 1.tif"]
    for name in names:
        lab.image(f"images/{name}")
        lab.mask(f"masks/{name}")
    built = lab.build()
    assert built.findings == ()
    assert len(lab.built_samples()) == 5 + len(names)


@pytest.mark.skipif(os.name == "nt", reason="this file system takes no such names")
def test_odd_names_do_not_break_the_lines_of_messages(lab: Lab, mifa: Callable[..., Result]) -> None:
    lab.write("images/two\nlines\x1b[2J.tif", HTML)
    for arguments in (["scan", lab.folder], ["check", lab.sheet]):
        result = mifa(*arguments)
        (placed,) = [line for line in result.out.splitlines() if line.startswith("  --> images/two")]
        assert "lines" in placed, "the place must stand on one line"
        assert placed.endswith(".tif")


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="this file system takes no such names")
def test_names_that_are_no_text(lab: Lab, mifa: Callable[..., Result], tmp_path: Path) -> None:
    """Old disks hold names in Latin-1: Python reads them as half characters that no file can be written with."""
    name = os.fsdecode(b"images/caf\xe9.tif")
    lab.image(name)
    result = mifa("scan", lab.folder)
    assert result.code in (0, 1)
    assert "images/caf" in result.out
    assert "images/caf" in json.dumps(json.loads(mifa("scan", lab.folder, "--json").out))
    assert mifa("init", lab.folder, "-s", tmp_path / "new.yaml").code in (0, 1)
    built = lab.build()
    assert set(NAMES) <= lab.built_samples()
    if built.samples == 5:
        assert built.left_out == (name,)
        assert [one.code for one in built.findings if one.is_error], "what is left out is said"


@pytest.mark.skipif(os.name == "nt", reason="this file system takes no such names")
def test_init_writes_a_sheet_that_finds_odd_names_again(lab: Lab, tmp_path: Path) -> None:
    for name in ODD_NAMES.values():
        lab.image(f"images/{name}")
        lab.mask(f"masks/{name}")
    sheet = tmp_path / "new.yaml"
    seen = mifakit.init(lab.folder, sheet).inventory
    assert seen and len(seen.images) == len(seen.pairings) == 5 + len(ODD_NAMES)
    found = {one.code for one in mifakit.check(sheet) if one.code > "MIFA200"} - {"MIFA205"}
    assert found == set()
    assert len(mifakit.plan(sheet).jobs) == 5 + len(ODD_NAMES)


def test_a_sample_named_like_the_preview_of_another(lab: Lab) -> None:
    lab.image("images/cell0--nuclei.tif")
    lab.build()
    assert len(lab.built_samples()) == 6
    assert len(list((lab.out / "previews").rglob("*.jpg"))) == 11, "6 images, 5 of them with labels"


# --- pairs that people must settle ------------------------------------------------------------------------


def test_an_ambiguous_pair_is_asked_not_guessed(lab: Lab, tmp_path: Path) -> None:
    lab.image("a/twin.tif")
    lab.image("b/twin.tif")
    lab.mask("masks/twin.tif")
    scanned = [one for one in mifakit.scan(lab.folder).findings if one.code == "MIFA209"]
    assert [str(one.place) for one in scanned] == ["masks/twin.tif"]
    assert "a/twin.tif" in scanned[0].message
    assert "b/twin.tif" in scanned[0].message
    sheet = tmp_path / "new.yaml"
    mifakit.init(lab.folder, sheet)
    text = sheet.read_text(encoding="utf-8")
    line = text[: text.index("- annotation: masks/twin.tif")].count("\n") + 1
    asked = [one for one in mifakit.check(sheet) if one.code == "MIFA209"]
    assert [(one.place and one.place.path, one.place and one.place.line) for one in asked] == [(str(sheet), line)]
    assert "masks/twin.tif" in asked[0].message
    assert "a/twin.tif or b/twin.tif" in text, "the sheet says which it could be"
    before, _, after = text.partition("- annotation: masks/twin.tif\n")
    sheet.write_text(before + "- annotation: masks/twin.tif\n" + after.replace("image:", "image: b/twin.tif", 1))
    assert not [one for one in mifakit.check(sheet) if one.code == "MIFA209"]


# --- what the sheet says and the files do not -----------------------------------------------------------


def test_channels_that_do_not_agree(lab: Lab) -> None:
    lab.edit("    biosample: Cells\n    specimen", "    channels: [DAPI, actin]\n    biosample: Cells\n    specimen")
    lab.image("images/cell1.tif", np.zeros((2, 40, 50), "u2"), imagej=True, metadata={"axes": "CYX"})
    built = lab.build()
    found = lab.errors(built.findings)
    assert {one.code for one in found} == {"MIFA314"}
    assert {str(one.place) for one in found} == {f"images/{name}.tif" for name in NAMES if name != "cell1"}
    assert all("2" in one.message and "1" in one.message for one in found)
    assert {sample.id for sample in mifakit.open(lab.out)} == {"cell1"}


def test_axes_that_do_not_fit(lab: Lab) -> None:
    lab.edit("    pixel_size:", "    axes: zyx\n    pixel_size:")
    found = lab.check()
    assert {one.code for one in found} == {"MIFA206"}
    assert len(found) == 5
    assert all("zyx" in one.message for one in found)


def test_a_path_that_cannot_be() -> None:
    with pytest.raises(MifaError) as stopped:
        mifakit.scan("no\0where")
    assert stopped.value.code == "MIFA001"
