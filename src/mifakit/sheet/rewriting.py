"""Changing what a sheet of YAML says without touching anything else in it: comments, order and spelling stay.

All edits are found in one walk through the text's nodes beside the models before and after. An entry that is new fills
a blank one of the template, if there is one. The result is read back: it says what it shall, or it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, get_origin

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from mifakit.errors import MifaError
from mifakit.metadata.fields import SheetModel
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.template import render_lines, render_scalar
from mifakit.sheet.validation import models_in, validate
from mifakit.sources.yaml_text import Location, parse_yaml


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def rewrite(text: str, was: StudySheet, now: StudySheet, path: str) -> str:
    """Return a sheet's text with what differs between two models changed.

    Parameters
    ----------
    text
        The sheet.
    was, now
        What it says, and what it shall say.
    path
        For messages.

    Raises
    ------
    MifaError
        MIFA149 when it is written in a way that cannot be changed so: an alias for what differs now, for example.
    """
    node = YAML(typ="safe", pure=True).compose(text)
    try:
        edits = list(_Walk(text).block(node, was, now, ()))
        after = _edited(text, edits)
        tree, _ = parse_yaml(after, path)
    except (MifaError, LookupError, AttributeError) as error:
        raise _uneditable(path) from error
    if not isinstance(tree, dict) or validate(tree) != (now, []):
        raise _uneditable(path)
    return after


def _edited(text: str, edits: Sequence[_Edit]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    pieces, at = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):  # those at one place in the order of the walk
        pieces += [text[at : edit.start], edit.text.replace("\n", newline)]
        at = edit.end
    return "".join([*pieces, text[at:]])


def _uneditable(path: str) -> MifaError:
    message = "is written in a way that cannot be changed without touching other values"
    return MifaError("MIFA149", message, path, "write it out without anchors and aliases, or change it by hand")


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text

    def block(self, node: MappingNode, was: Any, now: Any, here: Location) -> Iterator[_Edit]:
        """Yield the edits that make a block say what another model says; None says nothing."""
        model = type(now or was)
        if node.flow_style:
            yield self._flow(node, now)
            return
        keys = {str(key.value): (key, value) for key, value in node.value}
        added: list[str] = []
        for name, info in model.model_fields.items():
            before, after = getattr(was, name, None), getattr(now, name, None)
            if before == after:
                continue
            if name not in keys:
                added += _lines(name, after, info.annotation, (*here, name))
                continue
            key, value = keys[name]
            inner = models_in(info.annotation)
            if inner and isinstance(value, MappingNode):
                yield from self.block(value, before, after, (*here, name))
            elif inner and isinstance(value, SequenceNode):
                yield from self._entries(value, before or [], after or [], (*here, name))
            elif inner:
                yield self._below(key, value, _lines(name, after, info.annotation, (*here, name))[1:])
            else:
                yield self._value(key, value, after)
        if added:
            indent = " " * node.value[0][0].start_mark.column
            end = self._line_end(self._end(*node.value[-1]))
            yield _Edit(end, end, "".join(f"\n{indent}{line}" for line in added))

    def _entries(self, node: SequenceNode, was: Sequence[Any], now: Sequence[Any], here: Location) -> Iterator[_Edit]:
        if node.flow_style:
            yield self._flow(node, now)
            return
        said = [entry for entry in node.value if not _is_blank(entry)]
        last = node.value.index(said[-1]) if said else -1
        blank = node.value[last + 1 :]
        for index, (entry, before, after) in enumerate(zip(said, was, now, strict=False)):
            if before != after:
                yield from self.block(entry, before, after, (*here, index))
        for index, after in enumerate(now[len(was) :], start=len(was)):
            if blank:
                yield from self.block(blank.pop(0), None, after, (*here, index))
            else:
                indent = " " * node.start_mark.column
                end = self._line_end(self._end(None, node))
                first, *rest = render_lines(after, (*here, index))
                text = f"\n{indent}- {first}" + "".join(f"\n{indent}  {line}" for line in rest)
                yield _Edit(end, end, text)
        for index, entry in list(enumerate(said))[len(now) :]:
            if index == 0:  # the help of all entries stands in the first
                yield from self.block(entry, was[0], None, (*here, 0))
            else:
                start = self._text.rindex("\n", 0, entry.start_mark.index)
                yield _Edit(start, self._line_end(self._end(None, entry)), "")

    def _value(self, key: Node, node: Node, value: Any) -> _Edit:
        shown = render_scalar(value)
        if _is_empty(node):
            behind = self._behind(key)
            return _Edit(behind, behind, f" {shown}" if shown else "")
        end = self._end(key, node)
        start = node.start_mark.index if shown else self._behind(key)
        return _Edit(start, end, shown)

    def _below(self, key: Node, node: Node, lines: Sequence[str]) -> _Edit:
        """Return the edit that writes a block or a list below a key that had nothing, or another shape."""
        indent = " " * key.start_mark.column
        start = self._behind(key) if _is_empty(node) else node.start_mark.index
        end = start if _is_empty(node) else self._end(key, node)
        if _is_empty(node):
            start = end = self._line_end(start)
        return _Edit(start, end, "".join(f"\n{indent}{line}" for line in lines))

    def _flow(self, node: Node, value: Any) -> _Edit:
        return _Edit(node.start_mark.index, node.end_mark.index, json.dumps(_plain(value), ensure_ascii=False))

    def _behind(self, key: Node) -> int:
        return self._text.index(":", key.end_mark.index) + 1

    def _end(self, key: Node | None, node: Node) -> int:
        """Return where the text of a node ends; an empty one has none, and ends behind its key's colon."""
        if node.value and isinstance(node, CollectionNode) and not node.flow_style:
            inner = node.value[-1]
            return self._end(*inner) if isinstance(inner, tuple) else self._end(None, inner)
        if key is not None and _is_empty(node):
            return self._behind(key)
        start, end = node.start_mark.index, node.end_mark.index
        return int(start + len(self._text[start:end].rstrip()))

    def _line_end(self, at: int) -> int:
        end = self._text.find("\n", at)
        return len(self._text) if end < 0 else end - (self._text[end - 1 : end] == "\r")


def _lines(name: str, value: Any, annotation: Any, here: Location) -> list[str]:
    """Return a field that the text does not have yet."""
    models = models_in(annotation)
    if not models:
        return [f"{name}: {render_scalar(value)}"]
    if get_origin(annotation) is not list:
        return [f"{name}:", *(f"  {line}" for line in render_lines(value, here))]
    lines = [f"{name}:"]
    for index, entry in enumerate(value):
        first, *rest = render_lines(entry, (*here, index))
        lines += [f"  - {first}", *(f"    {line}" for line in rest)]
    return lines


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.model_dump(mode="json", exclude_defaults=True) if isinstance(value, SheetModel) else value


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.start_mark.index == node.end_mark.index


def _is_blank(node: Node) -> bool:
    if isinstance(node, ScalarNode):
        return not str(node.value).strip() or str(node.tag) == "tag:yaml.org,2002:null"
    parts = [value for _, value in node.value] if isinstance(node, MappingNode) else node.value
    return all(map(_is_blank, parts))
