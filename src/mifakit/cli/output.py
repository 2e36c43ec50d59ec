"""What every command prints alike: findings, errors, the summary line with the next command."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from mifakit.catalogue import Severity
from mifakit.errors import ExitCode, MifaError
from mifakit.findings import Finding
from mifakit.reports.github import format_annotation
from mifakit.reports.grouping import count_levels, format_rooms
from mifakit.reports.messages import count_findings, format_finding, plain

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
AsJsonLines = Annotated[bool, typer.Option("--jsonl", help="Print one JSON record a line.")]
AsGitHub = Annotated[bool, typer.Option("--github", help="Print annotations for GitHub's workflows.")]
ProfileOption = Annotated[
    str,
    typer.Option("--profile", metavar="NAME", help="How bad findings are: mifa, bia, bioimageio, strict, or a file."),
]
SheetArgument = Annotated[str, typer.Argument(help="The study sheet.")]
DatasetArgument = Annotated[str, typer.Argument(help="The dataset's folder.")]

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_USAGE = {"MIFA001", "MIFA002", "MIFA003", "MIFA007", "MIFA008", "MIFA189", "MIFA400"}
_ENVIRONMENT = {"MIFA004", "MIFA006", "MIFA009"}


def _paint(text: str, severity: Severity) -> str:
    return typer.style(text, fg=_COLORS[severity], bold=True)


def _painter(stream: Any) -> Callable[[str, Severity], str]:
    return _paint if stream.isatty() and not os.environ.get("NO_COLOR") else plain


def say(text: str) -> None:
    """Print what a person wants to know and a program does not: to stderr."""
    typer.echo(text, err=True)


def print_json(record: Any) -> None:
    """Print a JSON document to stdout."""
    typer.echo(json.dumps(record, indent=2, ensure_ascii=False))


def print_findings(
    findings: Sequence[Finding], *, as_json: bool = False, as_jsonl: bool = False, as_github: bool = False
) -> None:
    """Print findings to stdout: as text, a JSON document, JSON Lines, or for GitHub."""
    if as_json:
        print_json({"findings": [finding.to_record() for finding in findings]})
    elif as_jsonl:
        for finding in findings:
            typer.echo(json.dumps(finding.to_record(), ensure_ascii=False))
    elif as_github:
        for finding in findings:
            typer.echo(format_annotation(finding))
    else:
        for line in format_rooms(findings, _painter(sys.stdout)):
            typer.echo(line)


def conclude(findings: Sequence[Finding], subject: str, following: str | None) -> None:
    """Say how it went and what comes next; end with 1 when there is an error."""
    failed = any(finding.is_error for finding in findings)
    levels = count_levels(findings)
    say(f"{subject}: {count_findings(findings)}{f' ({levels})' if levels else ''}.")
    if following and not failed:
        say(f"next: {following}")
    if failed:
        raise typer.Exit(ExitCode.FINDINGS)


def fail(error: MifaError) -> ExitCode:
    """Print an error, and what it rests on, to stderr; return the exit code it asks for."""
    findings: Sequence[Finding] = getattr(error, "findings", ())
    as_json, as_jsonl, as_github = (option in sys.argv for option in ("--json", "--jsonl", "--github"))
    if as_json or as_jsonl or as_github:
        print_findings([*findings, error.finding], as_json=as_json, as_jsonl=as_jsonl, as_github=as_github)
    for line in format_rooms(findings, _painter(sys.stderr)):
        say(line)
    for line in format_finding(error.finding, _painter(sys.stderr)):
        say(line)
    if error.code in _USAGE:
        return ExitCode.USAGE
    return ExitCode.ENVIRONMENT if error.code in _ENVIRONMENT else ExitCode.FINDINGS
