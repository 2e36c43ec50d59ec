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
from tests.conversion.samples import make_job, noise, nuclei, tree, write_tiff

from mifakit.conversion import convert, label_images
from mifakit.conversion.convert import assemble, convert_annotation, convert_part, convert_sample, hash_sources
from mifakit.conversion.geometry import image_parts
from mifakit.conversion.plan import AnnotationJob, AnnotationSource, Job
from mifakit.conversion.workbench import Workbench
from mifakit.errors import MifaError
from mifakit.findings import Place
from mifakit.ngff import writing
from mifakit.readers.base import Region, Spacing
from mifakit.readers.origin import Origin
from mifakit.readers.samples import RGB

UM = "micrometer"


def level(dataset: Path, *path: str) -> np.ndarray:
    return zarr.open_array(dataset.joinpath("images", "s1.ome.zarr", *path), mode="r")[...]


def refused(job: Job, bench: Workbench, *, lab_may_change: bool = False) -> MifaError:
    before = tree(bench.lab_folder)
    with pytest.raises(MifaError) as error:
        convert_sample(job, bench)
    left = [path for path in bench.dataset.rglob("*") if path != bench.dataset / "images"]
    assert left == [], "a failure must leave nothing"
    assert lab_may_change or tree(bench.lab_folder) == before
    return error.value


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> list[object]:
    """Have something happen when the first block of an image has been read; return the blocks that were."""
    original, blocks = convert._Image.read, []

    def read(self: Any, region: Region) -> Any:
        block = original(self, region)
        if not blocks:
            act()
        blocks.append(region)
        return block

    monkeypatch.setattr(convert._Image, "read", read)
    return blocks


def test_a_movie_with_channels_and_labels(lab: Path, dataset: Path, bench: Workbench) -> None:
    pixels = write_tiff(lab / "a.tif", noise(2, 3, 2, 300, 40), "TZCYX")
    mask = write_tiff(lab / "m" / "a.tif", noise(2, 3, 300, 40, high=400), "TZYX")
    spacing = {"t": Spacing(60.0, "second"), "z": Spacing(2.0, UM), "y": Spacing(0.5, UM), "x": Spacing(0.4, UM)}
    before = tree(lab)
    made = convert_sample(make_job(lab, "a.tif", nuclei("m/a.tif"), spacing=spacing), bench)
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
    label = row.annotations["nuclei"]
    assert (label.label, label.label_dtype, label.sources) == (
        "images/s1.ome.zarr/labels/nuclei",
        "uint16",
        ("m/a.tif",),
    )
    assert label.objects == len(np.unique(mask)) - 1
    assert os.listdir(dataset / "images") == ["s1.ome.zarr"]  # noqa: PTH208


def test_labels_have_as_many_levels_as_their_image(lab: Path, dataset: Path, bench: Workbench) -> None:
    write_tiff(lab / "a.tif", noise(2, 40, 1030), "CYX")
    write_tiff(lab / "m" / "a.tif", noise(40, 1030, high=9))
    convert_sample(make_job(lab, "a.tif", nuclei("m/a.tif")), bench)
    shapes = [(40, 1030), (20, 515), (10, 258), (5, 129)]
    for index, shape in enumerate(shapes):
        assert level(dataset, str(index)).shape == (2, *shape)
        assert level(dataset, "labels", "nuclei", str(index)).shape == shape
    assert not (dataset / "images" / "s1.ome.zarr" / "4").exists()


def test_two_sets_and_classes(lab: Path, dataset: Path, bench: Workbench) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    classes = np.zeros((30, 40), np.uint8)
    classes[3:6], classes[9:12] = 1, 2
    write_tiff(lab / "m" / "a.tif", classes)
    cells = AnnotationJob("cells", (AnnotationSource(Origin("m/a.tif")),), "")
    made = convert_sample(make_job(lab, "a.tif", nuclei("m/a.tif", v1="nucleus", v2="debris"), cells), bench)
    assert sorted(made.row.labels) == ["cells", "nuclei"]
    store = dataset / "images" / "s1.ome.zarr"
    assert zarr.open_group(store / "labels", mode="r").attrs["ome"]["labels"] == ["cells", "nuclei"]
    said = zarr.open_group(store / "labels" / "nuclei", mode="r").attrs["ome"]["image-label"]
    assert said["properties"] == [{"label-value": 1, "class": "nucleus"}, {"label-value": 2, "class": "debris"}]
    assert "properties" not in zarr.open_group(store / "labels" / "cells", mode="r").attrs["ome"]["image-label"]


def test_files_per_object(lab: Path, dataset: Path, bench: Workbench) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    expected = np.zeros((30, 40), int)
    for number, rows in enumerate([slice(0, 5), slice(10, 15), slice(12, 20)], start=1):
        mask = np.zeros((30, 40), np.uint8)
        mask[rows] = 255
        Image.fromarray(mask).save(lab / "m" / f"{number}.png")
        expected[(mask > 0) & (expected == 0)] = number
    job = make_job(lab, "a.tif", nuclei("m/1.png", "m/2.png", "m/3.png", form="file per object"))
    made = convert_sample(job, bench)
    np.testing.assert_array_equal(level(dataset, "labels", "nuclei", "0"), expected)
    assert made.row.annotations["nuclei"].objects == 3
    assert [(one.code, str(one.place)) for one in made.findings] == [("MIFA307", "m/3.png")]


@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_an_opaque_alpha_channel_is_dropped_without_a_trace(
    lab: Path, dataset: Path, bench: Workbench, dtype: str
) -> None:
    pixels = noise(300, 20, 4, dtype=dtype, high=np.iinfo(dtype).max)
    pixels[..., 3] = np.iinfo(dtype).max
    tifffile.imwrite(lab / "a.tif", pixels, photometric="rgb", extrasamples=["unassalpha"])
    made = convert_sample(make_job(lab, "a.tif", drop_alpha=True), bench)
    np.testing.assert_array_equal(level(dataset, "0"), np.moveaxis(pixels[..., :3], -1, 0))
    assert (made.row.shape, made.row.channels) == ((3, 300, 20), ("C0", "C1", "C2"))


def test_a_picture_keeps_its_hues(lab: Path, dataset: Path, bench: Workbench) -> None:
    beige = np.broadcast_to(np.array([200, 180, 120], np.uint8), (40, 50, 3)).copy()
    beige[:20] //= 2
    Image.fromarray(beige).save(lab / "a.png")
    convert_sample(make_job(lab, "a.png", channels=RGB), bench)
    with Image.open(dataset / "previews" / "s1.jpg") as preview:
        seen = np.asarray(preview)[[10, 30], 25].astype(float)
    np.testing.assert_allclose(seen / seen[:, :1], [[1, 0.9, 0.6]] * 2, atol=0.03)


def test_an_alpha_channel_that_hides_one_pixel_is_not_dropped(lab: Path, dataset: Path, bench: Workbench) -> None:
    pixels = noise(2100, 5, 4, dtype="u1", high=255)
    pixels[..., 3] = 255
    pixels[2099, 4, 3] = 254
    Image.fromarray(pixels).save(lab / "a.png")
    error = refused(make_job(lab, "a.png", drop_alpha=True), bench)
    assert (error.code, error.finding.place) == ("MIFA308", Place("a.png"))
    made = convert_sample(make_job(lab, "a.png"), bench)
    np.testing.assert_array_equal(level(dataset, "0"), np.moveaxis(pixels, -1, 0))
    assert made.row.channels == ("C0", "C1", "C2", "C3")


def test_axes_of_the_sheet_are_used(lab: Path, dataset: Path, bench: Workbench) -> None:
    pixels = write_tiff(lab / "a.tif", noise(5, 30, 40))
    made = convert_sample(make_job(lab, "a.tif", axes="tyx"), bench)
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
    lab: Path, bench: Workbench, mask: np.ndarray | None, code: str
) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    if mask is not None:
        tifffile.imwrite(lab / "m" / "a.tif", mask, photometric="rgb" if mask.ndim == 3 else "minisblack")
    error = refused(make_job(lab, "a.tif", nuclei("m/a.tif")), bench)
    assert (error.code, error.finding.place) == (code, Place("m/a.tif"))


@pytest.mark.parametrize("layout", ["label image", "file per object"])
def test_a_damaged_mask_is_named_itself(lab: Path, bench: Workbench, layout: str) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    Image.fromarray(np.eye(30, 40, dtype=np.uint8)).save(lab / "m" / "1.png")
    raw = (lab / "m" / "1.png").read_bytes()
    (lab / "m" / "1.png").write_bytes(raw[:-20])
    error = refused(make_job(lab, "a.tif", nuclei("m/1.png", form=layout)), bench)
    assert error.code in {"MIFA202", "MIFA203"}
    assert error.finding.place == Place("m/1.png")


def test_an_image_that_is_no_longer_what_the_scan_saw(lab: Path, bench: Workbench) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    job = make_job(lab, "a.tif")
    write_tiff(lab / "a.tif", noise(30, 41))
    assert refused(job, bench).code == "MIFA312"


def test_an_image_that_is_gone(lab: Path, bench: Workbench) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    job = make_job(lab, "a.tif")
    (lab / "a.tif").unlink()
    assert refused(job, bench).code == "MIFA202"


def appended(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"\0")


def one_pixel_changed(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 255
    path.write_bytes(raw)


@pytest.mark.parametrize("change", [appended, one_pixel_changed, Path.unlink])
def test_an_image_that_changes_while_it_is_read(
    lab: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    write_tiff(lab / "a.tif", noise(4100, 3))
    blocks = meanwhile(monkeypatch, lambda: change(lab / "a.tif"))
    assert refused(make_job(lab, "a.tif"), bench, lab_may_change=True).code in {"MIFA312", "MIFA202"}
    assert len(blocks) == 3, "the change came after the first"


def test_a_mask_that_changes_while_it_is_read(lab: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids are collected first, pixels copied later: 300 would wrap to 44 in the 8 bits that were enough before."""
    write_tiff(lab / "a.tif", noise(30, 40))
    write_tiff(lab / "m" / "a.tif", noise(30, 40, high=5))
    original = label_images.write_multiscale

    def write(*arguments: Any) -> str:
        write_tiff(lab / "m" / "a.tif", np.full((30, 40), 300, np.uint16))
        return original(*arguments)

    monkeypatch.setattr(label_images, "write_multiscale", write)
    error = refused(make_job(lab, "a.tif", nuclei("m/a.tif")), bench, lab_may_change=True)
    assert (error.code, error.finding.place) == ("MIFA312", Place("m/a.tif"))


@pytest.mark.parametrize("changed", ["a.tif", "m/a.tif"])
def test_pieces_of_what_changed_in_between_are_not_put_together(lab: Path, bench: Workbench, changed: str) -> None:
    write_tiff(lab / "a.tif", noise(300, 40))
    write_tiff(lab / "m" / "a.tif", noise(300, 40, high=9))
    job = make_job(lab, "a.tif", nuclei("m/a.tif"))
    parts = [convert_part(job, bench, part) for part in image_parts(job)]
    labels = [convert_annotation(job, bench, said) for said in job.annotations]
    os.utime(lab / changed, ns=(0, 0))
    with pytest.raises(MifaError) as error:
        assemble(job, bench, [*parts, *labels, hash_sources(job, bench)])
    assert (error.value.code, error.value.finding.place) == ("MIFA312", Place(changed))
    assert not bench.final(job).exists()


def test_a_digest_of_what_was_there_before_is_not_taken(lab: Path, bench: Workbench) -> None:
    write_tiff(lab / "a.tif", noise(300, 40))
    job = make_job(lab, "a.tif")
    hashed = hash_sources(job, bench)
    write_tiff(lab / "a.tif", noise(300, 40, high=9))
    os.utime(lab / "a.tif", ns=(0, 0))
    parts = [convert_part(job, bench, part) for part in image_parts(job)]
    with pytest.raises(MifaError) as error:
        assemble(job, bench, [*parts, hashed])
    assert (error.value.code, error.value.finding.place) == ("MIFA312", Place("a.tif"))


def test_a_worker_that_was_believed_dead_does_no_harm(lab: Path, bench: Workbench) -> None:
    """Each piece may be made twice, also when the sample has its name already."""
    write_tiff(lab / "a.tif", noise(2, 600, 40), "CYX")
    job = make_job(lab, "a.tif")
    pieces = [*(convert_part(job, bench, image_parts(job)[0]) for _ in range(2)), hash_sources(job, bench)]
    once = assemble(job, bench, pieces)
    before = tree(bench.dataset)
    assert assemble(job, bench, pieces) == once
    assert tree(bench.dataset) == before


def flip_a_bit(file: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 255
    file.write_bytes(raw)


@pytest.mark.parametrize("pixels", ["image", "labels"])
@pytest.mark.parametrize(("harm", "words"), [(flip_a_bit, ""), (Path.unlink, "No such file")])
def test_what_is_harmed_on_disk_is_seen_before_it_takes_its_name(
    lab: Path,
    bench: Workbench,
    monkeypatch: pytest.MonkeyPatch,
    pixels: str,
    harm: Callable[[Path], None],
    words: str,
) -> None:
    write_tiff(lab / "a.tif", noise(30, 40))
    write_tiff(lab / "m" / "a.tif", noise(30, 40, high=9))
    original = writing.read_file

    def read_file(array: Path, name: str) -> bytes:
        if ("labels" in array.parts) == (pixels == "labels"):
            harm(array / name)
        return original(array, name)

    monkeypatch.setattr(writing, "read_file", read_file)
    error = refused(make_job(lab, "a.tif", nuclei("m/a.tif")), bench)
    assert (error.code, error.finding.place) == ("MIFA306", Place("a.tif" if pixels == "image" else "m/a.tif"))
    assert words in error.finding.message


def test_checksums_are_those_of_the_files(lab: Path, bench: Workbench) -> None:
    write_tiff(lab / "a.tif", noise(2, 300, 40), "CYX")
    write_tiff(lab / "m" / "a.tif", noise(300, 40, high=9))
    made = convert_sample(make_job(lab, "a.tif", nuclei("m/a.tif")), bench)
    assert made.checksums == tree(bench.dataset)
    assert made.sources == {name: tree(lab)[name] for name in ("a.tif", "m/a.tif")}
    assert made.verified


def test_two_conversions_give_the_same_bytes(lab: Path, tmp_path: Path) -> None:
    write_tiff(lab / "a.tif", noise(3, 300, 40), "ZYX")
    write_tiff(lab / "m" / "a.tif", noise(3, 300, 40, high=9), "ZYX")
    job = make_job(lab, "a.tif", nuclei("m/a.tif"))
    one, two = (convert_sample(job, Workbench(lab, tmp_path / name)) for name in ("one", "two"))
    assert one == two
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
