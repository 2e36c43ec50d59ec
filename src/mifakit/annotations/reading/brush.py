"""The run lengths in which Label Studio keeps what was painted with its brush."""

from __future__ import annotations

from array import array

import numpy as np

from mifakit.annotations.model import Offsets
from mifakit.annotations.raster.runs import Runs
from mifakit.annotations.reading.left_out import UnusableError

_CHANNELS = 4
_ALPHA = 3
_HEAD_BITS = 32 + 5 + 4 * 4
_WORD = 8


def runs_of_brush(data: bytes, height: int, width: int) -> Runs:
    """Return the runs of pixels that are not transparent.

    The bits are those of `@thi.ng/rle-pack`, as `label_studio_converter/brush.py` reads them: how many values there
    are, their bits less one, four sizes less one; then, again and again, whether one value is repeated, which of the
    sizes, in that many bits the count less one, and the value, or as many values. They are the red, green, blue and
    alpha of each pixel.

    Parameters
    ----------
    data
        All of it.
    height, width
        Of the image.

    Raises
    ------
    UnusableError
        When it is damaged, or of an image of another size.
    """

    def bits(place: int, size: int) -> int:
        end = place + size
        last = (end + 7) >> 3
        return int.from_bytes(data[place >> 3 : last], "big") >> (last * 8 - end) & ((1 << size) - 1)

    total = len(data) * 8
    count, word = bits(0, 32), bits(32, 5) + 1
    if total < _HEAD_BITS or word != _WORD:
        raise UnusableError("whose painting is not stored as Label Studio does")
    if count != height * width * _CHANNELS:
        raise UnusableError(f"whose painting is not of {width} x {height} pixels")
    sizes = [bits(37 + 4 * number, 4) + 1 for number in range(4)]
    place, value = _HEAD_BITS, 0
    begins, ends = array("q"), array("q")
    while value < count:
        head = bits(place, 3)
        size = sizes[head & 3]
        length = bits(place + 3, size) + 1
        place += 3 + size
        repeated = head >> 2
        end = place + _WORD * (1 if repeated else length)
        if end > total or value + length > count:
            raise UnusableError("whose painting is stored incompletely")
        if not repeated:
            opaque = _opaque(data, place, value, length)
            begins.frombytes(opaque.tobytes())
            ends.frombytes((opaque + 1).tobytes())
        elif bits(place, _WORD):
            # Pixels whose alpha is among the values.
            begins.append(value // _CHANNELS)
            ends.append((value + length) // _CHANNELS)
        place, value = end, value + length
    first, last = (np.frombuffer(column.tobytes(), np.int64) for column in (begins, ends))
    some = first < last
    return Runs.along_rows(first[some], last[some], width)


def _opaque(data: bytes, place: int, value: int, length: int) -> Offsets:
    """Return the pixels that are not transparent, of values that are not repeated."""
    skipped = (_ALPHA - value) % _CHANNELS
    words = length - skipped
    if words <= 0:
        return np.empty(0, np.int64)
    place += skipped * _WORD
    shift = place & 7
    codes = np.frombuffer(data[place >> 3 : (place >> 3) + words + 1] + b"\0", np.uint8)[: words + 1].astype(np.uint16)
    values = (codes[:-1] << shift | codes[1:] >> (_WORD - shift)) & 0xFF
    return np.flatnonzero(values[::_CHANNELS]) + (value + skipped) // _CHANNELS
