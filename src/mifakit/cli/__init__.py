"""The command line, `mifa`: one small module a command, no logic."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys

_GARBAGE = 20_000
"""Objects made until garbage is looked for: what is loaded stays, and to go through it takes a tenth of the start."""


def main() -> None:
    """Run the command line. Ctrl-C ends it at once and in silence, but for commands that ask to be told."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.set_threshold(_GARBAGE)
    from mifakit.cli.app import main as run

    try:
        run()
    except SystemExit as end:
        if isinstance(end.code, int):
            _leave(end.code)
        raise


def _leave(code: int) -> None:
    """End without taking apart all that was loaded, which nobody should wait for; return if something is unsaid."""
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # the other end of a pipe is gone: Python knows what to do
        return
    os._exit(code)
