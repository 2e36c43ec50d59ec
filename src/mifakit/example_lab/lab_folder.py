"""Writes an example lab folder, with the habits that real ones have."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image

from mifakit.errors import MifaError
from mifakit.example_lab.cells import Culture, LabelArray
from mifakit.example_lab.field import CHANNELS, CONTROL, PIXEL_SIZE, TREATED, Field, render_field
from mifakit.example_lab.optics import CameraArray

ImageArray = npt.NDArray[np.uint16] | npt.NDArray[np.uint8]

PLATE = (388, 488)
EARLIER_DAY = (368, 428)
"""Pixels along y and x: two regions of the camera, as people set them on two days.
With the margin around them, both are quick to Fourier transform."""

SCREEN_RANGE = (0.1, 99.8)
"""Percentiles that an 8-bit export turns into black and white."""

RENDERERS = 2
"""Threads. Each holds some 60 MB."""

NOTES = """\
EXAMPLE DATA - rendered by a computer, no cell was ever imaged

G1 arrest, adherent cells on glass, fixed 4% PFA, 0.1% Triton
C1 DAPI, C2 phalloidin-488
widefield 20x/0.75 air, camera 12 bit, 0.325 um/px

control = DMSO 48 h
treated = CDK4/6 inhibitor 1 uM 48 h

_04: first try, only the 8 bit export is left, contrast was stretched!
masks: nuclei, one number each
treated_05 still to do
"""

STRAYS = {
    "notes.txt": NOTES.encode("ascii"),
    # What file browsers leave behind, as far as their magic numbers.
    ".DS_Store": b"\x00\x00\x00\x01Bud1" + bytes(4088),
    "images/Thumbs.db": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4088),
}


@dataclass(frozen=True)
class MaskHabit:
    """How somebody saves masks.

    Attributes
    ----------
    suffix
        `.tif` or `.png`.
    dtype
        Of the labels.
    """

    suffix: str
    dtype: type[np.uint8] | type[np.uint16] | type[np.int32]


@dataclass(frozen=True)
class Acquisition:
    """One image of the lab folder, and how it came to lie there.

    Attributes
    ----------
    stem
        The file name without its ending, the same for image and mask.
    culture, n_nuclei, shape
        As for `render_field`.
    save
        Writes the image.
    mask
        None where nobody has annotated yet.
    """

    stem: str
    culture: Culture
    n_nuclei: int
    shape: tuple[int, int]
    save: Callable[[Path, CameraArray, uuid.UUID], None]
    mask: MaskHabit | None


def write_lab_folder(folder: Path, *, seed: int = 7) -> list[Path]:
    """Write an example lab folder; the same seed writes the same bytes.

    Parameters
    ----------
    folder
        New, or empty.
    seed
        What all chance is drawn from.

    Returns
    -------
    list of Path
        Every file, sorted.

    Raises
    ------
    MifaError
        MIFA002 when there is something in the folder: it could be somebody's data.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise MifaError("MIFA002", f"{folder} is not an empty folder", str(folder))
    for room in ("images", "masks"):
        (folder / room).mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in STRAYS.items():
        written.append(folder / name)
        written[-1].write_bytes(content)

    # One stream of chance an image, so that the order in which threads finish changes nothing.
    streams = [np.random.PCG64(each) for each in np.random.SeedSequence(seed).spawn(len(ACQUISITIONS))]
    with ThreadPoolExecutor(RENDERERS) as pool:
        for acquisition, field in zip(ACQUISITIONS, pool.map(_render, ACQUISITIONS, streams), strict=True):
            identity = uuid.uuid5(uuid.NAMESPACE_OID, f"mifakit example {seed} {acquisition.stem}")
            written.append(folder / "images" / f"{acquisition.stem}.tif")
            acquisition.save(written[-1], field.channels, identity)
            if acquisition.mask:
                written.append(folder / "masks" / f"{acquisition.stem}{acquisition.mask.suffix}")
                _save_mask(written[-1], field.labels, acquisition.mask)
    return sorted(written)


def _render(acquisition: Acquisition, stream: np.random.PCG64) -> Field:
    return render_field(np.random.Generator(stream), acquisition.shape, acquisition.n_nuclei, acquisition.culture)


def _save_hyperstack(path: Path, channels: ImageArray, _: uuid.UUID) -> None:
    """Write (c, y, x) as ImageJ does: uncompressed, the pixel size in the resolution tags."""
    ramp = np.arange(256)
    tifffile.imwrite(
        path,
        channels,
        imagej=True,
        software=False,
        resolution=(1 / PIXEL_SIZE, 1 / PIXEL_SIZE),
        metadata={
            "axes": "CYX",
            "unit": "micron",
            "mode": "composite",
            "Labels": [channel.name for channel in CHANNELS],
            "LUTs": [(np.outer(channel.color, ramp) // 255).astype(np.uint8) for channel in CHANNELS],
        },
    )


def _save_8_bit_hyperstack(path: Path, channels: CameraArray, identity: uuid.UUID) -> None:
    """Write what is on the screen: each channel of (c, y, x) stretched to 0 … 255."""
    black, white = np.percentile(channels, SCREEN_RANGE, axis=(1, 2), keepdims=True)
    shown = np.clip((channels - black) / (white - black), 0, 1)
    _save_hyperstack(path, np.rint(255 * shown).astype(np.uint8), identity)


def _save_ome_tiff(path: Path, channels: CameraArray, identity: uuid.UUID) -> None:
    """Write (c, y, x) as acquisition software does: deflated, the pixel size in OME-XML."""
    tifffile.imwrite(
        path,
        channels,
        ome=True,
        software=False,
        compression="zlib",
        predictor=True,
        metadata={
            "axes": "CYX",
            "Name": path.stem,
            # Left alone, these two would differ from run to run and from version to version.
            "UUID": identity.urn,
            "Creator": "mifakit",
            "PhysicalSizeX": PIXEL_SIZE,
            "PhysicalSizeXUnit": "µm",
            "PhysicalSizeY": PIXEL_SIZE,
            "PhysicalSizeYUnit": "µm",
            "Channel": {
                "Name": [channel.name for channel in CHANNELS],
                "EmissionWavelength": [round(1000 * channel.wavelength) for channel in CHANNELS],
                "EmissionWavelengthUnit": ["nm" for _ in CHANNELS],
                # RGBA in a signed integer.
                "Color": [int.from_bytes((*channel.color, 255), signed=True) for channel in CHANNELS],
            },
        },
    )


def _save_mask(path: Path, labels: LabelArray, habit: MaskHabit) -> None:
    """Write (y, x) labels; masks carry no pixel size."""
    if labels.max() > np.iinfo(habit.dtype).max:
        raise ValueError(f"{labels.max()} nuclei do not fit into {path.name}")
    saved = labels.astype(habit.dtype)
    if habit.suffix == ".png":
        Image.fromarray(saved).save(path)
    else:
        tifffile.imwrite(path, saved, software=False, compression="zlib", metadata=None)


_TIFF_16 = MaskHabit(".tif", np.uint16)
_TIFF_32 = MaskHabit(".tif", np.int32)
_PNG_8 = MaskHabit(".png", np.uint8)

ACQUISITIONS = (
    Acquisition("control_01", CONTROL, 44, PLATE, _save_hyperstack, _TIFF_16),
    Acquisition("control_02", CONTROL, 46, PLATE, _save_hyperstack, _TIFF_16),
    Acquisition("control_03", CONTROL, 40, PLATE, _save_ome_tiff, _TIFF_16),
    Acquisition("control_04", CONTROL, 34, EARLIER_DAY, _save_8_bit_hyperstack, _TIFF_16),
    Acquisition("control_05", CONTROL, 48, PLATE, _save_ome_tiff, _TIFF_32),
    Acquisition("treated_01", TREATED, 24, PLATE, _save_hyperstack, _TIFF_16),
    Acquisition("treated_02", TREATED, 26, PLATE, _save_ome_tiff, _TIFF_16),
    Acquisition("treated_03", TREATED, 22, PLATE, _save_ome_tiff, _PNG_8),
    Acquisition("treated 04", TREATED, 20, EARLIER_DAY, _save_8_bit_hyperstack, _TIFF_16),
    Acquisition("treated_05", TREATED, 25, PLATE, _save_hyperstack, None),
)
"""Two conditions, two days, two programs, and as many habits of saving masks as there are people."""
