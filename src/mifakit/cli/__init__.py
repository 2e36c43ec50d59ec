"""The command line, `mifa`: one small module a command, no logic."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line; Ctrl-C ends it without a traceback, also while modules are loaded."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from mifakit.cli.app import main as run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
