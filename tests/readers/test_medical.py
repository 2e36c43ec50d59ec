"""NRRD, NIfTI and MetaImage: written and read by other libraries too, and by hand where it matters."""

from __future__ import annotations

import builtins
import bz2
import gzip
import zlib
from pathlib import Path
from typing import Any

import nibabel
import nrrd
import numpy as np
import pytest
import SimpleITK

from mifakit.errors import MifaError
from mifakit.readers.base import Channel, ImageFacts, Reader, Spacing, full_region
from mifakit.readers.medical.metaimage import MetaImageReader
from mifakit.readers.medical.nifti import NiftiReader
from mifakit.readers.medical.nrrd import NrrdReader
from mifakit.testing import DamageContract

Pixels = np.ndarray[Any, Any]

RNG = np.random.default_rng(8)
STACK = RNG.integers(0, 4000, (7, 30, 41), np.uint16)  # z, y, x
COLOUR = RNG.integers(0, 256, (30, 41, 3), np.uint8)  # y, x, c
MOVIE = RNG.normal(size=(3, 7, 30, 41)).astype(np.float32)  # t, z, y, x

READERS: dict[str, Reader] = {
    suffix: reader
    for reader in (NrrdReader(), NiftiReader(), MetaImageReader())
    for known in reader.formats
    for suffix in known.suffixes
}


def reader_of(path: Path) -> Reader:
    return next(reader for suffix, reader in READERS.items() if path.name.endswith(suffix))


def facts_of(path: Path, axes: str | None = None) -> ImageFacts:
    with reader_of(path).open(path, axes) as image:
        return image.facts


def read_all(path: Path, axes: str | None = None) -> Pixels:
    with reader_of(path).open(path, axes) as image:
        return image.read(full_region(image.facts.shape))


def refusal(path: Path, axes: str | None = None) -> MifaError:
    with pytest.raises(MifaError) as caught:
        read_all(path, axes)
    return caught.value


def write_itk(path: Path, pixels: Pixels, *, compress: bool = False, vector: bool = False) -> Path:
    image = SimpleITK.GetImageFromArray(pixels, isVector=vector)
    SimpleITK.WriteImage(image, str(path), useCompression=compress)
    return path


def write_nifti(path: Path, pixels: Pixels, unit: str | None = "micron", kind: Any = nibabel.Nifti1Image) -> Path:
    """Write pixels in canonical order; nibabel's arrays are x-first."""
    image = kind(pixels.T, np.diag([0.2, 0.25, 1.5, 1]))
    image.header.set_xyzt_units(unit, "sec")
    if pixels.ndim == 4:
        image.header.set_zooms((0.2, 0.25, 1.5, 30))
    nibabel.save(image, path)
    return path


def other_library(path: Path) -> Pixels:
    """Return all pixels in canonical order, as another library alone gives them: SimpleITK, if it can."""
    if path.name == "bzip2.nrrd":
        return nrrd.read(str(path))[0].T[None]
    if path.name == "two.nii.gz":
        return np.asarray(nibabel.load(path).dataobj).T[:, None]
    image = SimpleITK.ReadImage(str(path))
    pixels = SimpleITK.GetArrayFromImage(image)
    if image.GetNumberOfComponentsPerPixel() > 1:
        return np.moveaxis(pixels, -1, -1 - image.GetDimension())
    return np.expand_dims(pixels, -1 - min(3, image.GetDimension()))


def um(**values: float) -> dict[str, Spacing]:
    return {axis: Spacing(value, "second" if axis == "t" else "micrometer") for axis, value in values.items()}


KINDS = {
    "plain.mha": lambda path: write_itk(path, STACK),
    "deflated.mha": lambda path: write_itk(path, STACK, compress=True),
    "detached.mhd": lambda path: write_itk(path, STACK),
    "detached-deflated.mhd": lambda path: write_itk(path, STACK, compress=True),
    "colour.mha": lambda path: write_itk(path, COLOUR, vector=True),
    "plane.mha": lambda path: write_itk(path, STACK[0].astype(np.float64)),
    "itk.nrrd": lambda path: write_itk(path, STACK),
    "itk-gzip.nrrd": lambda path: write_itk(path, STACK, compress=True),
    "itk-colour.nrrd": lambda path: write_itk(path, COLOUR, vector=True),
    "raw.nrrd": lambda path: nrrd.write(str(path), STACK.T, {"encoding": "raw", "kinds": ["domain"] * 3}),
    "bzip2.nrrd": lambda path: nrrd.write(str(path), STACK.T, {"encoding": "bzip2", "kinds": ["domain"] * 3}),
    "detached.nhdr": lambda path: nrrd.write(str(path), STACK.T, {"kinds": ["domain"] * 3}, detached_header=True),
    "plain.nii": lambda path: write_nifti(path, STACK),
    "gzip.nii.gz": lambda path: write_nifti(path, STACK),
    "movie.nii": lambda path: write_nifti(path, MOVIE),
    "two.nii.gz": lambda path: write_nifti(path, MOVIE, kind=nibabel.Nifti2Image),
}


class TestContract(DamageContract):
    @pytest.fixture(params=KINDS)
    def image_file(self, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
        path = tmp_path / request.param
        KINDS[request.param](path)
        return path

    @pytest.fixture
    def reader(self, image_file: Path) -> Reader:
        return reader_of(image_file)

    @pytest.fixture
    def pixels(self, image_file: Path) -> Pixels:
        return other_library(image_file)


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
@pytest.mark.parametrize("suffix", [".mha", ".nrrd", ".nii"])
def test_types_of_pixels(tmp_path: Path, dtype: str, suffix: str) -> None:
    limits = np.finfo(dtype) if dtype.startswith("f") else np.iinfo(dtype)
    pixels = np.array([[0, 1, 2], [limits.min, limits.max, 7]], dtype)
    path = tmp_path / f"a{suffix}"
    if suffix == ".nii":
        nibabel.save(nibabel.Nifti1Image(pixels.T, np.eye(4), dtype=pixels.dtype), path)
    else:
        write_itk(path, pixels)
    np.testing.assert_array_equal(read_all(path)[0], pixels, strict=True)


def test_spacings_and_units_of_nifti(tmp_path: Path) -> None:
    path = tmp_path / "a.nii"
    assert dict(facts_of(write_nifti(path, STACK)).spacing) == um(z=1.5, y=0.25, x=float(np.float32(0.2)))
    facts = facts_of(write_nifti(path, MOVIE, unit="mm"))
    assert (facts.axes, facts.native_axes, facts.whole) == ("tczyx", "TZYX", False)
    assert facts.spacing["z"] == Spacing(1500.0, "micrometer")
    assert facts.spacing["t"] == Spacing(30.0, "second")
    facts = facts_of(write_nifti(path, STACK, unit=None))
    assert not facts.spacing
    assert [finding.code for finding in facts.findings] == ["MIFA205"]
    assert "0.25 (no unit)" in facts.findings[0].message
    assert facts_of(write_nifti(tmp_path / "a.nii.gz", STACK)).whole


def test_channels_of_nifti(tmp_path: Path) -> None:
    path = tmp_path / "a.nii"
    vector = np.stack([STACK, STACK + 1])[:, None]  # c, t, z, y, x
    nibabel.save(nibabel.Nifti1Image(vector.T, np.eye(4)), path)
    assert facts_of(path).axes == "czyx"
    np.testing.assert_array_equal(read_all(path), vector[:, 0])
    colour = np.zeros((41, 30, 1), [("R", "u1"), ("G", "u1"), ("B", "u1")])
    for index, name in enumerate("RGB"):
        colour[name][..., 0] = COLOUR[..., index].T
    nibabel.save(nibabel.Nifti1Image(colour, np.eye(4)), path)
    facts = facts_of(path)
    assert (facts.axes, facts.interleaved) == ("cyx", True)
    assert [channel.name for channel in facts.channels] == ["Red", "Green", "Blue"]
    np.testing.assert_array_equal(read_all(path), np.moveaxis(COLOUR, -1, 0))


def mha(*lines: str, pixels: bytes = bytes(range(12)), end: str = "ElementDataFile = LOCAL") -> bytes:
    header = ["ObjectType = Image", "NDims = 2", "DimSize = 4 3", "ElementType = MET_UCHAR", *lines, end, ""]
    return "\n".join(header).encode() + pixels


def test_a_metaimage_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "a.mha"
    path.write_bytes(mha("ElementSpacing = 0.5 0.25"))
    assert read_all(path).tolist() == [[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]]
    assert "0.5 (no unit)" in facts_of(path).findings[0].message
    path.write_bytes(mha("ElementSpacing = 0.5 0.25", "DistanceUnits = um"))
    assert dict(facts_of(path).spacing) == um(x=0.5, y=0.25)
    path.write_bytes(mha("ElementSpacing = 0.0005 0.00025", "DistanceUnits = mm"))
    assert dict(facts_of(path).spacing) == um(x=0.5, y=0.25)
    path.write_bytes(mha("BinaryDataByteOrderMSB = True").replace(b"UCHAR", b"USHORT").replace(b"4 3", b"3 2"))
    assert read_all(path).ravel().tolist() == [1, 515, 1029, 1543, 2057, 2571]
    path.write_bytes(mha("CompressedData = True", pixels=zlib.compress(bytes(range(12)))))
    assert read_all(path).ravel().tolist() == list(range(12))
    (tmp_path / "a.raw").write_bytes(b"head" + bytes(range(12)))
    for size in (-1, 4):
        path.write_bytes(mha(f"HeaderSize = {size}", pixels=b"", end="ElementDataFile = a.raw"))
        assert read_all(path).ravel().tolist() == list(range(12))
    assert facts_of(path).files == ("a.raw",)


def test_four_dimensions_of_a_metaimage_are_asked_for(tmp_path: Path) -> None:
    path = write_itk(tmp_path / "a.mha", MOVIE)
    error = refusal(path)
    assert (error.code, error.finding.hint) == ("MIFA206", "set axes: tzyx in the sheet (or czyx)")
    np.testing.assert_array_equal(read_all(path, "tzyx"), MOVIE[:, None])


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (mha()[:-1], "MIFA203", "1 bytes are missing"),
        (mha() + b"!", "MIFA202", "goes on for 1 bytes"),
        (mha()[:30], "MIFA203", "its header has no end"),
        (mha("CompressedData = True", pixels=zlib.compress(bytes(12))[:-5]), "MIFA203", "break off"),
        (mha("CompressedData = True", pixels=zlib.compress(bytes(11))), "MIFA203", "1 bytes of its pixels"),
        (mha("CompressedData = True", pixels=zlib.compress(bytes(13))), "MIFA202", "more pixels than"),
        (mha("CompressedData = True", pixels=bytes(12)), "MIFA202", "its pixels cannot be read"),
        (mha("ElementType = MET_STRING"), "MIFA202", "MET_STRING"),
        (mha("ObjectType = Tube"), "MIFA202", "no MetaImage"),
        (mha("BinaryData = False"), "MIFA202", "no MetaImage"),
        (mha("NDims = 3"), "MIFA202", "no size of 2 to 5"),
        (mha("DimSize = 4 -3"), "MIFA202", "no size of 2 to 5"),
        (mha("DimSize = four three"), "MIFA202", "its header cannot be read"),
        (mha("DimSize = 60000 60000"), "MIFA214", "60000×60000"),
        (mha("DimSize = 60000 60000", "CompressedData = True"), "MIFA214", "60000×60000"),
        (mha("ElementNumberOfChannels = -2"), "MIFA202", "which is no image"),
        (mha(end="ElementDataFile = LIST"), "MIFA202", "several files"),
        (mha(end="ElementDataFile = a%03d.raw 1 3 1"), "MIFA202", "several files"),
        (mha(end="ElementDataFile = gone.raw"), "MIFA203", "'gone.raw', which is not there"),
        (mha(end="ElementDataFile = ../secret"), "MIFA202", "which is not beside it"),
        (mha(end="ElementDataFile = /etc/passwd"), "MIFA202", "which is not beside it"),
        (mha(end="ElementDataFile = C:\\secret"), "MIFA202", "which is not beside it"),
        (mha(end="ElementDataFile = link"), "MIFA202", "which is not beside it"),
        (mha(end="ElementDataFile = ."), "MIFA202", "not a file"),
        (mha(end="ElementDataFile ="), "MIFA202", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_what_is_wrong_with_a_metaimage_is_said(tmp_path: Path, content: bytes, code: str, message: str) -> None:
    (tmp_path / "secret").write_bytes(bytes(12))
    path = tmp_path / "data" / "a.mha"
    path.parent.mkdir()
    path.with_name("link").symlink_to(tmp_path / "secret")
    path.write_bytes(content)
    error = refusal(path)
    assert error.code == code, error
    assert message in error.finding.message


def nrrd_bytes(*lines: str, pixels: bytes = bytes(range(12)), encoding: str = "raw") -> bytes:
    header = ["NRRD0004", "# by hand", "type: uchar", "dimension: 2", "sizes: 4 3", f"encoding: {encoding}", *lines]
    return "\n".join([*header, "", ""]).encode() + pixels


def test_an_nrrd_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "a.nrrd"
    expected = [[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]]
    for encoding, pack in {"raw": bytes, "gzip": gzip.compress, "bz2": bz2.compress}.items():
        path.write_bytes(nrrd_bytes(pixels=pack(bytes(range(12))), encoding=encoding))
        assert read_all(path).tolist() == expected
    path.write_bytes(nrrd_bytes("byte skip: -1", pixels=b"junk" + bytes(range(12))))
    assert read_all(path).tolist() == expected
    path.write_bytes(nrrd_bytes("spacings: 0.5 0.25", 'units: "um" "um"'))
    assert dict(facts_of(path).spacing) == um(x=0.5, y=0.25)
    path.write_bytes(nrrd_bytes("spacings: 0.5 0.25"))
    assert "0.5 (no unit)" in facts_of(path).findings[0].message


def test_axes_and_spacings_of_nrrd(tmp_path: Path) -> None:
    path = tmp_path / "a.nrrd"

    def written(pixels: Pixels, **header: Any) -> ImageFacts:
        nrrd.write(str(path), pixels, {name.replace("_", " "): value for name, value in header.items()})
        return facts_of(path)

    directions = np.diag([0.0002, 0.0003, 0.001])
    units = {"space_units": ["mm"] * 3, "space_dimension": 3}
    facts = written(STACK.T, kinds=["domain"] * 3, space_directions=directions, **units)
    assert (facts.axes, facts.shape, facts.native_axes) == ("czyx", (1, 7, 30, 41), "ZYX")
    assert {axis: round(one.value, 9) for axis, one in facts.spacing.items()} == {"z": 1.0, "y": 0.3, "x": 0.2}
    turned = np.array([[0.3, 0.4, 0], [-0.4, 0.3, 0], [0, 0, 2]])
    facts = written(STACK.T, space_directions=turned, space_units=["um"] * 3, space_dimension=3)
    assert dict(facts.spacing) == um(z=2.0, y=0.5, x=0.5)

    colour = np.moveaxis(COLOUR.transpose(1, 0, 2), -1, 0)  # fastest first: c, x, y
    facts = written(colour, kinds=["RGB-color", "domain", "domain"])
    assert facts.channels[0] == Channel("Red", "FF0000")
    np.testing.assert_array_equal(read_all(path), np.moveaxis(COLOUR, -1, 0))
    assert written(colour, kinds=["vector", "domain", "domain"]).channels == ()

    facts = written(MOVIE.T, kinds=["domain"] * 3 + ["time"], spacings=[1, 1, 2, 30], units=["um", "um", "um", "s"])
    assert (facts.axes, dict(facts.spacing)) == ("tczyx", um(t=30.0, z=2.0, y=1.0, x=1.0))
    np.testing.assert_array_equal(read_all(path), MOVIE[:, None])

    assert written(STACK.T, labels=["x", "y", "t"]).axes == "tcyx"
    nrrd.write(str(path), STACK.T, {"spacings": [1, 1, 5], "units": ["um"] * 3})
    error = refusal(path)
    assert (error.code, error.finding.hint) == ("MIFA206", "set axes: zyx in the sheet (or tyx, cyx)")
    assert facts_of(path, "zyx").spacing["z"] == Spacing(5.0, "micrometer")
    nrrd.write(str(path), MOVIE.T, {"kinds": ["domain"] * 3 + ["list"]})
    assert refusal(path).finding.hint == "set axes: tzyx in the sheet (or czyx)"


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (nrrd_bytes()[:-1], "MIFA203", "1 bytes are missing"),
        (nrrd_bytes() + b"!", "MIFA202", "goes on for 1 bytes"),
        (nrrd_bytes()[:44], "MIFA203", "its header ends without encoding, sizes"),
        (nrrd_bytes(pixels=gzip.compress(bytes(12), mtime=0)[:-5], encoding="gzip"), "MIFA203", "break off"),
        (nrrd_bytes(pixels=gzip.compress(bytes(11), mtime=0), encoding="gzip"), "MIFA203", "1 bytes of its pixels"),
        (nrrd_bytes(pixels=bz2.compress(bytes(13)), encoding="bzip2"), "MIFA202", "more pixels than"),
        (nrrd_bytes(encoding="ascii"), "MIFA202", "in ascii, which is not read"),
        (nrrd_bytes("line skip: 2"), "MIFA202", "skips lines"),
        (nrrd_bytes("byte skip: -5"), "MIFA202", "skips lines"),
        (nrrd_bytes().replace(b"uchar", b"block"), "MIFA202", "are block"),
        (nrrd_bytes().replace(b"uchar", b"short"), "MIFA202", "byte order"),
        (nrrd_bytes().replace(b"4 3", b"4 3 2"), "MIFA202", "another number of sizes"),
        (nrrd_bytes().replace(b"4 3", b"60000 60000"), "MIFA214", "60000×60000"),
        (nrrd_bytes("sizes: 1 1"), "MIFA202", "its header cannot be read: Duplicate"),
        (nrrd_bytes("data file: ../secret"), "MIFA202", "which is not beside it"),
        (nrrd_bytes("data file: /etc/passwd"), "MIFA202", "which is not beside it"),
        (nrrd_bytes("datafile: gone.raw"), "MIFA203", "which is not there"),
        (nrrd_bytes("data file: LIST"), "MIFA202", "several files"),
        (nrrd_bytes("data file: a%03d.raw 1 3 1"), "MIFA202", "several files"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_what_is_wrong_with_an_nrrd_is_said(tmp_path: Path, content: bytes, code: str, message: str) -> None:
    (tmp_path / "secret").write_bytes(bytes(12))
    path = tmp_path / "data" / "a.nrrd"
    path.parent.mkdir()
    path.write_bytes(content)
    error = refusal(path)
    assert error.code == code, error
    assert message in error.finding.message


def test_what_is_wrong_with_a_nifti_is_said(tmp_path: Path) -> None:
    path, packed = tmp_path / "a.nii", tmp_path / "a.nii.gz"
    data = write_nifti(path, STACK).read_bytes()

    def said(content: bytes, *, pack: bool = False) -> str:
        target = packed if pack else path
        target.write_bytes(gzip.compress(content) if pack else content)
        error = refusal(target)
        return f"{error.code} {error.finding.message}"

    def changed(position: int, value: Any) -> bytes:
        part = value.tobytes() if isinstance(value, np.generic) else value
        return data[:position] + part + data[position + len(part) :]

    assert said(data[:-1]) == "MIFA203 1 bytes are missing"
    assert said(data[:300]) == "MIFA203 ends within its header"
    assert said(data[:300], pack=True) == "MIFA203 ends within its header"
    assert said(data[:-1], pack=True) == "MIFA203 1 bytes of its pixels are missing"
    assert said(data + b"\0", pack=True) == "MIFA202 holds more pixels than its header says"
    assert "MIFA204" in said(b"<html>" * 200, pack=True)
    assert "half of a NIfTI pair" in said(changed(344, b"ni1"))
    assert "within its header" in said(changed(108, np.float32(100)))
    assert "bytes before its pixels" in said(changed(108, np.float32(1e10)), pack=True)
    assert "MIFA214" in said(changed(42, np.array([30000, 30000, 30000], "<i2").tobytes()))
    assert "MIFA202" in said(changed(42, np.int16(-7)))
    assert "MIFA202" in said(changed(70, np.int16(32)))  # complex
    assert "MIFA202" in said(changed(70, np.int16(999)))
    assert "MIFA202" in said(changed(40, np.int16(99)))
    flipped = bytearray(gzip.compress(data))
    flipped[len(flipped) // 2] ^= 1
    packed.write_bytes(flipped)
    assert refusal(packed).code == "MIFA202"
    packed.write_bytes(gzip.compress(data)[:-6])
    assert refusal(packed).code == "MIFA203"


@pytest.mark.parametrize("suffix", [".nrrd", ".nii"])
def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    KINDS[{".nrrd": "raw.nrrd", ".nii": "plain.nii"}[suffix]](path)
    original = builtins.__import__

    def without(name: str, *args: Any, **options: Any) -> Any:
        if name.partition(".")[0] in ("nrrd", "nibabel"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return original(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    error = refusal(path)
    assert (error.code, error.finding.hint) == ("MIFA217", 'pip install "mifakit[medical]"')
