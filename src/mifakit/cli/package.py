"""`mifa package`."""

from pathlib import Path
from typing import Annotated

import typer

from mifakit.cli.output import DatasetArgument, print_findings, say


def run(
    dataset: DatasetArgument,
    destination: Annotated[
        str, typer.Option("--for", "-f", help="Where it goes: bia, zenodo, huggingface or bioimageio.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write; must not exist.")],
    scrub: Annotated[
        bool, typer.Option("--scrub", help="Replace what is private in what is sent; the dataset stays as it is.")
    ] = False,
) -> None:
    """Make of a dataset exactly what an archive or a hub is sent, with steps to follow in SUBMIT.md."""
    from mifakit.api import package

    packaged = package(dataset, destination, output, scrub=scrub)
    print_findings(packaged.findings)
    say(f"{packaged.path}: {packaged.files:,} files, {packaged.total:,} bytes, ready for {destination}.")
    say(f"next: read {packaged.path / 'SUBMIT.md'}")
