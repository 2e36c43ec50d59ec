"""The record of the BioImage Archive's submission form: PageTab and its lists of files, in `records/biostudies/`.

Where the sheet says that the images are archived already (`study.images_accession`), it is the form for annotations
alone, and the images are named by their paths in that study; else the form for images and annotations.

Files, and lists of files, are named by their paths in the dataset: all that `mifa package` makes is sent together. The
folder in BioStudies that it is sent to is the submitter's, so that no `RootPath` is stated.
"""

from __future__ import annotations

from mifakit.dataset.dataset import Dataset
from mifakit.records.base import Record
from mifakit.records.pagetab import paths
from mifakit.records.pagetab.file_list_forms import list_files
from mifakit.records.pagetab.file_lists import make_lists
from mifakit.records.pagetab.submission import submission
from mifakit.records.pagetab.tsv import tsv_bytes
from mifakit.records.serialisation import json_bytes


class BioStudies(Record):
    """`pagetab.json`, the same as `pagetab.tsv`, and each list of files as TSV, JSON and XLSX."""

    name = "biostudies"

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return the submission and its lists."""
        made = make_lists(dataset)
        images, annotations = (
            {name: f"{paths.FOLDER}/{stem}.tsv" for name, stem in named.items()}
            for named in (made.images, made.annotations)
        )
        pagetab = submission(dataset.sheet, images, annotations)
        files = {paths.JSON: json_bytes(pagetab), paths.TSV: tsv_bytes(pagetab)}
        for stem, listed in made.lists.items():
            files |= {f"{paths.FOLDER}/{name}": data for name, data in list_files(stem, listed).items()}
        return files
