"""Makes the works: cells, texture and shot noise, so that a codec meets what a microscope gives it. Seeded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
import numpy.typing as npt
import tifffile
from scipy.ndimage import gaussian_filter

from benchmarks.works import Work

Array = npt.NDArray[Any]

SHEET = Path(__file__).with_name("sheet.yaml")
OFFSET, READ_NOISE = 100, 2.0
"""Of the camera: what it reads in the dark, and how much that varies."""
BACKGROUND, BRIGHTNESS = 12.0, 150.0
"""In photons: between the cells, and at most in them."""
CELLS_PER_MEGAPIXEL = 180
TILE, BAND = 256, 512
"""Of the slide: its file's tiles, and how many rows are drawn at once."""
PIXEL_UM, PLANE_UM = 0.108, 1.0
"""Planes lie further apart than pixels at every level, so that z is kept."""


def make_work(work: Work, folder: Path) -> Path:
    """Make a work's lab folder unless it is there, and its study sheet; return the folder that holds both."""
    home = folder / f"{work.key}-{work.images}x{'x'.join(map(str, work.shape))}"
    if not home.exists():
        _make_lab(work, home)
    (home / "sheet.yaml").write_text(study_sheet(work), encoding="utf-8")
    return home


def _make_lab(work: Work, home: Path) -> None:
    partial = home.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    for kind in ("images", "masks") if work.masks else ("images",):
        (partial / "lab" / kind).mkdir(parents=True)
    rng = np.random.default_rng(list(work.key.encode()))
    if work.axes == "czyx":
        _make_stack(work, partial / "lab", rng)
    elif work.axes == "yxs":
        _make_slide(work, partial / "lab", rng)
    else:
        _make_fields(work, partial / "lab", rng)
    partial.rename(home)


def study_sheet(work: Work) -> str:
    """Return the study sheet with which mifakit builds a work."""
    template, _, annotations = SHEET.read_text(encoding="utf-8").partition("annotations:\n")
    text = Template(template).substitute(suffix=work.suffix, pixel=PIXEL_UM)
    return f"{text}annotations:\n{annotations}" if work.masks else text


def _make_stack(work: Work, lab: Path, rng: np.random.Generator) -> None:
    channels, depth, height, width = work.shape
    tifffile.imwrite(
        lab / "images" / f"{work.names()[0]}{work.suffix}",
        (plane for channel in range(channels) for plane in _stack_planes(channel, (depth, height, width), rng)),
        shape=work.shape,
        dtype=np.uint16,
        photometric="minisblack",
        bigtiff=True,
        metadata={
            "axes": work.axes.upper(),
            "Channel": {"Name": ["nuclei", "cytoplasm"]},
            "PhysicalSizeX": PIXEL_UM,
            "PhysicalSizeY": PIXEL_UM,
            "PhysicalSizeZ": PLANE_UM,
        },
    )


def _stack_planes(channel: int, shape: tuple[int, int, int], rng: np.random.Generator) -> Iterator[Array]:
    """Yield a channel's planes: nuclei are ellipsoids, the cytoplasm a texture that drifts with depth."""
    depth, height, width = shape
    texture = _texture((height, width), rng)
    cells = _Cells((height, width), rng)
    middles = rng.uniform(0, depth, len(cells))
    for z in range(depth):
        # A cell is round in z too, and eight planes reach from its middle to its pole.
        sections = np.sqrt(np.clip(1 - ((z - middles) / 8) ** 2, 0, None))
        light = (
            BRIGHTNESS * cells.light(sections) if channel == 0 else 0.4 * BRIGHTNESS * np.roll(texture, 3 * z, axis=1)
        )
        yield _camera(light, rng)


def _make_fields(work: Work, lab: Path, rng: np.random.Generator) -> None:
    texture = _texture(work.shape, rng)
    for name in work.names():
        cells = _Cells(work.shape, rng)
        light = BRIGHTNESS * (cells.light() + 0.1 * np.roll(texture, rng.integers(0, work.shape), axis=(0, 1)))
        tifffile.imwrite(lab / "images" / f"{name}{work.suffix}", _camera(light, rng))
        tifffile.imwrite(lab / "masks" / f"{name}.tif", cells.labels(), compression="zlib")


def _make_slide(work: Work, lab: Path, rng: np.random.Generator) -> None:
    """Write stained tissue on white: dark nuclei in a pink texture, one band of rows after the other."""
    height, width, _ = work.shape
    nuclear, pink = np.array([0.75, 0.85, 0.35], np.float32), np.array([0.1, 0.45, 0.2], np.float32)

    def tiles() -> Iterator[Array]:
        for _ in range(0, height, BAND):
            cells, texture = _Cells((BAND, width), rng).light(), _texture((BAND, width), rng)
            absorbed = cells[..., None] * nuclear + texture[..., None] * pink
            noise = rng.standard_normal(absorbed.shape, np.float32)
            band = np.clip(235 * np.exp(-absorbed) + 2.5 * noise, 0, 255).astype(np.uint8)
            for y, x in product(range(0, BAND, TILE), range(0, width, TILE)):
                yield band[y : y + TILE, x : x + TILE]

    tifffile.imwrite(
        lab / "images" / f"{work.names()[0]}{work.suffix}",
        tiles(),
        shape=work.shape,
        dtype=np.uint8,
        photometric="rgb",
        tile=(TILE, TILE),
        metadata=None,
    )


class _Cells:
    """Round cells at random places, each with an id; they may touch, the later lies above."""

    def __init__(self, shape: tuple[int, ...], rng: np.random.Generator) -> None:
        count = max(1, round(CELLS_PER_MEGAPIXEL * shape[0] * shape[1] / 2**20))
        self._shape = shape
        self._centres = rng.uniform(0, shape, (count, 2))
        self._radii = rng.uniform(12, 28, count)
        self._bright = rng.uniform(0.4, 1.0, count).astype(np.float32)

    def __len__(self) -> int:
        return len(self._radii)

    def light(self, sections: Array | None = None) -> Array:
        """Return soft discs; `sections` says by how much each cell's radius is cut, 0 for not at all seen."""
        radii = self._radii if sections is None else self._radii * sections
        canvas = np.zeros(self._shape, np.float32)
        for centre, radius, bright in zip(self._centres, radii, self._bright, strict=True):
            if radius > 1:
                window, distance = self._around(centre, radius + 4)
                canvas[window] += bright / (1 + np.exp((distance - radius) / 1.2))
        return canvas

    def labels(self) -> Array:
        """Return each cell's disc, filled with its id."""
        canvas = np.zeros(self._shape, np.uint16)
        for number, (centre, radius) in enumerate(zip(self._centres, self._radii, strict=True), start=1):
            window, distance = self._around(centre, radius)
            canvas[window][distance <= radius] = number
        return canvas

    def _around(self, centre: Array, reach: float) -> tuple[tuple[slice, ...], Array]:
        """Return the window round a cell, and each of its pixels' distance from the centre."""
        low = np.maximum(centre - reach, 0).astype(int)
        high = np.minimum(centre + reach + 1, self._shape).astype(int)
        y, x = np.ogrid[low[0] : high[0], low[1] : high[1]]
        distance = np.hypot(y - centre[0], x - centre[1]).astype(np.float32)
        return (slice(low[0], high[0]), slice(low[1], high[1])), distance


def _texture(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Return ridges of smoothed noise, from 0 to 1: they look like fibres."""
    field = gaussian_filter(rng.standard_normal(shape, np.float32), 5, mode="wrap")
    return np.exp(-np.abs(field) / field.std() * 3)


def _camera(light: Array, rng: np.random.Generator) -> Array:
    """Return what a camera makes of photons: shot noise, read noise, offset.

    A normal distribution of the same variance stands for the Poisson one; it is ten times as fast to draw.
    """
    photons = light + np.float32(BACKGROUND)
    noise = rng.standard_normal(photons.shape, np.float32)
    noise *= np.sqrt(photons + np.float32(READ_NOISE**2))
    noise += photons
    noise += OFFSET + 0.5
    return np.clip(noise, 0, 65535).astype(np.uint16)
