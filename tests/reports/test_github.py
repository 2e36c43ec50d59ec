"""Findings as GitHub's workflow commands, as its documentation and its toolkit escape them."""

from __future__ import annotations

import pytest

from mifakit.findings import Finding, Place
from mifakit.reports.github import format_annotation


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (
            Finding.of("MIFA101", "study.title is empty", Place("a/mifa.yaml", 4, "study.title"), "write one"),
            "::error file=a/mifa.yaml,line=4,title=MIFA101::study.title is empty%0Ahint: write one",
        ),
        (
            Finding.of("MIFA102", "100 %\r\nsure: a, b", Place("c:\\x,y.yaml", 1), "b"),
            "::warning file=c%3A\\x%2Cy.yaml,line=1,title=MIFA102::100 %25%0D%0Asure: a, b%0Ahint: b",
        ),
        (
            Finding.of("MIFA114", "m", Place("s.xlsx", cell="Authors!C3"), "h"),
            "::error file=s.xlsx,title=MIFA114 Authors!C3::m%0Ahint: h",
        ),
        (Finding.of("MIFA311", "m", None, "h"), "::notice title=MIFA311::m%0Ahint: h"),
    ],
)
def test_a_line(finding: Finding, line: str) -> None:
    assert format_annotation(finding) == line
