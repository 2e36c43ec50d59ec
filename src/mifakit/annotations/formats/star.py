"""STAR files of RELION and its kin: particles picked in micrographs or tomograms.

`rlnCoordinateX` is the index of a pixel from 0: a particle is cut out from as many pixels before it as behind
(`extractParticlesFromOneMicrograph` in RELION's preprocessing.cpp). On the corner grid it lies half a pixel further.
They count pixels of the micrograph that `rlnMicrographName` names; shifts such as `rlnOriginXAngst` are not applied.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from mifakit.annotations.base import Options
from mifakit.annotations.model import Kind
from mifakit.annotations.reading.tabular.contents import Contents
from mifakit.annotations.reading.tabular.file import TabularFile
from mifakit.annotations.reading.tabular.roles import find_roles, meaning_of
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.sources.columns import Columns
from mifakit.sources.star_text import read_star

_ROLES = {
    "x": "rlnCoordinateX",
    "y": "rlnCoordinateY",
    "z": "rlnCoordinateZ",
    "class": "rlnClassNumber",
}
_IMAGES = ("rlnTomoName", "rlnMicrographName")
_OPTICS_GROUP = "rlnOpticsGroup"
_OF_OPTICS = (
    "rlnImagePixelSize",
    "rlnMicrographPixelSize",
    "rlnMicrographOriginalPixelSize",
    "rlnMicrographBinning",
    "rlnTomoTiltSeriesPixelSize",
)
_OPTICS = "optics"
_FIRST_PIXEL = 0
_LENGTH = 900


class Star:
    """Reads coordinates in STAR files."""

    name: ClassVar[str] = "STAR"
    suffixes: ClassVar[tuple[str, ...]] = (".star",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.POINTS})
    keeps: ClassVar[str] = "class numbers, angles, shifts, all other columns; pixel sizes and binning of optics groups"
    loses: ClassVar[str] = "blocks without coordinates, the rest of the optics block"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it has a block, and a column of coordinates."""
        return path.suffix.lower() == ".star" and b"data_" in head and b"_rlnCoordinateX" in head

    def open(self, path: Path, options: Options) -> TabularFile:
        """Read a file; see `mifakit.annotations.base.AnnotationFormat.open`."""
        blocks, findings = read_star(path)
        found = [block for block in blocks if {_ROLES["x"], _ROLES["y"]} <= {*block.names}]
        if not found:
            names = ", ".join(block.name or "one without a name" for block in blocks) or "none"
            message = f"has no columns {_ROLES['x']} and {_ROLES['y']}; its blocks are {names}"
            raise MifaError("MIFA204", message[:_LENGTH], str(path))
        if len(found) > 1:
            message = f"of its {len(found):,} blocks with coordinates only the first is read"
            findings.append(Finding.of("MIFA359", message, str(path)))
        columns = found[0].columns(path, findings)
        for block in blocks:
            if block.name == _OPTICS:
                columns = _joined(columns, block.columns(path, []))
        roles = {role: name for role, name in _ROLES.items() if name in columns.cells}
        for name in _IMAGES:
            if name in columns.cells:
                roles["image"] = name
        roles |= find_roles(path, columns, options.columns)
        said = replace(options, first_pixel=_FIRST_PIXEL if options.first_pixel is None else options.first_pixel)
        return TabularFile(path, Contents(columns, roles), said, meaning_of(path, columns, roles.keys()))


def _joined(particles: Columns, optics: Columns) -> Columns:
    """Return particles with what is said of the optics group of each."""
    import pyarrow as pa

    if not all(_OPTICS_GROUP in table.cells for table in (particles, optics)):
        return particles
    cells = dict(particles.cells)
    groups = particles.texts(_OPTICS_GROUP)
    for name in _OF_OPTICS:
        if name in optics.cells and name not in cells:
            values = dict(zip(optics.texts(_OPTICS_GROUP), optics.texts(name), strict=True))
            cells[name] = pa.array([values.get(group) for group in groups], pa.string())
    return replace(particles, names=tuple(cells), cells=cells)
