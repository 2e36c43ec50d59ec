"""File patterns: `images/{name}.tif` matches a path and tells what `name` is. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from mifakit.errors import MifaError

_TOKEN = re.compile(r"\{(?P<field>[^{}]*)\}|(?P<folders>\*\*/?)|(?P<any>\*)|(?P<one>\?)|(?P<text>[^{}*?]+)|(?P<bad>.)")
MAX_WILD = 5
"""Fields and stars between two slashes; fields of digits end by themselves."""

_WILD = {"any": "[^/]*", "one": "[^/]"}


_NUMBER = re.compile(r"0?(?P<digits>[1-9]?)d")


def _form(form: str, pattern: str) -> str:
    """Return the expression for what a field may stand for: `d` for digits, `03d` for three of them or a larger number.

    Raises
    ------
    MifaError
        MIFA125 when it is neither.
    """
    if not form:
        return "[^/]+"
    number = _NUMBER.fullmatch(form)
    if number is None:
        raise MifaError("MIFA125", f"{form!r} in {pattern!r} is not a form such as d or 03d")
    digits = number["digits"]
    return rf"\d{{{digits}}}|[1-9]\d{{{digits},}}" if digits else r"\d+"


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a file pattern.

    `{field}` stands for any text without a slash, `{field:d}` for digits, `{field:03d}` for at least three of them,
    `*` for any text without a slash, `?` for one letter, `**/` for any folders or none. A field that stands twice
    has the same value twice.

    Raises
    ------
    MifaError
        MIFA125 when a brace is not closed, a field's name is no name, or there are so many wild
        signs between two slashes that matching could take forever.
    """
    for segment in pattern.split("/"):
        if len(re.findall(r"\{[^:{}]*\}|\*+", segment)) > MAX_WILD:
            raise MifaError("MIFA125", f"{segment!r} has more than {MAX_WILD} fields and stars")
    expression, seen = "", set()
    for token in _TOKEN.finditer(pattern):
        kind, text = str(token.lastgroup), token[0]
        if kind == "field":
            field, _, form = token["field"].partition(":")
            if not field.isidentifier():
                raise MifaError("MIFA125", f"{field!r} in {pattern!r} is not a field name")
            expression += f"(?P={field})" if field in seen else f"(?P<{field}>{_form(form, pattern)})"
            seen.add(field)
        elif kind == "folders":
            expression += "(?:[^/]+/)*" if text.endswith("/") else ".*"
        elif kind == "bad":
            raise MifaError("MIFA125", f"{pattern!r} has a lone {text!r}")
        else:
            expression += _WILD.get(kind, re.escape(text))
    # Macs write ü as two letters, most others as one: both forms are compared as one.
    expression = unicodedata.normalize("NFC", expression)
    return re.compile(expression, re.DOTALL)  # a file name may hold a line break


def match_first(patterns: Sequence[str], path: str) -> tuple[str, Mapping[str, str]] | None:
    """Return the first pattern that matches the whole path, and its fields' values.

    Examples
    --------
    >>> match_first(["{plate}/masks/{name}_mask.png"], "p1/masks/a_mask.png")
    ('{plate}/masks/{name}_mask.png', {'plate': 'p1', 'name': 'a'})
    """
    composed = unicodedata.normalize("NFC", path)
    for pattern in patterns:
        found = compile_pattern(pattern).fullmatch(composed)
        if found:
            return pattern, found.groupdict()
    return None


def field_names(pattern: str) -> set[str]:
    """Return the fields of a pattern; none of a malformed one.

    Examples
    --------
    >>> sorted(field_names("{plate}/{well}_t{t:03d}.tif"))
    ['plate', 't', 'well']
    """
    try:
        return set(compile_pattern(pattern).groupindex)
    except MifaError:  # check_patterns says what is wrong
        return set()


def escape(text: str) -> str:
    """Return literal text as a pattern: the signs that mean something become `?`, any one letter."""
    return re.sub(r"[{}*?]", "?", text)


class FieldIndex:
    """Finds the paths whose fields agree with given ones, without looking at every path.

    Parameters
    ----------
    fields
        What the pattern's fields stand for in each path.
    """

    def __init__(self, fields: Mapping[str, Mapping[str, str]]) -> None:
        self._fields = fields
        self._tables: dict[frozenset[str], dict[frozenset[tuple[str, str]], list[str]]] = {}

    def find(self, wanted: Mapping[str, str]) -> list[str]:
        """Return the paths that have each of the wanted fields, with the same value."""
        names = frozenset(wanted)
        if names not in self._tables:
            table: dict[frozenset[tuple[str, str]], list[str]] = {}
            for path, fields in self._fields.items():
                if names <= fields.keys():
                    table.setdefault(frozenset((name, fields[name]) for name in names), []).append(path)
            self._tables[names] = table
        return self._tables[names].get(frozenset(wanted.items()), [])
