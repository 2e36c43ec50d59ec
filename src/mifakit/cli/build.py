"""`mifa build`."""

from typing import Annotated

import typer

from mifakit.cli.output import AsJson, SheetArgument, print_findings, print_json, progress, say
from mifakit.errors import ExitCode


def run(
    sheet: SheetArgument = "mifa.yaml",
    output: Annotated[str, typer.Option("--output", "-o", metavar="DATASET", help="A new folder.")] = "dataset",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and write nothing.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Samples made at the same time.")] = None,
    as_json: AsJson = False,
) -> None:
    """Turn the lab folder into a dataset: convert, verify every pixel, write manifest and records."""
    from mifakit.api import build, plan

    planned = plan(sheet)
    if dry_run:
        if as_json:
            print_json(planned.to_record())
            return
        for job in planned.jobs:
            size = "×".join(map(str, job.facts.shape))
            labels = ", ".join(label.annotation_set for label in job.labels) or "not annotated"
            typer.echo(f"{job.source}  ->  {job.sample}  {job.facts.axes} {size} {job.facts.dtype}  {labels}")
        typer.echo()
        print_findings(planned.findings)
    say(
        f"{len(planned.jobs)} samples to build from {planned.source_bytes / 1e6:,.1f} MB of pixels, "
        f"about {planned.expected_bytes / 1e6:,.1f} MB on disk; {len(planned.left_out)} images left out."
    )
    if dry_run:
        return
    with progress("building", planned.source_bytes) as watch:
        built = build(sheet, output, workers=workers, watch=watch)
    print_findings(built.findings, as_json=as_json)
    say(f"{built.path}: {built.samples} samples built and verified; {len(built.left_out)} left out.")
    say(f"next: mifa validate {built.path}")
    if not built.complete:
        raise typer.Exit(ExitCode.PARTIAL)
