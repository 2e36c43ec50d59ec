"""`mifa init`."""

from typing import Annotated

import typer

from mifakit.cli.output import print_findings, say


def run(
    folder: Annotated[str, typer.Argument(help="The lab folder; it is only read.")],
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", "-s", metavar="FILE", help="Where to write it: mifa.yaml, or a workbook, FILE.xlsx."),
    ] = None,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Write an Excel workbook: short for --sheet mifa.xlsx.")] = False,
) -> None:
    """Look at a lab folder and write a study sheet, prefilled with all that the files tell."""
    from mifakit.api import init

    if xlsx and sheet:
        raise typer.BadParameter("--xlsx writes mifa.xlsx: to call it otherwise, give --sheet FILE.xlsx alone")
    sheet = sheet or ("mifa.xlsx" if xlsx else "mifa.yaml")
    inventory = init(folder, sheet)
    print_findings(inventory.findings)
    say(f"{sheet}: {len(inventory.images)} images, {len(inventory.pairings)} of them paired with annotations.")
    say(f"next: fill in {sheet}, then: mifa check {sheet}")
