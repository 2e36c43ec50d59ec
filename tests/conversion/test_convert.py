"""Samples made from real files, compared with tifffile and Pillow; damage and changes made on the way."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
import zarr
from PIL import Image

from mifakit.conversion import convert
from mifakit.conversion.convert import Converted, convert_sample
from mifakit.conversion.plan import Job, LabelJob
from mifakit.errors import MifaError
from mifakit.findings import Place
from mifakit.readers.base import Channel, Spacing
from mifakit.readers.registry import open_image

RANDOM = np.random.default_rng(4)
UM = "micrometer"


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    (folder / "m").mkdir(parents=True)
    return folder


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "dataset"
    folder.mkdir()
    return folder


def make_job(lab: Path, source: str, *labels: LabelJob, drop_alpha: bool = False, **changes: Any) -> Job:
    with open_image(lab / source, changes.get("axes")) as opened:
        facts = opened.facts
    names = [f"C{index}" for index in range(facts.size("c") - drop_alpha)]
    job: dict[str, Any] = {
        "sample": "s1",
        "source": source,
        "component": "Cells",
        "facts": facts,
        "axes": None,
        "drop_alpha": drop_alpha,
        "spacing": {},
        "channels": tuple(Channel(name) for name in names),
        "labels": labels,
        "group": "g",
        "split": "train",
    }
    return Job(**{**job, **changes})


def nuclei(*files: str, layout: str = "label image", **classes: str) -> LabelJob:
    named = {int(value[1:]): name for value, name in classes.items()}
    return LabelJob("nuclei", layout, files, "same name", named)  # type: ignore[arg-type]


def write_tiff(path: Path, array: np.ndarray, axes: str | None = None) -> np.ndarray:
    imagej = {"imagej": True, "metadata": {"axes": axes}} if axes else {"photometric": "minisblack"}
    tifffile.imwrite(path, array, **imagej)
    return array


def noise(*shape: int, dtype: str = "u2", high: int = 60_000) -> np.ndarray:
    return RANDOM.integers(0, high, shape).astype(dtype)


def level(dataset: Path, *path: str) -> np.ndarray:
    return zarr.open_array(dataset.joinpath("images", "s1.ome.zarr", *path), mode="r")[...]


def refused(job: Job, lab: Path, dataset: Path, watch: Callable[[int], None] | None = None) -> MifaError:
    before = tree(lab)
    with pytest.raises(MifaError) as error:
        convert_sample(job, lab, dataset, watch)
    left = [path for path in dataset.rglob("*") if path != dataset / "images"]
    assert left == [], "a failure must leave nothing"
    assert watch or tree(lab) == before
    return error.value


def tree(folder: Path) -> dict[str, str]:
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def test_a_movie_with_channels_and_labels(lab: Path, dataset: Path) -> None:
    pixels = write_tiff(lab / "a.tif", noise(2, 3, 2, 300, 40), "TZCYX")
    mask = write_tiff(lab / "m" / "a.tif", noise(2, 3, 300, 40, high=400), "TZYX")
    spacing = {"t": Spacing(60.0, "second"), "z": Spacing(2.0, UM), "y": Spacing(0.5, UM), "x": Spacing(0.4, UM)}
    before = tree(lab)
    made = convert_sample(make_job(lab, "a.tif", nuclei("m/a.tif"), spacing=spacing), lab, dataset)
    assert tree(lab) == before
    np.testing.assert_array_equal(level(dataset, "0"), pixels.transpose(0, 2, 1, 3, 4))
    np.testing.assert_array_equal(level(dataset, "labels", "nuclei", "0"), mask)
    assert level(dataset, "1").shape == (2, 2, 3, 150, 20)
    assert level(dataset, "labels", "nuclei", "1").shape == (2, 3, 150, 20)
    row = made.row
    assert (row.sample, row.image, row.source) == ("s1", "images/s1.ome.zarr", "a.tif")
    assert (row.axes, row.shape, row.dtype) == ("tczyx", (2, 2, 3, 300, 40), "uint16")
    assert (row.pixel_size_x, row.pixel_size_y, row.pixel_size_z, row.time_step) == (0.4, 0.5, 2.0, 60.0)
    assert (row.channels, row.split, row.group, row.component) == (("C0", "C1"), "train", "g", "Cells")
    assert row.source_sha256 == hashlib.sha256((lab / "a.tif").read_bytes()).hexdigest()
    label = row.labels["nuclei"]
    assert (label.label, label.label_dtype, label.label_sources) == (
        "images/s1.ome.zarr/labels/nuclei",
        "uint16",
        ("m/a.tif",),
    )
    assert label.objects == len(np.unique(mask)) - 1
    assert os.listdir(dataset / "images") == ["s1.ome.zarr"]  # noqa: PTH208


def test_labels_have_as_many_levels_as_their_image(lab: Path, dataset: Path) -> None:
    write_tiff(lab / "a.tif", noise(2, 40, 1030), "CYX")
    write_tiff(lab / "m" / "a.tif", noise(40, 1030, high=9))
    convert_sample(make_job(lab, "a.tif", nuclei("m/a.tif")), lab, dataset)
    shapes = [(40, 1030), (20, 515), (10, 258), (5, 129)]
    for index, shape in enumerate(shapes):
        assert level(dataset, str(index)).shape == (2, *shape)
        assert level(dataset, "labels", "nuclei", str(index)).shape == shape
    assert not (dataset / "images" / "s1.ome.zarr" / "4").exists()


def test_two_sets_and_classes(lab: Path, dataset: Path) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    classes = np.zeros((30, 40), np.uint8)
    classes[3:6], classes[9:12] = 1, 2
    write_tiff(lab / "m" / "a.tif", classes)
    cells = LabelJob("cells", "label image", ("m/a.tif",), "", {})
    made = convert_sample(make_job(lab, "a.tif", nuclei("m/a.tif", v1="nucleus", v2="debris"), cells), lab, dataset)
    assert sorted(made.row.labels) == ["cells", "nuclei"]
    store = dataset / "images" / "s1.ome.zarr"
    assert zarr.open_group(store / "labels", mode="r").attrs["ome"]["labels"] == ["cells", "nuclei"]
    said = zarr.open_group(store / "labels" / "nuclei", mode="r").attrs["ome"]["image-label"]
    assert said["properties"] == [{"label-value": 1, "class": "nucleus"}, {"label-value": 2, "class": "debris"}]
    assert "properties" not in zarr.open_group(store / "labels" / "cells", mode="r").attrs["ome"]["image-label"]


def test_files_per_object(lab: Path, dataset: Path) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    expected = np.zeros((30, 40), int)
    for number, rows in enumerate([slice(0, 5), slice(10, 15), slice(12, 20)], start=1):
        mask = np.zeros((30, 40), np.uint8)
        mask[rows] = 255
        Image.fromarray(mask).save(lab / "m" / f"{number}.png")
        expected[(mask > 0) & (expected == 0)] = number
    job = make_job(lab, "a.tif", nuclei("m/1.png", "m/2.png", "m/3.png", layout="file per object"))
    made = convert_sample(job, lab, dataset)
    np.testing.assert_array_equal(level(dataset, "labels", "nuclei", "0"), expected)
    assert made.row.labels["nuclei"].objects == 3
    assert [(one.code, str(one.place)) for one in made.findings] == [("MIFA307", "m/3.png")]


@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_an_opaque_alpha_channel_is_dropped_without_a_trace(lab: Path, dataset: Path, dtype: str) -> None:
    pixels = noise(300, 20, 4, dtype=dtype, high=np.iinfo(dtype).max)
    pixels[..., 3] = np.iinfo(dtype).max
    tifffile.imwrite(lab / "a.tif", pixels, photometric="rgb", extrasamples=["unassalpha"])
    made = convert_sample(make_job(lab, "a.tif", drop_alpha=True), lab, dataset)
    np.testing.assert_array_equal(level(dataset, "0"), np.moveaxis(pixels[..., :3], -1, 0))
    assert (made.row.shape, made.row.channels) == ((3, 300, 20), ("C0", "C1", "C2"))


def test_an_alpha_channel_that_hides_one_pixel_is_not_dropped(lab: Path, dataset: Path) -> None:
    pixels = noise(2100, 5, 4, dtype="u1", high=255)
    pixels[..., 3] = 255
    pixels[2099, 4, 3] = 254
    Image.fromarray(pixels).save(lab / "a.png")
    error = refused(make_job(lab, "a.png", drop_alpha=True), lab, dataset)
    assert (error.code, error.finding.place) == ("MIFA308", Place("a.png"))
    made = convert_sample(make_job(lab, "a.png"), lab, dataset)
    np.testing.assert_array_equal(level(dataset, "0"), np.moveaxis(pixels, -1, 0))
    assert made.row.channels == ("C0", "C1", "C2", "C3")


def test_axes_of_the_sheet_are_used(lab: Path, dataset: Path) -> None:
    pixels = write_tiff(lab / "a.tif", noise(5, 30, 40))
    made = convert_sample(make_job(lab, "a.tif", axes="tyx"), lab, dataset)
    assert (made.row.axes, made.row.shape) == ("tcyx", (5, 1, 30, 40))
    np.testing.assert_array_equal(level(dataset, "0")[:, 0], pixels)


@pytest.mark.parametrize(
    ("mask", "code"),
    [
        (np.zeros((40, 30), np.uint8), "MIFA302"),
        (np.full((30, 40), 0.5, np.float32), "MIFA303"),
        (np.full((30, 40), -2, np.int16), "MIFA304"),
        (np.zeros((30, 40, 3), np.uint8), "MIFA305"),
        (None, "MIFA202"),
    ],
)
def test_a_mask_that_does_not_do_leaves_no_image_either(
    lab: Path, dataset: Path, mask: np.ndarray | None, code: str
) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    if mask is not None:
        tifffile.imwrite(lab / "m" / "a.tif", mask, photometric="rgb" if mask.ndim == 3 else "minisblack")
    error = refused(make_job(lab, "a.tif", nuclei("m/a.tif")), lab, dataset)
    assert (error.code, error.finding.place) == (code, Place("m/a.tif"))


@pytest.mark.parametrize("layout", ["label image", "file per object"])
def test_a_damaged_mask_is_named_itself(lab: Path, dataset: Path, layout: str) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    Image.fromarray(np.eye(30, 40, dtype=np.uint8)).save(lab / "m" / "1.png")
    raw = (lab / "m" / "1.png").read_bytes()
    (lab / "m" / "1.png").write_bytes(raw[:-20])
    error = refused(make_job(lab, "a.tif", nuclei("m/1.png", layout=layout)), lab, dataset)
    assert error.code in {"MIFA202", "MIFA203"}
    assert error.finding.place == Place("m/1.png")


def test_an_image_that_is_no_longer_what_the_scan_saw(lab: Path, dataset: Path) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    job = make_job(lab, "a.tif")
    write_tiff(lab / "a.tif", noise(30, 41))
    assert refused(job, lab, dataset).code == "MIFA312"


def test_an_image_that_is_gone(lab: Path, dataset: Path) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    job = make_job(lab, "a.tif")
    (lab / "a.tif").unlink()
    assert refused(job, lab, dataset).code == "MIFA202"


def appended(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"\0")


def one_pixel_changed(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 255
    path.write_bytes(raw)


@pytest.mark.parametrize("change", [appended, one_pixel_changed, Path.unlink])
def test_an_image_that_changes_while_it_is_read(lab: Path, dataset: Path, change: Callable[[Path], None]) -> None:
    write_tiff(lab / "a.tif", noise(4100, 3))
    calls: list[int] = []

    def watch(_: int) -> None:
        if not calls:
            change(lab / "a.tif")
        calls.append(1)

    assert refused(make_job(lab, "a.tif"), lab, dataset, watch).code in {"MIFA312", "MIFA202"}
    assert len(calls) == 3, "three slabs; the change came after the first"


def test_a_mask_that_changes_while_it_is_read(lab: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids are collected first, pixels copied later: 300 would wrap to 44 in the 8 bits that were enough before."""
    write_tiff(lab / "a.tif", noise(30, 40))
    write_tiff(lab / "m" / "a.tif", noise(30, 40, high=5))
    original = convert.write_multiscale

    def write(target: Path, *arguments: Any) -> Any:
        if target.name == "nuclei":
            write_tiff(lab / "m" / "a.tif", np.full((30, 40), 300, np.uint16))
        return original(target, *arguments)

    monkeypatch.setattr(convert, "write_multiscale", write)
    assert refused(make_job(lab, "a.tif", nuclei("m/a.tif")), lab, dataset, lambda _: None).code == "MIFA312"


def test_what_is_damaged_on_disk_is_seen_before_it_takes_its_name(lab: Path, dataset: Path) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))

    def damage(_: int) -> None:
        (shard,) = (dataset / "images" / "s1.ome.zarr.partial").rglob("0/c/0/0/0")
        raw = bytearray(shard.read_bytes())
        raw[len(raw) // 2] ^= 255
        shard.write_bytes(raw)

    error = refused(make_job(lab, "a.tif"), lab, dataset, damage)
    assert (error.code, error.finding.place) == ("MIFA306", Place("a.tif"))


def test_what_is_lost_on_disk_is_seen_too(lab: Path, dataset: Path) -> None:
    write_tiff(lab / "a.tif", np.zeros((30, 40), np.uint16))

    def lose(_: int) -> None:
        (shard,) = (dataset / "images" / "s1.ome.zarr.partial").rglob("0/c/0/0/0")
        shard.unlink()

    error = refused(make_job(lab, "a.tif"), lab, dataset, lose)
    assert error.code == "MIFA306"
    assert "missing" in error.finding.message


def test_two_conversions_give_the_same_bytes(lab: Path, tmp_path: Path) -> None:
    write_tiff(lab / "a.tif", noise(3, 300, 40), "ZYX")
    write_tiff(lab / "m" / "a.tif", noise(3, 300, 40, high=9), "ZYX")
    rows: list[Converted] = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        rows.append(convert_sample(make_job(lab, "a.tif", nuclei("m/a.tif")), lab, tmp_path / name))
    one, two = ({path[len(str(tmp_path / name)) :]: digest for path, digest in tree(tmp_path / name).items()}
                for name in ("one", "two"))  # fmt: skip
    assert one == two
    assert rows[0] == rows[1]


def test_watch_is_told_every_byte_once(lab: Path, dataset: Path) -> None:
    pixels = write_tiff(lab / "a.tif", noise(4, 2100, 7), "ZYX")
    told: list[int] = []
    convert_sample(make_job(lab, "a.tif"), lab, dataset, told.append)
    assert sum(told) == pixels.nbytes
    assert len(told) > 1
