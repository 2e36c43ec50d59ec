"""Damaged, incomplete and hostile TIFFs end in one error that says what is wrong; never in made-up pixels."""

from __future__ import annotations

import logging
import os
import struct
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from mifakit.errors import MifaError
from mifakit.readers.base import full_region
from mifakit.readers.tiff.reader import TiffReader
from mifakit.readers.tiff.tifffile_log import listening

STACK = np.random.default_rng(3).poisson(200, (16, 32, 48)).astype(np.uint16)
OME = (
    '<?xml version="1.0" encoding="UTF-8"?>{doctype}<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"{root}>'
    '{before}<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="48" SizeY="32" '
    'SizeZ="{z}" SizeC="1" SizeT="1">{data}</Pixels></Image></OME>'
)

Refusal = Callable[..., MifaError]


def ome(z: int = 16, data: str = "<TiffData/>", doctype: str = "", root: str = "", before: str = "") -> str:
    return OME.format(z=z, data=data, doctype=doctype, root=root, before=before)


def write(path: Path, pixels: np.ndarray[Any, Any] = STACK, **options: Any) -> Path:
    tifffile.imwrite(path, pixels, **options)
    return path


def data_first(path: Path, planes: Sequence[np.ndarray[Any, Any]], description: str) -> Path:
    """Write a TIFF the way libtiff does: each plane's pixels, and its directory behind them."""
    out = bytearray(b"II*\0\0\0\0\0")
    link = 4
    for index, plane in enumerate(planes):
        pixels = len(out)
        out += plane.tobytes()
        text = description.encode() + b"\0" if index == 0 else b"\0" * 6
        text += b"\0" * (len(text) % 2)
        where = len(out)
        out += text
        height, width = plane.shape
        struct.pack_into("<I", out, link, len(out))
        tags = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 1)]
        tags += [(270, 2, len(text), where), (273, 4, 1, pixels), (277, 3, 1, 1), (278, 3, 1, height)]
        tags += [(279, 4, 1, plane.nbytes)]
        out += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
        link = len(out)
        out += bytes(4)
    path.write_bytes(out)
    return path


def first_tag(path: Path, code: int) -> tuple[int, int]:
    """Return the positions of a tag's entry in the first directory, and of its value."""
    with tifffile.TiffFile(path) as file:
        tag = file.pages[0].tags[code]
        return tag.offset, tag.valueoffset


def patch(path: Path, position: int, data: bytes) -> None:
    content = bytearray(path.read_bytes())
    content[position : position + len(data)] = data
    path.write_bytes(content)


# How much is missing


def test_it_says_how_many_planes_and_bytes_are_missing(tmp_path: Path, refusal: Refusal) -> None:
    path = write(tmp_path / "a.tif", imagej=True, metadata={"axes": "ZYX"})
    with tifffile.TiffFile(path) as file:
        start = file.pages[0].dataoffsets[0]
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[: start + 12 * 32 * 48 * 2 + 100])
    error = refusal(path)
    assert error.code == "MIFA203"
    assert error.finding.message.startswith("12 of 16 planes are complete; at least ")
    missing = int(error.finding.message.split()[-4].replace(",", ""))
    # The directories of the other planes are at the end; how long they are is not known.
    assert 4 * 32 * 48 * 2 - 100 <= missing <= size - path.stat().st_size


def test_it_counts_bytes_exactly_where_it_can(tmp_path: Path, refusal: Refusal) -> None:
    path = write(tmp_path / "a.tif", truncate=True, metadata={"axes": "ZYX"})
    with tifffile.TiffFile(path) as file:
        start = file.pages[0].dataoffsets[0]
    path.write_bytes(path.read_bytes()[: start + 12 * 3072 + 5])
    assert refusal(path).finding.message == f"12 of 16 planes are complete; {4 * 3072 - 5:,} bytes are missing"


def test_an_imagej_stack_beyond_4_gb_has_one_directory(tmp_path: Path, refusal: Refusal) -> None:
    path = data_first(tmp_path / "a.tif", [STACK[0]], "ImageJ=1.53t\nimages=16\nslices=16\n")
    # ImageJ puts the pixels last.
    content = bytearray(path.read_bytes())
    (ifd,) = struct.unpack_from("<I", content, 4)
    struct.pack_into("<I", content, ifd + 2 + 6 * 12 + 8, len(content))
    path.write_bytes(bytes(content) + STACK.tobytes())
    with TiffReader().open(path) as image:
        np.testing.assert_array_equal(image.read(full_region(image.facts.shape))[0], STACK)
    path.write_bytes(path.read_bytes()[:-3073])
    error = refusal(path)
    assert (error.code, error.finding.message) == ("MIFA203", "14 of 16 planes are complete; 3,073 bytes are missing")


@pytest.mark.parametrize("description", ["ImageJ=1.53t\nimages=2\nslices=2\n", '{"shape": [2, 32, 48], "axes": "ZYX"}'])
def test_two_planes_with_a_directory_between_them(tmp_path: Path, description: str) -> None:
    """Without this check tifffile reads the directory as pixels of an ImageJ stack."""
    path = data_first(tmp_path / "a.tif", STACK[:2], description)
    with TiffReader().open(path) as image:
        np.testing.assert_array_equal(image.read(full_region(image.facts.shape))[0], STACK[:2])


# Fewer or other planes than the metadata say


@pytest.mark.parametrize(
    "description",
    ["ImageJ=1.53t\nimages=16\nslices=16\n", '{"shape": [16, 32, 48], "axes": "ZYX"}', ome()],
    ids=["imagej", "shaped", "ome"],
)
@pytest.mark.parametrize("silent", [False, True], ids=["log", "no-log"])
@pytest.mark.parametrize("count", [1, 12])
def test_a_chain_that_ends_early(
    tmp_path: Path, refusal: Refusal, description: str, count: int, silent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("tifffile"), "disabled", silent)
    error = refusal(data_first(tmp_path / "a.tif", STACK[:count], description))
    assert error.code in {"MIFA202", "MIFA203", "MIFA215"}
    if silent or error.code == "MIFA203":
        assert error.code in {"MIFA203", "MIFA215"}


def test_ome_planes_that_are_not_there(tmp_path: Path, refusal: Refusal) -> None:
    data = "".join(f'<TiffData IFD="{k}" FirstZ="{k}" PlaneCount="1"/>' for k in range(12))
    path = write(tmp_path / "a.ome.tif", STACK[:12], description=ome(16, data), metadata=None)
    assert refusal(path).code in {"MIFA202", "MIFA203"}


def test_planes_that_the_metadata_leave_out(tmp_path: Path, refusal: Refusal) -> None:
    for name, description in (("a", "ImageJ=1.53t\nimages=12\nslices=12\n"), ("b", ome(12))):
        path = data_first(tmp_path / f"{name}.tif", STACK, description)
        assert refusal(path).code in {"MIFA202", "MIFA215"}, name


def test_planes_behind_those_that_imagej_counts(tmp_path: Path, refusal: Refusal) -> None:
    path = write(tmp_path / "a.tif", imagej=True, metadata={"axes": "ZYX"})
    path.write_bytes(path.read_bytes().replace(b"images=16\nslices=16", b"images=12\nslices=12"))
    error = refusal(path)
    assert (error.code, error.finding.message) == ("MIFA215", "holds 4 more planes than its metadata describe")


def test_planes_that_differ(tmp_path: Path, refusal: Refusal) -> None:
    path = data_first(tmp_path / "a.tif", STACK[:3], "ImageJ=1.53t\nimages=3\nslices=3\n")
    with tifffile.TiffFile(path) as file:
        tag = file.pages[1].aspage().tags[258]
    patch(path, tag.offset + 8, struct.pack("<H", 8))
    error = refusal(path)
    assert (error.code, error.finding.message) == ("MIFA215", "holds planes that differ in size, type or compression")


def test_tiles_that_were_never_written(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "a.tif"
    tiles = iter([STACK[0, :16, :16], None, *[STACK[0, :16, :16]] * 4])
    tifffile.imwrite(path, tiles, shape=(32, 48), dtype=np.uint16, tile=(16, 16), compression="zlib", metadata=None)
    error = refusal(path)
    assert (error.code, error.finding.message) == ("MIFA203", "some of its strips or tiles were never written")


# OME-XML that wants something


def test_ome_in_several_files(tmp_path: Path, refusal: Refusal) -> None:
    uuids = "".join(
        f'<TiffData IFD="0" FirstZ="{k}" PlaneCount="1"><UUID FileName="part{k}.ome.tif">urn:uuid:{k}</UUID></TiffData>'
        for k in range(2)
    )
    description = ome(2, uuids, root=' UUID="urn:uuid:0"')
    path = write(tmp_path / "part0.ome.tif", STACK[0], description=description, metadata=None)
    error = refusal(path)
    assert error.code == "MIFA203"
    assert "part1.ome.tif" in error.finding.message
    write(tmp_path / "part1.ome.tif", STACK[1], metadata=None, ome=False)
    with TiffReader().open(path) as image:
        np.testing.assert_array_equal(image.read(full_region(image.facts.shape))[0], STACK[:2])


def test_ome_cannot_reach_for_files_elsewhere(tmp_path: Path, refusal: Refusal) -> None:
    (tmp_path / "lab").mkdir()
    secret = write(tmp_path / "secret.tif", STACK[1], metadata=None)
    data = f'<TiffData><UUID FileName="../{secret.name}">urn:uuid:1</UUID></TiffData>'
    path = write(tmp_path / "lab" / "a.ome.tif", STACK[0], description=ome(2, data), metadata=None)
    error = refusal(path)
    assert (error.code, error.finding.message) == (
        "MIFA202",
        "its OME-XML points out of its folder, to '../secret.tif'",
    )


@pytest.mark.parametrize(
    ("description", "problem"),
    [
        (ome(doctype='<!DOCTYPE OME [<!ENTITY a "aaaaaaaa">]>'), "document type"),
        (ome().replace("</Pixels>", ""), "cannot be read"),
        (ome()[:-9], "cut off|cannot be read"),
        (ome(data=""), "describes no image"),
        (ome(z=0), "do not fit|OME series"),
        (ome(data='<TiffData IFD="many"/>'), "cannot be opened"),
    ],
    ids=["doctype", "malformed", "cut", "empty", "no-planes", "not-a-number"],
)
def test_ome_that_is_not_right(tmp_path: Path, refusal: Refusal, description: str, problem: str) -> None:
    error = refusal(write(tmp_path / "a.ome.tif", description=description, metadata=None))
    assert error.code == "MIFA202"
    assert any(part in error.finding.message for part in problem.split("|")), error.finding.message


# Damage


def test_a_flipped_byte_in_zlib_data(tmp_path: Path, refusal: Refusal) -> None:
    path = write(tmp_path / "a.tif", compression="zlib", metadata={"axes": "ZYX"})
    with tifffile.TiffFile(path) as file:
        position = file.pages[5].dataoffsets[0] + 40
    patch(path, position, bytes([path.read_bytes()[position] ^ 4]))
    assert refusal(path).code == "MIFA202"
    with TiffReader().open(path) as image:
        good = image.read((slice(0, 1), slice(0, 5), slice(0, 32), slice(0, 48)))
    np.testing.assert_array_equal(good[0], STACK[:5])


def test_jpeg_data_that_a_copy_left_as_zeros(tmp_path: Path, refusal: Refusal) -> None:
    colour = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = write(tmp_path / "a.tif", colour, tile=(32, 32), compression="jpeg", photometric="rgb", metadata=None)
    with tifffile.TiffFile(path) as file:
        start, length = file.pages[0].dataoffsets[3], file.pages[0].databytecounts[3]
    patch(path, start + length // 2, bytes(length - length // 2))
    error = refusal(path)
    assert (error.code, error.finding.message) == ("MIFA203", "the JPEG data of strip or tile 3 break off")


def test_what_tifffile_only_logs_is_an_error(tmp_path: Path, refusal: Refusal) -> None:
    path = write(tmp_path / "a.tif", STACK[0], metadata=None)
    entry, _ = first_tag(path, 305)  # Software, with a type that does not exist
    patch(path, entry + 2, struct.pack("<H", 99))
    error = refusal(path)
    assert error.code == "MIFA202"
    assert "invalid data type" in error.finding.message


def test_only_its_own_thread_is_heard(tmp_path: Path) -> None:
    log = logging.getLogger("tifffile")
    with listening(tmp_path, "cannot be read"):
        other = threading.Thread(target=log.error, args=["corrupt, but in another file"])
        other.start()
        other.join()
    with pytest.raises(MifaError, match="MIFA202: cannot be read: corrupt"), listening(tmp_path, "cannot be read"):
        log.error("<tifffile.TiffFile 'a.tif'> corrupt")


def test_harmless_warnings_are_not_heard(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", STACK[0], metadata=None, extratags=[(42113, "s", 0, "none", True)])
    with TiffReader().open(path) as image:  # GDAL_NODATA is no number: a warning
        assert image.facts.shape == (1, 32, 48)
    assert logging.getLogger("tifffile").handlers == []


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"tile": (16, 16)}], ids=str)
def test_a_file_that_shrinks_while_it_is_open(tmp_path: Path, options: dict[str, Any]) -> None:
    pixels = np.random.default_rng(0).integers(0, 60_000, (256, 256), np.uint16)  # more than is read ahead
    path = write(tmp_path / "a.tif", pixels, metadata=None, **options)
    with TiffReader().open(path) as image:
        os.truncate(path, 30_000)
        with pytest.raises(MifaError, match=r"MIFA203: .* bytes are missing"):
            image.read(full_region(image.facts.shape))


def test_strips_that_follow_each_other_in_the_first_plane_only(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", STACK[:2], rowsperstrip=16, metadata={"axes": "ZYX"}, contiguous=False)
    with tifffile.TiffFile(path) as file:
        tag = file.pages[1].aspage().tags[273]
        first, second = tag.value
    content = bytearray(path.read_bytes())
    half = second - first
    content[first : second + half] = content[second : second + half] + content[first:second]
    struct.pack_into("<II", content, tag.valueoffset, second, first)
    path.write_bytes(content)
    with TiffReader().open(path) as image:
        np.testing.assert_array_equal(image.read(full_region(image.facts.shape))[0], STACK[:2])


def test_a_list_of_planes_in_a_circle(tmp_path: Path, refusal: Refusal) -> None:
    path = data_first(tmp_path / "a.tif", STACK[:2], "")
    content = path.read_bytes()
    (first,) = struct.unpack_from("<I", content, 4)
    patch(path, len(content) - 4, struct.pack("<I", first))
    assert "circle" in refusal(path).finding.message


def test_a_pixel_bomb_of_small_strips(tmp_path: Path, refusal: Refusal) -> None:
    rows = np.zeros((60_000, 64), np.uint8)
    path = write(tmp_path / "a.tif", rows, compression="zlib", rowsperstrip=1, metadata=None)
    entry, _ = first_tag(path, 256)
    patch(path, entry + 8, struct.pack("<I", 100_000_000))
    assert refusal(path).code == "MIFA214"


def test_a_tile_that_is_a_bomb(tmp_path: Path, refusal: Refusal) -> None:
    path = write(tmp_path / "a.tif", np.zeros((16, 16), np.uint8), tile=(16, 16), compression="zlib", metadata=None)
    for code in (322, 323):
        entry, _ = first_tag(path, code)
        patch(path, entry + 2, struct.pack("<HII", 4, 1, 60_000))
    error = refusal(path)
    assert (error.code, "60000×60000" in error.finding.message) == ("MIFA214", True)


@pytest.mark.parametrize("kind", ["<", ">"])
def test_a_pixel_bomb_is_refused_at_once(tmp_path: Path, refusal: Refusal, kind: str) -> None:
    path = write(tmp_path / "a.tif", np.zeros((16, 16), np.uint8), compression="zlib", byteorder=kind, metadata=None)
    for code in (256, 257, 278):
        entry, _ = first_tag(path, code)
        with tifffile.TiffFile(path) as file:
            short = file.pages[0].tags[code].dtype == 3
        patch(path, entry + 8, struct.pack(f"{kind}H" if short else f"{kind}I", 60_000))
    started = time.perf_counter()
    assert refusal(path).code == "MIFA214"
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"", "MIFA203", "is empty"),
        (b"II*", "MIFA203", "ends after 3 bytes"),
        (b"II*\0\x08\0", "MIFA203", "at least 2 bytes are missing"),
        (b"II*\0\0\0\0\0" + bytes(64), "MIFA203", "holds no image: its list of planes was never written"),
        (b"<!doctype html><title>404</title>", "MIFA204", "is not a TIFF image: it looks like an HTML page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "MIFA204", "is not a TIFF image: it looks like a PNG image"),
        (b"PK\x03\x04" + bytes(64), "MIFA204", "is not a TIFF image: it looks like a ZIP archive"),
        (b"x,y\n1,2\n", "MIFA204", "is not a TIFF image: it looks like plain text"),
    ],
)
def test_what_is_no_tiff(tmp_path: Path, refusal: Refusal, content: bytes, code: str, message: str) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(content)
    error = refusal(path)
    assert (error.code, error.finding.message) == (code, message)
