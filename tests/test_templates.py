"""The templates: complete, built without a remark, and their objects where one sees them in the images.

What is counted here was counted by eye.
"""

from __future__ import annotations

import runpy
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
import shapely
import tifffile
import zarr
from PIL import Image
from scipy import ndimage
from tests.packaging.submissions import assert_sent
from tests.records.validators import faults

import mifakit
from mifakit.checks.facts_of_dataset import facts_of_dataset
from mifakit.conversion.resources import Resources
from mifakit.dataset.dataset import Dataset, Sample
from mifakit.findings import Finding, Severity
from mifakit.metadata.vocabularies import AnnotationType

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
TYPES = {
    "blood-cell-boxes": ["bounding_boxes"],
    "cell-tracking": ["tracks", "segmentation_mask"],
    "colony-counts": ["counts"],
    "histology-polygons": ["geometrical_annotations", "segmentation_mask"],
    "image-classes": ["class_labels"],
    "length-measurements": ["other"],
    "neuron-tracing": ["graphs"],
    "nuclei-segmentation": ["segmentation_mask"],
    "particle-picking": ["point_annotations"],
    "predicted-organelles": ["derived_annotations", "segmentation_mask"],
    "scribbles": ["weak_annotations"],
}
FOUND_INSTEAD = {
    "length-measurements": ["geometrical_annotations"],
    "predicted-organelles": ["segmentation_mask"],
    "scribbles": ["segmentation_mask"],
}
"""What files show of annotations whose type only people can tell."""


class Here(Resources):
    """This very process: worker processes would take longer to start than these images to be converted."""

    def executor(self) -> AbstractContextManager[Executor]:
        return ThreadPoolExecutor(1)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Dataset]:
    """Return the dataset of a template."""
    datasets: dict[str, Dataset] = {}

    def dataset(name: str) -> Dataset:
        if name not in datasets:
            made = mifakit.build(
                TEMPLATES / name / "mifa.yaml", tmp_path_factory.mktemp("built") / name, resources=Here(workers=1)
            )
            assert made.complete
            assert remarks(made.findings) == []
            datasets[name] = mifakit.open(made.path)
        return datasets[name]

    return dataset


def remarks(findings: list[Finding] | tuple[Finding, ...]) -> list[str]:
    """Return all that is more than information, but that the archive has not given an accession number yet."""
    return [str(one) for one in findings if one.severity is not Severity.INFO and "accession number" not in one.message]


def test_every_type_of_annotation_has_a_template() -> None:
    assert sorted(path.parent.name for path in TEMPLATES.glob("*/mifa.yaml")) == sorted(TYPES)
    assert {kind for kinds in TYPES.values() for kind in kinds} == set(AnnotationType)
    listed = (TEMPLATES / "README.md").read_text(encoding="utf-8")
    assert [name for name in TYPES if f"[{name}]({name}/)" not in listed] == []


@pytest.mark.parametrize("name", TYPES)
def test_nothing_is_missing_or_wrong(built: Callable[[str], Dataset], name: str) -> None:
    assert remarks(mifakit.check(TEMPLATES / name / "mifa.yaml")) == []
    dataset = built(name)
    assert remarks(mifakit.validate(dataset.path)) == []
    (protocol,) = dataset.sheet.annotations
    assert protocol.types == TYPES[name]
    found = facts_of_dataset(dataset).sets[str(protocol.name)].types
    assert set(found) == set(FOUND_INSTEAD.get(name, TYPES[name]))
    assert "MADE UP" in str(dataset.sheet.study.description)


@pytest.mark.parametrize("name", TYPES)
def test_every_record_is_green_where_it_goes(built: Callable[[str], Dataset], name: str) -> None:
    assert faults(built(name)) == {}


@pytest.mark.parametrize("name", ["cell-tracking", "particle-picking", "length-measurements"])
def test_every_destination_is_sent_all_of_it(built: Callable[[str], Dataset], name: str, tmp_path: Path) -> None:
    assert_sent(built(name), tmp_path)


def test_the_script_writes_what_is_there(tmp_path: Path) -> None:
    runpy.run_path(str(TEMPLATES / "make_labs.py"))["main"](tmp_path)
    made, there = ({path.relative_to(top) for path in top.glob("*/lab/**/*.*")} for top in (tmp_path, TEMPLATES))
    assert made == there
    for path in made:
        np.testing.assert_array_equal(content(tmp_path / path), content(TEMPLATES / path), err_msg=str(path))


def content(path: Path) -> np.ndarray:
    """Return what a file says, whichever way its bytes were packed."""
    match path.suffix:
        case ".tif":
            return tifffile.imread(path)
        case ".png":
            return np.asarray(Image.open(path))
        case ".zip":
            with zipfile.ZipFile(path) as archive:
                return np.array([f"{name} {archive.read(name)!r}" for name in archive.namelist()])
        case _:
            return np.array(path.read_text(encoding="utf-8"))


def test_they_are_small() -> None:
    sizes = [path.stat().st_size for path in TEMPLATES.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert max(sizes) < 100_000
    assert sum(sizes) < 600_000


def test_nuclei(built: Callable[[str], Dataset]) -> None:
    dataset = built("nuclei-segmentation")
    assert {sample.id: sample.row.annotations["nuclei"].objects for sample in dataset} == {
        "dish1_a": 9,
        "dish1_b": 7,
        "dish2_a": 9,
    }
    for sample in dataset:
        assert overlap(sample.labels["nuclei"].compute() > 0, smooth(plane(sample)) > 500) > 0.95


def test_boxes(built: Callable[[str], Dataset]) -> None:
    dataset = built("blood-cell-boxes")
    shapes = dataset.table("cells", "shapes")
    assert Counter(zip(shapes["sample"], shapes["class"], strict=True)) == {
        ("smear_1", "RBC"): 16,
        ("smear_1", "WBC"): 1,
        ("smear_1", "Platelet"): 3,
        ("smear_2", "RBC"): 16,
        ("smear_2", "WBC"): 2,
        ("smear_2", "Platelet"): 3,
    }
    for sample in dataset:
        stained = smooth(np.ptp(sample.image.compute().astype(float), axis=0), 0.5) > 30
        whole = ndimage.binary_opening(ndimage.binary_fill_holes(stained))
        found = ndimage.find_objects(ndimage.label(whole)[0])
        seen = np.array([(x.start, y.start, x.stop, y.stop) for y, x in found])
        boxes = sample.table("cells", "shapes")[["x_min", "y_min", "x_max", "y_max"]].to_numpy()
        nearest = np.abs(boxes[:, None] - seen).sum(axis=2).argmin(axis=1)
        assert sorted(nearest) == list(range(len(seen)))
        differences = boxes - seen[nearest]
        assert np.abs(differences).max() <= 2
        assert np.abs(differences.mean(axis=0).reshape(2, 2).mean(axis=0)).max() < 0.25, "half a pixel would be seen"


def test_polygons(built: Callable[[str], Dataset]) -> None:
    dataset = built("histology-polygons")
    shapes = dataset.table("tissue", "shapes")
    assert Counter(zip(shapes["sample"], shapes["class"], strict=True)) == {
        ("patient1_tile1", "Gland"): 3,
        ("patient1_tile1", "Lymphocytes"): 1,
        ("patient2_tile1", "Gland"): 2,
        ("patient2_tile1", "Lymphocytes"): 1,
    }
    for sample in dataset:
        red, green, blue = smooth_colours(sample)
        y, x = np.indices(red.shape) + 0.5
        table = sample.table("tissue", "shapes")
        for name, outline in zip(table["class"], table.geometry, strict=True):
            inside = shapely.contains_xy(outline, x, y)
            assert np.mean(blue[inside] - red[inside]) > 5, "purple"
            assert len(outline.interiors) == (name == "Gland")
            for hole in outline.interiors:
                assert np.mean(green[shapely.contains_xy(shapely.Polygon(hole).buffer(-1), x, y)]) > 220, "white"
        everything = shapely.contains_xy(shapely.union_all(table.geometry), x, y)
        np.testing.assert_array_equal(sample.labels["tissue"].compute() > 0, everything)


def test_particles(built: Callable[[str], Dataset]) -> None:
    dataset = built("particle-picking")
    points = dataset.table("particles", "points")
    assert Counter(points["sample"]) == {"mic_001": 9, "mic_002": 8, "mic_003": 10}
    around = np.mgrid[-12:13, -12:13]
    patches = [
        ndimage.map_coordinates(
            plane(sample).astype(float), [*around + np.reshape([point.y - 0.5, point.x - 0.5], (2, 1, 1))], order=1
        )
        for sample in dataset
        for point in sample.table("particles", "points").itertuples()
    ]
    mean = smooth(np.mean(patches, axis=0))
    particle = mean < (mean.min() + mean.max()) / 2
    middle = np.array(ndimage.center_of_mass(particle)) - 12
    assert 200 < particle.sum() < 280
    assert np.abs(middle).max() < 0.25, "half a pixel would be seen"


def test_counts(built: Callable[[str], Dataset]) -> None:
    dataset = built("colony-counts")
    assert dataset.table("colonies", "counts")["count"].tolist() == [14, 5, 8, 9]
    for sample in dataset:
        red, green, blue = smooth_colours(sample)
        seen = {"white": pieces(np.minimum(np.minimum(red, green), blue) > 195), "blue": pieces(blue > red + 40)}
        table = sample.table("colonies", "counts")
        assert dict(zip(table["class"], table["count"], strict=True)) == seen


def test_classes(built: Callable[[str], Dataset]) -> None:
    dataset = built("image-classes")
    assert Counter(sample.row.split for sample in dataset) == {"train": 3, "test": 3}
    for sample in dataset:
        bright = smooth(plane(sample)) > 600
        (phase,) = sample.table("phase", "classes")["class"]
        assert phase == ("interphase" if bright.sum() > 1000 else {1: "metaphase", 2: "anaphase"}[pieces(bright)])


def test_tracks(built: Callable[[str], Dataset]) -> None:
    dataset = built("cell-tracking")
    assert [sample.id for sample in dataset] == ["01", "02"]
    for sample in dataset:
        movie, labels = sample.image.compute()[:, 0], sample.labels["nuclei"].compute()
        for frame, masks, expected in zip(movie, labels, (4, 4, 4, 5, 5), strict=True):
            bright, count = ndimage.label(smooth(frame) > 45)
            assert count == expected
            pairs = np.unique(np.stack([bright, masks])[:, (bright > 0) & (masks > 0)], axis=1)
            assert pairs.shape[1] == expected, "one mask a nucleus"
            assert overlap(masks > 0, bright > 0) > 0.85
        (t, y, x), edges = graph(sample, "nuclei", "tyx")
        assert len(t) == 22
        assert (movie[t.astype(int), y.astype(int), x.astype(int)] > 60).all()
        starts, children = np.unique(edges[:, 0], return_counts=True)
        assert len(edges) == 22 - 4, "all but the first frame's come of another"
        assert t[starts[children == 2]].tolist() == [2]


def test_trees(built: Callable[[str], Dataset]) -> None:
    for sample in built("neuron-tracing"):
        stack = ndimage.gaussian_filter(sample.image.compute()[0].astype(float), 0.7)
        (z, y, x), edges = graph(sample, "tree", "zyx")
        assert len(edges) == len(z) - 1
        assert len(set(range(len(z))) - set(edges[:, 0].tolist())) == 10, "ends"
        steps = ((0, 0), (0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5))
        light = [ndimage.map_coordinates(stack, [z, y - 0.5 + dy, x - 0.5 + dx], order=1) for dy, dx in steps]
        assert light[0].min() > 40
        assert np.argmax(np.mean(light, axis=1)) == 0, "half a pixel further it is darker"


def test_scribbles(built: Callable[[str], Dataset]) -> None:
    for sample in built("scribbles"):
        image, labels = plane(sample).astype(float), sample.labels["scribbles"].compute()
        assert np.unique(labels).tolist() == [0, 1, 2]
        assert np.mean(labels > 0) < 0.06
        assert image[labels == 1].min() > 120 > 115 > image[labels == 2].mean() - 15
        assert pieces(labels == 1) == 5
        assert sample.table("scribbles", "objects")["class"].tolist() == ["yeast", "background"]


def test_predictions(built: Callable[[str], Dataset]) -> None:
    dataset = built("predicted-organelles")
    assert [sample.row.annotations["mitochondria"].objects for sample in dataset] == [4, 3]
    for sample in dataset:
        volume, labels = sample.image.compute()[0], sample.labels["mitochondria"].compute()
        assert labels.shape == volume.shape == (8, 64, 76)
        assert volume[labels > 0].mean() < 110 < 150 < volume[labels == 0].mean()
        assert pieces(labels > 0) == labels.max()


def test_lengths(built: Callable[[str], Dataset]) -> None:
    dataset = built("length-measurements")
    assert Counter(dataset.table("lengths", "shapes")["sample"]) == {"field1": 7, "field2": 6}
    for sample in dataset:
        rods, _ = ndimage.label(smooth(plane(sample), 0.5) < 105)
        for line in sample.table("lengths", "shapes").geometry:
            (x1, y1), (x2, y2) = line.coords
            middle = (x1 + x2) / 2, (y1 + y2) / 2
            y, x = np.nonzero(rods == rods[int(middle[1]), int(middle[0])])
            assert np.hypot(x.mean() + 0.5 - middle[0], y.mean() + 0.5 - middle[1]) < 0.35, "half a pixel is more"
            along = ((x2 - x1) * x + (y2 - y1) * y) / line.length
            assert abs(np.ptp(along) + 1 - line.length) < 2


def graph(sample: Sample, annotation_set: str, axes: str) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the places of nodes by axis, and the edges."""
    group = zarr.open_group(sample.folder / str(sample.row.annotations[annotation_set].graph), mode="r")
    return [group[f"nodes/props/{axis}/values"][:] for axis in axes], group["edges/ids"][:].astype(int)


def plane(sample: Sample) -> np.ndarray:
    """Return the only plane of an image of one channel."""
    return sample.image.compute()[0]


def smooth(image: np.ndarray, size: float = 1.0) -> np.ndarray:
    return ndimage.gaussian_filter(image.astype(float), size)


def smooth_colours(sample: Sample) -> list[np.ndarray]:
    return [smooth(channel, 0.6) for channel in sample.image.compute()]


def pieces(mask: np.ndarray) -> int:
    return int(ndimage.label(mask, np.ones((3,) * mask.ndim))[1])


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Return Dice's coefficient."""
    return float(2 * (one & other).sum() / (one.sum() + other.sum()))
