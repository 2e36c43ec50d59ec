"""The text forms that records share: YAML and JSON with stable order, as UTF-8 bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from yaml import CSafeDumper

# What YAML 1.1, which PyYAML and LinkML read, takes for a truth value, a number or a time.
_NOT_TEXT_IN_YAML_1_1 = re.compile(r"y|n|yes|no|on|off|true|false|null|[-+.]?[\d_][\d_:.,eExXoTZ +-]*", re.IGNORECASE)


class _Dumper(CSafeDumper):
    """Text that every YAML version reads as text, and paragraphs as blocks."""

    def ignore_aliases(self, data: object) -> bool:
        """Write everything out: an anchor would puzzle who reads."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None
    if not text.replace("\n", "").isprintable():
        style = '"'  # escapes them
    elif "\n" in text:
        style = "|"
    elif _NOT_TEXT_IN_YAML_1_1.fullmatch(text):
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def yaml_text(data: Mapping[str, Any]) -> str:
    """Return block YAML: keys in the given order, lines never folded, letters beyond ASCII as they are."""
    # libyaml, since some documents have an entry for each sample.
    text: str = yaml.dump(
        dict(data), Dumper=_Dumper, default_flow_style=False, sort_keys=False, width=1_000_000, allow_unicode=True
    )
    return text


def json_bytes(data: Mapping[str, Any]) -> bytes:
    """Return indented JSON with keys in the given order."""
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()


def said(**values: Any) -> dict[str, Any]:
    """Return the values that say something: without None, blank text and empty collections."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {}, ())}


def distinct(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the different entries in order: schemas refuse what is said twice."""
    found: list[dict[str, Any]] = []
    for entry in entries:
        if entry not in found:
            found.append(entry)
    return found
