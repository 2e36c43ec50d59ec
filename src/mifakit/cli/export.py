"""`mifa export`."""

from pathlib import Path
from typing import Annotated

import typer

from mifakit.cli.output import DatasetArgument, print_findings, say


def run(
    dataset: DatasetArgument,
    to: Annotated[str, typer.Option("--to", "-t", help="The format: coco, ctc, geojson, imagej, label-tiff or yolo.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write; must not exist.")],
    annotation_set: Annotated[
        str | None, typer.Option("--set", help="The annotation set; needed when there are several.")
    ] = None,
) -> None:
    """Write a dataset's annotations in the format of another tool."""
    from mifakit.api import export

    findings = export(dataset, to, output, annotation_set)
    print_findings(findings)
    say(f"{output}: {to} written.")
