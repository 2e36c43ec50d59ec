"""Where each field of the study sheet stands in the workbook. Sheets and tables are named here, the rest by the models.

A sheet holds blocks below each other: a *form* has a row a field, a *table* a row an entry. Blocks inside an entry
become columns of it, and so do short lists (`organisation 2 ROR`); a list with a table of its own does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple, get_origin

from pydantic.fields import FieldInfo

from mifakit.metadata.annotation_sets import AnnotationFiles, AnnotationSet, FileValues, Pair
from mifakit.metadata.conversion_choices import Splits, StorageChoice
from mifakit.metadata.fields import Need, SheetModel, declare, need_of
from mifakit.metadata.image_sets import ImageSet
from mifakit.metadata.mifa import AnnotationProtocol, Author, Grant, Link, Publication, Study, Text, TextList, Version
from mifakit.metadata.rembi import Acquisition, Biosample, ImageAnalysis, ImageCorrelation, Specimen
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.validation import models_in

Path = tuple[str | int, ...]
"""A field by its way from the entry that its row is: `("organisations", 1, "ror")`."""


class Column(NamedTuple):
    """A field of a block: a column of a table, a row of a form."""

    path: Path
    label: str
    info: FieldInfo


class Person(SheetModel):
    """What a row of Authors says besides who it is."""

    dataset_author: Literal["yes", "no"] = declare(
        Need.OPTIONAL, "Write no for somebody who annotated and is no author of the dataset.", "yes", default="yes"
    )
    annotated: TextList = declare(
        Need.MIFA_RECOMMENDED, "The annotation sets that this person made, by their names.", ["nuclei"], default=list
    )


class OfSet(SheetModel):
    """Which annotation set a row belongs to."""

    annotation_set: Text = declare(
        Need.MIFA_REQUIRED, "The annotation set that this row belongs to, by its name.", "nuclei"
    )


@dataclass(frozen=True)
class Block:
    """A form or a table.

    Attributes
    ----------
    sheet, title
        The sheet, and what stands above the block there.
    path
        What it holds, from the top of the study sheet.
    model
        Of which models.
    fields
        Which of its fields stand here.
    beside
        Columns that are no fields of the model.
    spare
        Empty rows of a table; a form has none, and is known by that.
    """

    sheet: str
    title: str
    path: tuple[str, ...]
    model: type[SheetModel]
    fields: tuple[str, ...]
    beside: type[SheetModel] | None = None
    spare: int = 0

    @property
    def is_form(self) -> bool:
        """Whether it has a row a field."""
        return not self.spare

    @property
    def meaning(self) -> str:
        """What an entry is, in a sentence."""
        if self.beside is OfSet and self.path == SETS.path:
            return "Which files the annotations are, and how they are laid out."
        return self._declared.description or ""

    @property
    def need(self) -> Need:
        """Who asks for an entry."""
        return need_of(self._declared)

    @property
    def _declared(self) -> FieldInfo:
        above: type[SheetModel] = StudySheet
        for part in self.path[:-1]:
            above = models_in(above.model_fields[part].annotation)[0]
        return above.model_fields[self.path[-1]]


def _form(sheet: str, title: str, model: type[SheetModel], *path: str) -> Block:
    return Block(sheet, title, path, model, tuple(model.model_fields))


def _table(
    sheet: str, title: str, model: type[SheetModel], *path: str, spare: int, beside: type[SheetModel] | None = None
) -> Block:
    return Block(sheet, title, path, model, tuple(model.model_fields), beside, spare)


_FILE_FIELDS = tuple(name for name in AnnotationFiles.model_fields if name != "name")

BLOCKS = (
    Block("Study", "Where the files are", (), StudySheet, ("format", "lab_folder")),
    _form("Study", "The study", Study, "study"),
    _form("Study", "The version of the dataset", Version, "version"),
    _table("Study", "Links", Link, "study", "links", spare=4),
    _table("Study", "Grants", Grant, "study", "grants", spare=4),
    _table("Study", "Publications", Publication, "study", "publications", spare=4),
    _table("Authors", "Authors", Author, "authors", spare=20, beside=Person),
    _table("Biosamples", "Biosamples", Biosample, "biosamples", spare=6),
    _table("Biosamples", "Specimens", Specimen, "specimens", spare=6),
    _table("Acquisition", "Acquisitions", Acquisition, "acquisitions", spare=6),
    _table("Acquisition", "Image analyses", ImageAnalysis, "image_analyses", spare=4),
    _table("Acquisition", "Image correlations", ImageCorrelation, "image_correlations", spare=4),
    Block(
        "Annotations", "Annotations", ("annotations",), AnnotationSet,
        ("name", *AnnotationProtocol.model_fields), spare=8,
    ),
    _table("Files", "Image sets", ImageSet, "images", spare=4),
    Block("Files", "Annotation files", ("annotations",), AnnotationSet, _FILE_FIELDS, OfSet, spare=4),
    _table("Files", "Pairs", Pair, "annotations", "pairs", spare=4, beside=OfSet),
    _table("Files", "Single annotation files", FileValues, "annotations", "file_values", spare=4, beside=OfSet),
    _form("Conversion", "Splits", Splits, "splits"),
    _form("Conversion", "Storage", StorageChoice, "storage"),
)  # fmt: skip
SHEETS = tuple(dict.fromkeys(block.sheet for block in BLOCKS))

SETS = next(block for block in BLOCKS if block.sheet == "Annotations")
PEOPLE = next(block for block in BLOCKS if block.beside is Person)

OWN_TABLES = {block.path for block in BLOCKS} | {("annotations", "authors")}
"""Lists that have a table of their own; annotators stand among the authors."""

REFERENCES: Mapping[tuple[str, ...], tuple[tuple[str, ...], str]] = {
    ("specimens", "biosample"): (("biosamples",), "title"),
    ("images", "biosample"): (("biosamples",), "title"),
    ("images", "specimen"): (("specimens",), "title"),
    ("images", "acquisition"): (("acquisitions",), "title"),
    ("images", "image_analyses"): (("image_analyses",), "title"),
    ("images", "image_correlations"): (("image_correlations",), "title"),
    ("authors", "annotated"): (("annotations",), "name"),
    ("annotations", "annotation_set"): (("annotations",), "name"),
    ("annotations", "pairs", "annotation_set"): (("annotations",), "name"),
    ("annotations", "file_values", "annotation_set"): (("annotations",), "name"),
}
"""Fields that name an entry of a table, and the column that it is named in."""

FORM_HEADER = ("Field", "Value", "What it means", "Example")
NUMBER, EXAMPLE = "No.", "example"
"""What stands in the first column of a table: in its header, and in the row that is no entry."""
SEEN_TITLE = "Files that were found"
"""What stands above a table that is for people to look at, and not read."""

USUAL_SLOTS = 2
MOST_SLOTS = 40
"""How often a short list is repeated in the columns of its entry: a new workbook, and at most."""

_SPELLINGS = {
    "orcid": "ORCID", "ror": "ROR", "doi": "DOI", "url": "URL", "id": "ID", "ncbi": "NCBI", "rrids": "RRIDs",
    "fbbi": "FBbi", "email": "e-mail", "pubmed": "PubMed", "ai": "AI", "ngff": "OME-Zarr",
}  # fmt: skip


def label_of(path: Path) -> str:
    """Return what people read above a column.

    Examples
    --------
    >>> label_of(("organisations", 1, "ror"))
    'Organisation 2 ROR'
    """
    words: list[str] = []
    for part, following in zip(path, (*path[1:], None), strict=True):
        if isinstance(part, int):
            words += [str(part + 1)] * (part > 0)
        else:
            singular = part.removesuffix("s") if isinstance(following, int) else part
            words += [_SPELLINGS.get(word, word) for word in singular.split("_")]
    text = " ".join(words)
    return text[0].upper() + text[1:]


def columns(block: Block, slots: Mapping[Path, int] | None = None, usual: int = USUAL_SLOTS) -> list[Column]:
    """Return a block's columns in the order of the models.

    Parameters
    ----------
    block
        The block.
    slots
        How many entries short lists have, by path.
    usual
        How many of them there is room for at least.
    """
    beside = block.beside.model_fields if block.beside else {}
    fields = {name: block.model.model_fields[name] for name in block.fields}
    own = [leaf for name, info in fields.items() for leaf in _leaves((name,), info, slots or {}, usual, block.path)]
    others: list[tuple[Path, FieldInfo]] = [((name,), info) for name, info in beside.items()]
    # To which set a row belongs comes first; what a person did, after who it is.
    return [Column(path, label_of(path), info) for path, info in (own + others if block is PEOPLE else others + own)]


def _leaves(
    path: Path, info: FieldInfo, slots: Mapping[Path, int], usual: int, above: tuple[str, ...]
) -> Iterator[tuple[Path, FieldInfo]]:
    models = models_in(info.annotation)
    if not models:
        yield path, info
    elif get_origin(info.annotation) is not list:
        if (*above, *path) not in OWN_TABLES:
            for name, inner in models[0].model_fields.items():
                yield from _leaves((*path, name), inner, slots, usual, above)
    elif (*above, *path) not in OWN_TABLES:
        for number in range(max(usual, slots.get(path, 0))):
            for name, inner in models[0].model_fields.items():
                yield from _leaves((*path, number, name), inner, slots, usual, above)


@cache
def columns_by_label(block: Block) -> Mapping[str, Column]:
    """Return a block's columns by what may stand above them, however it is spaced or capitalised."""
    return {fold(column.label): column for column in columns(block, usual=MOST_SLOTS)}


def fold(text: Any) -> str:
    """Return a label without what does not matter in it."""
    return " ".join(str(text or "").replace("_", " ").casefold().split())


def schema_path(block: Block, path: Path) -> tuple[str, ...]:
    """Return the field that a column is, from the top of the study sheet and without numbers."""
    return (*block.path, *(part for part in path if isinstance(part, str)))
