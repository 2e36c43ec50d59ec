"""Formats that plugins of bioio read: DeltaVision against mrc, OME's terms through another plugin."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import mrc
import numpy as np
import pytest
import tifffile

from mifakit.errors import MifaError
from mifakit.readers.base import Acquisition, Carries, Channel, Format, Spacing, full_region
from mifakit.readers.bioio_plugin import PLUGINS, BioioReader, Plugin, open_with
from mifakit.testing import ReaderContract, check_facts

Pixels = np.ndarray[Any, Any]

OME_TIFF = Plugin("bioio_ome_tiff", Format("OME-TIFF", (".ome.tif",), frozenset(Carries), extra="none"))
RNG = np.random.default_rng(8)


def write_dv(path: Path, pixels: Pixels) -> Path:
    """Write channels × slices × rows × columns."""
    mrc.imsave(str(path), pixels, metadata={"dx": 0.1, "dy": 0.1, "dz": 0.25})
    return path


class TestDeltaVision(ReaderContract):
    @pytest.fixture
    def pixels(self) -> Pixels:
        return RNG.poisson(300, (2, 3, 20, 30)).astype(np.uint16)

    @pytest.fixture
    def reader(self) -> BioioReader:
        return BioioReader()

    @pytest.fixture
    def image_file(self, tmp_path: Path, pixels: Pixels) -> Path:
        return write_dv(tmp_path / "a.dv", pixels)


def test_deltavision_says(tmp_path: Path) -> None:
    pixels = RNG.poisson(300, (2, 3, 20, 30)).astype(np.int16)
    with BioioReader().open(write_dv(tmp_path / "a.r3d", pixels)) as image:
        facts = image.facts
        found = image.read(full_region(facts.shape))
    assert (facts.axes, facts.shape, facts.dtype) == ("czyx", (2, 3, 20, 30), np.int16)
    assert {axis: spacing.value for axis, spacing in facts.spacing.items()} == {"x": 0.1, "y": 0.1, "z": 0.25}
    assert (facts.channels, facts.scenes, facts.files) == ((), (), ())
    np.testing.assert_array_equal(found, np.asarray(mrc.imread(str(tmp_path / "a.r3d"))))


def test_wavelengths_of_deltavision_are_those_of_its_extended_header(tmp_path: Path) -> None:
    """Laid out by hand: a header, 40 numbers a plane, and planes of which the channel changes fastest."""
    pixels = RNG.poisson(300, (2, 2, 8, 10)).astype(np.uint16)  # z, channel, row, column
    header = bytearray(1024)
    struct.pack_into("<4i", header, 0, 10, 8, 4, 6)
    struct.pack_into("<3f", header, 40, 0.1, 0.1, 0.2)
    struct.pack_into("<i", header, 92, 4 * 4 * 40)  # length of the extended header
    struct.pack_into("<h", header, 96, -16224)
    struct.pack_into("<2h", header, 128, 8, 32)
    struct.pack_into("<2h", header, 180, 1, 1)  # one time; channels change first
    struct.pack_into("<h", header, 196, 2)
    extended = b""
    for plane in range(4):
        floats = [0.0] * 32
        floats[10], floats[11] = ((490, 528), (555, 617))[plane % 2]
        extended += struct.pack("<8i32f", *([0] * 8), *floats)
    path = tmp_path / "a.dv"
    path.write_bytes(bytes(header) + extended + pixels.tobytes())
    with BioioReader().open(path) as image:
        facts = image.facts
        found = image.read(full_region(facts.shape))
    assert facts.channels == (
        Channel(excitation=490, emission=528),
        Channel(excitation=555, emission=617),
    )
    np.testing.assert_array_equal(found, pixels.transpose(1, 0, 2, 3), strict=True)


OME_XML = """<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
<Instrument ID="Instrument:0"><Objective ID="Objective:0" Model="Plan-Apo 63x" NominalMagnification="63"/></Instrument>
<Image ID="Image:0" Name="first"><AcquisitionDate>2024-03-01T10:20:30</AcquisitionDate>
<InstrumentRef ID="Instrument:0"/><ObjectiveSettings ID="Objective:0"/>
<Pixels ID="Pixels:0" Type="uint8" DimensionOrder="XYZCT" SizeX="30" SizeY="20" SizeZ="1" SizeC="2" SizeT="3"
 PhysicalSizeX="65" PhysicalSizeXUnit="nm" PhysicalSizeY="65" PhysicalSizeYUnit="nm" TimeIncrement="2"
 TimeIncrementUnit="min">
<Channel ID="Channel:0:0" Name="DAPI" Color="65535" ExcitationWavelength="405" EmissionWavelength="450"/>
<Channel ID="Channel:0:1" Name="GFP"/><TiffData/></Pixels></Image></OME>"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of bioio-ome-tiff, which is only a stand-in here
def test_a_plugin_with_ome_metadata_gives_units_colours_and_wavelengths(tmp_path: Path) -> None:
    """bioio-bioformats describes its files in these terms, and needs the network to start."""
    path = tmp_path / "a.ome.tif"
    pixels = RNG.integers(0, 255, (3, 2, 20, 30), np.uint8)
    tifffile.imwrite(path, pixels, description=OME_XML, metadata=None, photometric="minisblack")
    with open_with(OME_TIFF, path) as image:
        facts = image.facts
        found = image.read(full_region(facts.shape))
    check_facts(facts)
    np.testing.assert_array_equal(found, pixels, strict=True)
    assert dict(facts.spacing) == {
        "t": Spacing(120.0, "second"),
        "y": Spacing(0.065, "micrometer"),
        "x": Spacing(0.065, "micrometer"),
    }
    assert facts.channels == (Channel("DAPI", "0000FF", 405.0, 450.0), Channel("GFP"))
    assert facts.acquisition == Acquisition(None, "Plan-Apo 63x", "2024-03-01T10:20:30")


def test_a_package_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.dv"
    path.write_bytes(bytes(100))
    absent = Plugin("bioio_of_nobody", Format("nothing", (".dv",), extra="dv"))
    with pytest.raises(MifaError, match="MIFA217: needs the package 'bioio_of_nobody'") as caught:
        open_with(absent, path)
    assert caught.value.finding.hint == 'pip install "mifakit[dv]"'


def test_further_files_are_listed(tmp_path: Path) -> None:
    """A plugin's rule says where they are; names are taken by the letter."""
    path = write_dv(tmp_path / "a[1].dv", RNG.poisson(300, (1, 3, 20, 30)).astype(np.uint16))
    for name in ("a[1].dir/p.imgdir/x.npy", "a[1].dir/y.yaml", "a1.dir/z.npy"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    with open_with(Plugin("bioio_dv", Format("x", (".dv",)), "{stem}.dir/**/*"), path) as image:
        assert image.facts.files == ("a[1].dir/p.imgdir/x.npy", "a[1].dir/y.yaml")


def test_the_table_is_sound() -> None:
    suffixes = [suffix for plugin in PLUGINS for suffix in plugin.format.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert {plugin.format.extra for plugin in PLUGINS} == {"dv", "sldy", "bioformats"}
    with pytest.raises(MifaError, match="MIFA211"):
        BioioReader().open(Path("a.txt"))


def write_sldy(folder: Path, pixels: Pixels) -> Path:
    """Write times × channels × slices × rows × columns as SlideBook does, as far as bioio-sldy looks."""
    image = folder / "a.dir" / "Capture 1.imgdir"
    image.mkdir(parents=True)
    (folder / "a.sldy").write_bytes(b"SlideBook")
    for time, channel in np.ndindex(*pixels.shape[:2]):
        np.save(image / f"ImageData_Ch{channel}_TP{time:07}.npy", pixels[time, channel])
    times, channels, slices, height, width = pixels.shape
    (image / "ImageRecord.yaml").write_text(
        "CLensDef70: {mMicronPerPixel: 6.5}\nCOptovarDef70: {mMagnification: 1.0}\n"
        f"CImageRecord70: {{mNumTimepoints: {times}, mNumChannels: {channels}, mNumPlanes: {slices}, "
        f"mHeight: {height}, mWidth: {width}}}\n"
    )
    (image / "ChannelRecord.yaml").write_text(
        "CExposureRecord70: {mXFactor: 1, mYFactor: 1}\nmInterplaneSpacing: 0.5\n"
    )
    return folder / "a.sldy"


def test_slidebook(tmp_path: Path) -> None:
    pytest.importorskip("bioio_sldy", reason="needs NumPy 1 before Python 3.13")
    pixels = RNG.poisson(300, (2, 2, 3, 12, 14)).astype(np.uint16)
    path = write_sldy(tmp_path, pixels)
    with BioioReader().open(path) as image:
        facts = image.facts
        found = image.read(full_region(facts.shape))
    check_facts(facts)
    np.testing.assert_array_equal(found, pixels, strict=True)
    assert {axis: spacing.value for axis, spacing in facts.spacing.items()} == {"x": 6.5, "y": 6.5, "z": 0.5}
    assert len(facts.files) == 6
    (cut,) = tmp_path.rglob("*Ch1_TP0000001.npy")
    cut.write_bytes(cut.read_bytes()[:-10])
    with pytest.raises(MifaError, match="MIFA202"), BioioReader().open(path) as image:
        image.read(full_region(facts.shape))


@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object/apply:os.system [exit 1]",
        "a: !<tag:yaml.org,2002:pyth%6Fn/object/apply:os.system> [exit 1]",
        "%TAG ! tag:yaml.org,2002:python/\n--- \na: !object/apply:os.system [exit 1]",
        "a: [",
    ],
)
def test_yaml_that_runs_code_never_reaches_the_plugin(tmp_path: Path, text: str) -> None:
    """bioio-sldy loads YAML with the loader of PyYAML that builds any object."""
    path = write_sldy(tmp_path, RNG.poisson(300, (1, 1, 1, 4, 5)).astype(np.uint16))
    (record,) = tmp_path.rglob("ChannelRecord.yaml")
    record.write_text(text)
    with pytest.raises(MifaError, match="MIFA202") as caught:
        BioioReader().open(path)
    assert "YAML" in caught.value.finding.message
