"""YAML from strangers that a library will read with a loader that obeys tags."""

from __future__ import annotations

from pathlib import Path

import yaml

from mifakit.errors import MifaError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def refuse_tags(path: Path) -> None:
    """Refuse a file in which a tag says what an item becomes: PyYAML's own loader would run what some of them name.

    Raises
    ------
    MifaError
        MIFA202 when there is one, or the file is not YAML.
    """
    try:
        with path.open("rb") as file:
            tags = [tag for event in yaml.parse(file, _LOADER) if (tag := getattr(event, "tag", None))]
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise MifaError("MIFA202", f"cannot be read as YAML: {error}", str(path)) from error
    if tags:
        raise MifaError("MIFA202", f"has the YAML tag {tags[0]!r}, which is not read", str(path))
