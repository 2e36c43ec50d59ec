"""`mifa init`."""

from typing import Annotated

import typer

from mifakit.cli.output import print_findings, say
from mifakit.errors import ExitCode


def run(
    folder: Annotated[str | None, typer.Argument(help="The lab folder; it is only read.", show_default=False)] = None,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", "-s", metavar="FILE", help="Where to write it: mifa.yaml, or a workbook, FILE.xlsx."),
    ] = None,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Write an Excel workbook: short for --sheet mifa.xlsx.")] = False,
    documents: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="A document about the study that you have already: MIFA YAML, PageTab or RO-Crate of an archive, "
            "DataCite, Zenodo, CITATION.cff, OME-XML. May be given several times; the first is believed first.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write a study sheet, prefilled with all that files tell and that documents say."""
    from mifakit.api import init

    if xlsx and sheet:
        raise typer.BadParameter("--xlsx writes mifa.xlsx: to call it otherwise, give --sheet FILE.xlsx alone")
    sheet = sheet or ("mifa.xlsx" if xlsx else "mifa.yaml")
    begun = init(folder, sheet, documents=documents or ())
    print_findings(begun.findings)
    if begun.inventory is not None:
        seen = begun.inventory
        say(f"{sheet}: {len(seen.images)} images, {len(seen.pairings)} of them paired with annotations.")
    else:
        count = len(documents or ())
        say(f"{sheet}: filled in from {count} document{'s' * (count > 1)}; name the lab_folder in it.")
    say(f"next: fill in {sheet}, then: mifa check {sheet}")
    if documents and any(finding.is_error for finding in begun.findings):
        raise typer.Exit(ExitCode.FINDINGS)
