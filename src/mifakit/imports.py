"""Imports of strangers' packages: one that never comes to an end, or ends the program, is an error like any other.

What keeps the interpreter's lock while it waits, or ends the process, cannot be survived.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from importlib import import_module
from types import ModuleType
from typing import TypeVar

PATIENCE = 10.0
"""Seconds without a further module, after which an import is given up. One that is slow goes on to the next."""

T = TypeVar("T")

_hung: dict[str, threading.Thread] = {}
"""Threads that were left behind, by module. Each holds its module's lock: whoever waits for that waits forever."""


def import_in_time(module: str) -> ModuleType:
    """Import a module, unless that takes forever; raises as `load_in_time`."""
    return load_in_time(module, lambda: import_module(module))


def load_in_time(module: str, load: Callable[[], T]) -> T:
    """Call what imports a module, in a thread that is left behind if it hangs.

    Parameters
    ----------
    module
        What is imported. A module that hung is not tried again.
    load
        Imports it, and may make something of it.

    Raises
    ------
    TimeoutError
        When it hangs.
    ImportError
        When it raises what is no `Exception`, such as `SystemExit`.
    Exception
        What else it raises.
    """
    left_behind = _hung.get(module)
    if left_behind is None or not left_behind.is_alive():
        done: Future[T] = Future()
        thread = threading.Thread(target=_call, args=(load, done), name=f"import {module}", daemon=True)
        thread.start()
        if _ends(done):
            return done.result()
        _hung[module] = thread
    raise TimeoutError(f"the import of {module!r} does not come to an end")


def _call(load: Callable[[], T], done: Future[T]) -> None:
    try:
        done.set_result(load())
    except Exception as error:
        done.set_exception(error)
    except BaseException as error:  # in a thread of its own, Ctrl-C is none of ours
        what = f"{type(error).__name__}({error})"
        done.set_exception(ImportError(f"its import raises {what}"))


def _ends(done: Future[T]) -> bool:
    """Wait while anything happens; a slow disk is no reason to give up."""
    seen = -1
    while seen != (seen := len(sys.modules)):
        if wait([done], PATIENCE).done:
            return True
    return False
