"""A page on a finding for people: what it means, why it matters, how to mend it. One file a code, in Markdown."""

from __future__ import annotations

from importlib.resources import files


def explanation(code: str) -> str | None:
    """Return the page of a code, if there is one."""
    page = files(__name__) / f"{code}.md"
    return page.read_text(encoding="utf-8") if page.is_file() else None
