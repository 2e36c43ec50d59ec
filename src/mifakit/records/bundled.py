"""The schemas of destinations that travel with mifakit; `schemas/NOTICE.md` says whose they are."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def bundled_schema(name: str) -> dict[str, Any]:
    """Return a JSON Schema by the name of its file, without `.schema.json`."""
    text = files("mifakit.records").joinpath(f"schemas/{name}.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
