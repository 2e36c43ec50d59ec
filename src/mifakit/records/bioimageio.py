"""The bioimage.io record: `records/bioimageio/`, a folder that can be uploaded as it is.

The format lets a description name files outside its folder, but a packaged one has them beside it.
So cover, documentation, MIFA documents and manifest are copies; whoever gets the folder has all of them.
The cover is a preview as it is, whatever its aspect: cut to a square it would show less than the data.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.records.base import Record
from mifakit.records.bioimageio_content import described
from mifakit.records.lookup import dataset_title
from mifakit.records.mifa_content import document_texts, mifa_documents
from mifakit.records.pictures import pictures
from mifakit.records.serialisation import said, yaml_text

FOLDER = f"{layout.RECORDS}/bioimageio"
DESCRIPTION, DOCUMENTATION, COVER = "bioimageio.yaml", "README.md", "cover.jpg"


class BioimageioDataset(Record):
    """`records/bioimageio/bioimageio.yaml` and the files that it names."""

    name = "bioimageio"

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return the description and its files."""
        shown = pictures(dataset, 1)
        covers = {COVER: (dataset.path / shown[0][1]).read_bytes()} if shown else {}
        documentation = {DOCUMENTATION: _documentation(dataset).encode()}
        documents = {path.rpartition("/")[2]: text.encode() for path, text in document_texts(dataset).items()}
        manifest = dataset.path / layout.MANIFEST_CSV
        tables = {manifest.name: manifest.read_bytes()} if manifest.is_file() else {}
        description = described(dataset) | said(
            covers=_named(covers),
            documentation=_named(documentation)[0],
            attachments=_named(documents | tables),
        )
        files = {DESCRIPTION: yaml_text(description).encode(), **documentation, **covers, **documents, **tables}
        return {f"{FOLDER}/{name}": content for name, content in files.items()}


def _named(files: dict[str, bytes]) -> list[dict[str, str]]:
    return [{"source": name, "sha256": sha256(content).hexdigest()} for name, content in files.items()]


def _documentation(dataset: Dataset) -> str:
    """Return the description in full, and all that MIFA's documents say about the annotations in words."""
    study = dataset.sheet.study
    sections = [f"# {dataset_title(dataset.sheet)}", study.description or ""]
    for path, document in mifa_documents(dataset).items():
        texts = {key: value for key, value in document.items() if key.startswith("annotation_")}
        if texts:
            name = path.rpartition("/annotations-")[2].removesuffix(".yaml")
            sections += [f"## Annotations: {name}", *(_paragraph(key, value) for key, value in texts.items())]
    closing = {"Funding": study.funding_statement, "Acknowledgements": study.acknowledgements}
    sections += [f"## {heading}\n\n{text}" for heading, text in closing.items() if text]
    return "\n\n".join(section.replace("<", "&lt;") for section in sections if section) + "\n"


def _paragraph(key: str, value: Any) -> str:
    return f"**{key.removeprefix('annotation_').replace('_', ' ').capitalize()}.** {_plain(str(value))}"


def _plain(text: str) -> str:
    return " ".join(text.split())
