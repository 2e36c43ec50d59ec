"""Masks in colours and a legend -> a label image. Pure; a band of rows at a time.

Smoothing, scaling and JPEG leave colours between those of the legend: such a pixel goes to the colour nearest to it, by
the distance in red, green and blue. What is more transparent than not is background.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Labels, Objects
from mifakit.annotations.raster.label_image import smallest_label_dtype
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place

Colours = npt.NDArray[np.uint8]

_BAND_PIXELS = 2**20
_ALL_COLOURS = 2**24
_BACKGROUND = {"", "background"}
_HALF = 128
_LIKE = 32.0
"""Colours that are nearer to each other than this are taken for shades of one."""
_LEAST_SHARE = 1e-4
_MOST_CLASSES = 32


def colour_labels(
    colours: Colours, legend: Mapping[str, str], place: Place | str
) -> tuple[Labels, tuple[Finding, ...]]:
    """Return the label image that a picture in colours means.

    Parameters
    ----------
    colours
        (y, x, 3), or (y, x, 4) with alpha.
    legend
        Class by colour, `RRGGBB`. Colours become 1, 2, 3 ... in this order; one whose class is `background` or empty
        becomes 0.
    place
        The file, for messages.

    Raises
    ------
    MifaError
        MIFA305 when it is no picture of 8 bits a channel.
    """
    if colours.dtype != np.uint8 or colours.shape[-1] not in (3, 4):
        message = f"a mask in colours has 3 or 4 channels of uint8, this one {colours.shape[-1]} of {colours.dtype}"
        raise MifaError("MIFA305", message, place, "save it as a PNG of 8 bits a channel")
    known = np.array([int(colour.lstrip("#"), 16) for colour in legend], np.uint32)
    classes = [name for name in legend.values() if name.casefold() not in _BACKGROUND]
    values = np.zeros(len(known), smallest_label_dtype(len(classes)))
    values[[name.casefold() not in _BACKGROUND for name in legend.values()]] = np.arange(1, len(classes) + 1)

    nearest = _nearest(_seen(colours), known)
    labels = np.zeros(colours.shape[:2], values.dtype)
    strange: Counter[int] = Counter()
    for rows in _bands(colours):
        packed, opaque = _packed(colours[rows]), _opaque(colours[rows])
        labels[rows] = np.where(opaque, values[nearest[packed]], 0)
        strange.update(_counted(packed[opaque & (known[nearest[packed]] != packed)]))
    objects = Objects(len(classes), label=np.arange(1, len(classes) + 1), name=classes)
    return Labels("yx", labels, objects), tuple(_remarks(strange, known, nearest, labels.size, place))


def propose_legend(colours: Colours) -> dict[str, str]:
    """Return a legend to be corrected: the colours of a picture that are no shades of others, by how often they occur.

    Black is taken for background; when there is none, the most frequent colour is.
    """
    counts: Counter[int] = Counter()
    for rows in _bands(colours):
        counts.update(_counted(_packed(colours[rows])[_opaque(colours[rows])]))
    found: list[int] = []
    for colour, count in counts.most_common():
        if count < _LEAST_SHARE * counts.total() or len(found) == _MOST_CLASSES:
            break
        if not found or _distances(np.array([colour]), np.array(found)).min() >= _LIKE:
            found.append(colour)
    behind = 0 if 0 in found else next(iter(found), 0)
    classes = (colour for colour in found if colour != behind)
    names = {colour: f"class {number}" for number, colour in enumerate(classes, start=1)}
    return {f"{colour:06X}": names.get(colour, "background") for colour in found}


def _bands(colours: Colours) -> Iterator[slice]:
    height, width = colours.shape[:2]
    step = max(1, _BAND_PIXELS // max(1, width))
    yield from (slice(row, row + step) for row in range(0, height, step))


def _packed(colours: Colours) -> npt.NDArray[np.uint32]:
    """Return each colour as one number, 0xRRGGBB."""
    packed = np.zeros(colours.shape[:2], np.uint32)
    for channel in range(3):
        packed <<= 8
        packed |= colours[..., channel]
    return packed


def _opaque(colours: Colours) -> npt.NDArray[np.bool_]:
    return colours[..., 3] >= _HALF if colours.shape[-1] > 3 else np.ones(colours.shape[:2], bool)


def _counted(packed: npt.NDArray[np.uint32]) -> dict[int, int]:
    found, counts = np.unique(packed, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def _seen(colours: Colours) -> npt.NDArray[np.int64]:
    seen = np.zeros(_ALL_COLOURS, bool)
    for rows in _bands(colours):
        seen[_packed(colours[rows])] = True
    return np.flatnonzero(seen)


def _nearest(seen: npt.NDArray[np.int64], known: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint16]:
    """Return which colour of the legend is nearest, by colour; of those equally near, the first."""
    nearest = np.zeros(_ALL_COLOURS, np.uint16)
    step = max(1, _BAND_PIXELS // max(1, len(known)))
    for start in range(0, len(seen), step):
        some = seen[start : start + step]
        nearest[some] = _distances(some, known).argmin(axis=1)
    return nearest


def _distances(some: npt.NDArray[np.integer], known: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """Return how far each of some colours is from each that is known."""
    one, other = (np.stack([colours >> shift & 0xFF for shift in (16, 8, 0)], axis=-1) for colours in (some, known))
    return np.asarray(np.linalg.norm(one[:, None].astype(np.float64) - other[None], axis=2))


def _remarks(
    strange: Counter[int],
    known: npt.NDArray[np.uint32],
    nearest: npt.NDArray[np.uint16],
    pixels: int,
    place: Place | str,
) -> Iterator[Finding]:
    if not strange:
        return
    colours = np.array(list(strange), np.int64)
    distances = _distances(colours, known)[np.arange(len(colours)), nearest[colours]]
    far = int(colours[distances.argmax()])
    often, count = strange.most_common(1)[0]
    message = (
        f"{strange.total():,} pixels ({strange.total() / pixels:.2%}) have {len(strange):,} colours that are not in "
        f"the legend, and became the nearest that is: most often {often:06X} ({count:,} pixels), "
        f"furthest {far:06X} ({distances.max():.0f} away)"
    )
    yield Finding.of("MIFA360", message, place)
