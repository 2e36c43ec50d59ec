"""Every code a finding or an error can carry, with its severity, level and usual mend.

Codes are stable. The hundreds say which step of the data flow speaks:
0 the command and its surroundings, 1 study sheet, 2 lab folder, 3 build, 4 dataset, 5 records.
"""

from mifakit.catalogue import (
    build,
    dataset,
    lab_folder,
    records,
    statements,
    study_sheet,
    surroundings,
    workbooks_and_documents,
)
from mifakit.catalogue.entry import Entry, Level, Severity

__all__ = ["CATALOGUE", "Entry", "Level", "Severity"]

_SPEAKERS = (surroundings, study_sheet, workbooks_and_documents, statements, lab_folder, build, dataset, records)

CATALOGUE: dict[str, Entry] = dict(sorted(row for speaker in _SPEAKERS for row in speaker.ENTRIES.items()))
"""All of them, by code. That no two modules claim one is tested."""
