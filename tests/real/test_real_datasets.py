"""Four real lab folders, built from sheets of their own, validated, compared pixel by pixel, described and packaged.

The oracles are tifffile and Pillow, called by hand: none of mifakit's readers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image
from tests.packaging.submissions import assert_sent
from tests.records.validators import faults

import mifakit
from mifakit.api import Built
from mifakit.dataset.dataset import Dataset

SHEETS = Path(__file__).parent / "sheets"
NAMES = ["kromp_nuclear", "dsb2018_per_object", "omnipose_bacteria", "neubias"]
SAMPLES = {"kromp_nuclear": 6, "dsb2018_per_object": 30, "omnipose_bacteria": 7, "neubias": 6}


def _tree_hash(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        total.update(f"{path.relative_to(folder)}\n".encode())
        if path.is_file():
            total.update(path.read_bytes())
    return total.hexdigest()


@pytest.fixture(scope="module")
def results(
    real_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Built]]:
    """Return what building a lab folder came to, each once; in the end, none has changed."""
    before: dict[Path, str] = {}

    @cache
    def result(name: str) -> Built:
        lab = real_data(name)
        before[lab] = _tree_hash(lab)
        return mifakit.build(SHEETS / f"{name}.yaml", tmp_path_factory.mktemp(name) / "dataset")

    yield result
    assert {lab: _tree_hash(lab) for lab in before} == before, "a lab folder changed"


@pytest.fixture(params=NAMES)
def built(
    request: pytest.FixtureRequest, real_data: Callable[[str], Path], results: Callable[[str], Built]
) -> tuple[str, Path, Built, Dataset]:
    result = results(request.param)
    return request.param, real_data(request.param), result, mifakit.open(result.path)


def test_every_image_is_built(built: tuple[str, Path, Built, Dataset]) -> None:
    name, _, result, dataset = built
    assert len(dataset) == result.samples == SAMPLES[name]
    assert not [finding for finding in result.findings if finding.is_error]
    assert not result.left_out


def test_validates_without_error(built: tuple[str, Path, Built, Dataset]) -> None:
    errors = [finding for finding in mifakit.validate(built[2].path) if finding.is_error]
    assert errors == []


def test_every_record_is_green_where_it_goes(built: tuple[str, Path, Built, Dataset]) -> None:
    assert faults(built[3]) == {}


def test_every_destination_is_sent_all_of_it(built: tuple[str, Path, Built, Dataset], tmp_path: Path) -> None:
    assert_sent(built[3], tmp_path)


def _canonical(path: Path) -> np.ndarray:
    """Return the image as (t, c, z, y, x) without axes the file lacks, c always there; no alpha."""
    if path.suffix == ".png":
        pixels = np.asarray(Image.open(path))
        return pixels[None] if pixels.ndim == 2 else np.moveaxis(pixels[..., :3], -1, 0)
    with tifffile.TiffFile(path) as tiff:
        series = tiff.series[0]
        pixels, axes = series.asarray(), series.axes
    if axes.endswith("S"):
        return np.moveaxis(pixels[..., :3], -1, 0)
    order = {
        "YX": lambda a: a[None],
        "CYX": lambda a: a,
        "ZYX": lambda a: a[None],
        "TYX": lambda a: a[:, None],
        "ZCYX": lambda a: a.swapaxes(0, 1),
    }
    return order[axes](pixels)


def test_every_pixel_of_every_image(built: tuple[str, Path, Built, Dataset]) -> None:
    _, lab, _, dataset = built
    for sample in dataset:
        expected = _canonical(lab / sample.row.source)
        found = np.asarray(sample.image)
        assert found.dtype == expected.dtype, sample.id
        np.testing.assert_array_equal(found, expected, err_msg=sample.id)


def test_every_pixel_of_every_label(built: tuple[str, Path, Built, Dataset]) -> None:
    name, lab, _, dataset = built
    annotated = 0
    for sample in dataset:
        for set_name, label in sample.row.annotations.items():
            found = np.asarray(sample.labels[set_name])
            if name == "dsb2018_per_object":
                expected = np.zeros(found.shape, int)
                for number, file in enumerate(sorted(label.sources), start=1):
                    inside = np.asarray(Image.open(lab / file)) > 0
                    expected[inside & (expected == 0)] = number
            else:
                (file,) = label.sources
                expected = tifffile.imread(lab / file)
            np.testing.assert_array_equal(found, expected, err_msg=sample.id)
            assert label.objects == len(np.unique(expected[expected > 0]))
            annotated += 1
    assert annotated == {"kromp_nuclear": 3, "dsb2018_per_object": 30, "omnipose_bacteria": 7, "neubias": 0}[name]


def test_calibration_read_by_hand(results: Callable[[str], Built]) -> None:
    """Values as Fiji's Image > Properties shows them: 1/1.953591 µm, 0.4994 µm between planes, 59.86 s."""
    dataset = mifakit.open(results("neubias").path)
    stack = dataset["xyzc_16bit__dna_conf_wf"].row
    assert (stack.axes, stack.shape) == ("czyx", (2, 45, 130, 133))
    assert stack.pixel_size_x == pytest.approx(0.511878, abs=1e-6)
    assert stack.pixel_size_y == pytest.approx(0.511878, abs=1e-6)
    assert stack.pixel_size_z == pytest.approx(0.4994126, abs=1e-6)
    movie = dataset["xyt_calibrated_16bit__golgi_bfa_sum_projection"].row
    assert (movie.axes, movie.shape, movie.dtype) == ("tcyx", (30, 1, 137, 147), "float32")
    assert movie.time_step == pytest.approx(59.86)
    assert movie.pixel_size_z is None


def test_same_stem_in_two_folders_stays_two_samples(results: Callable[[str], Built]) -> None:
    dataset = mifakit.open(results("kromp_nuclear").path)
    twins = [sample.row for sample in dataset if sample.row.source.endswith("normal_26.tif")]
    assert len({row.sample for row in twins}) == 2
    assert len({row.split for row in twins}) == 1, "the same pixels in two splits"
    assert [bool(row.labels) for row in sorted(twins, key=lambda row: row.source)] == [True, False]


def test_object_counts_of_the_data_science_bowl(results: Callable[[str], Built]) -> None:
    dataset = mifakit.open(results("dsb2018_per_object").path)
    assert sum(sample.row.annotations["nuclei"].objects for sample in dataset) == 1105
