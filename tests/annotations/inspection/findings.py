"""What checks said, in a form that tests can compare."""

from __future__ import annotations

from collections.abc import Iterable

from mifakit.findings import Finding, Place

PLACE = Place("a.json")


def said(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Return messages by code; each is placed at the file."""
    messages: dict[str, list[str]] = {}
    for finding in findings:
        assert finding.place == PLACE
        messages.setdefault(finding.code, []).append(finding.message)
    return messages
