"""`mifa init`."""

from typing import Annotated

import typer

from mifakit.cli.output import print_findings, say


def run(
    folder: Annotated[str, typer.Argument(help="The lab folder; it is only read.")],
    sheet: Annotated[
        str, typer.Option("--sheet", "-s", metavar="FILE", help="Where to write the sheet.")
    ] = "mifa.yaml",
) -> None:
    """Look at a lab folder and write a study sheet, prefilled with all that the files tell."""
    from mifakit.api import init

    inventory = init(folder, sheet)
    print_findings(inventory.findings)
    say(f"{sheet}: {len(inventory.images)} images, {len(inventory.pairings)} of them paired with annotations.")
    say(f"next: fill in {sheet}, then: mifa check {sheet}")
