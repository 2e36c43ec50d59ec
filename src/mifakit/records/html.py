"""HTML made of elements: text is escaped wherever it comes from, so that no title can become a tag."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

_VOID = frozenset(("img", "meta", "br"))


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *children: Any, **attributes: str | None) -> Html:
    """Return an element.

    Parameters
    ----------
    name
        Its tag.
    children
        Text, elements, or lists of them; None is left out.
    attributes
        A `_` at the end of a name is dropped (`class_`); one whose value is None is left out.
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Html(f"<{name}{told}>")
    return Html(f"<{name}{told}>{joined(*children)}</{name}>")


def joined(*children: Any) -> Html:
    """Return children one after the other."""
    parts: list[str] = []
    for child in children:
        if isinstance(child, Html):
            parts.append(child)
        elif isinstance(child, str):
            parts.append(escape(child, quote=False))
        elif child is not None:
            parts.append(joined(*child))
    return Html("".join(parts))


def page(title: str, style: str, data: Mapping[str, Any], *body: Any) -> str:
    """Return a whole page in English, with its style and its JSON-LD inside."""
    # JSON in a script: what could end the script is written as JSON's own escape.
    embedded = json.dumps(data, indent=1, ensure_ascii=False).replace("<", "\\u003c")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Html(f"\n{style}")),
        element("script", Html(f"\n{embedded}\n"), type="application/ld+json"),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', *body), lang='en')}\n"
