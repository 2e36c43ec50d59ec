"""Nikon ND2, read frame by frame with the library nd2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite, prod
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import numpy as np

from mifakit.errors import MifaError
from mifakit.readers.axes import AxisMap
from mifakit.readers.base import Acquisition, Carries, Channel, Format, ImageFacts, ImageSource, Region, check_scene
from mifakit.readers.extras import needing
from mifakit.readers.frames import Frames, ReadFrame
from mifakit.readers.guard import guarded, open_image_file
from mifakit.readers.named_channels import named_channels, stored_channels
from mifakit.readers.nd2.chunks import FRAME_TIMES, MAGIC, check_frame, check_frames, read_chunk_map
from mifakit.readers.odd_axes import map_vendor_axes
from mifakit.readers.optics import objective_name, wavelength
from mifakit.readers.samples import RGB
from mifakit.readers.scene_names import scene_names
from mifakit.readers.sliced import Pixels, SlicedImage
from mifakit.readers.time_steps import measured_step
from mifakit.readers.units import Reading, duration, length, weigh
from mifakit.sources.limits import check_pixel_budget

_LEGACY = b"\0\0\0\x0cjP  "
_FRAME = "CYXS"
_POSITION = "P"
_ODD_AXES = {"U": "a loop of the experiment that is not known", "N": "a loop of the experiment that is not known"}
_STAMP_BYTES = 8
_MAX_MEASURED = 1_000
_UNIX_EPOCH_JULIAN = 2_440_587.5
_MICROSCOPE = re.compile(r"^\s*(?:Microscope Settings:\s*)?Microscope:\s*(.+?)\s*$", re.MULTILINE)


class Nd2Reader:
    """Opens Nikon ND2 files; each XY position is an image of its own."""

    name: ClassVar[str] = "nd2"
    formats: ClassVar[tuple[Format, ...]] = (Format("Nikon ND2", (".nd2",), frozenset(Carries), extra="nd2"),)
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open an ND2; see `mifakit.readers.base.Reader.open`."""
        with ExitStack() as stack:
            file = stack.enter_context(open_image_file(path, "ND2", (MAGIC, _LEGACY)))
            if file.read(len(_LEGACY)) == _LEGACY:
                hint = "save it again with NIS-Elements 4 or later"
                raise MifaError("MIFA202", "is an ND2 of before 2006 (JPEG 2000), which is not read", str(path), hint)
            with guarded(path, "its chunk map cannot be read"):
                chunks = read_chunk_map(path, file)
            with needing("nd2", path, "nd2"):
                from nd2 import ND2File
            with guarded(path, "its metadata cannot be read"):
                library = ND2File(path)
                stack.callback(library.close)
                sizes = {axis: int(size) for axis, size in library.sizes.items()}
                names = _position_names(library, sizes.get(_POSITION, 1))
                loops = {axis: size for axis, size in sizes.items() if axis not in _FRAME}
                dtype = np.dtype(library.dtype)
                if library.attributes.compressionType == "lossy":
                    raise MifaError("MIFA202", "is compressed with loss, in a way that is not read", str(path))
            check_frames(path, chunks, prod(loops.values()))
            check_scene(scene, sizes.get(_POSITION, 1))
            outer = {axis: size for axis, size in loops.items() if axis != _POSITION}
            frame = tuple(sizes.get(axis, 1) for axis in _FRAME)
            native = "".join(axis if len(axis) == 1 else "?" for axis in outer) + _FRAME
            mapped = map_vendor_axes(path, native, (*outer.values(), *frame), axes, _ODD_AXES)
            check_pixel_budget(path, mapped.shape, dtype)
            with guarded(path, "its metadata cannot be read"):
                facts = _facts(path, _described(library, chunks, loops, scene), mapped, native, dtype, names)
            read_frame = _frames(path, file, library, chunks, loops, scene, frame, dtype)
            frames = Frames(len(outer), dtype, read_frame, stack.pop_all().close)
            return SlicedImage(path, facts, mapped, frames.take, frames.release)


@dataclass(frozen=True)
class _Description:
    """What the file says besides its dimensions."""

    readings: dict[str, Reading]
    channels: tuple[Channel, ...]
    acquisition: Acquisition


def _described(library: Any, chunks: Mapping[bytes, int], loops: Mapping[str, int], scene: int) -> _Description:
    channels = list(getattr(library.metadata, "channels", None) or ())
    timed = FRAME_TIMES in chunks
    readings = _lengths(channels)
    if "T" in loops:
        readings["t"] = _asked_step(library) or (_measured_step(library, loops, scene) if timed else None)
    acquired = _date(library) if timed else None
    acquisition = Acquisition(_instrument(library), _objective(channels), acquired)
    return _Description(readings, tuple(map(_channel, channels)), acquisition)


def _facts(
    path: Path, described: _Description, mapped: AxisMap, native: str, dtype: np.dtype, names: tuple[str, ...]
) -> ImageFacts:
    spacing, findings = weigh(path, described.readings, mapped)
    return ImageFacts(
        axes=mapped.axes,
        shape=mapped.shape,
        dtype=dtype,
        native_axes=mapped.native,
        spacing=spacing,
        channels=named_channels(described.channels, mapped, native),
        interleaved=stored_channels(mapped, native) in ("C", "S"),
        acquisition=described.acquisition,
        scenes=names,
        findings=findings,
    )


def _lengths(channels: list[Any]) -> dict[str, Reading]:
    """Return pixel sizes; what the microscope did not calibrate is 1, and no pixel size."""
    if not channels:
        return {}
    volume = channels[0].volume
    calibrated = zip("xyz", volume.axesCalibration, volume.axesCalibrated, strict=True)
    return {
        axis: length(float(size), "µm") if known else f"{size:g}, not calibrated" for axis, size, known in calibrated
    }


def _channel(described: Any) -> Channel:
    color = described.channel.color
    return Channel(
        (described.channel.name or "").strip() or None,
        f"{color.r:02X}{color.g:02X}{color.b:02X}",
        wavelength(described.channel.excitationLambdaNm),
        wavelength(described.channel.emissionLambdaNm),
    )


def _instrument(library: Any) -> str | None:
    """Return the microscope that the file's text names."""
    text = (library.text_info or {}).get("description", "").replace("\r\n", "\n")
    found = _MICROSCOPE.search(text)
    name = " ".join(found[1].split()) if found else None
    return f"Nikon {name}" if name and "nikon" not in name.lower() else name


def _objective(channels: list[Any]) -> str | None:
    if not channels:
        return None
    optics = channels[0].microscope
    return objective_name(optics.objectiveName, optics.objectiveMagnification, optics.objectiveNumericalAperture)


def _date(library: Any) -> str | None:
    """Return when the first frame was taken: the file counts days of universal time."""
    frame = library.frame_metadata(0)
    times = [one.time.absoluteJulianDayNumber for one in getattr(frame, "channels", ())]
    if not times or not isfinite(times[0]) or times[0] <= _UNIX_EPOCH_JULIAN:
        return None
    taken = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=times[0] - _UNIX_EPOCH_JULIAN)
    return (taken + timedelta(milliseconds=500)).isoformat(timespec="seconds")


def _asked_step(library: Any) -> Reading:
    """Return the step that was asked for; 0 stands for as fast as possible."""
    for loop in library.experiment:
        if loop.type == "TimeLoop" and loop.parameters.periodMs > 0:
            return duration(loop.parameters.periodMs, "ms")
    return None


def _measured_step(library: Any, loops: Mapping[str, int], scene: int) -> Reading:
    """Return the step between the first frames of each time point."""
    place = [scene if axis == _POSITION else 0 for axis in loops]
    seconds = []
    for time in range(min(loops["T"], _MAX_MEASURED)):
        place[list(loops).index("T")] = time
        frame = library.frame_metadata(_sequence(loops, place))
        seconds.append(frame.channels[0].time.relativeTimeMs / 1000)
    return measured_step(seconds)


def _position_names(library: Any, count: int) -> tuple[str, ...]:
    names: list[str | None] = [None] * count
    for loop in library.experiment:
        if loop.type == "XYPosLoop":
            points = list(loop.parameters.points)[:count]
            names[: len(points)] = [point.name for point in points]
    return scene_names(names, "Position")


def _sequence(loops: Mapping[str, int], place: list[int]) -> int:
    """Return the number of a frame from its place along each loop, outermost first."""
    index = 0
    for count, size in zip(place, loops.values(), strict=True):
        index = index * size + count
    return index


def _frames(
    path: Path,
    file: BinaryIO,
    library: Any,
    chunks: Mapping[bytes, int],
    loops: Mapping[str, int],
    scene: int,
    frame: tuple[int, ...],
    dtype: np.dtype,
) -> ReadFrame:
    """Return what reads a part of a frame, once its chunk has been found whole."""
    compressed = library.attributes.compressionType == "lossless"
    nbytes = _STAMP_BYTES + (1 if compressed else prod(frame) * dtype.itemsize)
    counted = [axis for axis in loops if axis != _POSITION]

    def read(index: tuple[int, ...], region: Region) -> Pixels:
        where = dict(zip(counted, index, strict=True)) | {_POSITION: scene}
        number = _sequence(loops, [where[axis] for axis in loops])
        check_frame(path, file, chunks, number, nbytes)
        found = library.read_frame(number).reshape(frame)
        if frame[-1] == len(RGB):
            found = found[..., ::-1]  # colours are stored blue first, and nd2 gives them as they are stored
        part: Pixels = found[region]
        return part

    return read
