"""`mifa fix`."""

import sys
from typing import Annotated

import typer

from mifakit.cli.output import SheetArgument, say
from mifakit.errors import ExitCode


def run(
    sheet: SheetArgument = "mifa.yaml",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes and write nothing.")] = False,
) -> None:
    """Mend what has one right answer in a study sheet: spellings of identifiers, licences, dates, missing ids."""
    from mifakit.api import fix, write_fixed

    fixed = fix(sheet)
    for line in fixed.diff():
        typer.echo(line)
    if not fixed.mends:
        say(f"{sheet}: nothing to mend.")
        return
    asked = sys.stdin.isatty() and not dry_run
    if dry_run or not (yes or (asked and typer.confirm(f"Write these {len(fixed.mends)} changes?", err=True))):
        say(f"{sheet}: {len(fixed.mends)} to mend, nothing was written.")
        if not dry_run:
            say(f"next: mifa fix {sheet} --yes")
        raise typer.Exit(ExitCode.FINDINGS)
    write_fixed(fixed)
    say(f"{sheet}: {len(fixed.mends)} mended.")
    say(f"next: mifa check {sheet}")
