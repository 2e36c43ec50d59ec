"""Nikon ND2: a real file against its chunks decoded by hand; positions, colours and damage that tests write."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.readers.vendor_contract import Pixels, VendorContract

from mifakit.errors import MifaError
from mifakit.readers.base import Acquisition, Channel, Spacing, full_region
from mifakit.readers.nd2.reader import Nd2Reader

REAL = "nd2/cluster.nd2"
MAP_NAME = b"ND2 FILEMAP SIGNATURE NAME 0001!"
MAP_END = b"ND2 CHUNK MAP SIGNATURE 0000001!"
NAME_LENGTH = 4072
RNG = np.random.default_rng(5)


def read(path: Path, scene: int = 0, axes: str | None = None) -> Pixels:
    with Nd2Reader().open(path, axes, scene) as image:
        return image.read(full_region(image.facts.shape))


def by_hand(path: Path) -> Pixels:
    """Return the real file's frames, from where its chunk map says they are."""
    data = path.read_bytes()
    frames = []
    for index in range(30):
        name = b"ImageDataSeq|%d!" % index
        at = data.rindex(name) + len(name)
        position, _ = struct.unpack_from("<QQ", data, at)
        magic, name_length, length = struct.unpack_from("<4sIQ", data, position)
        assert (magic, length) == (b"\xda\xce\xbe\x0a", 8 + 31 * 38 * 2 * 2)
        start = position + 16 + name_length + 8
        frames.append(np.frombuffer(data, "<u2", 31 * 38 * 2, start).reshape(31, 38, 2))
    return np.stack(frames).reshape(3, 10, 31, 38, 2).transpose(0, 4, 1, 2, 3)


class TestRealFile(VendorContract):
    kind = Nd2Reader

    @pytest.fixture
    def held(self, real_file: Callable[[str], Path]) -> tuple[Path, Pixels]:
        return real_file(REAL), by_hand(real_file(REAL))


def test_the_real_file_says_what_its_chunks_say(real_file: Callable[[str], Path]) -> None:
    """Values read by eye from `ImageMetadataSeqLV|0!`, `ImageTextInfoLV!` and `CustomData|AcqTimesCache!`."""
    with Nd2Reader().open(real_file(REAL)) as image:
        facts = image.facts
    assert (facts.axes, facts.shape, facts.native_axes) == ("tczyx", (3, 2, 10, 31, 38), "TZCYX")
    assert (facts.dtype, facts.interleaved, facts.scenes, facts.findings) == (np.uint16, True, (), ())
    times = (445.0834982842207, 11086.18022211641, 21740.177911873907)
    assert facts.spacing["t"].value == pytest.approx((times[2] - times[0]) / 2 / 1000)
    assert {axis: facts.spacing[axis] for axis in "xyz"} == {
        "x": Spacing(0.16780898323268245, "micrometer"),
        "y": Spacing(0.16780898323268245, "micrometer"),
        "z": Spacing(0.5, "micrometer"),
    }
    assert facts.channels == (
        Channel("5-FAM/pH 9.0", "78E90F", 488.0, 525.0),
        Channel("FM 4-64/2% CHAPS", "FE0100", 561.0, 700.0),
    )
    # The file's own text says 15:55:27, in summer in central Europe, when it was saved.
    assert facts.acquisition == Acquisition("Nikon Ti Microscope", "Plan Apo λ 60x", "2014-06-18T13:55:24+00:00")


def _variant(name: str, value: Any) -> str:
    """Return a value as the XML of NIS-Elements 3."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else [("no_name", one) for one in value]
        return f'<{name} runtype="CLxListVariant">{"".join(_variant(*item) for item in items)}</{name}>'
    kinds = {bool: "bool", int: "lx_uint32", float: "double", str: "CLxStringW"}
    text = str(value).lower() if isinstance(value, bool) else value
    return f'<{name} runtype="{kinds[type(value)]}" value="{text}"/>'


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack("<4sIQ", b"\xda\xce\xbe\x0a", NAME_LENGTH, len(data)) + name.ljust(NAME_LENGTH, b"\0") + data


def write(
    path: Path,
    frames: Pixels,
    loops: list[dict[str, Any]],
    *,
    components: int = 1,
    calibrated: bool = True,
    compressed: bool = False,
    times: list[float] | None = None,
    skip: tuple[int, ...] = (),
) -> Path:
    """Write an ND2 of frames: height × width × channels × components."""
    count, height, width, channels, _ = frames.shape
    attributes = {
        "uiWidth": width,
        "uiHeight": height,
        "uiWidthBytes": width * channels * components * frames.itemsize,
        "uiComp": channels * components,
        "uiBpcInMemory": 8 * frames.itemsize,
        "uiBpcSignificant": 8 * frames.itemsize,
        "uiSequenceCount": count,
        "eCompression": 0 if compressed else 2,
    }
    spectrum = {"uiCount": 1, "pPoint": {"Point0": {"eType": 3, "dWavelength": 488.0, "dTValue": 1.0}}}
    probe = {"m_ExcitationSpectrum": spectrum, "m_EmissionSpectrum": spectrum}
    planes = {
        f"a{number}": {
            "sDescription": f"Channel {number}",
            "uiColor": 0x0000FF << 8 * number,
            "uiCompCount": components,
            "pFluorescentProbe": probe,
        }
        for number in range(channels)
    }
    picture = {
        "bCalibrated": calibrated,
        "dCalibration": 0.25 if calibrated else 0.0,
        "dObjectiveMag": 60.0,
        "dObjectiveNA": 1.4,
        "sPicturePlanes": {"uiCount": channels, "sPlaneNew": planes},
    }
    experiment: dict[str, Any] = {}
    for loop in reversed(loops):
        experiment = {**loop, **({"ppNextLevelEx": [experiment]} if experiment else {})}
    chunks = {
        b"ImageAttributesLV!": _xml("SLxImageAttributes", attributes),
        b"ImageMetadataSeqLV|0!": _xml("SLxPictureMetadata", picture),
        b"ImageMetadataLV!": _xml("SLxExperiment", experiment),
    }
    if times is not None:
        chunks[b"CustomData|AcqTimesCache!"] = np.array(times).tobytes()
    for index, frame in enumerate(frames):
        pixels = zlib.compress(frame.tobytes()) if compressed else frame.tobytes()
        chunks[b"ImageDataSeq|%d!" % index] = bytes(8) + pixels
    data = struct.pack("<4sIQ32s64s", b"\xda\xce\xbe\x0a", 32, 64, b"ND2 FILE SIGNATURE CHUNK NAME01!", b"Ver3.0")
    listed = b""
    for number, (name, content) in enumerate(chunks.items()):
        if number not in skip:
            listed += name + struct.pack("<QQ", len(data), len(content))
        data += _chunk(name, content)
    path.write_bytes(data + _chunk(MAP_NAME, listed + MAP_END + struct.pack("<Q", len(data))))
    return path


def _xml(name: str, value: dict[str, Any]) -> bytes:
    return f"<variant>{_variant(name, value)}</variant>".encode() if value else b"<variant/>"


def time_loop(count: int, period: float = 0.0) -> dict[str, Any]:
    return {"eType": 1, "uLoopPars": {"uiCount": count, "dStart": 0.0, "dPeriod": period, "dDuration": 0.0}}


def positions(*names: str) -> dict[str, Any]:
    points = [{"dPosX": 1.0, "dPosY": 2.0, "dPosZ": 0.0, "dPosName": name} for name in names]
    return {"eType": 2, "uLoopPars": {"Points": points}}


def z_loop(count: int) -> dict[str, Any]:
    return {"eType": 4, "uLoopPars": {"uiCount": count, "dZStep": 0.5}}


def noise(*shape: int, dtype: type = np.uint16) -> Pixels:
    return RNG.integers(1, 250, shape).astype(dtype)


def movie(path: Path) -> tuple[Path, Pixels]:
    """Two time points of three positions of two slices, in two channels; the first position."""
    frames = noise(12, 14, 18, 2, 1)
    loops = [time_loop(2, 5000.0), positions("near", "far", "near"), z_loop(2)]
    pixels = frames.reshape(2, 3, 2, 14, 18, 2).transpose(1, 0, 5, 2, 3, 4)
    return write(path, frames, loops), pixels[0]


def colour(path: Path) -> tuple[Path, Pixels]:
    """Return a picture, which NIS-Elements stores blue first; see github.com/ome/bioformats/pull/4321."""
    frames = noise(1, 14, 20, 1, 3, dtype=np.uint8)
    return write(path, frames, [], components=3), frames[0, :, :, 0, ::-1].transpose(2, 0, 1)


def packed(path: Path) -> tuple[Path, Pixels]:
    frames = noise(4, 14, 18, 1, 1)
    return write(path, frames, [z_loop(4)], compressed=True), frames.reshape(1, 4, 14, 18)


class TestWrittenFiles(VendorContract):
    kind = Nd2Reader

    @pytest.fixture(params=[movie, colour, packed])
    def held(self, request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Pixels]:
        return request.param(tmp_path / "a.nd2")


def test_each_position_is_an_image(tmp_path: Path) -> None:
    frames = noise(12, 6, 8, 1, 1)
    path = write(tmp_path / "a.nd2", frames, [time_loop(2, 5000.0), positions("near", "far", "near"), z_loop(2)])
    expected = frames.reshape(2, 3, 2, 6, 8)
    for scene in range(3):
        np.testing.assert_array_equal(read(path, scene)[:, 0], expected[:, scene])
    with Nd2Reader().open(path, scene=2) as image:
        facts = image.facts
    assert facts.scenes == ("near", "far", "near (2)")
    assert {axis: spacing.value for axis, spacing in facts.spacing.items()} == {
        "t": 5.0,
        "z": 0.5,
        "y": 0.25,
        "x": 0.25,
    }
    assert facts.acquisition == Acquisition(None, "60x/1.4", None)
    assert facts.channels == (Channel("Channel 0", "FF0000", 488.0, 488.0),)


@pytest.mark.parametrize(
    ("times", "step"), [([0.0, 2000.0, 4100.0], 2.05), ([0.0, 9000.0, 9500.0], None), (None, None)]
)
def test_a_time_step_is_measured_when_none_was_asked_for(
    tmp_path: Path, times: list[float] | None, step: float | None
) -> None:
    path = write(tmp_path / "a.nd2", noise(3, 6, 8, 1, 1), [time_loop(3)], times=times)
    with Nd2Reader().open(path) as image:
        assert image.facts.spacing.get("t") == (step and Spacing(step, "second"))


def test_what_is_not_calibrated_is_no_pixel_size(tmp_path: Path) -> None:
    with Nd2Reader().open(write(tmp_path / "a.nd2", noise(1, 6, 8, 1, 1), [], calibrated=False)) as image:
        facts = image.facts
    assert dict(facts.spacing) == {}
    (finding,) = facts.findings
    assert finding.code == "MIFA205"
    assert "1, not calibrated" in finding.message


def test_a_loop_that_is_not_known_is_not_guessed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.nd2", noise(3, 6, 8, 1, 1), [{"eType": 7, "uLoopPars": {"uiCount": 3}}])
    with pytest.raises(MifaError, match="MIFA206"):
        Nd2Reader().open(path)
    assert read(path, axes="tyx").shape == (3, 1, 6, 8)


def test_frames_that_were_never_written_are_not_zeros(tmp_path: Path) -> None:
    path = write(tmp_path / "a.nd2", noise(3, 6, 8, 1, 1), [time_loop(3)], skip=(4,))
    with pytest.raises(MifaError, match="MIFA203: holds 2 of the 3 frames"):
        Nd2Reader().open(path)


def test_an_old_nd2_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.nd2"
    path.write_bytes(b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(200))
    with pytest.raises(MifaError, match="MIFA202: is an ND2 of before 2006"):
        Nd2Reader().open(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"ImageDataSeq|1!", b"ImageDataSeq|7!", "another chunk is there"),
        (b"\xda\xce\xbe\x0a", b"\0\0\0\0", "no chunk begins there"),
        (struct.pack("<Q", 8 + 96), struct.pack("<Q", 95), "holds 95 bytes in place of 104"),
    ],
    ids=["name", "magic", "length"],
)
def test_a_damaged_frame_spoils_itself_alone(tmp_path: Path, old: bytes, new: bytes, message: str) -> None:
    frames = noise(3, 6, 8, 1, 1)
    path = write(tmp_path / "a.nd2", frames, [time_loop(3)])
    data = path.read_bytes()
    start = data.index(b"ImageDataSeq|1!") - 16
    path.write_bytes(data[:start] + data[start : start + 40].replace(old, new, 1) + data[start + 40 :])
    with Nd2Reader().open(path) as image:
        rest = (slice(0, 1), slice(0, 6), slice(0, 8))
        np.testing.assert_array_equal(image.read((slice(2, 3), *rest))[0, 0], frames[2, :, :, 0, 0])
        with pytest.raises(MifaError, match=message):
            image.read((slice(1, 2), *rest))
