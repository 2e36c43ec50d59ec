"""One image in several TIFF files: it opens by any of them, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from mifakit.errors import MifaError
from mifakit.readers.base import full_region
from mifakit.readers.tiff.reader import TiffReader
from mifakit.testing import ReaderContract

Pixels = np.ndarray[Any, Any]
Refusal = Callable[..., MifaError]

MOVIE = np.random.default_rng(5).integers(0, 60_000, (3, 2, 24, 40), np.uint16)
NAMES = tuple(f"run_T{t}.ome.tif" for t in range(3))
XML = (
    '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"{root}>'
    '<Image ID="Image:0" Name="run"><Pixels ID="Pixels:0" DimensionOrder="XYZTC" Type="uint16" SizeX="40" SizeY="24" '
    'SizeZ="2" SizeC="1" SizeT="3" PhysicalSizeX="0.5" PhysicalSizeY="0.5"><Channel ID="Channel:0:0" Name="DAPI"/>'
    "{data}</Pixels></Image></OME>"
)


def tiff_data(names: Sequence[str] = NAMES) -> str:
    return "".join(
        f'<TiffData IFD="{z}" FirstZ="{z}" FirstT="{t}" PlaneCount="1">'
        f'<UUID FileName="{name}">urn:uuid:{t}</UUID></TiffData>'
        for t, name in enumerate(names)
        for z in range(2)
    )


def write(path: Path, pixels: Pixels, description: str, **options: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    tifffile.imwrite(path, pixels, description=description, metadata=None, photometric="minisblack", **options)


def full_xml(folder: Path, **options: Any) -> None:
    """Write as Bio-Formats does: each file holds all of the XML, under a UUID of its own."""
    for t, name in enumerate(NAMES):
        write(folder / name, MOVIE[t], XML.format(root=f' UUID="urn:uuid:{t}"', data=tiff_data()), **options)


def binary_only(metadata_file: str) -> str:
    root = '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
    return f'{root}<BinaryOnly MetadataFile="{metadata_file}" UUID="urn:uuid:0"/></OME>'


def one_master(folder: Path) -> None:
    """Write as the specification suggests: the first file holds the XML, the others point to it."""
    write(folder / NAMES[0], MOVIE[0], XML.format(root=' UUID="urn:uuid:0"', data=tiff_data()), compression="zlib")
    for t in (1, 2):
        write(folder / NAMES[t], MOVIE[t], binary_only(NAMES[0]), compression="zlib")


def companion(folder: Path) -> None:
    """Write with a companion file, which alone holds the XML."""
    for t, name in enumerate(NAMES):
        write(folder / name, MOVIE[t], binary_only("run.companion.ome"), tile=(16, 16), compression="zlib")
    xml = XML.format(root=' UUID="urn:uuid:9"', data=tiff_data())
    (folder / "run.companion.ome").write_text(xml, encoding="utf-8")


WAYS: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "full": (full_xml, NAMES),
    "master": (one_master, NAMES),
    "companion": (companion, (*NAMES, "run.companion.ome")),
}


@pytest.fixture(params=WAYS)
def parts(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, tuple[str, ...]]:
    """Return a folder and the names of all files of the one image in it."""
    write_all, names = WAYS[request.param]
    write_all(tmp_path)
    return tmp_path, names


def read_all(path: Path) -> Pixels:
    with TiffReader().open(path) as image:
        return image.read(full_region(image.facts.shape))


@pytest.mark.parametrize("opened", NAMES)
def test_any_file_opens_the_whole_image(parts: tuple[Path, tuple[str, ...]], opened: str) -> None:
    folder, names = parts
    with TiffReader().open(folder / opened) as image:
        facts = image.facts
        found = image.read(full_region(facts.shape))
        part = image.read((slice(1, 3), slice(0, 1), slice(1, 2), slice(5, 9), slice(30, 40)))
    assert (facts.axes, facts.shape, facts.scenes) == ("tczyx", (3, 1, 2, 24, 40), ())
    assert facts.files == tuple(sorted(set(names) - {opened}))
    assert facts.spacing["x"].value == 0.5
    assert facts.channels[0].name == "DAPI"
    np.testing.assert_array_equal(found[:, 0], MOVIE, strict=True)
    np.testing.assert_array_equal(part[:, 0], MOVIE[1:3, 1:2, 5:9, 30:40], strict=True)


class TestFullXml(ReaderContract):
    opened = NAMES[0]
    way = "full"

    @pytest.fixture
    def image_file(self, tmp_path: Path) -> Path:
        WAYS[self.way][0](tmp_path)
        return tmp_path / self.opened

    @pytest.fixture
    def reader(self) -> TiffReader:
        return TiffReader()

    @pytest.fixture
    def pixels(self) -> Pixels:
        return MOVIE[:, np.newaxis]


class TestPartOfAMaster(TestFullXml):
    opened = NAMES[1]
    way = "master"


class TestCompanion(TestFullXml):
    opened = NAMES[2]
    way = "companion"


@pytest.mark.parametrize("silent", [False, True], ids=["log", "no-log"])
def test_any_file_cut_anywhere(
    parts: tuple[Path, tuple[str, ...]], silent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import logging

    monkeypatch.setattr(logging.getLogger("tifffile"), "disabled", silent)
    folder, names = parts
    refused = 0
    for name in names:
        data = (folder / name).read_bytes()
        for percent in range(2, 100, 7):
            (folder / name).write_bytes(data[: len(data) * percent // 100])
            try:
                found = read_all(folder / NAMES[1])
            except MifaError as error:
                assert error.code in {"MIFA202", "MIFA203"}
                if name != "run.companion.ome":
                    assert error.code == "MIFA203", f"{name} at {percent} %: {error}"
                    assert error.finding.place is not None
                    assert error.finding.place.path == str(folder / name)
                refused += 1
            else:
                np.testing.assert_array_equal(found[:, 0], MOVIE, err_msg=f"{name} at {percent} %")
        (folder / name).write_bytes(data)
    assert refused > 12 * len(names)


def test_a_missing_file_is_named(tmp_path: Path, refusal: Refusal) -> None:
    full_xml(tmp_path)
    (tmp_path / NAMES[2]).unlink()
    error = refusal(tmp_path / NAMES[0])
    assert (error.code, error.finding.message) == (
        "MIFA203",
        "is an OME-TIFF in several files, of which are missing: run_T2.ome.tif",
    )
    write(tmp_path / NAMES[1], MOVIE[1], binary_only("gone.companion.ome"))
    error = refusal(tmp_path / NAMES[1])
    assert (error.code, "gone.companion.ome" in error.finding.message) == ("MIFA203", True)


@pytest.mark.parametrize("name", ["/etc/passwd", "../a.ome.tif", "sub/../../a.ome.tif", "C:\\a.ome.tif", "", "a\n.tif"])
def test_files_elsewhere_are_not_reached_for(tmp_path: Path, refusal: Refusal, name: str) -> None:
    names = [NAMES[0], name.replace("\n", "&#10;"), NAMES[2]]
    for where in (name.replace("\n", "&#10;"),):
        write(tmp_path / "lab" / "b.ome.tif", MOVIE[0], binary_only(where))
        assert "out of its folder" in refusal(tmp_path / "lab" / "b.ome.tif").finding.message
    write(tmp_path / "lab" / NAMES[0], MOVIE[0], XML.format(root=' UUID="urn:uuid:0"', data=tiff_data(names)))
    error = refusal(tmp_path / "lab" / NAMES[0])
    assert (error.code, "out of its folder" in error.finding.message) == ("MIFA202", True)


def test_files_in_a_folder_below(tmp_path: Path) -> None:
    names = [NAMES[0], *(f"more/{name}" for name in NAMES[1:])]
    for t, name in enumerate(names):
        write(tmp_path / name, MOVIE[t], XML.format(root=f' UUID="urn:uuid:{t}"', data=tiff_data(names)))
    with TiffReader().open(tmp_path / NAMES[0]) as image:
        assert image.facts.files == ("more/run_T1.ome.tif", "more/run_T2.ome.tif")
        np.testing.assert_array_equal(image.read(full_region(image.facts.shape))[:, 0], MOVIE)


def test_a_file_of_another_acquisition(tmp_path: Path, refusal: Refusal) -> None:
    full_xml(tmp_path)
    other = XML.format(root=' UUID="urn:uuid:another"', data="<TiffData/>")
    write(tmp_path / NAMES[2], MOVIE[2], other)
    error = refusal(tmp_path / NAMES[0])
    assert str(error).startswith("MIFA202: is not the file of this name that run_T0.ome.tif belongs with")
    assert error.finding.place is not None
    assert error.finding.place.path == str(tmp_path / NAMES[2])


@pytest.mark.parametrize("options", [{"byteorder": ">"}, {"compression": "zlib"}, {"rowsperstrip": 3}], ids=str)
def test_files_that_differ(tmp_path: Path, refusal: Refusal, options: dict[str, Any]) -> None:
    full_xml(tmp_path)
    write(tmp_path / NAMES[1], MOVIE[1], XML.format(root=' UUID="urn:uuid:1"', data=tiff_data()), **options)
    assert refusal(tmp_path / NAMES[0]).code == "MIFA215"


def test_planes_that_the_xml_leaves_out(tmp_path: Path, refusal: Refusal) -> None:
    full_xml(tmp_path)
    three = np.concatenate([MOVIE[1], MOVIE[1, :1]])
    write(tmp_path / NAMES[1], three, XML.format(root=' UUID="urn:uuid:1"', data=tiff_data()))
    error = refusal(tmp_path / NAMES[0])
    assert (error.code, error.finding.message) == ("MIFA215", "holds 1 more planes than its metadata describe")


def test_a_file_that_goes_while_the_image_is_open(tmp_path: Path) -> None:
    full_xml(tmp_path)
    with TiffReader().open(tmp_path / NAMES[0]) as image:
        (tmp_path / NAMES[1]).unlink()
        with pytest.raises(MifaError, match="MIFA202: its pixels cannot be read"):
            image.read(full_region(image.facts.shape))


def test_scenes_in_files_of_their_own(tmp_path: Path) -> None:
    image = (
        '<Image ID="Image:{n}" Name="P{n}"><Pixels ID="Pixels:{n}" DimensionOrder="XYZTC" Type="uint16" SizeX="40" '
        'SizeY="24" SizeZ="2" SizeC="1" SizeT="1"><Channel ID="Channel:{n}:0"/><TiffData PlaneCount="2">'
        '<UUID FileName="{name}">urn:uuid:{n}</UUID></TiffData></Pixels></Image>'
    )
    images = "".join(image.format(n=n, name=name) for n, name in enumerate(NAMES))
    for n, name in enumerate(NAMES):
        head, _, _ = XML.format(root=f' UUID="urn:uuid:{n}"', data="").partition("<Image")
        write(tmp_path / name, MOVIE[n], f"{head}{images}</OME>")
    for opened in NAMES:
        for scene in range(3):
            with TiffReader().open(tmp_path / opened, scene=scene) as source:
                assert source.facts.scenes == ("P0", "P1", "P2")
                assert source.facts.files == tuple(sorted(set(NAMES) - {opened}))
                np.testing.assert_array_equal(source.read(full_region(source.facts.shape))[0], MOVIE[scene])
