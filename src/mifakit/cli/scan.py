"""`mifa scan`."""

from typing import Annotated

import typer

from mifakit.cli.output import AsJson, conclude, print_findings, print_json


def run(folder: Annotated[str, typer.Argument(help="The lab folder.")], as_json: AsJson = False) -> None:
    """Look at a lab folder: what it holds, and how annotations pair with images."""
    from mifakit.api import scan

    inventory = scan(folder)
    if as_json:
        print_json(inventory.to_record())
    else:
        for pairing in inventory.pairings:
            files = pairing.files[0] if len(pairing.files) == 1 else f"{len(pairing.files)} files"
            typer.echo(f"{pairing.image}  <-  {files}  ({pairing.reason})")
        paired = {pairing.image for pairing in inventory.pairings}
        for image in inventory.images:
            if image.key not in paired:
                typer.echo(image.key)
        typer.echo()
        print_findings(inventory.findings)
    subject = f"{folder}: {len(inventory.images)} images, {len(inventory.annotations)} annotation files"
    conclude(inventory.findings, subject, f"mifa init {folder}")
