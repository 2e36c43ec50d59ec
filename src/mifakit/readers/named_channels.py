"""Which channels a file names, once it is known what its dimensions are."""

from __future__ import annotations

from collections.abc import Sequence

from mifakit.readers.axes import AxisMap
from mifakit.readers.base import Channel
from mifakit.readers.samples import RGB


def stored_channels(mapped: AxisMap, native: str) -> str | None:
    """Return the letter of the stored dimension that channels are; None when none is.

    Parameters
    ----------
    mapped
        Which stored dimension each canonical axis is.
    native
        One letter a stored dimension; C for channels, S for colour samples.
    """
    dim = mapped.dim("c")
    return None if dim is None else native[dim]


def named_channels(channels: Sequence[Channel], mapped: AxisMap, native: str) -> tuple[Channel, ...]:
    """Return the channels that a file names, while the sheet leaves them channels and there are as many.

    Parameters
    ----------
    channels
        What the file says of each.
    mapped, native
        As in `stored_channels`.

    Returns
    -------
    tuple of Channel
        Red, green and blue for three colour samples; none when the file says nothing of any.
    """
    count = mapped.shape[mapped.axes.index("c")]
    letter = stored_channels(mapped, native)
    if letter == "S":
        return RGB if count == len(RGB) else ()
    fits = letter in (None, "C") and len(channels) == count
    return tuple(channels) if fits and any(one != Channel() for one in channels) else ()
