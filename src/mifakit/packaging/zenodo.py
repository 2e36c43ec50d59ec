"""Zenodo: the dataset as one zip, since a record there has no folders, and what its form is filled in from."""

from __future__ import annotations

from pathlib import Path

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.packaging.base import Contents, Package
from mifakit.packaging.guide import render_guide, size
from mifakit.packaging.sending import Source
from mifakit.packaging.whole import sent_name, zip_folder

LIMIT = 50 * 10**9
"""Bytes of a record, unless Zenodo grants more; and 100 files, of which one zip is one."""
DEPOSIT = f"{layout.RECORDS}/zenodo.json"
_BESIDE = (layout.CARD, DEPOSIT)
_ABOUT = """\
This folder is what Zenodo is sent: the dataset in one zip, which is not compressed again and holds its folders, and
`README.md`, which Zenodo shows.{deposit}"""
_DEPOSIT = f" `{DEPOSIT}` is what its form is filled in from, by you or by a program."


class ZenodoPackage(Package):
    """`mifa package --for zenodo`."""

    name = "zenodo"
    summary = "Zenodo"
    needs = (layout.CARD,)

    def write(self, dataset: Dataset, folder: Path) -> list[Finding]:
        """Write one zip, and what is read without opening it."""
        name = sent_name(dataset)
        zip_folder(dataset, folder / f"{name}.zip", root=f"{name}/")
        source = Source.of(dataset)
        for path in _BESIDE:
            if (dataset.path / path).is_file():
                source.copy(path, folder)
        total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if total <= LIMIT:
            return []
        return [Finding.of("MIFA553", f"has {size(total)}, a record takes {size(LIMIT)}", f"{name}.zip")]

    def guide(self, contents: Contents) -> str:
        """Return the steps of a deposit."""
        more = [
            f"Ask for more room first: it has {size(contents.total)}, and a record takes {size(LIMIT)}. In the upload "
            "form, *Storage* shows the quota and how to have it raised."
        ]
        form = f"Fill in the form from `{DEPOSIT if DEPOSIT in contents.sizes else layout.CARD}`"
        licence = contents.sheet.study.license
        return render_guide(
            contents,
            "Zenodo",
            _ABOUT.format(deposit=_DEPOSIT if DEPOSIT in contents.sizes else ""),
            (
                "Log in at <https://zenodo.org> and start a *New upload*.",
                *(more if contents.total > LIMIT else []),
                "Drop the zip and `README.md` into the form.",
                f"{form}: title, people with their ORCID iDs, description, keywords, and the licence "
                f"{licence.spdx if licence else 'that you choose'}. The resource type is *Dataset*.",
                "Press *Publish*: from then on files cannot change. Zenodo gives the record a DOI; cite it.",
            ),
        )
