"""`mifa build` as a person starts it: the real command in a session of its own, with its worker processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults.lab import Lab

PATIENCE = 120.0
"""Seconds after which a build hangs."""

_TOKEN = "MIFAKIT_TEST_BUILD"


@dataclass(frozen=True)
class Result:
    """How a build ended."""

    code: int
    out: str
    err: str
    seconds: float

    def errors(self, code: str = "") -> list[str]:
        """Return the errors, all or those of one code: each with its place and hint, as people see them."""
        return re.findall(rf"^error\[{code}.*(?:\n .*)*", f"{self.out}\n{self.err}", re.MULTILINE)


class Build:
    """A running `mifa build`.

    Its processes are found by a variable in their environment, which no new session and no dead parent hides.

    Parameters
    ----------
    lab
        What to build; the dataset goes to `lab.out`.
    options
        Further options of the command.
    environment
        Further variables, such as those that arm the shim.
    before
        What stands before the command, such as `unshare`.
    """

    def __init__(
        self,
        lab: Lab,
        *options: str,
        environment: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
    ) -> None:
        self.token = uuid.uuid4().hex
        command = [*before, sys.executable, "-m", "mifakit", "build", str(lab.sheet), "-o", str(lab.out), *options]
        # Files, not pipes: a worker that outlives its parent would keep a pipe open.
        self._output = tempfile.TemporaryDirectory()
        self._out, self._err = (Path(self._output.name, name) for name in ("out", "err"))
        self._started = time.monotonic()
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(
                command,
                cwd=lab.home,
                env={**os.environ, **(environment or {}), _TOKEN: self.token},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process that was started."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the main process has not ended."""
        return self._process.poll() is None

    def processes(self) -> set[int]:
        """Return every live process of this build: the main one, and all that descend from it."""
        wanted = f"{_TOKEN}={self.token}".encode()
        found = set()
        for folder in Path("/proc").iterdir():
            with suppress(OSError, ValueError):  # it ended meanwhile, or is no process
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.add(int(folder.name))
        return found

    def workers(self) -> set[int]:
        """Return every live process but the main one."""
        return self.processes() - {self.pid}

    def interrupt(self, sent: signal.Signals = signal.SIGINT) -> None:
        """Send a signal to the process group, as a terminal does on Ctrl-C."""
        os.killpg(self.pid, sent)

    def kill(self, *, workers: bool = True) -> None:
        """Kill -9: the main process, and all others at the same moment unless they are spared."""
        doomed = self.processes() if workers else set()
        self._process.kill()  # does nothing once it has ended: its number may be another's by then
        for pid in doomed - {self.pid}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(PATIENCE)

    def result(self, timeout: float = PATIENCE) -> Result:
        """Wait for the end; however it came about, nobody sees a traceback."""
        code = self._process.wait(timeout)
        seconds = time.monotonic() - self._started
        out, err = (path.read_text("utf-8", "backslashreplace") for path in (self._out, self._err))
        assert "Traceback" not in out + err, err
        return Result(code, out, err, seconds)

    def close(self) -> None:
        """Leave no process behind."""
        self.kill()
        self._output.cleanup()


@contextmanager
def started(
    lab: Lab, *options: str, environment: Mapping[str, str] | None = None, before: Sequence[str] = ()
) -> Iterator[Build]:
    """Start a build; whatever happens in the block, none of its processes outlives it, nor is a source touched."""
    sources = lab.sources()
    build = Build(lab, *options, environment=environment, before=before)
    try:
        yield build
    finally:
        build.close()
    assert lab.sources() == sources, "the lab folder changed"


def run_build(
    lab: Lab, *options: str, environment: Mapping[str, str] | None = None, before: Sequence[str] = ()
) -> Result:
    """Build to the end; a process that is left over is an error."""
    with started(lab, *options, environment=environment, before=before) as build:
        result = build.result()
        assert wait_until(lambda: not build.processes(), 5), "processes outlive the build"
        return result


def wait_until(condition: Callable[[], object], seconds: float) -> bool:
    """Wait for a condition; return whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
