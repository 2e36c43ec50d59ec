"""The application: the list of commands, and what every command does with an error."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from mifakit._version import __version__
from mifakit.cli import (
    build,
    check,
    demo,
    describe,
    doctor,
    explain,
    export,
    fix,
    init,
    link_model,
    package,
    scan,
    sync,
    terms,
    validate,
)
from mifakit.cli.output import fail
from mifakit.errors import ExitCode, MifaError

app = typer.Typer(
    name="mifa",
    help="Turn a lab's microscopy images and annotations into AI-ready datasets that follow MIFA.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (
    demo,
    scan,
    init,
    sync,
    check,
    fix,
    build,
    validate,
    describe,
    package,
    export,
    link_model,
    terms,
    explain,
    doctor,
):
    app.command(name=_command.__name__.rpartition(".")[2].replace("_", "-"))(_command.run)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mifakit {__version__}")
        raise typer.Exit


@app.callback(epilog="Start with:  mifa demo example")
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Turn a lab's microscopy images and annotations into AI-ready datasets that follow MIFA."""


def main() -> None:
    """Run the command line; bad input ends in a message and an exit code, never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # file names need not be text
    try:
        app()
    except MifaError as error:
        sys.exit(fail(error))
    except Exception as error:
        if not _comes_of_ctrl_c(error):
            raise
        sys.exit(ExitCode.CANCELLED)


def _comes_of_ctrl_c(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an error: a library whose import is interrupted says something of its own."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
