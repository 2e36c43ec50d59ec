"""The demo's lab folder, read back by hand: not with mifakit's own readers."""

import hashlib
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import tifffile
from PIL import Image
from scipy import ndimage

from mifakit.errors import MifaError
from mifakit.example_lab import lab_folder
from mifakit.example_lab.lab_folder import write_lab_folder

OME = "{http://www.openmicroscopy.org/Schemas/OME/2016-06}"


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "lab"
    write_lab_folder(folder)
    return folder


@pytest.fixture(scope="module")
def images(lab) -> dict[str, np.ndarray]:
    return {path.stem: tifffile.imread(path) for path in sorted(lab.glob("images/*.tif"))}


@pytest.fixture(scope="module")
def masks(lab) -> dict[str, np.ndarray]:
    read = {path.stem: tifffile.imread(path) for path in lab.glob("masks/*.tif")}
    for path in lab.glob("masks/*.png"):
        with Image.open(path) as picture:
            read[path.stem] = np.asarray(picture)
    return read


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def neighbours(labels: np.ndarray) -> set[tuple[int, int]]:
    """Pairs of different labels that share an edge between two pixels."""
    pairs = set()
    for one, other in ((labels[1:], labels[:-1]), (labels[:, 1:], labels[:, :-1])):
        touch = (one != other) & (one > 0) & (other > 0)
        pairs |= {tuple(sorted(pair)) for pair in zip(one[touch].tolist(), other[touch].tolist(), strict=True)}
    return pairs


def test_two_runs_write_the_same_bytes(lab, tmp_path):
    written = write_lab_folder(tmp_path / "again")
    assert digests(lab) == digests(tmp_path / "again")
    assert written == sorted(path for path in (tmp_path / "again").rglob("*") if path.is_file())


def test_another_seed_writes_other_pixels(lab, tmp_path, monkeypatch):
    monkeypatch.setattr(lab_folder, "ACQUISITIONS", lab_folder.ACQUISITIONS[:1])
    write_lab_folder(tmp_path, seed=8)
    ours, theirs = (tifffile.imread(folder / "images/control_01.tif") for folder in (lab, tmp_path))
    assert not np.array_equal(ours, theirs)


@pytest.mark.parametrize("occupant", ["thesis.docx", ".hidden"])
def test_a_folder_with_anything_in_it_is_left_alone(tmp_path, occupant):
    (tmp_path / occupant).write_text("mine")
    with pytest.raises(MifaError, match="MIFA002"):
        write_lab_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [occupant]


def test_a_file_in_the_way_is_left_alone(tmp_path):
    (tmp_path / "lab").write_text("mine")
    with pytest.raises(MifaError, match="MIFA002"):
        write_lab_folder(tmp_path / "lab")


def test_folder_is_small_and_has_a_labs_habits(lab):
    files = digests(lab)
    assert sum((lab / name).stat().st_size for name in files) < 12e6
    assert {".DS_Store", "notes.txt", "images/Thumbs.db", "images/treated 04.tif"} <= set(files)
    assert "rendered by a computer" in (lab / "notes.txt").read_text(encoding="ascii")


def test_exactly_one_image_has_no_mask(images, masks):
    assert len(images) == 10
    assert set(images) - set(masks) == {"treated_05"}
    assert set(masks) <= set(images)


def test_types_are_mixed_as_people_mix_them(images, masks, lab):
    assert sorted(image.dtype.name for image in images.values()) == ["uint16"] * 8 + ["uint8"] * 2
    assert sorted(mask.dtype.name for mask in masks.values()) == ["int32"] + ["uint16"] * 7 + ["uint8"]
    assert len(list(lab.glob("masks/*.png"))) == 1


def test_no_image_is_square_or_a_power_of_two(images):
    for image in images.values():
        _, height, width = image.shape
        assert height != width
        assert all(length & (length - 1) for length in (height, width))


def test_masks_have_the_size_of_their_images(images, masks):
    for name, mask in masks.items():
        assert images[name].shape == (2, *mask.shape)


def test_pixel_size_and_channels_stand_in_each_file(lab):
    formats = []
    for path in sorted(lab.glob("images/*.tif")):
        with tifffile.TiffFile(path) as tif:
            assert tif.series[0].axes == "CYX"
            if tif.is_imagej:
                formats.append("ImageJ")
                tags = tif.pages[0].tags
                for axis in "XY":
                    pixels, units = tags[f"{axis}Resolution"].value
                    assert units / pixels == pytest.approx(0.325, rel=1e-6)
                assert tif.imagej_metadata["unit"] == "micron"
                assert tif.imagej_metadata["Labels"] == ["DAPI", "Phalloidin"]
            else:
                formats.append("OME")
                pixels = ElementTree.fromstring(tif.ome_metadata).find(f"{OME}Image/{OME}Pixels")
                for axis in "XY":
                    assert float(pixels.get(f"PhysicalSize{axis}")) == 0.325
                    assert pixels.get(f"PhysicalSize{axis}Unit") == "µm"
                names = [channel.get("Name") for channel in pixels.findall(f"{OME}Channel")]
                assert names == ["DAPI", "Phalloidin"]
    assert formats.count("ImageJ") == 6
    assert formats.count("OME") == 4


def test_no_file_tells_when_or_by_what_version_it_was_written(lab):
    for path in lab.glob("*/*.tif"):
        with tifffile.TiffFile(path) as tif:
            assert {"DateTime", "Software", "HostComputer", "Artist"}.isdisjoint(
                tag.name for page in tif.pages for tag in page.tags
            )
            assert tifffile.__version__ not in (tif.ome_metadata or "")


def test_labels_count_from_one_without_gaps_each_in_one_piece(masks):
    for labels in masks.values():
        assert np.unique(labels).tolist() == list(range(int(labels.max()) + 1))
        for label in range(1, int(labels.max()) + 1):
            assert ndimage.label(labels == label)[1] == 1


def test_every_nucleus_is_brighter_than_its_surroundings(images, masks):
    for name, labels in masks.items():
        dapi = images[name][0].astype(float)
        distance = ndimage.distance_transform_edt(labels == 0)
        background = np.median(dapi[distance > 5])
        typical = np.median(dapi[labels > 0])
        for label in range(1, int(labels.max()) + 1):
            assert np.median(dapi[labels == label]) > background + 0.25 * (typical - background)


def test_some_nuclei_touch(masks):
    assert all(neighbours(labels) for labels in masks.values())
    assert sum(len(neighbours(labels)) for labels in masks.values()) > 20


def test_camera_gives_12_bits_and_mitoses_saturate_it(images):
    brightest = {name: int(image[0].max()) for name, image in images.items() if image.dtype == np.uint16}
    assert max(image.max() for image in images.values()) == 4095
    assert brightest["control_01"] == 4095
    # Few pixels: an exposure that somebody chose with the histogram in view.
    for image in images.values():
        if image.dtype == np.uint16:
            assert np.mean(image == 4095) < 1e-3


def test_offset_and_noise_leave_no_black_pixel(images):
    for image in images.values():
        if image.dtype == np.uint16:
            assert image.min() > 80


def test_noise_grows_with_the_signal(images):
    # Neighbouring pixels of smooth signal differ by noise: half the variance of their difference.
    dapi = images["control_02"][0].astype(float)
    smooth = ndimage.gaussian_filter(dapi, 2)
    residual = (dapi[:, 1:] - dapi[:, :-1])[1:-1, 1:-1]
    flat = ndimage.gaussian_gradient_magnitude(dapi, 2)[1:-1, 1:-2] < 12
    level = smooth[1:-1, 1:-2]
    noise = [residual[flat & (level > low) & (level < high)].var() / 2 for low, high in BANDS]
    assert noise == sorted(noise)
    assert noise[-1] > 4 * noise[0]


BANDS = ((100, 200), (200, 500), (700, 1400))
"""Grey levels: background, haze, nuclei."""


def test_field_is_unevenly_lit(images, masks):
    dapi, labels = images["control_01"][0].astype(float), masks["control_01"]
    background = np.where(ndimage.distance_transform_edt(labels == 0) > 8, dapi, np.nan)
    height, width = dapi.shape
    middle = np.nanmedian(background[height // 3 : -height // 3, width // 3 : -width // 3])
    assert np.nanmedian(background[-60:, -60:]) - 100 < 0.8 * (middle - 100)
