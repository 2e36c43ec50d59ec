"""Runs one command and says what it cost: wall and CPU time, memory, bytes and files. Linux only."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 0.05
"""Seconds between two looks at the memory."""
_MEMORY = re.compile(r"^(?:Rss|Pss_)(?:Anon|Shmem):\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True)
class Cost:
    """What one run took.

    Attributes
    ----------
    wall
        Seconds from start to end.
    cpu
        User and system seconds of the process and all it started and waited for.
    memory
        Peak of the anonymous memory of the whole process tree, in bytes, as sampled. Mapped files are not in it: the
        system takes their pages back when it needs them.
    error
        Empty if the command succeeded, else the last line it said.
    """

    wall: float
    cpu: float
    memory: int
    error: str


def run(command: Sequence[str | Path], log: Path, timeout: float, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end, its output going to `log`; what it left dirty before is on the disk first."""
    os.sync()
    with log.open("wb") as stream:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
        )
        with _Sampler(process.pid) as sampler, _Deadline(process.pid, timeout) as deadline:
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    error = f"not done after {timeout:.0f} s" if deadline.passed else _reason(process.returncode, log)
    return Cost(wall, usage.ru_utime + usage.ru_stime, sampler.peak, error)


def size_of(folder: Path) -> tuple[int, int]:
    """Return the bytes and the number of the files below a folder."""
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    return sum(sizes), len(sizes)


def _reason(code: int, log: Path) -> str:
    if code == 0:
        return ""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return f"exit code {code}: {lines[-1] if lines else 'no output'}"


class _Deadline:
    """Ends the process group once its time is up."""

    def __init__(self, group: int, seconds: float) -> None:
        self.passed = False
        self._group = group
        self._timer = threading.Timer(seconds, self._end)

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.passed = True
        os.killpg(self._group, signal.SIGKILL)


class _Sampler:
    """Watches the memory of a process tree."""

    def __init__(self, root: int) -> None:
        self.peak = 0
        self._root = root
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Sampler:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(INTERVAL):
            processes = list(_tree(self._root))
            # Whole pages of every process, which is soon read: forked ones share many.
            if _memory(processes, "status") > self.peak:
                self.peak = max(self.peak, _memory(processes, "smaps_rollup"))


def _memory(processes: Sequence[int], file: str) -> int:
    """Return the anonymous and shared memory of processes; of pages that several see, as `file` counts them."""
    total = 0
    for pid in processes:
        with suppress(OSError):  # it has ended meanwhile
            found = _MEMORY.findall(Path(f"/proc/{pid}/{file}").read_text(encoding="ascii", errors="replace"))
            total += sum(map(int, found))
    return 1024 * total


def _tree(root: int) -> Iterator[int]:
    yield root
    try:
        children = [file.read_text(encoding="ascii") for file in Path(f"/proc/{root}/task").glob("*/children")]
    except OSError:
        return
    for child in " ".join(children).split():
        yield from _tree(int(child))
