"""What a file's metadata say about one image, besides its pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mifakit.readers.base import Acquisition, Channel
from mifakit.readers.units import Reading

_MAX_TEXT = 200


@dataclass(frozen=True)
class Description:
    """What a vendor's metadata say; each vendor's module makes one.

    Attributes
    ----------
    readings
        Distances by axis: x, y, z, t.
    channels
        One a channel, samples counted; empty when nothing is said of any.
    acquisition
        Instrument, objective and date.
    """

    readings: Mapping[str, Reading] = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    acquisition: Acquisition = field(default_factory=Acquisition)


def phrase(*parts: object) -> str | None:
    """Join what is known of an instrument or a lens: `Zeiss`, `LSM 880` → `Zeiss LSM 880`; nothing said twice."""
    text = ""
    for part in parts:
        words = " ".join(str(part or "").split())
        if not words.isprintable() or words.casefold() in text.casefold():
            continue
        text = words if words.casefold().startswith(text.casefold()) else f"{text} {words}"
    return text[:_MAX_TEXT].strip() or None


def known(*channels: Channel) -> tuple[Channel, ...]:
    """Return channels if anything at all is said of them."""
    return channels if any(channel != Channel() for channel in channels) else ()
