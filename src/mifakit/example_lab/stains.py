"""Where the dyes sit: DAPI on the chromatin, phalloidin on the actin. Pure maps of the specimen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mifakit.example_lab.cells import Cell, Culture, FloatArray, Frame, Nucleus, Outline

REFERENCE_NUCLEUS = 120.0
"""µm². A G1 nucleus of this area has DAPI density 1."""

_FAR = 1e3
"""A normalised radius beyond any cell."""


@dataclass(frozen=True)
class Territories:
    """Which cell each pixel belongs to.

    Attributes
    ----------
    owner
        (y, x), the index of the cell, -1 between cells.
    inside
        (y, x), distance to the cell's edge in µm, negative outside.
    radius
        (y, x), the normalised radius in the owner's outline.
    rounded
        (y, x), whether the owner has rounded up.
    """

    owner: npt.NDArray[np.int32]
    inside: FloatArray
    radius: FloatArray
    rounded: npt.NDArray[np.bool_]


def grain(rng: np.random.Generator, frame: Frame, size: float) -> FloatArray:
    """Return smooth noise of mean 0 and standard deviation 1.

    Parameters
    ----------
    rng
        Where it comes from.
    frame
        The pixels.
    size
        Standard deviation of the Gaussian that smooths it, µm.

    Returns
    -------
    ndarray
        (y, x).
    """
    v = np.fft.fftfreq(frame.shape[0], frame.pixel_size)[:, np.newaxis]
    u = np.fft.rfftfreq(frame.shape[1], frame.pixel_size)[np.newaxis, :]
    decay = -2 * np.pi**2 * size**2
    smoothing = np.exp(decay * v**2) * np.exp(decay * u**2)
    spectrum = rng.standard_normal(smoothing.shape) + 1j * rng.standard_normal(smoothing.shape)
    noise = np.fft.irfft2(spectrum * smoothing, s=frame.shape)
    return np.asarray((noise - noise.mean()) / noise.std())


def chromatin_domains(rng: np.random.Generator, frame: Frame) -> FloatArray:
    """Return how densely chromatin is packed, relative to its nucleus: mean 0; (y, x)."""
    return 0.55 * grain(rng, frame, 1.1) + 0.6 * grain(rng, frame, 0.42)


def chromatin(rng: np.random.Generator, nuclei: list[Nucleus], domains: FloatArray, frame: Frame) -> FloatArray:
    """Return the density of DAPI, projected along the optical axis.

    Each nucleus is a cushion, steep at its edge, with domains of dense and loose chromatin and
    with nucleoli, which DAPI leaves dark. What overlaps adds up.

    Returns
    -------
    ndarray
        (y, x), 1 within a G1 nucleus of `REFERENCE_NUCLEUS`.
    """
    density = np.zeros(frame.shape)
    for nucleus in nuclei:
        outline = nucleus.outline
        # A little more than the outline's reach, for what sticks out of it.
        region, (y, x) = frame.window(outline.y, outline.x, 1.3 * outline.reach)
        radius = outline.normalised_radius(y, x)
        if nucleus.condensed:
            # Arms of chromosomes stick out of the plate.
            ragged = radius * (1 + 0.16 * domains[region])
            thickness = np.sqrt(np.maximum(1 - ragged**2, 0))
            texture = 1 + 0.12 * domains[region]
        else:
            thickness = np.sqrt(np.maximum(1 - radius**5, 0))
            # Heterochromatin lines the nuclear envelope.
            rim = 1 + 0.10 * np.exp(-(((radius - 0.9) / 0.08) ** 2))
            contrast = rng.uniform(0.14, 0.27)
            texture = rim * np.exp(contrast * domains[region]) * _nucleoli(rng, outline, y, x)
        # Dye and camera see packed DNA a little less than in proportion.
        packing = (nucleus.dna * REFERENCE_NUCLEUS / outline.area) ** 0.7
        density[region] += packing * thickness * texture
    return density


def territories(rng: np.random.Generator, cells: list[Cell], frame: Frame) -> Territories:
    """Divide the pixels among the cells: each pixel to the cell in whose outline it lies deepest."""
    owner = np.full(frame.shape, -1, np.int32)
    nearest = np.full(frame.shape, _FAR)
    second = np.full(frame.shape, _FAR)
    scale = np.ones(frame.shape)
    # Ruffled edges: displace the pixels, not the outlines, so that neighbours still fit together.
    warp_y, warp_x = (1.3 * grain(rng, frame, 3.0) + 0.25 * grain(rng, frame, 0.9) for _ in "yx")
    # Rounded cells come last: they stand on top of their neighbours and yield to none.
    for index, cell in sorted(enumerate(cells), key=lambda numbered: numbered[1].rounded):
        outline = cell.outline
        region, (y, x) = frame.window(outline.y, outline.x, outline.reach)
        taut = 0.15 if cell.rounded else 1.0
        radius = outline.normalised_radius(y + taut * warp_y[region], x + taut * warp_x[region])
        closer = radius < nearest[region]
        if cell.rounded:
            closer = radius < 1
            second[region] = np.where(closer, _FAR, second[region])
        else:
            second[region] = np.where(closer, nearest[region], np.minimum(second[region], radius))
        nearest[region] = np.where(closer, radius, nearest[region])
        owner[region] = np.where(closer, index, owner[region])
        scale[region] = np.where(closer, np.sqrt(outline.major * outline.minor), scale[region])
    inside = scale * np.minimum((second - nearest) / 2, 1 - nearest)
    # A cell owns the blurred outer flank of its cortex too.
    owner[nearest >= 1.1] = -1
    rounded = np.array([*(cell.rounded for cell in cells), False])[owner]
    return Territories(owner, inside, nearest, rounded)


def actin(rng: np.random.Generator, cells: list[Cell], land: Territories, frame: Frame, culture: Culture) -> FloatArray:
    """Return the density of phalloidin: cortex, stress fibres, fine mesh.

    Returns
    -------
    ndarray
        (y, x), about 1 on a cell's edge.
    """
    # Index -1, between the cells, finds the zero that comes last.
    level = np.append(rng.lognormal(0, 0.25, len(cells)), 0.0)[land.owner]

    ruffle = np.exp(0.45 * grain(rng, frame, 1.8))
    edge = land.inside / np.where(land.rounded, 1.0, 0.55)
    cortex = np.where(land.rounded, 1.5, 0.8) * ruffle * np.exp(-(edge**2) / 2)
    # The zero crossings of smooth noise run like a mesh of filaments.
    filaments = 1 / (1 + (grain(rng, frame, 0.7) / 0.3) ** 2)
    puncta = np.maximum(grain(rng, frame, 0.22) - 1.3, 0)
    mesh = (0.45 + 0.6 * filaments + 0.5 * puncta) * np.exp(0.25 * grain(rng, frame, 2.0))
    dome = np.clip(1 - land.radius**2, 0, 1)
    sheet = np.where(land.rounded, 0.45, 0.08 + 0.2 * dome) * mesh * np.clip(land.inside / 0.6 + 0.5, 0, 1)
    return np.asarray(level * (cortex + sheet + _stress_fibres(rng, cells, land, frame, culture)))


def debris(rng: np.random.Generator, frame: Frame, n: int) -> FloatArray:
    """Return specks of dirt and of dead cells: bright, smaller than any nucleus.

    Returns
    -------
    ndarray
        (y, x), densities in the unit of `chromatin`.
    """
    density = np.zeros(frame.shape)
    for _ in range(n):
        size = rng.lognormal(np.log(0.45), 0.5)
        at_y, at_x = rng.uniform((0, 0), frame.extent)
        region, (y, x) = frame.window(at_y, at_x, 4 * size)
        brightness = rng.lognormal(np.log(0.5), 0.7)
        density[region] += brightness * np.exp(-((y - at_y) ** 2 + (x - at_x) ** 2) / (2 * size**2))
    return density


def _nucleoli(rng: np.random.Generator, outline: Outline, y: FloatArray, x: FloatArray) -> FloatArray:
    """Return what nucleoli leave of the light, 1 where there is none; (y, x)."""
    left = np.ones(np.broadcast_shapes(y.shape, x.shape))
    for _ in range(int(rng.integers(1, 5))):
        direction = rng.uniform(0, 2 * np.pi)
        distance = 0.62 * np.sqrt(rng.random()) * float(outline.radius_towards(direction))
        centre_y = outline.y + distance * np.sin(direction)
        centre_x = outline.x + distance * np.cos(direction)
        size = rng.uniform(0.5, 1.25)
        depth = rng.uniform(0.25, 0.5)
        squared = ((y - centre_y) ** 2 + (x - centre_x) ** 2) / size**2
        left *= 1 - depth * np.exp(-(squared**1.5) / 2)
    return left


def _stress_fibres(
    rng: np.random.Generator, cells: list[Cell], land: Territories, frame: Frame, culture: Culture
) -> FloatArray:
    """Draw gently bent fibres along each spread cell's axis, none beyond its edge; (y, x)."""
    drawn = np.zeros(frame.shape)
    step = 0.6 * frame.pixel_size
    for index, cell in enumerate(cells):
        n = 0 if cell.rounded else int(rng.poisson(culture.fibres * rng.lognormal(0, 0.4)))
        if n == 0:
            continue
        outline = cell.outline
        reach = 1.3 * outline.major
        along = np.arange(-reach, reach, step)[np.newaxis, :]
        angle = cell.fibre_angle + rng.normal(0, 0.10, (n, 1))
        # Fibres converge towards the tips of the cell, and each bends a little of its own.
        across = rng.uniform(-1.15, 1.15, (n, 1)) * outline.minor * (1 - 0.35 * (along / reach) ** 2)
        across = across + rng.normal(0, 0.005, (n, 1)) * along**2
        y = outline.y + along * np.sin(angle) + across * np.cos(angle)
        x = outline.x + along * np.cos(angle) - across * np.sin(angle)
        start = rng.uniform(-1.2, 0.5, (n, 1)) * reach
        length = rng.uniform(0.35, 1.6, (n, 1)) * reach
        taper = np.sin(np.pi * np.clip((along - start) / length, 0, 1)) ** 0.4
        brightness = rng.lognormal(np.log(0.3), 0.6, (n, 1)) * taper * step / frame.pixel_size
        _splat(drawn, y / frame.pixel_size, x / frame.pixel_size, brightness, land.owner == index)
    return drawn


def _splat(
    drawn: FloatArray,
    y: FloatArray,
    x: FloatArray,
    weight: FloatArray,
    allowed: npt.NDArray[np.bool_],
) -> None:
    """Add points at fractional pixels to `drawn`, shared out bilinearly, where `allowed`."""
    height, width = drawn.shape
    row, column = np.floor(y).astype(int), np.floor(x).astype(int)
    valid = (row >= 0) & (row < height - 1) & (column >= 0) & (column < width - 1)
    valid[valid] = allowed[row[valid], column[valid]]
    row, column, weight = row[valid], column[valid], np.broadcast_to(weight, y.shape)[valid]
    right, down = x[valid] - column, y[valid] - row
    for below, after in ((0, 0), (0, 1), (1, 0), (1, 1)):
        share = (down if below else 1 - down) * (right if after else 1 - right)
        np.add.at(drawn, (row + below, column + after), weight * share)
