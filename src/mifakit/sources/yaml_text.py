"""YAML from strangers: text with positions, within budgets, no objects, no guessed types."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mifakit.errors import MifaError
from mifakit.findings import Place
from mifakit.sources.limits import MAX_SHEET_BYTES, MAX_YAML_DEPTH, MAX_YAML_NODES

Location = tuple[str | int, ...]
_WORKBOOK = b"PK\x03\x04"
_UNSEEN = re.compile("[\u00a0\u00ad\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]")
"""Spaces that are none to YAML, and signs without width: web pages and word processors put them in."""
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_BARE_PATTERN = re.compile(r"[:,\[-] *\{\w+\}[^\s,\]}]")
_SPECIAL_FIRST = re.compile(r"(?:[:-]) +(['\"\[{*&!|>%@`])(?=.)")
"""A sign that means something to YAML where a value begins."""
Tree = dict[str, Any] | list[Any] | str | None

_CORE = "tag:yaml.org,2002:"
_TEXT = {f"{_CORE}{kind}" for kind in ("str", "int", "float", "bool", "timestamp", "merge", "value")}
_PLAIN = {*_TEXT, f"{_CORE}null", f"{_CORE}map", f"{_CORE}seq"}


def read_text(path: Path) -> str:
    """Return a small text file: UTF-8, or UTF-16 with its mark.

    Raises
    ------
    MifaError
        MIFA001 when missing, MIFA008 when a folder, MIFA100 when too large or in another encoding.
    """
    try:
        if path.is_dir():
            raise MifaError("MIFA008", "is a folder, not a study sheet", str(path), "name the sheet, e.g. mifa.yaml")
        if path.exists() and not path.is_file():
            raise MifaError("MIFA100", "is not a file", str(path), "is this the right path?")
        if path.stat().st_size > MAX_SHEET_BYTES:
            hint = "a study sheet has some kilobytes: is this the right file?"
            raise MifaError("MIFA100", f"is larger than {MAX_SHEET_BYTES:,} bytes", str(path), hint)
        data = path.read_bytes()
    except FileNotFoundError:
        raise MifaError("MIFA001", "there is no such file", str(path)) from None
    except OSError as error:
        raise MifaError("MIFA100", f"{error.strerror}", str(path), "check that you may read it") from error
    if data.startswith(_WORKBOOK):
        hint = "if it is a workbook, give it a name that ends in .xlsx"
        raise MifaError("MIFA100", "is an archive, and not text", str(path), hint)
    encoding, name = ("utf-16", "UTF-16") if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "UTF-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise MifaError("MIFA100", f"is not {name} text", Place(str(path), line)) from error


def find_value(text: str, location: Location) -> tuple[int, int]:
    """Return where in the text a value starts and ends; an empty one starts and ends behind its colon.

    Raises
    ------
    KeyError
        When the text has no such place.
    """
    node = YAML(typ="safe", pure=True).compose(text)
    behind = 0
    for part in location:
        if isinstance(node, MappingNode):
            name, node = {str(name.value): (name, child) for name, child in node.value}[str(part)]
            behind = text.index(":", name.end_mark.index) + 1
        elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            raise KeyError(location)
    start, end = node.start_mark.index, node.end_mark.index
    return (start, start + len(text[start:end].rstrip())) if end > start else (behind, behind)


def scalar_blocks(text: str) -> list[dict[str, tuple[str, int, int]]]:
    """Return every block of fields in a document: of each field that is text, the text, its start and its end."""
    waiting: list[Node] = [YAML(typ="safe", pure=True).compose(text)]
    blocks = []
    while waiting:
        node = waiting.pop()
        children = node.value if isinstance(node, (MappingNode, SequenceNode)) else []
        waiting += [child[1] for child in children] if isinstance(node, MappingNode) else children
        if isinstance(node, MappingNode):
            blocks.append(
                {
                    str(name.value): (str(child.value), child.start_mark.index, child.end_mark.index)
                    for name, child in children
                    if isinstance(child, ScalarNode)
                }
            )
    return blocks


def parse_yaml(text: str, path: str) -> tuple[Tree, dict[Location, int]]:
    """Parse YAML into plain data and the line of every value.

    Values stay as they were typed: version 1.10 stays 1.10, `no` stays `no`.

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
        MIFA106 not YAML or over budget, MIFA107 a tab, MIFA108 a key twice, MIFA147 a space that is none.
    """
    return _parse(text, path, _Walk(path))


def parse_whole_yaml(text: str, path: str) -> tuple[Tree, dict[Location, int]]:
    """Parse YAML as `parse_yaml` does, but keep list items that say nothing: parallel lists stay parallel."""
    return _parse(text, path, _WholeWalk(path))


def _parse(text: str, path: str, walk: _Walk) -> tuple[Tree, dict[Location, int]]:
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise _explain(error, text, path) from error
    except RecursionError:
        raise _too_large(path) from None
    except (YAMLError, ValueError) as error:
        bad = _UNPRINTABLE.search(text)
        place = Place(path, text.count("\n", 0, bad.start()) + 1) if bad else Place(path)
        raise MifaError("MIFA106", "holds characters that no text has", place, "is this a study sheet?") from error
    if isinstance(node, ScalarNode) and (unseen := _UNSEEN.search(node.value)):  # all of it became one text
        raise MifaError("MIFA147", f"{_named(unseen[0])} stands where YAML wants a space", Place(path, 1))
    return walk.plain(node, ()), walk.lines


def _explain(error: MarkedYAMLError, text: str, path: str) -> MifaError:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    rows = text.splitlines()
    for number in (line, line - 1):
        if 0 < number <= len(rows) and "\t" in rows[number - 1]:
            return MifaError("MIFA107", "a tab stands where YAML wants spaces", Place(path, number))
        if 0 < number <= len(rows) and (unseen := _UNSEEN.search(rows[number - 1])):
            return MifaError("MIFA147", f"{_named(unseen[0])} stands where YAML wants a space", Place(path, number))
    said = " ".join(filter(None, (error.context, error.problem)))
    return MifaError("MIFA106", said, Place(path, line), _hint(said, rows[line - 1] if line <= len(rows) else ""))


def _hint(said: str, row: str) -> str | None:
    """Return how people usually mend a line that is no YAML, or None."""
    if _BARE_PATTERN.search(row):
        return 'a pattern with { must stand in quotes: "images/{name}.tif"'
    first = _SPECIAL_FIRST.search(row)
    if first:
        return f"a value that begins with {first[1]} must stand in double quotes, with no such quotes in it"
    if "mapping values" in said:
        return 'put a value that holds a colon in "quotes"; and behind the colon of a field there must be a space'
    return None


def _joined_surrogates(text: str) -> str:
    r"""Return text in which two escapes that are one sign to JSON, as `\ud83d\ude00`, are that sign."""
    return _SURROGATES.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)


def _named(char: str) -> str:
    return f"a {unicodedata.name(char, 'sign').lower()} (U+{ord(char):04X})"


def _too_large(path: str) -> MifaError:
    return MifaError("MIFA106", "is nested too deeply or holds too many values", path, "is this a study sheet?")


class _Walk:
    """Goes through a document's nodes. Aliases share nodes; walking copies them, so the walk has the budget."""

    def __init__(self, path: str) -> None:
        self.lines: dict[Location, int] = {}
        self._path, self._left = path, MAX_YAML_NODES

    def keeps(self, item: Tree) -> bool:
        """Whether an item stays in its list."""
        return not says_nothing(item)

    def plain(self, node: Node | None, here: Location) -> Tree:
        self._left -= 1
        if self._left < 0 or len(here) > MAX_YAML_DEPTH:
            raise _too_large(self._path)
        if node is None:
            return None
        line = node.start_mark.line + 1
        if str(node.tag) not in _PLAIN:
            raise MifaError("MIFA106", f"the tag {node.tag} means nothing here", Place(self._path, line), "remove it")
        if isinstance(node, MappingNode):
            return self._mapping(node, here)
        if isinstance(node, SequenceNode):
            items: list[Tree] = []
            for child in node.value:
                there = (*here, len(items))
                outer, self.lines = self.lines, {there: child.start_mark.line + 1}
                item = self.plain(child, there)
                if self.keeps(item):  # the lines of a blank entry would pass for those of the next
                    items.append(item)
                    outer |= self.lines
                self.lines = outer
            return items
        return _joined_surrogates(str(node.value)) if str(node.tag) in _TEXT else None

    def _mapping(self, node: MappingNode, here: Location) -> dict[str, Tree]:
        tree: dict[str, Tree] = {}
        for name, child in node.value:
            line = name.start_mark.line + 1
            if not isinstance(name, ScalarNode):
                raise MifaError("MIFA106", "a field's name must be text", Place(self._path, line))
            key = _joined_surrogates(str(name.value))
            if unseen := _UNSEEN.search(key):
                message = f"{_named(unseen[0])} stands in the field {_UNSEEN.sub('', key)}"
                raise MifaError("MIFA147", message, Place(self._path, line))
            if key in tree:
                raise MifaError("MIFA108", f"{key!r} stands twice", Place(self._path, line))
            if node.flow_style and child.start_mark.index == child.end_mark.index == name.end_mark.index:
                hint = 'write a point in numbers: 0.325; put a value that holds a comma in "quotes"'
                message = f"{key!r} has no value: is it what follows a comma?"
                raise MifaError("MIFA106", message, Place(self._path, line), hint)
            self.lines[*here, key] = line
            tree[key] = self.plain(child, (*here, key))
        return tree


class _WholeWalk(_Walk):
    """Keeps every item."""

    def keeps(self, item: Tree) -> bool:
        return True


def says_nothing(tree: Tree | Mapping[str, Any]) -> bool:
    """Whether a part of a document is blank: the template's empty entries are."""
    if isinstance(tree, Mapping):
        return all(says_nothing(value) for value in tree.values())
    if isinstance(tree, list):
        return all(says_nothing(item) for item in tree)
    return tree is None or not tree.strip()
