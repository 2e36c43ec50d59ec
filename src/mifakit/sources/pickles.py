"""Pickles from strangers, as NumPy saves arrays of objects in NPY files: taken as data, never run.

A pickle is a program for a small machine, which may import and call anything. Here its instructions are only listed,
by `pickletools`, and those that build plain values and NumPy arrays are followed; no unpickler is at work.
"""

from __future__ import annotations

import io
import pickletools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.errors import MifaError
from mifakit.sources.bounded import read_bounded
from mifakit.sources.limits import MAX_ARCHIVE_BYTES, MAX_OBJECTS

_MAGIC = b"\x93NUMPY"
_PLAIN_TYPE = re.compile(r"[biufcSU][1-9]\d{0,8}")
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_VALUES = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
}


def read_object_array(path: Path) -> npt.NDArray[np.object_]:
    """Read an NPY file whose array holds Python objects: numbers, texts, containers of them, NumPy arrays.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    ndarray
        Of type object. File paths that were pickled as such are text in it.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read or asks for anything else, MIFA204 when it is no NPY file of objects, MIFA226
        when it is over budget.
    """
    place = str(path)
    data = read_bounded(path, MAX_ARCHIVE_BYTES)
    if not data.startswith(_MAGIC):
        raise MifaError("MIFA204", "is not a NumPy array", place)
    file = io.BytesIO(data)
    try:
        if not _read_type(file).hasobject:
            raise MifaError("MIFA204", "is a NumPy array of numbers, not of objects", place)
        array = _Machine(place).run(file)
    except MifaError:
        raise
    except Exception as error:  # damaged instructions fail in every way there is
        raise MifaError("MIFA202", f"its pickle is damaged: {_said(error)}", place) from error
    if not isinstance(array, np.ndarray) or array.dtype != object:
        raise MifaError("MIFA202", f"its pickle is of {type(array).__name__}, not of an array of objects", place)
    return array


def _read_type(file: io.BytesIO) -> np.dtype:
    """Return the type in the header, and leave the file where the pickle starts."""
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(file)[2]
    return np.lib.format.read_array_header_2_0(file)[2]


def _said(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__


class _Mark:
    """Where an instruction later takes all that was put on the stack since."""


class _Type:
    """A NumPy type. Its byte order is told after it was made."""

    def __init__(self, code: str, *_: Any) -> None:
        self._code, self._order = _of(str, code), "|"

    def tell(self, state: tuple[Any, ...]) -> None:
        if state[1] not in ("<", ">", "|"):
            raise ValueError("an odd order of bytes")
        self._order = state[1]

    def dtype(self) -> np.dtype:
        if self._code in ("O", "O8"):
            return np.dtype(object)
        if not _PLAIN_TYPE.fullmatch(self._code):
            raise ValueError(f"the type {self._code!r}")
        plain: np.dtype = np.dtype(self._order + self._code)
        return plain


def _tell(thing: Any, state: tuple[Any, ...]) -> None:
    """Give an array its shape, type and values, or a type its order; both were made before."""
    if isinstance(thing, _Type):
        thing.tell(state)
        return
    _, shape, kind, fortran, values = state
    # NumPy compares the number of values with shape and type; neither can be anything odd here.
    _of(np.ndarray, thing).__setstate__((1, _of(tuple, shape), _of(_Type, kind).dtype(), bool(fortran), values))


def _empty_array(*_: Any) -> npt.NDArray[Any]:
    return np.empty(0, np.uint8)


def _scalar(kind: Any, value: bytes) -> Any:
    (scalar,) = np.frombuffer(value, _of(_Type, kind).dtype())
    return scalar


def _array_of_buffer(buffer: bytes, kind: Any, shape: tuple[int, ...], order: str) -> npt.NDArray[Any]:
    return np.frombuffer(buffer, _of(_Type, kind).dtype()).reshape(shape, order="F" if order == "F" else "C")


@dataclass(frozen=True)
class _Known:
    """Something that a pickle may name, and what is made when it is called."""

    make: Callable[..., Any]


def _known() -> Iterator[tuple[tuple[str, str], _Known]]:
    for numpy in ("numpy.core", "numpy._core"):  # of NumPy 1 and 2
        yield (f"{numpy}.multiarray", "_reconstruct"), _Known(_empty_array)
        yield (f"{numpy}.multiarray", "scalar"), _Known(_scalar)
        yield (f"{numpy}.numeric", "_frombuffer"), _Known(_array_of_buffer)
    yield ("numpy", "ndarray"), _Known(_empty_array)
    yield ("numpy", "dtype"), _Known(_Type)
    for module in ("pathlib", "pathlib._local"):
        for family, path in (("Posix", PurePosixPath), ("Windows", PureWindowsPath)):
            for name in (f"{family}Path", f"Pure{family}Path"):
                yield (module, name), _Known(lambda *parts, path=path: str(path(*parts)))


_KNOWN = dict(_known())


def _of(kind: Any, value: Any) -> Any:
    """Return a value that must be of a type, or of one of several."""
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} in an odd place")
    return value


class _Machine:
    """Follows the instructions of one pickle."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self, file: io.BytesIO) -> Any:
        for count, (instruction, argument, _) in enumerate(pickletools.genops(file)):
            if count > MAX_OBJECTS:
                raise MifaError("MIFA226", f"its pickle has more than {MAX_OBJECTS:,} instructions", self._place)
            if instruction.name == "STOP":
                return self._stack.pop()
            self._follow(instruction.name, argument)
        raise EOFError

    def _follow(self, name: str, argument: Any) -> None:
        stack = self._stack
        match name:
            case "PROTO" | "FRAME" | "READONLY_BUFFER":
                pass
            case _ if name in _VALUES:
                stack.append(argument)
            case _ if name in _CONSTANTS:
                stack.append(_CONSTANTS[name])
            case "MARK":
                stack.append(_Mark)
            case "EMPTY_LIST":
                stack.append([])
            case "EMPTY_DICT":
                stack.append({})
            case "LIST":
                stack.append(self._since_mark())
            case "TUPLE":
                stack.append(tuple(self._since_mark()))
            case "DICT":
                values = self._since_mark()
                stack.append({})
                self._set_items(values)
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                size = int(name[-1])
                stack[-size:] = [tuple(stack[-size:])]
            case "APPEND":
                value = stack.pop()
                _of(list, stack[-1]).append(value)
            case "APPENDS":
                values = self._since_mark()
                _of(list, stack[-1]).extend(values)
            case "SETITEM":
                values = [stack.pop(-2), stack.pop()]
                self._set_items(values)
            case "SETITEMS":
                self._set_items(self._since_mark())
            case "MEMOIZE":
                self._memo[len(self._memo)] = stack[-1]
            case "PUT" | "BINPUT" | "LONG_BINPUT":
                self._memo[argument] = stack[-1]
            case "GET" | "BINGET" | "LONG_BINGET":
                stack.append(self._memo[argument])
            case "POP":
                stack.pop()
            case "POP_MARK":
                self._since_mark()
            case "GLOBAL":
                stack.append(self._global(*argument.split(" ", 1)))
            case "STACK_GLOBAL":
                member = stack.pop()
                stack.append(self._global(stack.pop(), member))
            case "REDUCE":
                arguments = _of(tuple, stack.pop())
                stack.append(_of(_Known, stack.pop()).make(*arguments))
            case "BUILD":
                state = stack.pop()
                _tell(stack[-1], _of(tuple, state))
            case _:
                raise self._refusal(f"the instruction {name}")

    def _since_mark(self) -> list[Any]:
        start = len(self._stack) - 1
        while self._stack[start] is not _Mark:
            start -= 1
        values = self._stack[start + 1 :]
        del self._stack[start:]
        return values

    def _set_items(self, values: list[Any]) -> None:
        target = _of(dict, self._stack[-1])
        for key, value in zip(values[::2], values[1::2], strict=True):
            # Nested tuples are hashed again at every use: a short pickle could take for ever.
            target[_of((str, bytes, int, float, bool, type(None)), key)] = value

    def _global(self, module: Any, member: Any) -> Any:
        known = _KNOWN.get((module, member))
        if known is None:
            raise self._refusal(f"{module}.{member}"[:100])
        return known

    def _refusal(self, what: str) -> MifaError:
        hint = "only numbers, texts, containers and NumPy arrays are read: a pickle may run any code"
        return MifaError("MIFA202", f"its pickle asks for {what}, which is not read", self._place, hint)
