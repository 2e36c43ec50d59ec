"""Where the submission lies in the dataset."""

from __future__ import annotations

from mifakit.dataset import layout

FOLDER = f"{layout.RECORDS}/biostudies"
JSON = f"{FOLDER}/pagetab.json"
TSV = f"{FOLDER}/pagetab.tsv"
