"""A plugin whose reading goes wrong in the ways of codecs written in C. Its files say which way.

`conftest.py` installs it through a real entry point, in an environment of its own.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import time
from pathlib import Path
from typing import ClassVar

import numpy as np

from mifakit.readers.base import Format, ImageFacts


def _hoard() -> None:
    """Ask for memory until the system gives no more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 2**28, hard))
    kept = []
    try:
        while True:
            kept.append(bytearray(2**24))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _wait() -> None:
    """Read until the test opens the gate."""
    while not Path(os.environ["AWKWARD_GATE"]).exists():
        time.sleep(0.01)


BEHAVIOURS = {
    "segfault": lambda: ctypes.string_at(0),
    "abort": os.abort,
    "exit": lambda: os._exit(3),
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "hoard": _hoard,
    "wait": _wait,
    # PyDLL keeps the interpreter's lock while it calls: no other thread of the process gets on.
    "hang": lambda: ctypes.PyDLL(None).sleep(600),
}


class AwkwardImage:
    """Opens like an image; reading it is another matter."""

    facts = ImageFacts("cyx", (1, 40, 50), np.dtype("u2"), "YX")

    def __init__(self, behaviour: str) -> None:
        self._behaviour = behaviour

    def read(self, region: tuple[slice, ...]) -> np.ndarray:
        BEHAVIOURS[self._behaviour]()
        return np.ones(self.facts.shape, self.facts.dtype)[region]

    def close(self) -> None:
        pass

    def __enter__(self) -> AwkwardImage:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AwkwardReader:
    """Registered for `.awkward`."""

    name: ClassVar[str] = "awkward"
    formats: ClassVar[tuple[Format, ...]] = (Format("awkward", (".awkward",)),)
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> AwkwardImage:
        behaviour, _, when = path.read_text().partition(" ")
        if when == "at once":
            BEHAVIOURS[behaviour]()
        return AwkwardImage(behaviour)
