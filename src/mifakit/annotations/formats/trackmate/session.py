"""What a TrackMate file says, in columns, as it says it."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Numbers, Offsets
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.privacy import public
from mifakit.annotations.reading.vertices import outline
from mifakit.annotations.reading.written_numbers import digits, number, numbers, whole_number, words
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.sources.limits import MAX_XML_PARTS
from mifakit.sources.xml_text import iterate_xml

_POSITION = ("POSITION_X", "POSITION_Y", "POSITION_Z")
_ENDS = ("SPOT_SOURCE_ID", "SPOT_TARGET_ID")
_NO_FEATURES = {"ID", "name", "FRAME", "VISIBILITY", "ROI_N_POINTS", *_POSITION, *_ENDS}


@dataclass(frozen=True)
class Spots:
    """Spots, one a row.

    Attributes
    ----------
    ids, frames, visible
        As the file gives them.
    positions
        (n, 3): x, y, z in the file's units.
    names
        Those that people gave.
    features
        A column each, NaN where a spot has none.
    outlines
        Vertices in the file's units, relative to their spot, by its row.
    """

    ids: Offsets
    frames: Offsets
    visible: npt.NDArray[np.bool_]
    positions: Numbers
    names: list[str | None]
    features: Mapping[str, Numbers]
    outlines: Mapping[int, Numbers]


@dataclass(frozen=True)
class Links:
    """Links between spots, one a row.

    Attributes
    ----------
    ends
        (m, 2): the ids of two spots.
    tracks
        The id of the track that each is in.
    features
        A column each.
    """

    ends: Offsets
    tracks: list[str]
    features: Mapping[str, Numbers]


@dataclass(frozen=True)
class Session:
    """A file.

    Attributes
    ----------
    spots, links
        All of them, also those that are hidden.
    shown
        The tracks that TrackMate shows; None when it shows all.
    unit
        Of lengths, as TrackMate calls it.
    image
        What is said of the image: `filename`, `width`, `pixelwidth` and so on.
    findings
        What could not be read.
    """

    spots: Spots
    links: Links
    shown: set[str] | None
    unit: str
    image: Mapping[str, str]
    findings: tuple[Finding, ...]


def read_session(path: Path) -> Session:
    """Read a file piece by piece.

    Raises
    ------
    MifaError
        As `iterate_xml`.
    """
    spots, links = _SpotColumns(path), _LinkColumns(path)
    shown: set[str] | None = None
    unit, image = "", dict[str, str]()
    wanted = {"Spot", "Edge", "FilteredTracks", "ImageData"}
    for ancestors, element in iterate_xml(path, "TrackMate", wanted):
        match element.tag:
            case "Spot":
                spots.add(element)
                unit = ancestors[1].get("spatialunits", unit) if len(ancestors) > 1 else unit
            case "Edge":
                links.add(element, ancestors[-1].get("TRACK_ID", ""))
            case "FilteredTracks":
                shown = {track.get("TRACK_ID", "") for track in element}
            case "ImageData":
                image = element.attrib
    findings = (*spots.left_out.findings, *links.left_out.findings)
    return Session(spots.collected(), links.collected(), shown, unit, image, findings)


class _SpotColumns:
    def __init__(self, path: Path) -> None:
        self.left_out = LeftOut(path, "spot")
        self._ids, self._frames, self._visible = array("q"), array("q"), array("b")
        self._positions = array("d")
        self._names: list[str | None] = []
        self._features = _Features(path)
        self._outlines: dict[int, Numbers] = {}

    def add(self, spot: Element) -> None:
        with self.left_out.unless_usable(spot.get("ID", "")):
            id_, frame = (whole_number(spot.get(name), name) for name in ("ID", "FRAME"))
            position = [number(spot.get(name, "0" if name == "POSITION_Z" else None), name) for name in _POSITION]
            self._ids.append(id_)
            self._frames.append(frame)
            self._visible.append(spot.get("VISIBILITY") != "0")
            self._positions.extend(position)
            self._names.append(None if spot.get("name") == f"ID{id_}" else public(spot.get("name")))
            self._features.add(spot.attrib)
            if (count := digits(spot.get("ROI_N_POINTS"))) is not None:
                self._outlines[len(self._ids) - 1] = _outline(spot.text, count)

    def collected(self) -> Spots:
        return Spots(
            np.array(self._ids, np.int64),
            np.array(self._frames, np.int64),
            np.array(self._visible, bool),
            np.array(self._positions, np.float64).reshape(-1, 3),
            self._names,
            self._features.columns(),
            self._outlines,
        )


class _LinkColumns:
    def __init__(self, path: Path) -> None:
        self.left_out = LeftOut(path, "link")
        self._ends, self._tracks = array("q"), list[str]()
        self._features = _Features(path)

    def add(self, link: Element, track: str) -> None:
        with self.left_out.unless_usable("-".join(link.get(name, "") for name in _ENDS)):
            self._ends.extend([whole_number(link.get(name), name) for name in _ENDS])
            self._tracks.append(track)
            self._features.add(link.attrib)

    def collected(self) -> Links:
        return Links(np.array(self._ends, np.int64).reshape(-1, 2), self._tracks, self._features.columns())


class _Features:
    """Numbers by name, where a row has them."""

    def __init__(self, path: Path) -> None:
        self._path, self._count = path, 0
        self._rows: dict[str, array[int]] = {}
        self._values: dict[str, array[float]] = {}

    def add(self, said: Mapping[str, str]) -> None:
        for name in said.keys() - _NO_FEATURES:
            try:
                value = float(said[name])
            except ValueError:
                continue  # none of TrackMate's own features is a text
            self._rows.setdefault(name, array("q")).append(self._count)
            self._values.setdefault(name, array("d")).append(value)
        self._count += 1

    def columns(self) -> dict[str, Numbers]:
        if len(self._rows) * self._count > MAX_XML_PARTS:
            raise MifaError("MIFA226", f"has more than {MAX_XML_PARTS:,} features", str(self._path))
        columns = {}
        for name in sorted(self._rows):
            columns[name] = np.full(self._count, np.nan)
            columns[name][np.array(self._rows[name])] = self._values[name]
        return columns


def _outline(text: str | None, count: int) -> Numbers:
    values = words(text)
    if len(values) != 2 * count:
        raise UnusableError("whose outline has not as many vertices as it says")
    return outline(numbers(values))
