"""Places in the study sheet as people write them. Pure."""

from __future__ import annotations

from mifakit.sources.yaml_text import Location


def format_location(location: Location) -> str:
    """Return a location as people write it: `authors[0].orcid`."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
