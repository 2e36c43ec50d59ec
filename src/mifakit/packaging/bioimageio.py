"""bioimage.io: the description of the dataset, with its cover and attachments, as one zip."""

from __future__ import annotations

from pathlib import Path

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.packaging.base import Contents, Package
from mifakit.packaging.guide import render_guide
from mifakit.packaging.whole import sent_name, zip_folder

_DESCRIPTION = f"{layout.RECORDS}/bioimageio"
_ABOUT = """\
This folder is what bioimage.io is sent: the *description* of the dataset. The images stay where they are published,
at the BioImage Archive or Zenodo; the description leads there."""


class BioimageioPackage(Package):
    """`mifa package --for bioimageio`."""

    name = "bioimageio"
    summary = "bioimage.io"
    needs = (_DESCRIPTION,)

    def write(self, dataset: Dataset, folder: Path) -> list[Finding]:
        """Zip the description; its files are at the root of the zip."""
        zip_folder(dataset, folder / f"{sent_name(dataset)}.zip", inside=f"{_DESCRIPTION}/")
        return []

    def guide(self, contents: Contents) -> str:
        """Return the steps of an upload."""
        return render_guide(
            contents,
            "bioimage.io",
            _ABOUT,
            (
                "Publish the images first, at the BioImage Archive or Zenodo: the description names the address.",
                "Log in at <https://bioimage.io> and choose *Upload*.",
                "Drop the zip there. What the form shows is what the description says; press *Upload*.",
                "The description is reviewed; answer the comments in its chat.",
            ),
        )
