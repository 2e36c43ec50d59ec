"""YAML from strangers: text with positions, within budgets, no objects, no guessed types."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from mifakit.errors import MifaError
from mifakit.findings import Place
from mifakit.sources.limits import MAX_SHEET_BYTES, MAX_YAML_DEPTH, MAX_YAML_NODES

Location = tuple[str | int, ...]
Tree = dict[str, Any] | list[Any] | str | None


class _TextConstructor(RoundTripConstructor):
    """Keeps every value as it was typed: version 1.10 stays 1.10, `no` stays `no`."""


for _kind in ("int", "float", "bool", "timestamp"):
    _TextConstructor.add_constructor(
        f"tag:yaml.org,2002:{_kind}", lambda constructor, node: constructor.construct_scalar(node)
    )


def read_text(path: Path) -> str:
    """Return a small text file: UTF-8, or UTF-16 with its mark.

    Raises
    ------
    MifaError
        MIFA001 when missing, MIFA100 when too large or in another encoding.
    """
    try:
        if path.stat().st_size > MAX_SHEET_BYTES:
            raise MifaError("MIFA100", f"is larger than {MAX_SHEET_BYTES:,} bytes", str(path))
        data = path.read_bytes()
    except FileNotFoundError:
        raise MifaError("MIFA001", "there is no such file", str(path)) from None
    except OSError as error:
        raise MifaError("MIFA100", f"{error.strerror}", str(path)) from error
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise MifaError("MIFA100", f"is not {encoding} text", Place(str(path), line)) from error


def parse_yaml(text: str, path: str) -> tuple[Tree, dict[Location, int]]:
    """Parse YAML into plain data and the line of every value.

    Parameters
    ----------
    text
        The document.
    path
        For messages.

    Returns
    -------
    tree
        Dicts, lists, strings and None; list items that say nothing are left out.
    lines
        The 1-based line of each value, by its location in `tree`.

    Raises
    ------
    MifaError
        MIFA106 not YAML or over budget, MIFA107 a tab, MIFA108 a key twice.
    """
    loader = YAML(typ="rt", pure=True)
    loader.Constructor = _TextConstructor
    try:
        node = loader.load(text)
    except MarkedYAMLError as error:
        raise _explain(error, text, path) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise MifaError("MIFA106", f"cannot be read as YAML: {type(error).__name__}", path) from error
    lines: dict[Location, int] = {}
    budget = [MAX_YAML_NODES]
    return _plain(node, (), lines, budget, path), lines


def _explain(error: MarkedYAMLError, text: str, path: str) -> MifaError:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    place = Place(path, line)
    if isinstance(error, DuplicateKeyError):
        return MifaError("MIFA108", (error.problem or "a key stands twice").partition(" with ")[0], place)
    rows = text.splitlines()
    for number in (line, line - 1):
        if 0 < number <= len(rows) and "\t" in rows[number - 1]:
            return MifaError("MIFA107", "a tab", Place(path, number))
    return MifaError("MIFA106", " ".join(filter(None, (error.context, error.problem))), place)


def _plain(node: Any, here: Location, lines: dict[Location, int], budget: list[int], path: str) -> Tree:
    # Aliases share nodes; walking them copies, so the walk itself carries the budget.
    budget[0] -= 1
    if budget[0] < 0 or len(here) > MAX_YAML_DEPTH:
        raise MifaError("MIFA106", "is nested too deeply or holds too many values", path)
    if isinstance(node, CommentedMap):
        return {str(key): _child(node, key, (*here, str(key)), lines, budget, path) for key in node}
    if isinstance(node, CommentedSeq):
        items: list[Tree] = []
        for index in range(len(node)):
            item = _child(node, index, (*here, len(items)), lines, budget, path)
            if not says_nothing(item):
                items.append(item)
        return items
    return None if node is None else str(node)


def _child(parent: Any, key: Any, here: Location, lines: dict[Location, int], budget: list[int], path: str) -> Tree:
    lines[here] = parent.lc.data[key][0] + 1
    return _plain(parent[key], here, lines, budget, path)


def says_nothing(tree: Tree | Mapping[str, Any]) -> bool:
    """Whether a part of a document is blank: the template's empty entries are."""
    if isinstance(tree, Mapping):
        return all(says_nothing(value) for value in tree.values())
    if isinstance(tree, list):
        return all(says_nothing(item) for item in tree)
    return tree is None or not tree.strip()
