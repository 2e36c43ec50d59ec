"""Portable names: the same on every file system, and within the archive's path rule."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

MAX_NAME_LENGTH = 100
# Names that Windows keeps for devices, with any extension.
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)", re.IGNORECASE)


def portable_name(text: str) -> str:
    """Return `text` as a file name that every system and BioStudies' path rule accept.

    Other scripts are written in Latin letters; runs of signs and spaces become `_`.
    Two texts can end in the same name: settle collisions where all names are known.

    Examples
    --------
    >>> portable_name("Zelle 3 – 10 µM.v2")
    'Zelle_3_10_uM.v2'
    >>> portable_name("aux")
    'aux_'
    """
    name = (
        re.sub(r"[^0-9A-Za-z_.\-]+", "_", anyascii(unicodedata.normalize("NFC", text).replace("μ", "µ")))
        .strip("._-")[:MAX_NAME_LENGTH]
        .rstrip("._-")
    )
    if not name:
        return "unnamed"
    return _RESERVED.sub(r"\1_", name)


def collision_key(name: str) -> str:
    """Return what a case-insensitive, Unicode-normalising file system sees of `name`."""
    return unicodedata.normalize("NFC", name).casefold()
