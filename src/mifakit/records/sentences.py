"""What a record has no place for, told as sentences of a description that it has."""

from __future__ import annotations

from collections.abc import Sequence


def sentences(*parts: str | None) -> str:
    """Return the parts as one text, each but the last ended by a full stop."""
    texts = [part for part in parts if part]
    ended = [text if text.endswith((".", "!", "?")) else f"{text}." for text in texts[:-1]]
    return " ".join([*ended, *texts[-1:]])


def told(what: str, value: str | Sequence[str | None] | None) -> str | None:
    """Return a value with what it is, as a sentence; None when there is none."""
    text = value if isinstance(value, str) or value is None else ", ".join(filter(None, value))
    return f"{what}: {text}" if text else None
