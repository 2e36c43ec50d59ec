"""Metadata against the JSON schemas, three other readers of OME-Zarr, and a blob whose place is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import ome_zarr_models
import pytest
import yaozarrs
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from mifakit.ngff.display import display_windows
from mifakit.ngff.levels import downsample_mode, plan_steps
from mifakit.ngff.metadata import (
    Window,
    image_group,
    label_color,
    label_group,
    labels_group,
    multiscales,
    ome_attributes,
    omero,
)
from mifakit.ngff.storage import Storage
from mifakit.ngff.store import write_group
from mifakit.readers.base import Channel, Spacing

UM = "micrometer"

CASES = {
    "plain": ("cyx", (1, 40, 300), {"y": Spacing(0.5, UM), "x": Spacing(0.25, UM)}),
    "uncalibrated": ("cyx", (3, 300, 20), {}),
    "stack": ("czyx", (2, 20, 300, 30), {"z": Spacing(1.0, UM), "y": Spacing(0.5, UM), "x": Spacing(0.5, UM)}),
    "movie": ("tczyx", (2, 2, 3, 30, 600), {"t": Spacing(60.0, "second"), "x": Spacing(65.0, "nanometer")}),
}


CLASSES = {1: "nucleus", 2: "débris", 3: "out of focus", 4: "cell"}


def build(
    folder: Path,
    write: Any,
    case: str,
    storage: Storage,
    labels: np.ndarray | None = None,
    classes: dict[int, str] = CLASSES,
) -> Path:
    """Write an image with one label image, as a conversion does."""
    axes, shape, spacing = CASES[case]
    pixels = np.random.default_rng(3).integers(0, 4000, shape).astype(np.uint16)
    steps = plan_steps(axes, shape, {axis: one.value for axis, one in spacing.items()})
    image, _ = write(folder, axes, pixels, steps, storage)
    channels = [Channel("DAPI", "0000FF"), *[Channel()] * 4][: shape[axes.index("c")]]
    flat = axes.replace("c", "")
    spatial = [tuple(f for axis, f in zip(axes, step, strict=True) if axis != "c") for step in steps]
    if labels is None:
        labels = (pixels.take(0, axes.index("c")) % 5).astype(np.uint8)
    write(folder / "labels" / "nuclei", flat, labels, spatial, storage, downsample=downsample_mode)
    scales = multiscales("nuclei", flat, {a: s for a, s in spacing.items() if a in flat}, spatial, "mode")
    ids = [int(value) for value in np.unique(labels) if value]
    write_group(folder / "labels" / "nuclei", label_group(scales, ids, classes, storage.ngff), storage.ngff)
    write_group(folder / "labels", labels_group(["nuclei"], storage.ngff), storage.ngff)
    scales = multiscales("sample", axes, spacing, steps, "mean")
    display = omero(channels, display_windows(image), pixels.dtype)
    write_group(folder, image_group(scales, display, storage.ngff), storage.ngff)
    return folder


@pytest.fixture(params=["0.5", "0.4"], scope="module")
def storage(request: pytest.FixtureRequest) -> Storage:
    return Storage(request.param)


@pytest.fixture(scope="module", params=sorted(CASES))
def store(
    request: pytest.FixtureRequest, write: Any, tmp_path_factory: pytest.TempPathFactory, storage: Storage
) -> Path:
    return build(tmp_path_factory.mktemp(request.param) / "a.ome.zarr", write, request.param, storage)


@pytest.fixture(scope="module")
def check(reference: Callable[[str], Path], storage: Storage) -> Callable[[Path, str], None]:
    """Return the function that holds a group's attributes against a schema of its version of OME-Zarr."""
    files = reference("ngff-schemas").glob(f"{storage.ngff}/*.schema")
    schemas = {path.stem: json.loads(path.read_text()) for path in files}
    known = Registry().with_resources(
        (schema["$id"], DRAFT202012.create_resource(schema)) for schema in schemas.values()
    )

    def held(group: Path, name: str) -> None:
        attributes = zarr.open_group(group, mode="r").attrs.asdict()
        jsonschema.Draft202012Validator(schemas[name], registry=known).validate(attributes)

    return held


def test_schemas_of_ome_zarr(store: Path, check: Callable[[Path, str], None], storage: Storage) -> None:
    check(store, "image")
    if storage.ngff == "0.5":
        check(store, "ome_zarr")
    check(store / "labels" / "nuclei", "image")
    check(store / "labels" / "nuclei", "label")


def test_the_schemas_can_say_no(
    store: Path, check: Callable[[Path, str], None], tmp_path: Path, storage: Storage
) -> None:
    attributes = zarr.open_group(store, mode="r").attrs.asdict()
    del ome_attributes(attributes)["multiscales"][0]["datasets"][0]["path"]
    write_group(tmp_path, attributes, storage.ngff)
    with pytest.raises(jsonschema.ValidationError):
        check(tmp_path, "image")


def test_ome_zarr_models_and_yaozarrs_take_it(store: Path) -> None:
    _validators_take(store)


def test_ome_zarr_py_reads_image_and_labels(store: Path) -> None:
    reader = pytest.importorskip("ome_zarr.reader")
    location = pytest.importorskip("ome_zarr.io").parse_url(str(store))
    nodes = list(reader.Reader(location)())
    assert [np.asarray(array).shape for array in nodes[0].data] == [
        zarr.open_array(store / str(level), mode="r").shape for level in range(len(nodes[0].data))
    ]
    axes = "".join(axis["name"] for axis in nodes[0].metadata["axes"])
    np.testing.assert_array_equal(np.asarray(nodes[0].data[0]), zarr.open_array(store / "0", mode="r")[...])
    labels = [node for node in nodes if any(isinstance(spec, reader.Label) for spec in node.specs)]
    assert len(labels) == 1
    assert labels[0].metadata["properties"][1] == {"class": "nucleus"}
    assert axes in {"cyx", "czyx", "tczyx"}


def test_levels_of_labels_lie_on_levels_of_the_image(store: Path) -> None:
    image, label = (
        ome_attributes(zarr.open_group(path, mode="r").attrs) for path in (store, store / "labels" / "nuclei")
    )
    axes = "".join(axis["name"] for axis in image["multiscales"][0]["axes"])
    assert "".join(axis["name"] for axis in label["multiscales"][0]["axes"]) == axes.replace("c", "")
    channel = axes.index("c")
    pairs = zip(image["multiscales"][0]["datasets"], label["multiscales"][0]["datasets"], strict=True)
    for of_image, of_label in pairs:
        transforms = (entry["coordinateTransformations"] for entry in (of_image, of_label))
        for one, other in zip(*transforms, strict=True):
            assert one["type"] == other["type"]
            values = list(one[one["type"]])
            del values[channel]
            assert values == other[other["type"]]
        shape = list(zarr.open_array(store / of_image["path"], mode="r").shape)
        del shape[channel]
        assert tuple(shape) == zarr.open_array(store / "labels" / "nuclei" / of_label["path"], mode="r").shape


@pytest.mark.parametrize("empty", [True, False])
def test_labels_without_an_object_are_valid_too(
    write: Any, tmp_path: Path, check: Callable[[Path, str], None], storage: Storage, empty: bool
) -> None:
    labels = np.zeros((40, 300), np.uint8)
    labels[3, 4] = 0 if empty else 1
    store = build(tmp_path / "a.ome.zarr", write, "plain", storage, labels, {})
    _validators_take(store)
    check(store / "labels" / "nuclei", "label")


@pytest.mark.parametrize(
    "classes",
    [
        {},
        CLASSES,
        {1: "nucleus", 4: "cell"},
        {**CLASSES, 9: "not in this image"},
    ],
)
def test_classes_of_the_sheet_need_not_be_those_of_the_image(
    write: Any, tmp_path: Path, check: Callable[[Path, str], None], storage: Storage, classes: dict[int, str]
) -> None:
    store = build(tmp_path / "a.ome.zarr", write, "plain", storage, classes=classes)
    check(store / "labels" / "nuclei", "label")
    _validators_take(store)
    label = ome_attributes(zarr.open_group(store / "labels" / "nuclei", mode="r").attrs)["image-label"]
    said = label.get("properties", [])
    assert {one["label-value"]: one["class"] for one in said if "class" in one} == classes


def _validators_take(store: Path) -> None:
    image = ome_zarr_models.open_ome_zarr(zarr.open_group(store, mode="r"))
    assert type(image).__name__ == "Image"
    yaozarrs.validate_zarr_store(str(store))


def test_a_blob_stays_where_it_is_at_every_level(write: Any, tmp_path: Path) -> None:
    """The centroid in micrometres, from scale and translation alone, agrees with where the blob was put."""
    place, width = np.array([39.3, 70.3, 110.7]), 9.0  # pixels; wide enough to be seen at the coarsest level
    spacing = {"z": Spacing(2.0, UM), "y": Spacing(0.5, UM), "x": Spacing(0.25, UM)}
    z, y, x = np.ogrid[:80, :160, :200]
    blob = np.exp(-((z - place[0]) ** 2 + (y - place[1]) ** 2 + (x - place[2]) ** 2) / (2 * width**2))
    steps = [(1, 1, 2, 2), (1, 2, 2, 2), (1, 2, 2, 2)]
    write(tmp_path, "czyx", blob[None], steps)
    (scales,) = multiscales("blob", "czyx", spacing, steps, "mean")
    assert len(scales["datasets"]) == 4
    for dataset in scales["datasets"]:
        level = zarr.open_array(tmp_path / dataset["path"], mode="r")[...]
        transforms = {one["type"]: one[one["type"]] for one in dataset["coordinateTransformations"]}
        scale, shift = transforms["scale"], transforms.get("translation", [0] * 4)
        index = [(places * level).sum() / level.sum() for places in np.indices(level.shape)[1:]]
        found = [i * step + start for i, step, start in zip(index, scale[1:], shift[1:], strict=True)]
        assert found == pytest.approx(place * [2.0, 0.5, 0.25], abs=0.002), dataset["path"]
        assert (scale[0], shift[0]) == (1, 0)


def test_multiscales_by_hand() -> None:
    spacing = {"t": Spacing(30.0, "second"), "y": Spacing(0.5, UM), "x": Spacing(0.25, UM)}
    (found,) = multiscales("s", "tczyx", spacing, [(1, 1, 1, 2, 2), (1, 1, 2, 2, 1)], "mean")
    assert found["axes"] == [
        {"name": "t", "type": "time", "unit": "second"},
        {"name": "c", "type": "channel"},
        {"name": "z", "type": "space"},
        {"name": "y", "type": "space", "unit": UM},
        {"name": "x", "type": "space", "unit": UM},
    ]
    assert (found["name"], found["type"]) == ("s", "mean")
    assert found["datasets"] == [
        {"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [30, 1, 1, 0.5, 0.25]}]},
        {
            "path": "1",
            "coordinateTransformations": [
                {"type": "scale", "scale": [30, 1, 1, 1.0, 0.5]},
                {"type": "translation", "translation": [0, 0, 0, 0.25, 0.125]},
            ],
        },
        {
            "path": "2",
            "coordinateTransformations": [
                {"type": "scale", "scale": [30, 1, 2, 2.0, 0.5]},
                {"type": "translation", "translation": [0, 0, 0.5, 0.75, 0.125]},
            ],
        },
    ]


def test_omero_takes_the_files_words_first() -> None:
    channels = [Channel("DAPI", "0000FF"), Channel(), Channel("actin")]
    windows = [Window(1.0, 2.0), Window(3.0, 4.0), Window(0.0, 9.0)]
    found = omero(channels, windows, np.dtype("int16"))["channels"]
    assert [entry["label"] for entry in found] == ["DAPI", "channel 1", "actin"]
    assert found[0]["color"] == "0000FF"
    assert len({entry["color"] for entry in found}) == 3
    assert found[1]["window"] == {"min": -32768, "max": 32767, "start": 3, "end": 4}
    assert omero(channels[:1], windows[:1], np.dtype("float32"))["channels"][0]["window"]["min"] == 1
    assert omero([Channel()], windows[:1], np.dtype("bool"))["channels"][0]["color"] == "FFFFFF"


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 2**64 - 1))
def test_label_colours_are_stable_bright_and_opaque(value: int) -> None:
    color = label_color(value)
    assert color == label_color(value)
    assert all(0 <= part <= 255 for part in color)
    assert color[3] == 255
    assert max(color[:3]) == 255


def test_neighbours_in_value_differ_in_colour() -> None:
    colors = [np.array(label_color(value)[:3]) for value in range(1, 300)]
    for one, other in pairwise(colors):
        assert np.abs(one - other).max() > 100
