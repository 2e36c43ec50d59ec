"""What annotation files say of people by the way."""

from __future__ import annotations

import re

_PRIVATE = re.compile(r"[^\s@]@[^\s@]+\.\w|[/\\](home|users|user)[/\\]|documents and settings", re.IGNORECASE)


def public(text: str | None) -> str | None:
    """Return text without blanks around it; None when it holds an e-mail address or a path among someone's own files.

    Examples
    --------
    >>> public(" mitosis @ 40x ")
    'mitosis @ 40x'
    >>> public("ada@example.org") is public("/home/ada/a.tif") is public("  ") is None
    True
    """
    text = (text or "").strip()
    return None if not text or _PRIVATE.search(text) else text
