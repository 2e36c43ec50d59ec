"""Sentences of what the sheet says in several fields, for destinations that have one."""

from __future__ import annotations

from mifakit.metadata.mifa import Text


def sentences(*parts: Text) -> str:
    """Return the parts as one text, each but the last ended by a full stop."""
    texts = [part for part in parts if part]
    ended = [text if text.endswith((".", "!", "?")) else f"{text}." for text in texts[:-1]]
    return " ".join([*ended, *texts[-1:]])


def labelled(label: str, value: Text | list[str]) -> Text:
    """Return `label: value`, or None where nothing was said."""
    text = ", ".join(value) if isinstance(value, list) else value
    return f"{label}: {text}" if text else None
