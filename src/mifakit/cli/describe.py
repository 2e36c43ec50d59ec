"""`mifa describe`."""

import typer

from mifakit.cli.output import DatasetArgument, say


def run(dataset: DatasetArgument) -> None:
    """Write a dataset's records again, after its study sheet was changed."""
    from mifakit.api import describe

    for path in describe(dataset):
        typer.echo(path)
    say(f"next: mifa validate {dataset}")
