"""Findings as GitHub's workflow commands: it shows them beside the lines that they are about. Pure."""

from __future__ import annotations

from mifakit.catalogue import Severity
from mifakit.findings import Finding

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def format_annotation(finding: Finding) -> str:
    """Return the line that has GitHub show a finding.

    Examples
    --------
    >>> format_annotation(Finding.of("MIFA107", "a tab", "mifa.yaml", "use spaces"))
    '::error file=mifa.yaml,title=MIFA107::a tab%0Ahint: use spaces'
    """
    place = finding.place
    properties = {}
    if place:
        properties = {"file": place.path} | ({"line": str(place.line)} if place.line is not None else {})
    properties["title"] = f"{finding.code} {place.cell}" if place and place.cell else finding.code
    stated = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in properties.items())
    text = finding.message + (f"\nhint: {finding.hint}" if finding.hint else "")
    return f"::{_COMMANDS[finding.severity]} {stated}::{_escaped(text)}"


def _escaped(text: str, further: str = "") -> str:
    """Return text with the letters that would end it, as GitHub's own toolkit writes them."""
    escaped = text.replace("%", "%25")
    for letter in f"\r\n{further}":
        escaped = escaped.replace(letter, f"%{ord(letter):02X}")
    return escaped
