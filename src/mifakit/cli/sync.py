"""`mifa sync`."""

from typing import Annotated

import typer

from mifakit.cli.output import SheetArgument, say


def run(
    sheet: SheetArgument = "mifa.yaml",
    workbook: Annotated[str, typer.Argument(help="The same as an Excel workbook.")] = "mifa.xlsx",
) -> None:
    """Bring a study sheet and its workbook to the same content; one that does not exist is made."""
    from mifakit.api import sync

    written = sync(sheet, workbook)
    say(f"{' and '.join(map(str, written))}: written." if written else f"{sheet} and {workbook} say the same.")
    say(f"next: mifa check {sheet}")
