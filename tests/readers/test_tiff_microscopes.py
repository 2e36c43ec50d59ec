"""What Zeiss LSM, MetaMorph STK and OME-XML say of the microscope; files written here as theirs are built."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from mifakit.errors import MifaError
from mifakit.readers.base import Acquisition, Channel, ImageFacts, Spacing, full_region
from mifakit.readers.tiff.reader import TiffReader
from mifakit.testing import ReaderContract

Pixels = np.ndarray[Any, Any]

CELLS = np.random.default_rng(2).poisson(40, (3, 2, 6, 8)).astype(np.uint8).repeat(8, 2).repeat(8, 3)


def read(path: Path) -> tuple[ImageFacts, Pixels]:
    with TiffReader().open(path) as image:
        return image.facts, image.read(full_region(image.facts.shape))


# Zeiss LSM


def scan_information() -> bytes:
    """Return a recording with an objective, a user, a date, and two tracks of one laser and one channel each."""

    def entry(code: int, value: str | float | None = None) -> bytes:
        if isinstance(value, str):
            data = value.encode() + b"\0"
            return struct.pack("<III", code, 2, len(data)) + data
        if isinstance(value, int):
            return struct.pack("<IIIi", code, 4, 4, value)
        return struct.pack("<III", code, 0, 0) if value is None else struct.pack("<IIId", code, 5, 8, value)

    end = entry(0xFFFFFFFF)
    tracks = b""
    for line in (405.0, 488.0):
        lights = b"".join(
            entry(0x90000000) + entry(0x90000003, wave) + entry(0x90000004, int(wave == line)) + end
            for wave in (405.0, 488.0)
        )
        channel = entry(0xC0000000) + entry(0xD0000000) + entry(0xD0000017, 1) + end + end
        tracks += entry(0x40000000) + entry(0x40000006, 1) + entry(0x80000000) + lights + end + channel + end
    return b"".join(
        [
            entry(0x10000000),
            entry(0x10000004, "Plan-Apochromat 63x/1.40 Oil DIC M27"),
            entry(0x10000047, "A. Person"),
            entry(0x10000036, 40_237.5),
            entry(0x20000000),
            tracks,
            end,
            end,
        ]
    )


def channel_colors() -> bytes:
    names = b"".join(struct.pack("<I", len(name) + 1) + name + b"\0" for name in (b"Ch1-T1", b"Ch2-T2"))
    colors = bytes([0, 0, 255, 0, 0, 255, 0, 0])
    start = 24
    return struct.pack("<6I", start + len(colors) + len(names), 2, 2, start, start + len(colors), 0) + colors + names


def write_lsm(path: Path, **options: Any) -> Path:
    """Write images and thumbnails in turn, and what `CZ_LSMINFO` points to at the end."""
    z, c, height, width = CELLS.shape
    blank = bytes(struct.calcsize("<IiiiiiiiiiddddddHHIIIIIdIIIIIIIII"))
    with tifffile.TiffWriter(path, byteorder="<") as file:
        for number, planes in enumerate(CELLS):
            tags = [(34412, "B", len(blank) + 200, blank + bytes(200), True)] if number == 0 else []
            file.write(
                planes, photometric="minisblack", planarconfig="separate", metadata=None, extratags=tags, **options
            )
            thumbnail = np.zeros((2, 8, 8), np.uint8)
            file.write(thumbnail, photometric="minisblack", planarconfig="separate", subfiletype=1, metadata=None)
    content = bytearray(path.read_bytes())
    where = 0
    (ifd,) = struct.unpack_from("<I", content, 4)
    while ifd:
        (count,) = struct.unpack_from("<H", content, ifd)
        for entry in range(ifd + 2, ifd + 2 + 12 * count, 12):
            code, kind, items, value = struct.unpack_from("<HHII", content, entry)
            if (code, items) == (258, 2):  # two numbers would fit, yet their position stands there
                struct.pack_into("<I", content, entry + 8, len(content))
                content += struct.pack("<HH", 8, 8)
            if (code, kind, items) == (279, 3, 2) and options:  # as long as strips are once they are decoded
                struct.pack_into("<2H", content, entry + 8, height * width, height * width)
            where = value if code == 34412 else where
        (ifd,) = struct.unpack_from("<I", content, ifd + 2 + 12 * count)
    colors, scan = len(content), len(content) + len(channel_colors())
    content += channel_colors() + scan_information()
    head = (0x0400494C, len(blank), width, height, z, c, 1, 1, 8, 8)
    sizes = (1e-7, 2e-7, 5e-7, 0.0, 0.0, 0.0)
    info = struct.pack(
        "<IiiiiiiiiiddddddHHIIIIIdIIIIIIIII", *head, *sizes, 0, 0, 0, 0, 0, 0, colors, 0.0, 0, scan, *[0] * 7
    )
    content[where : where + len(info)] = info
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("options", [{}, {"compression": "lzw"}], ids=["plain", "lzw"])
def test_lsm(tmp_path: Path, options: dict[str, Any]) -> None:
    facts, found = read(write_lsm(tmp_path / "a.lsm", **options))
    assert (facts.axes, facts.shape, facts.scenes) == ("czyx", (2, 3, 48, 64), ())
    assert facts.spacing == {
        "z": Spacing(pytest.approx(0.5), "micrometer"),
        "y": Spacing(pytest.approx(0.2), "micrometer"),
        "x": Spacing(pytest.approx(0.1), "micrometer"),
    }
    assert facts.channels == (Channel("Ch1-T1", "0000FF", 405.0), Channel("Ch2-T2", "00FF00", 488.0))
    # 40237.5 days after 30 December 1899, as a spreadsheet shows it.
    assert facts.acquisition == Acquisition("Zeiss LSM", "Plan-Apochromat 63x/1.40 Oil DIC M27", "2010-02-28T12:00:00")
    np.testing.assert_array_equal(found, CELLS.transpose(1, 0, 2, 3), strict=True)
    assert "Person" not in str(facts)


# MetaMorph


def write_stk(path: Path, *, distances: tuple[int, ...] = (3, 3, 3), times: tuple[int, ...] = (0, 0, 0)) -> Path:
    """Write one directory for a whole stack, and MetaMorph's tags."""
    stack = CELLS[:, 0]
    out = bytearray(b"II*\0\0\0\0\0")
    pixels = len(out)
    out += stack.tobytes()

    def put(value: bytes) -> int:
        out.extend(value + bytes(len(value) % 2))
        return len(out) - len(value) - len(value) % 2

    calibration, unit = put(struct.pack("<II", 13, 100)), put(struct.pack("<I", 3) + b"um\0")
    uic1 = [(3, 1), (4, calibration), (5, calibration), (6, unit)]
    planes = zip(distances, times, strict=True)
    uic2 = b"".join(struct.pack("<6I", step, 10, 2_451_576, time, 2_451_576, time) for step, time in planes)
    uic3 = struct.pack("<6I", *(488, 1) * 3)
    height, width = stack.shape[1:]
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    tags += [(273, 4, 1, pixels), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, height * width)]
    tags += [(33628, 4, len(uic1), put(b"".join(struct.pack("<II", *pair) for pair in uic1)))]
    tags += [(33629, 5, len(stack), put(uic2)), (33630, 5, len(stack), put(uic3))]
    struct.pack_into("<I", out, 4, len(out))
    out += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    path.write_bytes(out)
    return path


def test_stk(tmp_path: Path) -> None:
    facts, found = read(write_stk(tmp_path / "a.stk"))
    assert (facts.axes, facts.shape) == ("czyx", (1, 3, 48, 64))
    assert {axis: one.value for axis, one in facts.spacing.items()} == {"z": 0.3, "y": 0.13, "x": 0.13}
    assert facts.acquisition == Acquisition(acquired="2000-02-02T00:00:00")  # Julian day 2451576
    np.testing.assert_array_equal(found[0], CELLS[:, 0], strict=True)


def test_stk_in_time(tmp_path: Path) -> None:
    facts, _ = read(write_stk(tmp_path / "a.stk", distances=(0, 0, 0), times=(1_000, 3_500, 6_000)))
    assert (facts.axes, facts.shape, facts.spacing["t"]) == ("tcyx", (3, 1, 48, 64), Spacing(2.5, "second"))
    facts, _ = read(write_stk(tmp_path / "b.stk", distances=(0, 0, 0), times=(1_000, 3_500, 9_000)))
    assert "t" not in facts.spacing  # steps of no one length are no step


class TestMicroscopes(ReaderContract):
    @pytest.fixture(params=["a.lsm", "lzw.lsm", "a.stk"])
    def image_file(self, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
        path: Path = tmp_path / request.param
        if path.suffix == ".stk":
            return write_stk(path)
        return write_lsm(path, **({"compression": "lzw"} if path.stem == "lzw" else {}))

    @pytest.fixture
    def reader(self) -> TiffReader:
        return TiffReader()


@pytest.mark.parametrize("write", [write_lsm, write_stk])
def test_cut_anywhere(
    tmp_path: Path, write: Callable[[Path], Path], cut_everywhere: Callable[..., list[MifaError]]
) -> None:
    refusals = cut_everywhere(write(tmp_path / "a.tif"), lambda path: read(path)[1])
    assert {error.code for error in refusals} <= {"MIFA202", "MIFA203"}
    assert len(refusals) > 80  # what LSM writes behind all pixels is only said less of


# OME-XML

OME = (
    '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
    '<Experimenter ID="Experimenter:0" FirstName="A." LastName="Person" Email="a@person.example"/>'
    '<Instrument ID="Instrument:0"><Microscope Manufacturer="Nikon" Model="{model}" SerialNumber="S123"/>'
    '<Objective ID="Objective:0" Model="Plan Fluor" NominalMagnification="10" SerialNumber="S9"/>{objective}'
    "</Instrument>"
    '<Image ID="Image:0"><AcquisitionDate>2019-03-05T14:15:16</AcquisitionDate><InstrumentRef ID="Instrument:0"/>'
    '{settings}<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="64" SizeY="48" SizeZ="1" SizeC="2" '
    'SizeT="1"><Channel ID="Channel:0" Name=" DAPI " Color="65535" ExcitationWavelength="405" '
    'EmissionWavelength="0.46" EmissionWavelengthUnit="µm"/><Channel ID="Channel:1" ExcitationWavelength="488.5" '
    'ExcitationWavelengthUnit="nm" EmissionWavelength="0"/><TiffData/></Pixels></Image></OME>'
)
LENS = '<Objective ID="Objective:1" NominalMagnification="60.0" LensNA="1.4" Immersion="Oil" SerialNumber="S8"/>'
SETTINGS = '<ObjectiveSettings ID="Objective:{}"/>'


@pytest.mark.parametrize(
    ("objective", "settings", "model", "expected"),
    [
        (LENS, SETTINGS.format(1), "Ti2-E", Acquisition("Nikon Ti2-E", "60x/1.4 Oil", "2019-03-05T14:15:16")),
        (LENS, SETTINGS.format(0), "Nikon Ti2", Acquisition("Nikon Ti2", "Plan Fluor", "2019-03-05T14:15:16")),
        (LENS, "", "Other", Acquisition("Nikon", None, "2019-03-05T14:15:16")),
        ("", "", "Unknown", Acquisition("Nikon", "Plan Fluor", "2019-03-05T14:15:16")),
        ("", SETTINGS.format(7), "", Acquisition("Nikon", None, "2019-03-05T14:15:16")),
    ],
)
def test_ome_acquisition_and_light(
    tmp_path: Path, objective: str, settings: str, model: str, expected: Acquisition
) -> None:
    description = OME.format(objective=objective, settings=settings, model=model)
    path = tmp_path / "a.ome.tif"
    tifffile.imwrite(path, CELLS[0], photometric="minisblack", description=description.encode(), metadata=None)
    facts, _ = read(path)
    assert facts.acquisition == expected
    assert facts.channels == (Channel("DAPI", "0000FF", 405.0, 460.0), Channel(None, None, 488.5, None))
    assert "Person" not in str(facts)
    assert "S8" not in str(facts)
