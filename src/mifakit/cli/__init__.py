"""The command line, `mifa`: one small module a command, no logic."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line. Ctrl-C ends it at once and in silence, but for commands that ask to be told."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from mifakit.cli.app import main as run

    run()
