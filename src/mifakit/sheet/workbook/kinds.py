"""What a field's cell holds, as its declaration tells: text, a number, a date, a list. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, StrEnum
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from mifakit.metadata.fields import example_of
from mifakit.metadata.identifiers import parse_date, parse_moment


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    DIGITS = "digits"
    """Text of digits alone, of which a spreadsheet's numbers lose nothing: a year, a taxon."""
    NUMBER = "number"
    DATE = "date"
    LIST = "list"
    MAPPING = "mapping"


def kind_of(info: FieldInfo) -> Kind:
    """Return what a field's cell holds."""
    origin = get_origin(info.annotation)
    if origin is list:
        return Kind.LIST
    if origin is dict:
        return Kind.MAPPING
    if any(getattr(rule, "func", None) in (parse_date, parse_moment) for rule in info.metadata):
        return Kind.DATE
    if {int, float} & {*_parts(info.annotation)}:
        return Kind.NUMBER
    return Kind.DIGITS if str(example_of(info)).isdigit() else Kind.TEXT


def allowed_values(info: FieldInfo) -> tuple[str, ...]:
    """Return the values that the field's type allows, when those are few; else nothing."""
    if kind_of(info) is Kind.MAPPING:
        return ()
    allowed: list[str] = []
    for part in _parts(info.annotation):
        if get_origin(part) is Literal:
            allowed += map(str, get_args(part))
        elif isinstance(part, type) and issubclass(part, Enum):
            allowed += [str(member.value) for member in part]
    return tuple(allowed)


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    if get_origin(annotation) is not Literal:
        for inner in get_args(annotation):
            yield from _parts(inner)
