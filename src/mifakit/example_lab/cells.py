"""Where cells lie and what shape they have: pure geometry, in micrometres."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gamma

import numpy as np
import numpy.typing as npt
from scipy import ndimage

FloatArray = npt.NDArray[np.float64]
LabelArray = npt.NDArray[np.uint16]

ATTEMPTS_PER_CELL = 80
SMALLEST_LABEL = 5.0
"""µm². Annotators skip the sliver of a nucleus that the edge of the field leaves over."""


@dataclass(frozen=True)
class Frame:
    """A grid of square pixels on the specimen, its origin the centre of pixel (0, 0).

    Attributes
    ----------
    shape
        Pixels along y and x.
    pixel_size
        µm.
    """

    shape: tuple[int, int]
    pixel_size: float

    @property
    def extent(self) -> tuple[float, float]:
        """Height and width in µm."""
        return self.shape[0] * self.pixel_size, self.shape[1] * self.pixel_size

    def window(self, y: float, x: float, reach: float) -> tuple[tuple[slice, slice], tuple[FloatArray, FloatArray]]:
        """Return the pixels within `reach` of a point, and where their centres are.

        Parameters
        ----------
        y, x, reach
            µm.

        Returns
        -------
        region
            Slices along y and x; empty for a point far outside.
        positions
            y as (n, 1) and x as (1, m), in µm, which broadcast to the region.
        """
        rows, columns = (
            slice(
                min(max(int(np.floor((centre - reach) / self.pixel_size)), 0), length),
                min(max(int(np.ceil((centre + reach) / self.pixel_size)) + 1, 0), length),
            )
            for centre, length in zip((y, x), self.shape, strict=True)
        )
        grid: list[FloatArray] = [
            np.arange(span.start, span.stop, dtype=np.float64) * self.pixel_size for span in (rows, columns)
        ]
        return (rows, columns), (grid[0][:, np.newaxis], grid[1][np.newaxis, :])


@dataclass(frozen=True)
class Outline:
    """An ellipse whose radius is modulated by a few harmonics: `1 + Σ amplitude·cos(k·θ + phase)`.

    Attributes
    ----------
    y, x
        The centre, µm.
    major, minor
        Semi-axes, µm.
    angle
        From the x axis towards the y axis to the major axis, radians.
    harmonics
        `(k, amplitude, phase)` by rising k, the amplitude relative to the radius.
    bluntness
        The exponent of a superellipse: 2 for an ellipse, more for a rod with blunt ends.
    """

    y: float
    x: float
    major: float
    minor: float
    angle: float
    harmonics: tuple[tuple[int, float, float], ...] = ()
    bluntness: float = 2.0

    @property
    def area(self) -> float:
        """µm²."""
        p = self.bluntness
        return 4 * gamma(1 + 1 / p) ** 2 / gamma(1 + 2 / p) * self.major * self.minor

    @property
    def reach(self) -> float:
        """The farthest that the outline can be from its centre, µm."""
        return max(self.major, self.minor) * (1 + sum(abs(amplitude) for _, amplitude, _ in self.harmonics))

    def moved(self, dy: float, dx: float) -> Outline:
        """Return the same outline elsewhere; µm."""
        return replace(self, y=self.y + dy, x=self.x + dx)

    def radius_towards(self, direction: FloatArray | float) -> FloatArray:
        """Return the radius of the ellipse, without its harmonics, in a direction.

        Parameters
        ----------
        direction
            From the x axis towards the y axis, radians.

        Returns
        -------
        ndarray
            µm, of the shape of `direction`.
        """
        along = np.asarray(direction) - self.angle
        radius: FloatArray = (self.major * self.minor) / np.hypot(
            self.minor * np.cos(along), self.major * np.sin(along)
        )
        return radius

    def normalised_radius(self, y: FloatArray, x: FloatArray) -> FloatArray:
        """Return 0 at the centre, 1 on the outline, and in proportion elsewhere.

        Parameters
        ----------
        y, x
            Positions in µm; they broadcast.
        """
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        along = ((x - self.x) * cos + (y - self.y) * sin) / self.major
        across = ((y - self.y) * cos - (x - self.x) * sin) / self.minor
        distance = np.hypot(along, across)
        # cos(k·θ + phase) by powers of a unit vector: an order of magnitude faster than by arctan2 and cos.
        unit = (along + 1j * across) / np.maximum(distance, 1e-9)
        power = unit.copy()
        order = 1
        radius = np.ones_like(distance)
        for k, amplitude, phase in self.harmonics:
            while order < k:
                power *= unit
                order += 1
            radius += amplitude * (np.cos(phase) * power.real - np.sin(phase) * power.imag)
        if self.bluntness != 2:
            exponent = self.bluntness
            distance = (np.abs(along) ** exponent + np.abs(across) ** exponent) ** (1 / exponent)
        return np.asarray(distance / radius)


@dataclass(frozen=True)
class Nucleus:
    """One mass of chromosomes that an annotator outlines.

    Attributes
    ----------
    outline
        Its edge in projection.
    dna
        The amount of DNA: 1 in G1, 2 in G2 and in a metaphase plate.
    condensed
        Whether it is in mitosis: no texture, no nucleoli.
    height
        Above the focal plane, µm.
    """

    outline: Outline
    dna: float
    condensed: bool
    height: float


@dataclass(frozen=True)
class Cell:
    """A cell: its edge where no neighbour presses, its nuclei (two in anaphase), its fibres.

    Attributes
    ----------
    outline
        How far it spreads when alone.
    nuclei
        One, or the two sets of chromosomes of an anaphase.
    rounded
        Whether it has rounded up for mitosis.
    fibre_angle
        The direction of its stress fibres, radians.
    """

    outline: Outline
    nuclei: tuple[Nucleus, ...]
    rounded: bool
    fibre_angle: float

    @property
    def core(self) -> Outline:
        """What does not give way to a neighbour: the nucleus, or the whole cell when rounded."""
        return self.outline if self.rounded else self.nuclei[0].outline

    def moved(self, dy: float, dx: float) -> Cell:
        """Return the same cell elsewhere; µm."""
        nuclei = tuple(replace(nucleus, outline=nucleus.outline.moved(dy, dx)) for nucleus in self.nuclei)
        return replace(self, outline=self.outline.moved(dy, dx), nuclei=nuclei)


@dataclass(frozen=True)
class Culture:
    """How cells grow under one condition.

    Attributes
    ----------
    nuclear_area
        Of a G1 nucleus, the median, µm².
    spread
        Semi-axis of a lone cell, the median, µm.
    elongation
        Major over minor axis of a cell, the median.
    g2_fraction, mitotic_fraction
        Of the cells.
    clustering
        The fraction of cells that settle right beside another nucleus.
    fibres
        Stress fibres per cell, the mean.
    """

    nuclear_area: float
    spread: float
    elongation: float
    g2_fraction: float
    mitotic_fraction: float
    clustering: float
    fibres: float


def scatter_cells(rng: np.random.Generator, extent: tuple[float, float], n: int, culture: Culture) -> list[Cell]:
    """Seed cells one after the other, so that nuclei may touch but hardly lie on one another.

    Parameters
    ----------
    rng
        Where chance comes from.
    extent
        Height and width to fill, µm.
    n
        How many to try; in a crowd some find no place.
    culture
        How they grow.
    """
    cells: list[Cell] = []
    for _ in range(n):
        newcomer = _draw_cell(rng, culture)
        for _ in range(ATTEMPTS_PER_CELL):
            beside = bool(cells) and rng.random() < culture.clustering
            y, x = _place_beside(rng, cells, newcomer) if beside else rng.uniform((0, 0), extent)
            placed = newcomer.moved(y, x)
            # A nucleus that settles by itself keeps its distance; a sister presses against the other.
            if _smallest_gap(placed, cells) > (-0.9 if beside else 1.0):
                cells.append(placed)
                break
    return cells


def label_image(cells: list[Cell], frame: Frame, margin: int = 0) -> LabelArray:
    """Rasterise nuclei as disjoint labels 1, 2, … n, in reading order.

    Where two nuclei overlap in projection, each pixel goes to the one it lies deeper in, as an
    annotator would draw the line. Nuclei of which less than `SMALLEST_LABEL` is in view get none.

    Parameters
    ----------
    cells
        Also those beyond the field.
    frame
        The pixels.
    margin
        Pixels to crop on every side.

    Returns
    -------
    ndarray
        (y, x), uint16, 0 where there is no nucleus.
    """
    drawn = np.zeros(frame.shape, np.uint16)
    depth = np.ones(frame.shape)
    nuclei = [nucleus for cell in cells for nucleus in cell.nuclei]
    for label, nucleus in enumerate(nuclei, start=1):
        outline = nucleus.outline
        region, (y, x) = frame.window(outline.y, outline.x, outline.reach)
        radius = outline.normalised_radius(y, x)
        deeper = radius < depth[region]
        drawn[region][deeper] = label
        depth[region][deeper] = radius[deeper]
    height, width = frame.shape
    drawn = drawn[margin : height - margin, margin : width - margin]
    return _relabelled(drawn, SMALLEST_LABEL / frame.pixel_size**2)


def _relabelled(drawn: LabelArray, smallest: float) -> LabelArray:
    """Keep the largest piece of each label unless it is under `smallest` pixels; number them in order."""
    labels = np.zeros_like(drawn)
    count = 0
    found = ndimage.find_objects(drawn)
    in_order = sorted((where[0].start, where[1].start, label) for label, where in enumerate(found, 1) if where)
    for _, _, label in in_order:
        where = found[label - 1]
        pieces, _ = ndimage.label(drawn[where] == label)
        sizes = np.bincount(pieces.ravel())[1:]
        if sizes.max() >= smallest:
            count += 1
            labels[where][pieces == 1 + int(sizes.argmax())] = count
    return labels


def _draw_cell(rng: np.random.Generator, culture: Culture) -> Cell:
    """Draw a cell at the origin."""
    if rng.random() < culture.mitotic_fraction:
        return _draw_mitotic_cell(rng)
    angle = rng.uniform(0, np.pi)
    # S phase lies between; G1 is the rest.
    phase = rng.random()
    if phase < culture.g2_fraction:
        dna = 2.0
    elif phase < 1.6 * culture.g2_fraction:
        dna = rng.uniform(1, 2)
    else:
        dna = 1.0
    # Nuclei grow with their DNA as bodies do: the area with the power two thirds of the volume.
    area = culture.nuclear_area * dna ** (2 / 3) * rng.lognormal(0, 0.17)
    nucleus = Nucleus(
        outline=_draw_outline(rng, area, rng.uniform(1.05, 1.7), angle, 0.036 * rng.lognormal(0, 0.25)),
        dna=dna * rng.lognormal(0, 0.13),
        condensed=False,
        height=float(rng.normal(0, 0.45)),
    )
    fibre_angle = float(angle + rng.normal(0, 0.35))
    spread = culture.spread * rng.lognormal(0, 0.12)
    elongation = 1 + (culture.elongation - 1) * rng.lognormal(0, 0.4)
    outline = _draw_outline(rng, np.pi * spread**2, elongation, fibre_angle, roughness=0.09)
    return Cell(
        outline=outline.moved(*rng.normal(0, 0.12 * spread, 2)),
        nuclei=(nucleus,),
        rounded=False,
        fibre_angle=fibre_angle,
    )


def _draw_mitotic_cell(rng: np.random.Generator) -> Cell:
    """Draw a rounded cell at the origin: a metaphase plate, or the two plates of an anaphase."""
    angle = rng.uniform(0, np.pi)
    height = float(rng.normal(0.4, 0.3))
    if rng.random() < 0.6:
        plates = [_draw_plate(rng, length=rng.uniform(10, 12.5), angle=angle)]
        dna, radius = 2.0, rng.uniform(8.2, 9.5)
    else:
        # The plates move apart at right angles to themselves.
        apart = rng.uniform(3.6, 5.5)
        dy, dx = apart * np.cos(angle), -apart * np.sin(angle)
        plates = [
            _draw_plate(rng, length=rng.uniform(8, 9.5), angle=angle).moved(side * dy, side * dx) for side in (-1, 1)
        ]
        dna, radius = 1.0, rng.uniform(9.5, 10.5)
    return Cell(
        outline=_draw_outline(rng, np.pi * radius**2, 1.08, angle + np.pi / 2, roughness=0.012),
        nuclei=tuple(Nucleus(plate, dna, condensed=True, height=height) for plate in plates),
        rounded=True,
        fibre_angle=float(angle),
    )


def _draw_plate(rng: np.random.Generator, length: float, angle: float) -> Outline:
    """Draw chromosomes in line, seen from the side, at the origin; the length in µm."""
    aspect = rng.uniform(2.4, 3.2)
    rod = _draw_outline(rng, np.pi * length**2 / (4 * aspect), aspect, angle, roughness=0.045)
    return replace(rod, bluntness=2.7)


def _draw_outline(rng: np.random.Generator, area: float, aspect: float, angle: float, roughness: float) -> Outline:
    """Draw a deformed ellipse at the origin; higher harmonics are weaker, so that it stays smooth."""
    minor = float(np.sqrt(area / (np.pi * aspect)))
    harmonics = tuple(
        (k, float(rng.normal(0, roughness * (2 / k) ** 1.5)), float(rng.uniform(0, 2 * np.pi))) for k in range(2, 7)
    )
    return Outline(0.0, 0.0, minor * aspect, minor, float(angle), harmonics)


def _place_beside(rng: np.random.Generator, cells: list[Cell], newcomer: Cell) -> tuple[float, float]:
    """Return a place where the newcomer touches a cell that is already there, µm."""
    host = cells[int(rng.integers(len(cells)))].core
    direction = rng.uniform(0, 2 * np.pi)
    contact = host.radius_towards(direction) + newcomer.core.radius_towards(direction)
    distance = float(contact) + rng.uniform(-0.8, 0.4)
    return host.y + distance * float(np.sin(direction)), host.x + distance * float(np.cos(direction))


def _smallest_gap(newcomer: Cell, cells: list[Cell]) -> float:
    """Return the distance to the nearest cell's core, µm; negative where they overlap."""
    smallest = np.inf
    own = newcomer.core
    for cell in cells:
        other = cell.core
        dy, dx = other.y - own.y, other.x - own.x
        distance = float(np.hypot(dy, dx))
        if distance - own.major - other.major < smallest:
            direction = float(np.arctan2(dy, dx))
            radii = own.radius_towards(direction) + other.radius_towards(direction)
            smallest = min(smallest, distance - float(radii))
    return smallest
