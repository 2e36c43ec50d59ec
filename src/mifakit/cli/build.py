"""`mifa build`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from mifakit.cli.output import AsJson, ProfileOption, SheetArgument, print_findings, print_json, say
from mifakit.cli.progress import BuildProgress, say_plan, told_of_ctrl_c
from mifakit.errors import ExitCode
from mifakit.reports.messages import count_findings

if TYPE_CHECKING:
    from mifakit.conversion.plan import Plan
    from mifakit.conversion.resources import Resources


class Verify(StrEnum):
    """How pixels are verified."""

    ALL = "all"
    NONE = "none"


def parse_size(text: str) -> int:
    """Return bytes: `400MB`, `4GB`, `2GiB`."""
    from dask.utils import parse_bytes

    try:
        size = int(parse_bytes(text)) if text.strip() else 0
    except (ValueError, OverflowError):
        size = 0
    if size <= 0:
        raise typer.BadParameter(f"{text!r} is not a size such as 400MB or 4GB")
    return size


def run(
    sheet: SheetArgument = "mifa.yaml",
    output: Annotated[str, typer.Option("--output", "-o", metavar="DATASET", help="A new folder.")] = "dataset",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and write nothing.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one for each core if left out.")] = None,
    memory: Annotated[
        int | None, typer.Option(parser=parse_size, metavar="SIZE", help="For all processes together: 4GB.")
    ] = None,
    verify: Annotated[
        Verify, typer.Option(help="all: read every pixel back and compare it with the source. none: trust the disk.")
    ] = Verify.ALL,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Use a dask cluster that is running: tcp://host:8786.")
    ] = None,
    slurm: Annotated[bool, typer.Option("--slurm", help="Have SLURM start the workers (dask-jobqueue).")] = False,
    pbs: Annotated[bool, typer.Option("--pbs", help="Have PBS start the workers (dask-jobqueue).")] = False,
    profile: ProfileOption = "mifa",
    as_json: AsJson = False,
) -> None:
    """Turn the lab folder into a dataset: convert, verify every pixel, write manifest and records."""
    from mifakit.conversion.resources import Resources

    if bool(scheduler) + slurm + pbs > 1:
        raise typer.BadParameter("--scheduler, --slurm and --pbs exclude each other")
    resources = Resources(workers, memory, scheduler, "slurm" if slurm else "pbs" if pbs else None)
    if dry_run:
        from mifakit.api import plan

        _show(plan(sheet, profile), resources, as_json)
        return
    with resources.started_ahead():
        from mifakit.api import build

        with told_of_ctrl_c(), BuildProgress() as progress:
            checked = verify is Verify.ALL
            built = build(sheet, output, resources=resources, verify=checked, observer=progress, profile=profile)
    print_findings(built.findings, as_json=as_json)
    done = "built and verified" if verify is Verify.ALL else "built, not verified"
    wrong = f"; {count_findings(built.findings)}" if any(finding.is_error for finding in built.findings) else ""
    say(f"{built.path}: {built.samples} samples {done}; {len(built.left_out)} left out{wrong}.")
    say(f"next: mifa validate {built.path}")
    if not built.complete:
        raise typer.Exit(ExitCode.PARTIAL)


def _show(plan: Plan, resources: Resources, as_json: bool) -> None:
    if as_json:
        print_json(plan.to_record())
    else:
        for job in plan.jobs:
            size = "×".join(map(str, job.facts.shape))
            labels = ", ".join(one.annotation_set for one in job.annotations) or "not annotated"
            typer.echo(f"{job.origin.key}  ->  {job.sample}  {job.facts.axes} {size} {job.facts.dtype}  {labels}")
        typer.echo()
        print_findings(plan.findings)
    say_plan(plan, resources)
