"""What annotation files say of people by the way."""

from __future__ import annotations

import re
from functools import lru_cache

_EMAIL = r"[^\s@]@[^\s@]+\.\w"
_FOLDER = r"[/\\](?:home|users?)[/\\]|(?:^|[\s\"'(=:]|file://)/(?:home|users|root)\b|[a-z]:[\\/]+users\b"
_PRIVATE = re.compile(f"{_EMAIL}|{_FOLDER}|documents and settings", re.IGNORECASE)


@lru_cache(maxsize=1024)
def is_private(text: str) -> bool:
    """Whether a text has an e-mail address in it, or a path among someone's own files."""
    return bool(_PRIVATE.search(text))


def public(text: str | None) -> str | None:
    """Return text without blanks around it; None when nothing is left, or it is private.

    Examples
    --------
    >>> public(" mitosis @ 40x ")
    'mitosis @ 40x'
    >>> public("ada@example.org") is public("/home/ada/a.tif") is public("  ") is None
    True
    """
    text = (text or "").strip()
    return None if not text or is_private(text) else text
