"""The command line, `mifa`: one small module a command, no logic."""

from mifakit.cli.app import main

__all__ = ["main"]
