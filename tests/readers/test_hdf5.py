"""HDF5: datasets by name, axes from those who write them, BigDataViewer, Imaris, and files that lead elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyfive
import pytest

from mifakit.errors import MifaError
from mifakit.readers.base import Channel, ImageFacts, Spacing, full_region
from mifakit.readers.hdf5.reader import Hdf5Reader
from mifakit.testing import DamageContract

Pixels = np.ndarray[Any, Any]

RNG = np.random.default_rng(3)
STACK = RNG.integers(0, 4000, (7, 40, 52), np.uint16)
MOVIE = RNG.integers(0, 60_000, (2, 3, 7, 40, 52), np.uint16)  # t, c, z, y, x


READ_ELSEWHERE = """
import sys
from pathlib import Path
from mifakit.readers.base import full_region
from mifakit.readers.hdf5.reader import Hdf5Reader
with Hdf5Reader().open(Path(sys.argv[1])) as image:
    print(image.read(full_region(image.facts.shape)).sum())
"""


def facts_of(path: Path, axes: str | None = None, scene: int = 0) -> ImageFacts:
    with Hdf5Reader().open(path, axes, scene) as image:
        return image.facts


def read_all(path: Path, axes: str | None = None, scene: int = 0) -> Pixels:
    with Hdf5Reader().open(path, axes, scene) as image:
        return image.read(full_region(image.facts.shape))


def refusal(path: Path, axes: str | None = None, scene: int = 0) -> MifaError:
    with pytest.raises(MifaError) as caught:
        read_all(path, axes, scene)
    return caught.value


def um(**values: float) -> dict[str, Spacing]:
    return {axis: Spacing(value, "second" if axis == "t" else "micrometer") for axis, value in values.items()}


def write(path: Path, name: str, pixels: Pixels, attributes: dict[str, Any] | None = None, **options: Any) -> Path:
    """Add a dataset to a file."""
    with h5py.File(path, "a") as file:
        file.create_dataset(name, data=pixels, **options).attrs.update(attributes or {})
    return path


def write_plantseg(path: Path) -> Path:
    size = {"element_size_um": [0.235, 0.15, 0.15]}
    write(path, "raw", STACK, size, chunks=(3, 16, 32), compression="gzip")
    write(path, "raw_points", np.zeros(9))
    return write(path, "label", (STACK > 2000).astype(">i4"), size)


def write_ilastik(path: Path) -> Path:
    tags = {"axes": [{"key": key, "typeFlags": 2, "resolution": 0, "description": ""} for key in "tzyxc"]}
    pixels = np.moveaxis(MOVIE, 1, -1).astype(np.float32)
    return write(path, "exported_data", pixels, {"axistags": json.dumps(tags)}, chunks=(1, 4, 16, 16, 3), shuffle=True)


def write_bigdataviewer(path: Path, shapes: dict[str, Pixels], sizes: str = "0.2 0.25 1.5", unit: str = "µm") -> Path:
    """Write cells as BigDataViewer does, 16 bits with a sign, two levels; and its XML."""
    with h5py.File(path, "w") as file:
        for name, cells in shapes.items():
            setup = name.partition("/")[2]
            file.require_group(setup).require_dataset("resolutions", (2, 3), "f8", data=[[1, 1, 1], [2, 2, 2]])
            file.require_group(setup).require_dataset("subdivisions", (2, 3), "i4", data=[[16, 16, 4]] * 2)
            for level in range(2):
                data = cells[:: level + 1, :: level + 1, :: level + 1].view(np.int16)
                file.create_dataset(f"{name}/{level}/cells", data=data, chunks=(4, 5, 16), compression="gzip")
    path.with_suffix(".xml").write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?>
        <SpimData version="0.2"><BasePath type="relative">.</BasePath><SequenceDescription>
        <ImageLoader format="bdv.hdf5"><hdf5 type="relative">{path.name}</hdf5></ImageLoader>
        <ViewSetups>
        <ViewSetup><id>0</id><voxelSize><unit>{unit}</unit><size>{sizes}</size></voxelSize></ViewSetup>
        <ViewSetup><id>1</id><voxelSize><unit>nm</unit><size>200 250 1500</size></voxelSize></ViewSetup>
        </ViewSetups></SequenceDescription></SpimData>""",
        encoding="utf-8",
    )
    return path


def movie_of(channel: int) -> dict[str, Pixels]:
    return {f"t0000{time}/s0{channel}": MOVIE[time, channel] for time in range(2)}


def letters(text: str) -> Pixels:
    return np.frombuffer(text.encode(), "S1")


def write_imaris(path: Path, pixels: Pixels = MOVIE, padded: tuple[int, ...] = (8, 64, 64)) -> Path:
    """Write a file as Imaris does: padded to whole chunks, attributes letter by letter."""
    times, channels, *size = pixels.shape
    with h5py.File(path, "w") as file:
        for level, step in (("ResolutionLevel 0", 1), ("ResolutionLevel 1", 2)):
            for time in range(times):
                for channel in range(channels):
                    group = file.create_group(f"DataSet/{level}/TimePoint {time}/Channel {channel}")
                    data = np.full(padded, 7, pixels.dtype)
                    part = pixels[time, channel, ::step, ::step, ::step]
                    data[tuple(map(slice, part.shape))] = part
                    group.create_dataset("Data", data=data, chunks=(4, 32, 32), compression="gzip")
                    for axis, length in zip("ZYX", part.shape, strict=True):
                        group.attrs[f"ImageSize{axis}"] = letters(str(length))
        image = file.create_group("DataSetInfo/Image")
        extents = {"0": (10, 10 + 0.2 * size[2]), "1": (0, 0.25 * size[1]), "2": (-5, -5 + 1.5 * size[0])}
        for index, (start, stop) in extents.items():
            image.attrs[f"ExtMin{index}"], image.attrs[f"ExtMax{index}"] = letters(f"{start}"), letters(f"{stop}")
        image.attrs["Unit"] = letters("um")
        image.attrs["RecordingDate"] = letters("2014-05-16 14:02:41.000")
        info = file.create_group("DataSetInfo/TimeInfo")
        for time in range(times):
            info.attrs[f"TimePoint{time + 1}"] = letters(f"2014-05-16 14:0{2 + time}:41.500")
        for channel, (name, color, wave) in enumerate(
            [("DAPI", "0.000 0.000 1.000", "461"), ("(name not specified)", "1 0.5 0", ""), ("GFP", "", "0")][:channels]
        ):
            group = file.create_group(f"DataSetInfo/Channel {channel}")
            group.attrs["Name"], group.attrs["Color"] = letters(name), letters(color or " ")
            group.attrs["LSMEmissionWavelength"] = letters(wave or " ")
    return path


def by_pyfive(path: Path, name: str) -> Pixels:
    """Return a dataset as pyfive reads it, which shares nothing with libhdf5."""
    with pyfive.File(path) as file:
        return np.asarray(file[name][...])


KINDS: dict[str, Callable[[Path], Path]] = {
    "plantseg.h5": write_plantseg,
    "ilastik.hdf5": write_ilastik,
    "plane.hdf": lambda path: write(path, "a/b/plane", STACK[0], compression="lzf", fletcher32=True, chunks=(9, 9)),
    "bdv.h5": lambda path: write_bigdataviewer(path, {**movie_of(0), **movie_of(1)}),
    "bdv-uneven.h5": lambda path: write_bigdataviewer(path, {"t00000/s00": STACK, "t00001/s00": STACK[:, :9]}),
    "imaris.ims": write_imaris,
}


class TestContract(DamageContract):
    @pytest.fixture(params=KINDS)
    def image_file(self, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
        return KINDS[request.param](tmp_path / request.param)

    @pytest.fixture
    def reader(self) -> Hdf5Reader:
        return Hdf5Reader()

    @pytest.fixture
    def pixels(self, image_file: Path) -> Pixels:
        match image_file.name:
            case "plantseg.h5":
                return by_pyfive(image_file, "label")[None].astype(np.int32)
            case "ilastik.hdf5":
                return np.moveaxis(by_pyfive(image_file, "exported_data"), -1, 1)
            case "plane.hdf":
                return STACK[None, 0]
            case "bdv.h5":
                return MOVIE[:, :1]
            case "bdv-uneven.h5":
                return STACK[None]
            case _:
                return MOVIE


def test_a_real_plantseg_file(real_file: Callable[[str], Path]) -> None:
    path = real_file("plantseg_ovule/sample_ovule.h5")
    facts = facts_of(path, scene=1)
    assert facts.scenes == ("label", "raw")
    assert (facts.axes, facts.shape, facts.dtype, facts.native_axes) == ("czyx", (1, 32, 128, 128), np.uint8, "ZYX")
    assert dict(facts.spacing) == um(z=0.235, y=0.15, x=0.15)
    raw, label = read_all(path, scene=1), read_all(path)
    assert raw[0, 0, 0, :5].tolist() == [181, 186, 190, 194, 197]
    assert label[0, 20, 30, 40:46].tolist() == [165, 165, 165, 165, 850, 850]
    np.testing.assert_array_equal(raw[0], by_pyfive(path, "raw"))
    np.testing.assert_array_equal(label[0], by_pyfive(path, "label"))


def test_datasets_are_scenes_in_the_order_of_their_paths(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    for name in ("z", "b/raw", "b/mask", "a"):
        write(path, name, STACK[0])
    write(path, "line", np.zeros(8))
    write(path, "text", np.array([["a", "b"]], h5py.string_dtype()))
    write(path, "complex", np.zeros((3, 3), complex))
    write(path, "record", np.zeros((3, 3), [("a", "u1")]))
    write(path, "empty", np.zeros((0, 3)))
    write(path, "palette", np.zeros((256, 3), np.uint8), {"CLASS": np.bytes_("PALETTE")})
    with h5py.File(path, "a") as file:
        file["nothing"] = h5py.Empty("u1")
        file["references"] = np.full((2, 2), file["a"].ref, h5py.ref_dtype)
        file["type"] = np.dtype("u2")
        file["circle"] = file["/"]
        file["again"] = file["b"]
        file["soft"] = h5py.SoftLink("/a")
        file["gone"] = h5py.SoftLink("/not/there")
    assert facts_of(path).scenes == ("a", "again/mask", "again/raw", "z")
    with pytest.raises(IndexError):
        Hdf5Reader().open(path, scene=4)


def test_axes_of_vigra_and_labels(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    tags = json.dumps({"axes": [{"key": "x"}, {"key": "y"}, {"key": "t"}]})
    write(path, "ilastik", STACK, {"axistags": tags})
    write(path, "bytes", STACK, {"axistags": np.bytes_(tags)})
    write(path, "broken", STACK, {"axistags": tags[:-2]})
    write(path, "short", STACK, {"axistags": json.dumps({"axes": [{"key": "x"}]})})
    write(path, "odd", STACK, {"axistags": json.dumps([1, 2])})
    with h5py.File(path, "a") as file:
        for index, label in enumerate(("time", "Y", "x")):
            file.create_dataset("labelled", data=STACK) if not index else None
            file["labelled"].dims[index].label = label
    scenes = sorted(["ilastik", "bytes", "broken", "short", "odd", "labelled"])
    for name in ("ilastik", "bytes"):
        facts = facts_of(path, scene=scenes.index(name))
        assert (facts.axes, facts.shape, facts.native_axes) == ("tcyx", (52, 1, 40, 7), "XYT")
        np.testing.assert_array_equal(read_all(path, scene=scenes.index(name)), STACK.T[:, None])
    assert facts_of(path, scene=scenes.index("labelled")).axes == "tcyx"
    for name in ("broken", "short", "odd"):
        error = refusal(path, scene=scenes.index(name))
        assert (error.code, error.finding.hint) == ("MIFA206", "set axes: zyx in the sheet (or tyx, cyx)")
    assert facts_of(path, "zyx", scenes.index("broken")).axes == "czyx"


def test_element_sizes(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    write(path, "a-movie", MOVIE[0], {"element_size_um": [2, 0.5, 0.25]})
    write(path, "b-plane", STACK[0], {"element_size_um": [2, 0.5, 0.25]})
    write(path, "c-nonsense", STACK[0], {"element_size_um": [-1, 0, 0.25]})
    write(path, "d-text", STACK[0], {"element_size_um": "0.5"})
    assert refusal(path).code == "MIFA206"
    assert dict(facts_of(path, "tzyx").spacing) == um(z=2.0, y=0.5, x=0.25)
    assert dict(facts_of(path, scene=1).spacing) == um(y=0.5, x=0.25)
    facts = facts_of(path, scene=2)
    assert dict(facts.spacing) == um(x=0.25)
    assert "0 um" in facts.findings[0].message
    assert not facts_of(path, scene=3).spacing


def test_truth_and_byte_order(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    write(path, "truth", STACK[0] > 2000)
    write(path, "big", STACK[0].astype(">f8"))
    assert read_all(path, scene=1).tolist() == [np.where(STACK[0] > 2000, 1, 0).tolist()]
    assert read_all(path).dtype == np.dtype("=f8")


def test_bigdataviewer(tmp_path: Path) -> None:
    path = write_bigdataviewer(tmp_path / "a.h5", {**movie_of(0), **movie_of(1)})
    facts = facts_of(path)
    assert (facts.axes, facts.shape, facts.dtype) == ("tczyx", (2, 1, 7, 40, 52), np.uint16)
    assert (facts.scenes, facts.files) == (("s00", "s01"), ("a.xml",))
    assert dict(facts.spacing) == dict(facts_of(path, scene=1).spacing) == um(z=1.5, y=0.25, x=0.2)
    assert MOVIE.max() > 2**15  # which the file stores as a negative number
    np.testing.assert_array_equal(read_all(path, scene=1), MOVIE[:, 1:2])
    path.with_suffix(".xml").unlink()
    assert [finding.code for finding in facts_of(path).findings] == ["MIFA205"]


def test_bigdataviewer_setups_whose_time_points_differ(tmp_path: Path) -> None:
    shapes = {**movie_of(0), "t00000/s01": STACK, "t00001/s01": STACK[:, :9], "t00001/s02": STACK}
    path = write_bigdataviewer(tmp_path / "a.h5", shapes)
    assert facts_of(path).scenes == ("s00", "t00000/s01", "t00001/s01", "t00001/s02")
    assert facts_of(path, scene=2).shape == (1, 7, 9, 52)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda xml: xml.replace("µm", "pixel"), "0.2 pixel"),
        (lambda xml: xml.replace("0.2 0.25", "0 0.25"), "0 µm"),
        (lambda xml: xml.replace("0.2 0.25", "wide 0.25"), "nan µm"),
        (lambda xml: xml.replace("a.h5", "other.h5"), "not given"),
        (lambda xml: xml[:300], "a.xml cannot be read"),
        (
            lambda xml: xml.replace("<SpimData", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><SpimData"),
            "DTD",
        ),
    ],
)
def test_an_xml_that_does_not_help(tmp_path: Path, change: Callable[[str], str], said: str) -> None:
    path = write_bigdataviewer(tmp_path / "a.h5", movie_of(0))
    described = path.with_suffix(".xml")
    described.write_text(change(described.read_text("utf-8")), "utf-8")
    facts = facts_of(path)
    assert facts.findings[0].code == "MIFA205"
    assert said in facts.findings[0].message
    assert set(facts.spacing) <= {"y", "z"}


def test_imaris(tmp_path: Path) -> None:
    facts = facts_of(write_imaris(tmp_path / "a.ims"))
    assert (facts.axes, facts.shape, facts.scenes) == ("tczyx", MOVIE.shape, ())
    assert {axis: round(one.value, 9) for axis, one in facts.spacing.items()} == {
        "t": 60,
        "z": 1.5,
        "y": 0.25,
        "x": 0.2,
    }
    assert facts.channels == (
        Channel("DAPI", "0000FF", emission=461.0),
        Channel(None, "FF8000"),
        Channel("GFP"),
    )
    assert facts.acquisition.acquired == "2014-05-16T14:02:41"


@pytest.mark.parametrize(
    ("damage", "code", "message"),
    [
        (lambda level: level.pop("TimePoint 0"), "MIFA203", "lacks a part"),
        (lambda level: level.pop("TimePoint 1/Channel 2"), "MIFA203", "lacks Channel 2 of TimePoint 1"),
        (lambda level: level["TimePoint 0/Channel 0"].attrs.pop("ImageSizeX"), "MIFA202", "ImageSizeX is ''"),
        (lambda level: level["TimePoint 0/Channel 0"].attrs.modify("ImageSizeX", letters("99")), "MIFA202", "no image"),
    ],
)
def test_an_imaris_file_with_gaps(tmp_path: Path, damage: Callable[[Any], Any], code: str, message: str) -> None:
    path = write_imaris(tmp_path / "a.ims")
    with h5py.File(path, "a") as file:
        damage(file["DataSet/ResolutionLevel 0"])
    error = refusal(path)
    assert error.code == code
    assert message in error.finding.message


def _external_link(file: h5py.File) -> None:
    file["raw"] = h5py.ExternalLink("secret.h5", "raw")


def _external_storage(file: h5py.File) -> None:
    file.create_dataset("raw", (4, 4), "u1", external=[("secret", 0, 16)])


def _virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((4, 4), "u1")
    layout[:] = h5py.VirtualSource("secret.h5", "raw", (4, 4))
    file.create_virtual_dataset("raw", layout)


def _partitioned(file: h5py.File) -> None:
    file["s00/resolutions"] = [[1, 1, 1]]
    file["t00000/s00"] = h5py.ExternalLink("secret.h5", "raw")


@pytest.mark.parametrize("lead", [_external_link, _external_storage, _virtual, _partitioned])
def test_nothing_leads_out_of_the_file(tmp_path: Path, lead: Callable[[h5py.File], None]) -> None:
    write(tmp_path / "secret.h5", "raw", np.full((4, 4), 9, np.uint8))
    (tmp_path / "secret").write_bytes(bytes(16))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        lead(file)
    error = refusal(tmp_path / "a.h5")
    assert error.code == "MIFA202"
    assert "lies in another file, which is not followed" in error.finding.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_the_other_file_is_not_even_opened(tmp_path: Path) -> None:
    """Asked for the shape of such a dataset, HDF5 opens its source; were it opened, this pipe would hang."""
    pipe, path = tmp_path / "secret.h5", tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        layout = h5py.VirtualLayout((4, 4), "u1", maxshape=(None, 4))
        source = h5py.VirtualSource(pipe, "raw", (4, 4), maxshape=(None, 4))
        layout[: h5py.h5s.UNLIMITED] = source[: h5py.h5s.UNLIMITED]
        file.create_virtual_dataset("raw", layout)
    os.mkfifo(pipe)
    run = subprocess.run([sys.executable, "-c", READ_ELSEWHERE, str(path)], capture_output=True, text=True, timeout=60)
    assert "MIFA202: what it calls raw lies in another file" in run.stderr


def test_pixels_that_were_never_written_are_not_made_up(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("raw", (64, 64), "u1", chunks=(16, 16))
    assert "was never written" in refusal(path).finding.message
    with h5py.File(path, "a") as file:
        file["raw"][:16, :48] = 5
    findings = {finding.code: finding.message for finding in facts_of(path).findings}
    assert findings["MIFA203"] == "13 chunks of raw are not stored; their pixels read as the fill value"


def test_sizes_that_are_only_declared(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("raw", (60_000, 60_000), "u1", chunks=(16, 16))[0, 0] = 1
    assert refusal(path).code == "MIFA214"
    with h5py.File(path, "w") as file:  # one chunk that would fill the memory
        file.create_dataset("raw", (8, 8), "u1", chunks=(40_000, 40_000), maxshape=(None, None))
    assert refusal(path).code == "MIFA214"


def test_filters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((40, 52))
        properties.set_filter(32_000 + 999, h5py.h5z.FLAG_OPTIONAL)
        space = h5py.h5s.create_simple((40, 52))
        h5py.h5d.create(file.id, b"raw", h5py.h5t.NATIVE_UINT16, space, properties).write(space, space, STACK[0].copy())
    error = refusal(path)
    assert error.code == "MIFA202"
    assert "filter 32999, which is not known" in error.finding.message
    monkeypatch.setitem(sys.modules, "hdf5plugin", None)
    error = refusal(path)
    assert (error.code, error.finding.hint) == ("MIFA217", 'pip install "mifakit[hdf5]"')


@pytest.mark.parametrize("name", ["Blosc", "Zstd", "LZ4", "Bitshuffle"])
def test_filters_of_hdf5plugin(tmp_path: Path, name: str) -> None:
    filters = pytest.importorskip("hdf5plugin")
    path = write(tmp_path / "a.h5", "raw", STACK[0], chunks=(20, 26), **getattr(filters, name)())
    # This process has the filters by now; another one has to load them.
    found = subprocess.run(
        [sys.executable, "-c", READ_ELSEWHERE, str(path)], capture_output=True, text=True, check=True
    )
    assert int(found.stdout) == STACK[0].sum()


def test_damage(tmp_path: Path) -> None:
    path = write(tmp_path / "a.h5", "raw", STACK, chunks=(7, 40, 52), compression="gzip", fletcher32=True)
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    assert refusal(path, "zyx").code == "MIFA203"
    damaged = bytearray(data)
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["x"] = 1
    with h5py.File(path.with_name("c.h5"), "w"):
        pass
    (tmp_path / "d.hdf").write_bytes(b"\x0e\x03\x13\x01" + bytes(99))
    assert "it looks like an HDF4 file" in refusal(tmp_path / "d.hdf").finding.message
    assert "holds no dataset" in refusal(tmp_path / "b.h5").finding.message
    assert "holds no dataset" in refusal(tmp_path / "c.h5").finding.message
    damaged[len(data) // 2] ^= 1
    path.write_bytes(damaged)
    error = refusal(path, "zyx")
    assert error.code == "MIFA202"
    assert "its pixels cannot be read" in error.finding.message


def test_a_file_of_very_many_objects_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mifakit.readers.hdf5.objects.MAX_HDF5_OBJECTS", 10)
    path = tmp_path / "a.h5"
    for number in range(10):
        write(path, f"raw{number}", STACK[0])
    assert "more than 10 objects" in refusal(path).finding.message
