"""From a lab folder, or from documents, to a study sheet: `scan` and `init`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mifakit.api.paths import PathLike, writing_to
from mifakit.conversion.staging import check_output
from mifakit.documents.combining import combine
from mifakit.documents.joining import Joined, join
from mifakit.documents.patterns import lay_out, name_sets
from mifakit.documents.registry import load_formats, read_document
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.inventory.annotation_types import types_by_set
from mifakit.inventory.inventory import Inventory
from mifakit.inventory.listing import list_files
from mifakit.inventory.looking import look
from mifakit.inventory.prefill import Prefilled, prefill
from mifakit.sheet.rendering import render_file


def scan(folder: PathLike) -> Inventory:
    """Look at a lab folder: what it holds, and how annotations seem to pair with images.

    Raises
    ------
    MifaError
        MIFA001 no such folder, MIFA008 not a folder, MIFA202 a folder that cannot be listed.
    """
    return look(Path(folder))[0]


@dataclass(frozen=True)
class Begun:
    """A study sheet that was begun.

    Attributes
    ----------
    path
        The sheet.
    inventory
        What the lab folder holds; None when none was named.
    findings
        Of the folder and of the documents: what could not be taken over, and where they differ.
    """

    path: Path
    inventory: Inventory | None
    findings: tuple[Finding, ...]


def init(folder: PathLike | None = None, sheet: PathLike = "mifa.yaml", *, documents: Sequence[PathLike] = ()) -> Begun:
    """Write a study sheet, prefilled with all that the files of a lab folder tell and that documents say.

    Parameters
    ----------
    folder
        The lab folder; only read. Without one, the sheet has the files that the documents list.
    sheet
        The sheet to write: YAML, or a workbook (.xlsx); must not exist.
    documents
        What people have already: MIFA YAML, PageTab, RO-Crate, DataCite, Zenodo, CITATION.cff, OME-XML. Where two
        differ, the one named first is believed.

    Raises
    ------
    MifaError
        As `scan`; MIFA002 when the sheet exists, MIFA003 when it would lie inside the lab folder, MIFA004 when it
        cannot be written, MIFA109 when it is called like another program's file, MIFA201 when there is no image,
        MIFA001 when neither folder nor document is named; MIFA150 when no format knows a document, and MIFA106 to
        MIFA108, MIFA202, MIFA226 when one cannot be read.
    """
    if folder is None and not documents:
        raise MifaError("MIFA001", "no lab folder is named", None, "name one, or documents with --from")
    target = Path(sheet)
    lab = None if folder is None else Path(folder).expanduser()
    check_output(target, lab)
    readings = [read_document(Path(document).expanduser()) for document in documents]
    said, findings = combine(readings)
    findings += load_formats()[1] if readings else ()
    inventory: Inventory | None = None
    begun: Prefilled | Joined
    if lab is None:
        lay_out(said)
        name_sets(said)
        begun = Prefilled(said, {})
    else:
        inventory, begun = _prefilled(lab, target)
        if readings:
            begun = join(said, begun, inventory)
            findings += begun.findings
    data = render_file(target, begun.sheet, begun.notes, list_files(inventory) if inventory else ())
    with writing_to(target):
        target.write_bytes(data)
    return Begun(target, inventory, (*(inventory.findings if inventory else ()), *findings))


def _prefilled(lab: Path, sheet: Path) -> tuple[Inventory, Prefilled]:
    """Return what a lab folder holds, and a sheet with all that it tells."""
    inventory, proposal = look(lab)
    if not inventory.images:
        raise MifaError("MIFA201", "holds no file that a reader knows", str(lab))
    types = types_by_set(inventory, proposal.annotations)
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    return inventory, prefill(inventory, proposal, types, _relative(lab, sheet), now)


def _relative(folder: Path, sheet: Path) -> str:
    """Return the lab folder as the sheet names it: relative when it lies below the sheet."""
    lab, home = folder.resolve(), sheet.resolve().parent
    return lab.relative_to(home).as_posix() if lab.is_relative_to(home) else str(lab)
