"""Lists of classes that lie beside annotations whose classes are numbers, as YOLO's."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from mifakit.errors import MifaError
from mifakit.sources.plain_text import read_lines
from mifakit.sources.yaml_text import Tree, parse_yaml, read_text

_YAML, _LISTS = ("data.yaml", "dataset.yaml"), ("classes.txt", "obj.names")
_LEVELS = 3


def class_list(path: Path) -> tuple[Mapping[int, str], str]:
    """Find the nearest list of classes, in the folder of a file and in two above it.

    Returns
    -------
    classes, where
        What numbers mean, and the list's path from the file's folder; empty when there is none.

    Raises
    ------
    MifaError
        MIFA202 when the nearest one cannot be read.
    """
    folder = path.absolute().parent
    for level in range(_LEVELS):
        for name in (*_YAML, *_LISTS):
            file = folder / name
            with suppress(OSError):
                if file.is_file() and (classes := _cached(file, file.stat().st_mtime_ns)):
                    return classes, "../" * level + name
        folder = folder.parent
    return {}, ""


@lru_cache(maxsize=16)
def _cached(file: Path, modified: int) -> Mapping[int, str]:
    """Read a list once for the many files that share it."""
    return MappingProxyType(_read_yaml(file) if file.name in _YAML else _read_list(file))


def _read_list(file: Path) -> dict[int, str]:
    return {number: name for number, line in enumerate(read_lines(file)) if (name := line.strip())}


def _read_yaml(file: Path) -> dict[int, str]:
    """Return `names`, a list or a mapping; nothing when the file has none."""
    try:
        tree, _ = parse_yaml(read_text(file), str(file))
    except MifaError as error:
        raise MifaError("MIFA202", f"cannot be read: {error.finding.message[:200]}", str(file)) from error
    if not isinstance(tree, dict):
        return {}
    names, count = tree.get("names"), tree.get("nc")
    classes = _classes(names)
    # A name that is blank is left out by the parser, and would move those behind it.
    if isinstance(names, list) and isinstance(count, str) and count.strip() != str(len(classes)):
        raise MifaError("MIFA202", f"gives {len(classes)} names, and says that there are {count[:20]}", str(file))
    return classes


def _classes(names: Tree) -> dict[int, str]:
    pairs = (
        list(enumerate(names)) if isinstance(names, list) else list(names.items()) if isinstance(names, dict) else []
    )
    return {int(number): name for number, name in pairs if isinstance(name, str) and str(number).isdecimal()}
