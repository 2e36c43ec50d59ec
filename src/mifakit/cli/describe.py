"""`mifa describe`."""

from typing import Annotated

import typer

from mifakit.cli.output import DatasetArgument, say


def run(
    dataset: DatasetArgument,
    accession: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="The archive's number, once it gave one: S-BIAD1234. The sheet keeps it."),
    ] = None,
) -> None:
    """Write a dataset's records again, after its study sheet was changed."""
    from mifakit.api import describe

    for path in describe(dataset, accession):
        typer.echo(path)
    say(f"next: mifa validate {dataset}")
