"""One field of view, rendered: cells, dyes, lens and camera put together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mifakit.example_lab import optics, stains
from mifakit.example_lab.cells import (
    Cell,
    Culture,
    FloatArray,
    Frame,
    LabelArray,
    Nucleus,
    Outline,
    label_image,
    scatter_cells,
)

PIXEL_SIZE = 0.325
"""µm: 6.5 µm on the camera through a 20x objective."""

MARGIN = 56
"""Pixels around the field that are rendered and cropped: cells cut by the edge, light from beyond it."""

FOCAL_STEP = 0.5
"""µm. Nuclei are imaged in planes this far apart."""

ROUNDED_PLANE = 3
"""In focal steps: the equator of a rounded cell lies above that of spread ones."""

OBJECTIVE = optics.Objective()
CAMERA = optics.Camera()

CONTROL = Culture(
    nuclear_area=118,
    spread=17,
    elongation=1.35,
    g2_fraction=0.25,
    mitotic_fraction=0.055,
    clustering=0.3,
    fibres=10,
)
TREATED = Culture(
    nuclear_area=175,
    spread=24,
    elongation=1.9,
    g2_fraction=0.06,
    mitotic_fraction=0.0,
    clustering=0.22,
    fibres=34,
)
"""Arrested in G1 for two days: fewer, larger, flatter nuclei, no mitoses, strong stress fibres."""


@dataclass(frozen=True)
class Channel:
    """A dye and how it is acquired.

    Attributes
    ----------
    name
        Of the dye.
    wavelength
        Emission, µm.
    exposure
        Photoelectrons per pixel from density 1.
    background
        From the medium and the glass, in densities.
    hot_spot
        Where the lamp is brightest, as fractions of height and width.
    color
        Shown as, red, green and blue.
    """

    name: str
    wavelength: float
    exposure: float
    background: float
    hot_spot: tuple[float, float]
    color: tuple[int, int, int]


CHANNELS = (
    Channel("DAPI", 0.461, exposure=720, background=0.05, hot_spot=(0.45, 0.56), color=(0, 0, 255)),
    Channel("Phalloidin", 0.518, exposure=620, background=0.04, hot_spot=(0.53, 0.47), color=(0, 255, 0)),
)


@dataclass(frozen=True)
class Field:
    """A field of view and the truth about it.

    Attributes
    ----------
    channels
        (2, y, x), uint16: DAPI, phalloidin.
    labels
        (y, x), uint16: nuclei 1 … n, 0 elsewhere.
    """

    channels: optics.CameraArray
    labels: LabelArray


def render_field(
    rng: np.random.Generator,
    shape: tuple[int, int],
    n_nuclei: int,
    culture: Culture = CONTROL,
) -> Field:
    """Render one field of view.

    Parameters
    ----------
    rng
        Where all chance comes from: the same state gives the same field.
    shape
        Pixels along y and x, of `PIXEL_SIZE`.
    n_nuclei
        About how many nuclei the field holds.
    culture
        How the cells grow.
    """
    frame = Frame((shape[0] + 2 * MARGIN, shape[1] + 2 * MARGIN), PIXEL_SIZE)
    crowd = round(n_nuclei * np.prod(frame.shape) / np.prod(shape))
    cells = scatter_cells(rng, frame.extent, int(crowd), culture)
    land = stains.territories(rng, cells, frame)

    dapi = _chromatin_by_plane(rng, cells, frame)
    dapi[0] = dapi.get(0, 0) + stains.debris(rng, frame, n=16) + 0.012 * (land.owner >= 0)
    actin = stains.actin(rng, cells, land, frame, culture)
    phalloidin = {
        0: np.where(land.rounded, 0, actin) + 0.6 * stains.debris(rng, frame, n=8),
        ROUNDED_PLANE: np.where(land.rounded, actin, 0),
    }
    images = [
        _acquire(rng, planes, channel, frame) for planes, channel in zip((dapi, phalloidin), CHANNELS, strict=True)
    ]
    return Field(np.stack(images), label_image(cells, frame, MARGIN))


def _chromatin_by_plane(rng: np.random.Generator, cells: list[Cell], frame: Frame) -> dict[int, FloatArray]:
    """Sort the nuclei by focal plane, with dead cells that drift far above; each plane (y, x)."""
    planes: dict[int, list[Nucleus]] = {}
    for nucleus in [nucleus for cell in cells for nucleus in cell.nuclei] + _drifting_nuclei(rng, frame):
        planes.setdefault(round(nucleus.height / FOCAL_STEP), []).append(nucleus)
    domains = stains.chromatin_domains(rng, frame)
    return {plane: stains.chromatin(rng, nuclei, domains, frame) for plane, nuclei in sorted(planes.items())}


def _drifting_nuclei(rng: np.random.Generator, frame: Frame) -> list[Nucleus]:
    """Draw the nuclei of cells that came off the glass: seen as haze only, so nobody outlines them."""
    drifting = []
    for _ in range(rng.poisson(2.5)):
        y, x = rng.uniform((0, 0), frame.extent)
        radius = rng.uniform(3, 4.5)
        outline = Outline(y, x, radius, 0.9 * radius, angle=0.0)
        height = FOCAL_STEP * int(rng.integers(24, 60))
        drifting.append(Nucleus(outline, rng.uniform(0.8, 2), condensed=True, height=height))
    return drifting


def _acquire(
    rng: np.random.Generator, planes: dict[int, FloatArray], channel: Channel, frame: Frame
) -> optics.CameraArray:
    """Image all planes of one dye at once, as a widefield microscope does, and crop the margin; (y, x)."""
    optical = [
        optics.transfer_function(frame.shape, frame.pixel_size, channel.wavelength, OBJECTIVE, plane * FOCAL_STEP)
        for plane in planes
    ]
    imaged = optics.image_planes(list(zip(planes.values(), optical, strict=True)))
    field = imaged[MARGIN:-MARGIN, MARGIN:-MARGIN] + channel.background
    lit = field * optics.illumination((field.shape[0], field.shape[1]), channel.hot_spot)
    return optics.expose(rng, channel.exposure * lit, CAMERA)
