"""JSON from strangers, within budgets, into declared shapes."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, overload

import msgspec

from mifakit.errors import MifaError
from mifakit.findings import Place
from mifakit.sources.bounded import read_bounded
from mifakit.sources.limits import MAX_ANNOTATION_BYTES, MAX_DOCUMENT_BYTES, MAX_JSON_VALUES, MAX_YAML_DEPTH

T = TypeVar("T")

_STRING = rb'"(?:[^"\\]|\\.)*+(?:"|\Z)'
# Python, Java and R write these; JSON has no such numbers.
_NOT_JSON = re.compile(rb"(" + _STRING + rb")|-?(?:NaN|Infinity)\b", re.DOTALL)
_TOKENS = re.compile(rb"(" + _STRING + rb")\s*(:?)|([{\[])|[}\]]", re.DOTALL)
_BYTE = re.compile(r" ?\(byte (\d+)\)$")
_INDEX = re.compile(r"\[\d+\]")
_MARK = b"\xef\xbb\xbf"


@overload
def read_json(path: Path, shape: type[T]) -> T: ...
@overload
def read_json(path: Path, shape: UnionType) -> Any: ...
def read_json(path: Path, shape: Any) -> Any:
    """Read a JSON file: UTF-8, with or without a mark. NaN and Infinity, which JSON lacks, are read as null.

    Parameters
    ----------
    path
        The file.
    shape
        What it should hold; what it does not name is skipped.

    Raises
    ------
    MifaError
        MIFA202 unreadable or not JSON, MIFA204 of another shape, MIFA226 over budget.
    """
    data = _bytes(path)
    try:
        try:
            return msgspec.json.decode(data, type=shape)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            if b"NaN" not in data and b"Infinity" not in data:
                raise
            data = _NOT_JSON.sub(lambda match: match[1] or b"null", data)
            return msgspec.json.decode(data, type=shape)
    except msgspec.ValidationError as error:
        raise MifaError("MIFA204", f"is JSON of another shape: {_short(str(error))}", str(path)) from error
    except msgspec.DecodeError as error:
        byte = _BYTE.search(str(error))
        line = data.count(b"\n", 0, int(byte[1]) if byte else len(data)) + 1
        raise MifaError("MIFA202", f"is not JSON: {_BYTE.sub('', str(error))}", Place(str(path), line)) from error
    except UnicodeDecodeError as error:
        raise MifaError("MIFA202", "is not UTF-8 text", str(path)) from error
    except RecursionError:
        raise MifaError("MIFA226", "is nested too deeply", str(path)) from None


def read_json_tree(path: Path) -> Any:
    """Read a JSON file of any shape: numbers stay as they were typed, and no key may stand twice.

    Raises
    ------
    MifaError
        MIFA108 a key twice, MIFA202 unreadable or not JSON, MIFA226 over budget.
    """
    data = read_bounded(path, MAX_DOCUMENT_BYTES).removeprefix(_MARK)

    def fields(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise MifaError("MIFA108", f"{key!r} stands twice", str(path))
            found[key] = value
        return found

    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8")
        tree = json.loads(text, object_pairs_hook=fields, parse_int=str, parse_float=str, parse_constant=lambda _: None)
    except UnicodeDecodeError as error:
        raise MifaError("MIFA202", "is not UTF-8 text", str(path)) from error
    except json.JSONDecodeError as error:
        raise MifaError("MIFA202", f"is not JSON: {error.msg}", Place(str(path), error.lineno)) from error
    except RecursionError:
        raise MifaError("MIFA226", "is nested too deeply", str(path)) from None
    level = [tree]
    for _ in range(MAX_YAML_DEPTH):
        level = [part for one in level if isinstance(one, (dict, list)) for part in _children(one)]
    if level:
        raise MifaError("MIFA226", "is nested too deeply", str(path))
    return tree


def _children(part: dict[str, Any] | list[Any]) -> list[Any]:
    return list(part.values()) if isinstance(part, dict) else part


@overload
def decoder(shape: type[T]) -> Callable[[msgspec.Raw], T]: ...
@overload
def decoder(shape: UnionType) -> Callable[[msgspec.Raw], Any]: ...
def decoder(shape: Any) -> Callable[[msgspec.Raw], Any]:
    """Return a function that reads a part of a JSON text which was left as it is.

    It raises a ValueError that says where the part is of another shape; parts that differ alike, in the same words.
    """
    decode = msgspec.json.Decoder(shape).decode

    def read(part: msgspec.Raw) -> Any:
        try:
            return decode(part)
        except UnicodeDecodeError:
            raise ValueError("is not UTF-8 text") from None
        except msgspec.DecodeError as error:
            raise ValueError(_short(_INDEX.sub("[...]", _BYTE.sub("", str(error))))) from None
        except RecursionError:
            raise ValueError("is nested too deeply") from None

    return read


_fields: Callable[[msgspec.Raw], dict[str, msgspec.Raw] | None] = decoder(dict[str, msgspec.Raw] | None)
_value = decoder(object)


def other_fields(part: msgspec.Raw, known: Container[str]) -> dict[str, Any]:
    """Return the fields of an object that are not among those known; none of null."""
    return {name: _value(value) for name, value in (_fields(part) or {}).items() if name not in known}


def keys_by_depth(head: bytes) -> defaultdict[int, set[str]]:
    """Return the keys of the objects in the beginning of a JSON text, by how many brackets are open around them."""
    keys: defaultdict[int, set[str]] = defaultdict(set)
    depth = 0
    for text, colon, opens in _TOKENS.findall(head):
        if colon:
            keys[depth].add(text[1:-1].decode("utf-8", "replace"))
        elif not text:
            depth += 1 if opens else -1
    return keys


def _bytes(path: Path) -> bytes:
    data = read_bounded(path, MAX_ANNOTATION_BYTES)
    # What comes of a text grows with its values: two bytes may become a hundred.
    if data.count(b",") > MAX_JSON_VALUES:
        raise MifaError("MIFA226", f"holds more than {MAX_JSON_VALUES:,} values", str(path))
    return data.removeprefix(_MARK)


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}..."
