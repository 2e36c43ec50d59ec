"""Documents in the order in which they were named -> one sheet, and where they differ. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from mifakit.documents.merging import merge
from mifakit.documents.reading import Reading
from mifakit.findings import Finding
from mifakit.metadata.study_sheet import StudySheet


def combine(readings: Sequence[Reading]) -> tuple[StudySheet, list[Finding]]:
    """Return what documents say together, and all findings.

    Parameters
    ----------
    readings
        The one that is believed first comes first.
    """
    sheet = StudySheet()
    findings: list[Finding] = []
    for reading in readings:
        findings += reading.findings
        findings += [
            Finding.of("MIFA151", said, reading.place(location))
            for location, said in merge(sheet, reading.model.model_copy(deep=True))
        ]
    return sheet, findings
