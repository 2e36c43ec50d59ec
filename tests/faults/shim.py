"""Faults that the machine makes happen, through `shim.c`: see there for what each setting does."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_STATE_BYTES = 8 + 8 + 4 * 4096  # struct state


@dataclass(frozen=True)
class Fault:
    """What happens at the N-th call, counted over all processes of a build.

    Attributes
    ----------
    at
        N, from 1; 0 for never.
    what
        The death of all processes, or of the one that calls, or an `errno`.
    lasts
        Whether all later calls fail as well, as on a disk that is full.
    calls
        Whether calls that change files count, or those that read them.
    """

    at: int
    what: Literal["kill all", "kill one"] | int
    lasts: bool = False
    calls: Literal["changes", "reads"] = "changes"


NEVER = Fault(0, "kill all")


class Shim:
    """The compiled shim, aimed at one folder or file; each aim is a count of its own.

    Parameters
    ----------
    library
        The compiled shim.
    scratch
        A folder, not below the one that is aimed at.
    target
        Calls on this folder, all below it, or this file are counted.
    fault
        What is to happen.
    """

    def __init__(self, library: Path, scratch: Path, target: Path, fault: Fault = NEVER) -> None:
        self._state, self._log = scratch / "shim-state", scratch / "shim-log"
        self._state.write_bytes(bytes(_STATE_BYTES))
        self._log.write_bytes(b"")
        self.environment: Mapping[str, str] = {
            "LD_PRELOAD": str(library),
            "SHIM_FOLDER": str(target.resolve()),
            "SHIM_STATE": str(self._state),
            "SHIM_LOG": str(self._log),
            "SHIM_CALLS": fault.calls,
            "SHIM_AT": str(fault.at),
            "SHIM_FAULT": str(fault.what),
            "SHIM_LASTS": str(int(fault.lasts)),
        }

    @property
    def calls(self) -> int:
        """How many calls have been counted."""
        with self._state.open("rb") as file:
            (count,) = struct.unpack("=Q", file.read(8))
        return int(count)

    def lose_power(self, disk: Path) -> int:
        """Empty each file whose last bytes were never synced, as a power cut may; return how many there were.

        Names are kept, since file systems write them in order; it is the content that is lost.
        """
        unsynced: set[int] = set()
        for line in self._log.read_text(encoding="ascii").splitlines():
            match line[0]:
                case "w":
                    unsynced.add(int(line[1:]))
                case "s":
                    unsynced.discard(int(line[1:]))
                case "S":
                    unsynced.clear()
        lost = [path for path in disk.rglob("*") if path.is_file() and path.stat().st_ino in unsynced]
        for path in lost:
            os.truncate(path, 0)
        return len(lost)
