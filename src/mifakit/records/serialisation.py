"""The text forms that records share: YAML and JSON with stable order, as UTF-8 bytes."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import SafeRepresenter

# What YAML 1.1, which PyYAML and LinkML read, takes for a truth value, a number or a time.
_NOT_TEXT_IN_YAML_1_1 = re.compile(r"y|n|yes|no|on|off|true|false|null|[-+.]?[\d_][\d_:.,eExXoTZ +-]*", re.IGNORECASE)


class _Representer(SafeRepresenter):
    """Text that every YAML version reads as text, and paragraphs as blocks."""


def _text(representer: SafeRepresenter, text: str) -> ScalarNode:
    style = None
    if not text.replace("\n", "").isprintable():
        style = '"'  # escapes them
    elif "\n" in text:
        style = "|"
    elif _NOT_TEXT_IN_YAML_1_1.fullmatch(text):
        style = "'"
    return representer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Representer.add_representer(str, _text)


def yaml_text(data: Mapping[str, Any]) -> str:
    """Return block YAML: keys in the given order, lines never folded, letters beyond ASCII as they are."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(dict(data), stream)
    return stream.getvalue()


def json_bytes(data: Mapping[str, Any]) -> bytes:
    """Return indented JSON with keys in the given order."""
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()


def said(**values: Any) -> dict[str, Any]:
    """Return the values that say something: without None, blank text and empty collections."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {}, ())}
