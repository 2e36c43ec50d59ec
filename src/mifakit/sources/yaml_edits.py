"""Changes to a YAML text that add something; every other character stays, comments too."""

from __future__ import annotations

import json
import re

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mifakit.sources.yaml_text import Location, find_value


def add_field(text: str, location: Location, name: str, written: str) -> str:
    """Return the text with one more field at the end of a block, its value as it shall be written.

    Raises
    ------
    KeyError
        When the block is not there, or says nothing.
    """
    block = _node(text, location)
    if not isinstance(block, MappingNode):
        raise KeyError(location)
    return _add_entry(text, block, f"{name}: {written}", f"{name}: {written}")


def append_item(text: str, location: Location, item: str) -> str:
    """Return the text with one more item in a list; a list that is not there is made in the block that is.

    One value where a list could stand becomes the list's first item.

    Raises
    ------
    KeyError
        When the block is not there.
    """
    *parents, key = location
    block = _node(text, tuple(parents))
    if not isinstance(block, MappingNode):
        raise KeyError(location)
    quoted = json.dumps(item, ensure_ascii=False)
    node = {str(name.value): child for name, child in block.value}.get(str(key))
    if node is None:
        return _add_entry(text, block, f"{key}: [{quoted}]", f"{json.dumps(key)}: [{quoted}]")
    if isinstance(node, SequenceNode) and not node.flow_style:
        return _insert_line(text, _end(text, node), f"{' ' * node.start_mark.column}- {quoted}")
    if isinstance(node, SequenceNode):
        return _insert_between(text, node, quoted)
    start, end = find_value(text, location)
    first = [] if str(node.tag).endswith(":null") else [json.dumps(str(node.value), ensure_ascii=False)]
    space = "" if text[:start].endswith((" ", "\n")) else " "
    return f"{text[:start]}{space}[{', '.join([*first, quoted])}]{text[end:]}"


def set_entry(text: str, key: str, block: str, flow: str) -> str:
    """Return the text with an entry of its outermost block written anew, or added at the end.

    Parameters
    ----------
    text
        A document that is a block of fields.
    key
        The entry's name.
    block
        The whole entry, as lines of YAML.
    flow
        Its value as JSON, for a document between braces.
    """
    root = _node(text, ())
    if not isinstance(root, MappingNode):
        raise KeyError(key)
    entry = next(((name, child) for name, child in root.value if str(name.value) == key), None)
    if entry is None:
        return _add_entry(text, root, block, f"{json.dumps(key)}: {flow}")
    name, child = entry
    if root.flow_style:
        start, end = find_value(text, (key,))
        return f"{text[:start]} {flow}{text[end:]}" if start == end else f"{text[:start]}{flow}{text[end:]}"
    end = _end(text, child) if child.end_mark.index > child.start_mark.index else find_value(text, (key,))[1]
    rest, newline, after = text[end:].partition("\n")
    # A comment behind the old value would become a part of a new one that ends in a block of text.
    comment = f"\n{rest.strip()}" if rest.strip() else ""
    return f"{text[: name.start_mark.index]}{block}{comment}{newline}{after}"


def _node(text: str, location: Location) -> Node:
    node: Node = YAML(typ="safe", pure=True).compose(text)
    for part in location:
        if isinstance(node, MappingNode):
            node = {str(name.value): child for name, child in node.value}[str(part)]
        elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            raise KeyError(location)
    return node


def _end(text: str, node: Node) -> int:
    """Return where a value's last character is: a block ends only where the next begins, behind comments."""
    while isinstance(node, (MappingNode, SequenceNode)) and node.value and not node.flow_style:
        last = node.value[-1]
        if isinstance(node, MappingNode):
            name, node = last
            if node.end_mark.index == node.start_mark.index:
                return int(text.index(":", name.end_mark.index)) + 1
        else:
            if last.end_mark.index == last.start_mark.index:
                return len(text[: last.start_mark.index].rstrip())
            node = last
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        return len(text[: node.end_mark.index].rstrip())
    return int(node.end_mark.index)


def _add_entry(text: str, block: MappingNode, lines: str, flow: str) -> str:
    if block.flow_style:
        return _insert_between(text, block, flow)
    margin = " " * block.value[0][0].start_mark.column
    return _insert_line(text, _end(text, block), "\n".join(f"{margin}{line}" for line in lines.split("\n")))


def _insert_line(text: str, end: int, lines: str) -> str:
    """Insert lines below the one in which something ends."""
    newline = "\r\n" if "\r\n" in text else "\n"
    at = text.find("\n", end)
    before, after = (text, "") if at < 0 else (text[:at].removesuffix("\r"), text[at:])
    inserted = lines.replace("\n", newline)
    carriage = "\r" if newline == "\r\n" and after else ""
    return f"{before}{newline}{inserted}{carriage}{after}"


def _insert_between(text: str, node: MappingNode | SequenceNode, item: str) -> str:
    """Insert an item before the bracket that closes a list or block."""
    bracket = node.end_mark.index - 1
    if not node.value:
        return f"{text[:bracket]}{item}{text[bracket:]}"
    last = node.value[-1]
    end = max(part.end_mark.index for part in last) if isinstance(last, tuple) else last.end_mark.index
    if "," in re.sub(r"#.*", "", text[end:bracket]):
        return f"{text[:bracket].rstrip(' ')} {item}{text[bracket:]}"
    return f"{text[:end]}, {item}{text[end:]}"
