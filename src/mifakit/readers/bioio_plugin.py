"""Formats that a plugin of bioio reads: one row of a table each, one way to read them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from mifakit.errors import MifaError
from mifakit.readers.base import Acquisition, Carries, Channel, Format, ImageFacts, ImageSource, check_scene
from mifakit.readers.extras import needing
from mifakit.readers.frames import Frames, ReadFrame
from mifakit.readers.guard import guarded, open_image_file
from mifakit.readers.named_channels import named_channels, stored_channels
from mifakit.readers.odd_axes import map_vendor_axes
from mifakit.readers.optics import iso_date, objective_name, wavelength
from mifakit.readers.scene_names import scene_names
from mifakit.readers.sliced import SlicedImage
from mifakit.readers.units import Reading, duration, length, weigh
from mifakit.sources.limits import check_pixel_budget
from mifakit.sources.yaml_tags import refuse_tags

_ODD_AXES = {"M": "tiles of a mosaic that was not merged"}
_BIOFORMATS_CARRIES = frozenset(Carries) - {Carries.INSTRUMENT}


@dataclass(frozen=True)
class Plugin:
    """A plugin of bioio.

    Attributes
    ----------
    module
        What is imported; its `Reader` is used.
    format
        What it opens.
    beside
        Where further files of an image are, relative to its folder: a pattern with `{stem}` and `{name}`.
    check
        Refuses one of these files before the plugin sees it.
    hint
        How to mend it when the plugin cannot open a file.
    """

    module: str
    format: Format
    beside: str = ""
    check: Callable[[Path], None] | None = None
    hint: str | None = None


def _check_yaml(path: Path) -> None:
    if path.suffix == ".yaml":
        refuse_tags(path)  # bioio-sldy loads it with PyYAML's own loader


def _bioformats(name: str, *suffixes: str, beside: str = "") -> Plugin:
    known = Format(name, suffixes, _BIOFORMATS_CARRIES, extra="bioformats")
    hint = "Bio-Formats needs Java, and the network when it is first used; else export the file as OME-TIFF"
    return Plugin("bioio_bioformats", known, beside, hint=hint)


PLUGINS = (
    Plugin(
        "bioio_dv",
        Format("DeltaVision", (".dv", ".r3d"), frozenset({Carries.PIXEL_SIZE, Carries.WAVELENGTHS}), extra="dv"),
    ),
    Plugin(
        "bioio_sldy",
        Format("3i SlideBook", (".sldy",), frozenset({Carries.PIXEL_SIZE, Carries.SCENES}), extra="sldy"),
        beside="{stem}.dir/**/*",
        check=_check_yaml,
    ),
    _bioformats("Olympus OIR", ".oir"),
    _bioformats("Olympus OIB", ".oib"),
    _bioformats("Olympus OIF", ".oif", beside="{name}.files/**/*"),
    _bioformats("Olympus VSI", ".vsi", beside="_{stem}_/**/*"),
    _bioformats("Zeiss ZVI", ".zvi"),
    _bioformats("3i SlideBook 6 and before", ".sld"),
    _bioformats("Imspector", ".obf", ".msr"),
    _bioformats("PerkinElmer Operetta, Columbus Flex", ".flex"),
    _bioformats("Hamamatsu SimplePCI", ".cxd"),
    _bioformats("Gatan Digital Micrograph", ".dm3", ".dm4"),
)


class BioioReader:
    """Opens what a plugin of bioio opens; pixels are those that it gives.

    Only the region that is asked for is computed. A format of this reader is as lazy as its plugin is.
    """

    name: ClassVar[str] = "bioio"
    formats: ClassVar[tuple[Format, ...]] = tuple(plugin.format for plugin in PLUGINS)
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open a file with the plugin for its suffix; see `mifakit.readers.base.Reader.open`."""
        lower = path.name.lower()
        plugin = next((one for one in PLUGINS if lower.endswith(one.format.suffixes)), None)
        if plugin is None:
            raise MifaError("MIFA211", f"no plugin of bioio for {path.suffix}", str(path))
        return open_with(plugin, path, axes, scene)


def open_with(plugin: Plugin, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
    """Open a file with one plugin.

    Raises
    ------
    MifaError, IndexError
        As `mifakit.readers.base.Reader.open`.
    """
    with open_image_file(path, plugin.format.name, (b"",)):
        pass
    files = tuple(sorted(_beside(plugin, path)))
    if plugin.check:
        for file in files:
            plugin.check(path.parent / file)
    with needing(plugin.format.extra, path, plugin.module):
        opened = import_module(plugin.module).Reader
    try:
        with guarded(path, "cannot be opened"):
            reader = opened(str(path))
            names = [str(name) for name in reader.scenes]
    except MifaError as error:
        found = error.finding
        raise MifaError(found.code, found.message, found.place, plugin.hint or found.hint) from error
    check_scene(scene, len(names))
    with guarded(path, "its metadata cannot be read"):
        reader.set_scene(scene)
        stored = reader.xarray_dask_data
        native, shape = "".join(map(_letter, stored.dims)), tuple(int(size) for size in stored.shape)
        dtype = np.dtype(stored.dtype).newbyteorder("=")
    if dtype.kind not in "uif":
        raise MifaError("MIFA202", f"its pixels are of type {dtype}, which is not read", str(path))
    mapped = map_vendor_axes(path, native, shape, axes, _ODD_AXES)
    if not files:
        check_pixel_budget(path, mapped.shape, dtype)
    with guarded(path, "its metadata cannot be read"):
        described = _described(reader, scene)
        spacing, findings = weigh(path, described.readings, mapped)
        facts = ImageFacts(
            axes=mapped.axes,
            shape=mapped.shape,
            dtype=dtype,
            native_axes=mapped.native,
            spacing=spacing,
            channels=named_channels(described.channels, mapped, native),
            interleaved=stored_channels(mapped, native) == "S",
            acquisition=described.acquisition,
            scenes=scene_names(names, "Scene"),
            files=files,
            findings=findings,
        )
    frames = Frames(0, dtype, _computing(stored.data, dtype))
    return SlicedImage(path, facts, mapped, frames.take, frames.release)


def _letter(dim: object) -> str:
    return str(dim) if len(str(dim)) == 1 else "?"


def _computing(pixels: Any, dtype: np.dtype) -> ReadFrame:
    """Return what computes a region of a dask array, in this thread."""
    return lambda _, region: np.array(pixels[region].compute(scheduler="synchronous"), dtype)


def _beside(plugin: Plugin, path: Path) -> Iterator[str]:
    """Yield the further files of an image, relative to its folder."""
    if plugin.beside:
        stem, name = _escaped(path.stem), _escaped(path.name)
        for file in path.parent.glob(plugin.beside.format(stem=stem, name=name)):
            if file.is_file() and not file.is_symlink():
                yield file.relative_to(path.parent).as_posix()


def _escaped(name: str) -> str:
    """Return a name that a pattern takes by the letter."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


@dataclass(frozen=True)
class _Description:
    readings: dict[str, Reading]
    channels: tuple[Channel, ...]
    acquisition: Acquisition


def _described(reader: Any, scene: int) -> _Description:
    """Return what the plugin says: in OME's terms, with units, if it does; else in bioio's own, in micrometres."""
    try:
        ome = reader.ome_metadata
    except NotImplementedError:
        return _plainly_described(reader)
    image = ome.images[scene]
    pixels = image.pixels
    readings: dict[str, Reading] = {}
    for axis in "xyz":
        if (size := getattr(pixels, f"physical_size_{axis}")) is not None:
            readings[axis] = length(float(size), getattr(pixels, f"physical_size_{axis}_unit").value)
    if pixels.time_increment is not None:
        readings["t"] = duration(float(pixels.time_increment), pixels.time_increment_unit.value)
    channels = tuple(
        Channel(one.name or None, _ome_color(one), _ome_wavelength(one, "excitation"), _ome_wavelength(one, "emission"))
        for one in pixels.channels
    )
    lenses = {lens.id: lens for instrument in ome.instruments for lens in instrument.objectives}
    lens = lenses.get(image.objective_settings.id) if image.objective_settings else None
    objective = objective_name(lens.model, lens.nominal_magnification, lens.lens_na) if lens else None
    taken = image.acquisition_date.isoformat() if image.acquisition_date else None
    return _Description(readings, channels, Acquisition(None, objective, iso_date(taken)))


def _ome_color(channel: Any) -> str | None:
    """Return the colour, if one was set: OME's default is white."""
    if "color" not in channel.model_fields_set:
        return None
    red, green, blue = channel.color.as_rgb_tuple(alpha=False)
    return f"{red:02X}{green:02X}{blue:02X}"


def _ome_wavelength(channel: Any, kind: str) -> float | None:
    value, unit = getattr(channel, f"{kind}_wavelength"), getattr(channel, f"{kind}_wavelength_unit").value
    return wavelength(value) if unit == "nm" else None


def _plainly_described(reader: Any) -> _Description:
    sizes = reader.physical_pixel_sizes
    readings: dict[str, Reading] = {
        axis: length(_shortest(float(size)), "µm") for axis, size in zip("zyx", sizes, strict=True) if size is not None
    }
    if (interval := reader.time_interval) is not None:
        readings["t"] = duration(interval.total_seconds(), "s")
    names = [str(name) for name in reader.channel_names or ()]
    return _Description(readings, tuple(map(_named, names)), Acquisition())


def _shortest(value: float) -> float:
    """Return 0.1 for 0.10000000149, which is what it is as a number of 32 bits."""
    single = np.float32(value)
    return float(str(single)) if single == value else value


def _named(name: str) -> Channel:
    """Return a channel; a name such as `490/528` is a pair of wavelengths, and a mere number none."""
    excitation, slash, emission = name.partition("/")
    if slash and excitation.isdecimal() and emission.isdecimal():
        return Channel(None, None, wavelength(excitation), wavelength(emission))
    return Channel(None if name.isdecimal() or name.startswith("Channel:") else name.strip() or None)
