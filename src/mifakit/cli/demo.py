"""`mifa demo`."""

from typing import Annotated

import typer

from mifakit.cli.output import say


def run(folder: Annotated[str, typer.Argument(help="A new folder.")]) -> None:
    """Write an example lab folder and its filled study sheet."""
    from mifakit.api import demo

    sheet = demo(folder)
    say(f"{folder}: an example lab folder, and its study sheet {sheet.name}.")
    say(f"next: mifa build {sheet} -o {sheet.parent / 'dataset'}")
