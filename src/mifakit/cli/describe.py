"""`mifa describe`."""

from typing import Annotated

import typer

from mifakit.cli.output import DatasetArgument, say


def run(
    dataset: DatasetArgument,
    accession: Annotated[
        str | None,
        typer.Option(
            help="What the archive calls the dataset, e.g. S-BIAD634; written into its study sheet and all records."
        ),
    ] = None,
) -> None:
    """Write a dataset's records again, after its study sheet was changed or it got its accession number."""
    from mifakit.api import describe

    for path in describe(dataset, accession):
        typer.echo(path)
    say(f"next: mifa validate {dataset}")
