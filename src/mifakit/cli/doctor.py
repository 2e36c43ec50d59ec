"""`mifa doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from textwrap import fill
from typing import TYPE_CHECKING, TypeVar

import typer

from mifakit.cli.output import AsJson, print_findings, print_json, say
from mifakit.errors import ExitCode
from mifakit.reports.messages import count_findings

if TYPE_CHECKING:
    from rich.table import Table

    from mifakit.installation.examination import Installation
    from mifakit.installation.formats import KnownFormat

T = TypeVar("T")
K = TypeVar("K")

_WIDTH = 80


def run(as_json: AsJson = False) -> None:
    """Say what is installed, which formats open here, what is missing, and what is broken."""
    from mifakit.installation.needs import whole_core

    with whole_core():
        from mifakit.api import doctor

        found = doctor()
    if as_json:
        print_json(found.to_record())
    else:
        _show(found)
    ready = sum(known.ready for known in found.formats)
    say(f"{ready} of {len(found.formats)} formats open here; {count_findings(found.findings)}.")
    if found.findings:
        raise typer.Exit(ExitCode.FINDINGS)


def _show(found: Installation) -> None:
    from rich.console import Console

    console = Console(markup=False, highlight=False)
    machine = found.machine
    memory = f"{machine.memory / 1e9:.1f} GB of memory"
    typer.echo(f"mifakit {found.mifakit}, Python {found.python}, {machine.system}")
    typer.echo(f"{machine.cores} cores, {memory}: a build starts {machine.workers} processes")
    for package, formats in _grouped(found.formats, lambda known: known.reader.package):
        typer.echo(f"\nFormats of {package}\n")
        console.print(_table(formats))
    typer.echo()
    others = {
        "annotation formats": found.annotations,
        "documents": found.documents,
        "exports": found.exports,
        "records": found.records,
        "checks": found.checks,
    }
    for kind, plugins in others.items():
        for package, members in _grouped(plugins, lambda plugin: plugin.package):
            typer.echo(f"{sum(not one.finding for one in members)} {kind} of {package}")
    _show_missing([known for known in found.formats if known.missing])
    typer.echo()
    print_findings(found.findings)


def _show_missing(formats: list[KnownFormat]) -> None:
    for (command, missing), members in _grouped(formats, lambda known: (known.install, known.missing)):
        verb = "To open" if command else "Not to be opened here:"
        names, needs = ", ".join(known.format.name for known in members), ", ".join(map(str, missing))
        typer.echo(f"\n{fill(f'{verb} {names}. Missing: {needs}.', _WIDTH)}")
        if command:
            typer.echo(f"\n  {command}")


def _grouped(members: Iterable[T], key: Callable[[T], K]) -> Iterable[tuple[K, list[T]]]:
    """Return members by key, in the order of their first."""
    groups: dict[K, list[T]] = {}
    for member in members:
        groups.setdefault(key(member), []).append(member)
    return groups.items()


def _table(formats: list[KnownFormat]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
    for heading in ("format", "suffixes", "reader", ""):
        table.add_column(heading)
    for known in formats:
        color = "green" if known.ready else "yellow"
        table.add_row(known.format.name, " ".join(known.format.suffixes), known.reader.name, _state(known), style=color)
    return table


def _state(known: KnownFormat) -> str:
    """Return `ready`, with the packages that make it so, or the extra that is wanted."""
    if known.finding:
        return "broken"
    if known.missing:
        return f"needs [{known.format.extra}]" if known.install else "not here"
    used = ", ".join(f"{need.package} {need.installed}" for need in known.needs)
    return f"ready ({used})" if used else "ready"
