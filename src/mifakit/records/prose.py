"""What people wrote, put together."""

from __future__ import annotations


def sentences(*parts: str | None) -> str:
    """Return the parts that say something as one text, each but the last ended by a full stop."""
    texts = [part.strip() for part in parts if part and part.strip()]
    ended = [text if text.endswith((".", "!", "?")) else f"{text}." for text in texts[:-1]]
    return " ".join([*ended, *texts[-1:]])
