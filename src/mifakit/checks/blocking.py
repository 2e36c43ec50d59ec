"""Which findings in a study sheet keep a plan from being made."""

from __future__ import annotations

from collections.abc import Sequence

from mifakit.findings import Finding

_ROOMS = ("images", "annotations", "splits", "lab_folder")


def blocking(findings: Sequence[Finding]) -> list[Finding]:
    """Return the errors in what the sheet says about files: no plan can be made of them."""
    return [finding for finding in findings if finding.is_error and _is_about_files(finding)]


def _is_about_files(finding: Finding) -> bool:
    item = (finding.place.item if finding.place else None) or ""
    empty = finding.code == "MIFA101" and not item.endswith((".name", ".files"))
    return item.startswith(_ROOMS) and not empty
