"""`mifa explain`."""

from typing import Annotated

import typer

from mifakit.catalogue import CATALOGUE
from mifakit.errors import MifaError
from mifakit.explanations import explanation


def run(code: Annotated[str, typer.Argument(help="For example MIFA101.")]) -> None:
    """Say what a finding's code means and how to mend it."""
    import difflib

    wanted = code.upper()
    if wanted not in CATALOGUE:
        near = difflib.get_close_matches(wanted, CATALOGUE, n=1)
        raise MifaError("MIFA007", f"there is no code {code}", hint=f"did you mean {near[0]}?" if near else None)
    entry = CATALOGUE[wanted]
    level = f", {entry.level.value}" if entry.level else ""
    typer.echo(f"{wanted}: {entry.title} ({entry.severity.value}{level})")
    if page := explanation(wanted):
        _title, _, text = page.partition("\n")
        typer.echo(text.rstrip())
    elif entry.hint:
        typer.echo(f"hint: {entry.hint}")
    if entry.basis:
        typer.echo(f"\nRests on {entry.basis}.")
