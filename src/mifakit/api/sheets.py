"""A study sheet while people fill it: `sync`, `fix`, and what helps to fill it, `terms` and `look_up`."""

from __future__ import annotations

from pathlib import Path

from mifakit.api.paths import PathLike, writing_to
from mifakit.errors import MifaError, NothingBuiltError
from mifakit.findings import Finding
from mifakit.metadata.vocabularies import Term
from mifakit.metadata.vocabularies.asking import ask
from mifakit.sheet.mending import Mended, mend
from mifakit.sheet.reading import read_sheet
from mifakit.sheet.rendering import render_file
from mifakit.sheet.syncing import check_partners, sync_sheets
from mifakit.sheet.writing import replace_content, write_over
from mifakit.sources.yaml_text import read_text


def sync(sheet: PathLike = "mifa.yaml", workbook: PathLike = "mifa.xlsx") -> list[Path]:
    """Bring a study sheet in YAML and one as a workbook to the same content; one that does not exist is made.

    What was changed in one of them since the last sync is carried to the other. Comments and order of the YAML stay.

    Returns
    -------
    list
        The files that were written.

    Raises
    ------
    NothingBuiltError
        When one of them has errors, or both were changed differently at one place.
    MifaError
        As `check`; MIFA004 when a file cannot be written, MIFA149 when a change cannot be carried over.
    """
    files = Path(sheet), Path(workbook)
    check_partners(*files)
    there = [read_sheet(file) for file in files if file.exists()] or [read_sheet(files[0])]
    findings = [finding for one in there for finding in one.findings]
    if any(finding.is_error for finding in findings):
        raise NothingBuiltError(findings, " and ".join(map(str, files)), "written")
    if len(there) == 1:
        new = files[there[0].path == files[0]]
        with writing_to(new):
            replace_content(new, render_file(new, there[0].model))
        return [new]
    synced = sync_sheets(*there)
    if synced.findings:
        raise NothingBuiltError(synced.findings, " and ".join(map(str, files)), "written")
    with writing_to(sheet):
        if synced.sheet:
            write_over(files[0], synced.sheet)
    with writing_to(workbook):  # last: it remembers that both say the same
        if synced.workbook:
            replace_content(files[1], synced.workbook)
    return [file for file, new_content in zip(files, (synced.sheet, synced.workbook), strict=True) if new_content]


def fix(sheet: PathLike = "mifa.yaml") -> Mended:
    """Return a study sheet with what has one right answer mended: spellings, dates, missing ids. Nothing is written.

    Raises
    ------
    MifaError
        MIFA188 when it is a workbook; MIFA001, MIFA100, MIFA106 to MIFA108 when it cannot be read.
    """
    if Path(sheet).suffix.lower() in (".xlsx", ".xlsm", ".ods"):
        raise MifaError("MIFA188", "is a workbook", str(sheet))
    return mend(read_text(Path(sheet)), str(sheet))


def write_fixed(mended: Mended) -> None:
    """Write a mended sheet over itself, whole or not at all.

    Raises
    ------
    MifaError
        MIFA188 when it changed meanwhile, MIFA004 or MIFA006 when it cannot be written.
    """
    if read_text(Path(mended.path)) != mended.before:
        raise MifaError("MIFA188", "it changed while it was mended", mended.path, "run mifa fix again")
    with writing_to(mended.path):
        write_over(Path(mended.path), mended.after)


def terms(vocabulary: str, text: str = "") -> tuple[Term, ...]:
    """Look up a name in the vocabularies: parts of names, common names and slips of the keyboard are understood.

    Parameters
    ----------
    vocabulary
        `organism`, `method`, `role` or `annotation-type`.
    text
        What to look for; all terms when left out.

    Returns
    -------
    tuple
        The terms that were found, the best first.

    Raises
    ------
    MifaError
        MIFA104 when there is no such vocabulary.
    """
    return ask(vocabulary, text)


def look_up(sheet: PathLike = "mifa.yaml") -> list[Finding]:
    """Ask ORCID, ROR and doi.org for the identifiers of a study sheet; the only verb that needs the network."""
    from mifakit.checks.online import check_online

    return list(check_online(read_sheet(sheet)))
