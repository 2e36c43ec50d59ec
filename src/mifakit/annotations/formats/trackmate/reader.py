"""The format TrackMate.

Positions are in the units of the image's calibration, and a whole number of pixels is the *centre* of a pixel, that of
the first one (0, 0): TrackMate itself adds half a pixel before it draws a spot on ImageJ's corner grid (`SpotOverlay`),
and takes half a pixel off the corners of the outlines that it makes (`SpotRoiUtils`). Frames count from 0.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import ClassVar

import numpy as np

from mifakit.annotations.base import Annotation, Grid, NamedImage, Options
from mifakit.annotations.formats.trackmate.filters import Taken, take_shown
from mifakit.annotations.formats.trackmate.session import Session, read_session
from mifakit.annotations.model import Graph, Kind, Layer, Numbers, Objects, Points, ShapeKind, Shapes
from mifakit.annotations.reading.left_out import UnusableError
from mifakit.annotations.reading.written_numbers import digits, number
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.sources.xml_text import start_tags

_SIZES = {"x": "pixelwidth", "y": "pixelheight", "z": "voxeldepth"}
_MICROMETRES = {
    **dict.fromkeys(("micron", "microns", "µm", "um", "micrometer", "micrometers"), 1.0),
    **dict.fromkeys(("nm", "nanometer", "nanometers"), 1e-3),
    **dict.fromkeys(("mm", "millimeter", "millimeters"), 1e3),
}
_PIXELS = ("pixel", "pixels")
_NO_SIZE = 1e-9
"""No pixel is so small, in whichever unit."""


class TrackMate:
    """Reads spots as nodes, links as edges, and the outlines of spots that have one.

    Features are properties, in the units of the file; `track` is the track of a spot. Links have no direction in
    TrackMate: here they go forward in time. Spots and tracks that its filters hide are left out, and with a track the
    spots in it.
    """

    name: ClassVar[str] = "TrackMate"
    suffixes: ClassVar[tuple[str, ...]] = (".xml",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TRACKS, Kind.SHAPES})
    keeps: ClassVar[str] = "features of spots and links, names, tracks, outlines"
    loses: ClassVar[str] = "what filters hide, features of tracks, settings, the log; meshes are files of their own"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it starts as `<TrackMate>`."""
        return start_tags(head)[:1] == ("TrackMate",)

    def open(self, path: Path, options: Options) -> TrackMateFile:
        """Read a file; see `AnnotationFormat.open`."""
        session = read_session(path)
        return TrackMateFile(path, options.unit, session, take_shown(session, path))


@dataclass(frozen=True)
class TrackMateFile:
    """A session, of which some is taken.

    Attributes
    ----------
    path
        The file.
    unit
        What the sheet says of coordinates.
    session, taken
        What it says, and what is taken of that.
    companions, findings
        None.
    """

    path: Path
    unit: str
    session: Session
    taken: Taken
    companions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def images(self) -> tuple[NamedImage, ...]:
        """The one image, without the folder that it was in on somebody's computer."""
        said = self.session.image
        name = PureWindowsPath(said.get("filename", "")).name
        return (NamedImage(name, digits(said.get("width")) or None, digits(said.get("height")) or None),)

    def read(self, index: int, grid: Grid) -> Annotation:
        """See `AnnotationFile.read`.

        Raises
        ------
        MifaError
            MIFA227 when nobody says how large a pixel is.
        """
        if index not in range(len(self.images)):
            raise IndexError(index)
        findings = (*self.session.findings, *self.taken.findings)
        if not self.taken.spots.size:
            return Annotation((), findings)
        pixel = np.array([self._pixel("x", grid), self._pixel("y", grid)])
        spots, taken = self.session.spots, self.taken
        xy = spots.positions[taken.spots, :2] / pixel + 0.5
        nodes = Points(xy, self._objects(grid))
        features = {name: column[taken.links] for name, column in self.session.links.features.items()}
        layers: list[Layer] = [Graph(nodes, taken.edges, features)]
        outlines = [spots.outlines.get(row) for row in taken.spots.tolist()]
        drawn = np.array([one is not None for one in outlines])
        if drawn.any():
            rings = [one / pixel for one in outlines if one is not None]
            layers.append(_shapes(rings, xy[drawn], nodes.objects.take(drawn)))
        return Annotation(tuple(layers), findings)

    def _objects(self, grid: Grid) -> Objects:
        spots, rows = self.session.spots, self.taken.spots
        features = {name: column[rows] for name, column in spots.features.items()}
        names = [spots.names[row] for row in rows.tolist()]
        called = {"name": names} if any(names) else {}
        deep = (digits(self.session.image.get("nslices")) or grid.size("z")) > 1
        return Objects(
            len(rows),
            source_id=[str(id_) for id_ in spots.ids[rows].tolist()],
            t=spots.frames[rows].astype(np.float64),
            z=spots.positions[rows, 2] / self._pixel("z", grid) if deep else None,
            properties={"track": self.taken.tracks, **called, **features},
        )

    def _pixel(self, axis: str, grid: Grid) -> float:
        """Return the size of a pixel in the unit of positions: what the file says, else what the image says."""
        if self.unit in _PIXELS:
            return 1.0
        with suppress(UnusableError):
            if (size := number(self.session.image.get(_SIZES[axis]), _SIZES[axis])) > _NO_SIZE:
                return size
        unit, spacing = self.session.unit, grid.micrometres(axis)
        if unit in _PIXELS:
            return 1.0
        if spacing and unit in _MICROMETRES:
            return spacing / _MICROMETRES[unit]
        message = f"its positions are in {unit[:20]!r}, and neither it nor its image says how large a pixel is"
        raise MifaError("MIFA227", message, str(self.path), "set unit: pixel, or pixel_size of the images")


def _shapes(rings: list[Numbers], xy: Numbers, objects: Objects) -> Shapes:
    """Return one polygon a spot, of outlines relative to it."""
    sizes = [len(ring) for ring in rings]
    single = np.arange(len(rings) + 1)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    vertices = np.concatenate(rings) + np.repeat(xy, sizes, axis=0)
    return Shapes(np.full(len(rings), ShapeKind.POLYGON, np.uint8), single, single, starts, vertices, objects)
