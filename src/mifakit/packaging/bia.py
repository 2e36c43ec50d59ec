"""The BioImage Archive: zips, file lists, the RO-Crate, and what its submission form is filled in from."""

from __future__ import annotations

from pathlib import Path

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Level
from mifakit.packaging.base import Contents, Package
from mifakit.packaging.guide import render_guide
from mifakit.packaging.packed import write_packed
from mifakit.records import mifa_model

GB, TB = 10**9, 10**12
WEB_TOTAL, WEB_FILE, FTP_TOTAL = 50 * GB, 20 * GB, TB
_FORM = f"{layout.RECORDS}/biostudies"
_RECORDS = ("dataset_card", "mifa_documents", "biostudies", "ro_crate")
_ABOUT = """\
This folder is what the BioImage Archive is sent. `images/` and `annotations/` hold one zip an image, a label image or
a graph, and the tables; `file_list.tsv` and `ro-crate-metadata.json` name and describe every file; `records/mifa/`
are the MIFA documents; `checksums.txt` has the sha256 of every file."""


class BiaPackage(Package):
    """`mifa package --for bia`."""

    name = "bia"
    summary = "the BioImage Archive"
    licenses = frozenset(("CC0-1.0", "CC-BY-4.0"))
    asks = frozenset((Level.MIFA_REQUIRED, Level.ARCHIVE))
    needs = (layout.CARD, layout.CRATE, layout.FILE_LIST, mifa_model.FOLDER, _FORM)

    def write(self, dataset: Dataset, folder: Path) -> list[Finding]:
        """Write the zips, and the records that name them."""
        write_packed(dataset, folder, _RECORDS)
        return []

    def guide(self, contents: Contents) -> str:
        """Return the steps of a submission."""
        return render_guide(
            contents,
            "the BioImage Archive",
            _ABOUT,
            (
                "Check that the files are whole: in this folder, run `sha256sum -c checksums.txt` "
                "(macOS: `shasum -a 256 -c checksums.txt`).",
                "Register or log in at <https://www.ebi.ac.uk/biostudies/submissions/>.",
                upload(contents.total, contents.largest),
                f"Start a new submission of the template *BioImages*. `{_FORM}/pagetab.tsv`, which opens "
                "in a spreadsheet, holds what it asks for, field by field; its sections name their lists of "
                "files, in the same folder as TSV, JSON and XLSX. Programs read the same in `pagetab.json`.",
                "Submit. The archive answers by e-mail with an accession number, such as S-BIAD1234; until then "
                f"`{layout.CRATE}` holds a placeholder." if not contents.sheet.study.accession else
                f"Submit, under the accession number that you have: {contents.sheet.study.accession}.",
                f"Write the number into your dataset, where every record takes it from: "
                f"`mifa describe --accession S-BIAD1234 {contents.name}`. Then package it again, and replace the "
                "files that changed.",
            ),
        )  # fmt: skip


def upload(total: int, largest: int) -> str:
    """Return the step that sends the files: by the first of the archive's routes that takes so much."""
    if total < WEB_TOTAL and largest <= WEB_FILE:
        way = "in the browser: *Files*, then *Upload folder* (up to 50 GB in all and 20 GB a file)"
    elif total <= FTP_TOTAL:
        way = (
            "by FTP, which takes up to 1 TB: *Files*, then *FTP/Aspera* shows your secret folder; any FTP program does"
        )
    else:
        way = "by Aspera, the route above 1 TB: *Files*, then *FTP/Aspera* shows your secret folder and the command"
    return (
        f"Upload all that is in this folder {way}. Keep the folders as they are, and put them at the top of your files "
        "there, in no further folder: the file lists name files from there."
    )
