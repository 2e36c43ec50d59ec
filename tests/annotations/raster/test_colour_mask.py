"""Masks in colours: each colour of the legend a label, and whatever lies between goes to the nearest."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from mifakit.annotations.model import Labels
from mifakit.annotations.raster import colour_mask
from mifakit.annotations.raster.colour_mask import colour_labels, propose_legend
from mifakit.errors import MifaError
from mifakit.findings import Finding

LEGEND = {"FF0000": "tumour", "000000": "background", "00FF00": "stroma", "0000FF": ""}
RED, BLACK, GREEN, BLUE = (255, 0, 0), (0, 0, 0), (0, 255, 0), (0, 0, 255)


def picture(*rows: list[tuple[int, ...]]) -> np.ndarray:
    return np.array(rows, np.uint8)


def read(colours: np.ndarray, legend: dict[str, str] = LEGEND) -> tuple[Labels, tuple[Finding, ...]]:
    return colour_labels(colours, legend, "masks/a.png")


def test_labels_follow_the_legend() -> None:
    labels, findings = read(picture([RED, BLACK], [GREEN, BLUE]))
    assert labels.axes == "yx"
    assert labels.values.tolist() == [[1, 0], [2, 0]]
    assert labels.values.dtype == np.uint8
    assert labels.objects.label is not None
    assert labels.objects.label.tolist() == [1, 2]
    assert labels.objects.name == ["tumour", "stroma"]
    assert findings == ()


def test_classes_that_are_absent_keep_their_number() -> None:
    labels, _ = read(picture([GREEN, BLACK]))
    assert labels.values.tolist() == [[2, 0]]
    assert labels.objects.name == ["tumour", "stroma"]


def test_colours_between_go_to_the_nearest() -> None:
    labels, (finding,) = read(picture([(250, 3, 0), (0, 130, 0), (0, 120, 0), RED, (0, 120, 0)]))
    assert labels.values.tolist() == [[1, 2, 0, 1, 0]]
    assert finding.code == "MIFA360"
    assert finding.place is not None
    assert finding.place.path == "masks/a.png"
    assert finding.message == (
        "4 pixels (80.00%) have 3 colours that are not in the legend, and became the nearest that is: "
        "most often 007800 (2 pixels), furthest 008200 (125 away)"
    )


def test_what_is_transparent_is_background() -> None:
    labels, findings = read(picture([(*RED, 255), (*RED, 0), (*GREEN, 127), (*GREEN, 128), (7, 7, 7, 0)]))
    assert labels.values.tolist() == [[1, 0, 0, 2, 0]]
    assert findings == ()


@pytest.mark.parametrize("colours", [np.zeros((2, 2, 3), np.uint16), np.zeros((2, 2, 1), np.uint8)])
def test_pictures_of_another_sort(colours: np.ndarray) -> None:
    with pytest.raises(MifaError) as caught:
        read(colours)
    assert caught.value.code == "MIFA305"


def test_legends_in_any_spelling() -> None:
    labels, _ = read(picture([RED, GREEN, BLACK]), {"#ff0000": "a", "00ff00": "b", "000000": "Background"})
    assert labels.values.tolist() == [[1, 2, 0]]


def test_more_classes_than_a_byte_counts() -> None:
    legend = {f"{number:06X}": str(number) for number in range(1, 301)}
    colours = np.zeros((1, 300, 3), np.uint8)
    colours[0, :, 1], colours[0, :, 2] = np.divmod(np.arange(1, 301), 256)
    labels, findings = read(colours, legend)
    assert labels.values.tolist() == [list(range(1, 301))]
    assert findings == ()


@pytest.mark.parametrize("size", [1, 7, 2**20])
def test_bands_do_not_show(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    colours = np.random.default_rng(0).integers(0, 256, (13, 5, 4), np.uint8)
    known = np.array([RED, BLACK, GREEN, BLUE], float)
    away = np.linalg.norm(colours[..., None, :3] - known, axis=3)
    expected = np.where(colours[..., 3] >= 128, np.array([1, 0, 2, 0])[away.argmin(axis=2)], 0)
    monkeypatch.setattr(colour_mask, "_BAND_PIXELS", size)
    labels, (finding,) = read(colours)
    assert labels.values.tolist() == expected.tolist()
    assert f"({away.min(axis=2)[colours[..., 3] >= 128].max():.0f} away)" in finding.message


def test_a_jpeg_is_cleaned() -> None:
    clean = np.zeros((64, 64, 3), np.uint8)
    clean[8:40, 8:40], clean[40:60, 30:62] = RED, GREEN
    stream = io.BytesIO()
    Image.fromarray(clean).save(stream, "jpeg", quality=90, subsampling=0)
    smoothed = np.asarray(Image.open(stream))
    labels, (finding,) = read(smoothed)
    expected, _ = read(clean)
    assert (labels.values == expected.values).mean() > 0.999
    assert finding.code == "MIFA360"


def test_a_legend_is_proposed() -> None:
    colours = np.zeros((100, 100, 3), np.uint8)
    colours[:50, :50], colours[60:90, 60:90] = GREEN, RED
    colours[60, 60:90] = (250, 5, 5)  # a shade of red
    assert propose_legend(colours) == {"000000": "background", "00FF00": "class 1", "FF0000": "class 2"}
    assert propose_legend(colours[:50, :50]) == {"00FF00": "background"}
    transparent = np.concatenate([colours, np.zeros((100, 100, 1), np.uint8)], axis=2)
    assert propose_legend(transparent) == {}
    noise = np.random.default_rng(0).integers(0, 256, (100, 100, 3), np.uint8)
    assert len(propose_legend(noise)) <= 32


def test_what_is_proposed_is_a_legend() -> None:
    colours = picture([RED, GREEN, RED, BLACK])
    labels, findings = read(colours, propose_legend(colours))
    assert labels.values.tolist() == [[1, 2, 1, 0]]
    assert findings == ()
