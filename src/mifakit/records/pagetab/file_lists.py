"""The lists of files that go with a submission: one an image set, one an annotation set.

A file is called as it is sent (`dataset.packing`), so that an image, or a plate, is one row. Annotations name their
source image: the path that it is sent as, or, where the images are archived already, its path in that study, which is
its path in the lab folder. A table is about many images and names one only where it is about no other.

Only columns with two values or more say something. The dataset's documents, which have no section of their own in the
forms, come at the end of the first list. Previews are not sent: they are made of the images.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.dataset.packing import packed_path
from mifakit.dataset.rows import AnnotationRow, SampleRow
from mifakit.metadata.annotation_sets import AnnotationSet, FileValues
from mifakit.records import mifa_model
from mifakit.records.lookup import annotation_set
from mifakit.records.pagetab.elements import on_one_line
from mifakit.records.pagetab.forms import FormName, form_for
from mifakit.sources.names import collision_key, portable_name

FILES = "Files"
SOURCE_IMAGE = "Source Image"

_Cells = dict[str, str]


class FileList(NamedTuple):
    """A list of files: headers, of which the first is `Files`, and rows of as many cells."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class FileLists(NamedTuple):
    """A dataset's lists by their names, and the name of each set's list."""

    lists: dict[str, FileList]
    images: dict[str, str]
    annotations: dict[str, str]


IMAGE_COLUMNS: dict[str, Callable[[SampleRow], str | None]] = {
    "Split": lambda row: row.split,
    "Group": lambda row: row.group,
    "Plate": lambda row: row.plate,
    "Axes": lambda row: row.axes,
    "Shape": lambda row: " x ".join(map(str, row.shape)),
    "Pixel type": lambda row: row.dtype,
    "Pixel size x (micrometer)": lambda row: _number(row.pixel_size_x),
    "Pixel size y (micrometer)": lambda row: _number(row.pixel_size_y),
    "Pixel size z (micrometer)": lambda row: _number(row.pixel_size_z),
    "Time step (second)": lambda row: _number(row.time_step),
    "Channels": lambda row: "; ".join(row.channels),
    "Original file": lambda row: row.origin,
}


def make_lists(dataset: Dataset) -> FileLists:
    """List the files of every set that the dataset has."""
    form = form_for(dataset.sheet)
    names = _Names()
    lists: dict[str, FileList] = {}
    images: dict[str, str] = {}
    annotations: dict[str, str] = {}
    if form is FormName.IMAGES:
        for component in dict.fromkeys(sample.row.component for sample in dataset):
            images[component] = names.of("images", component)
            lists[images[component]] = _listed(_image_rows(dataset, component))
    for name in dataset.annotation_sets:
        annotations[name] = names.of("annotations", name)
        listed = _listed(_annotation_rows(dataset, name, form), kept=(SOURCE_IMAGE,))
        lists[annotations[name]] = _with_documents(listed, [mifa_model.annotations_path(name)])
    if lists:
        first = next(iter(lists))
        lists[first] = _with_documents(lists[first], _DOCUMENTS)
    return FileLists(lists, images, annotations)


_DOCUMENTS = (
    layout.CARD,
    layout.SHEET,
    layout.MANIFEST,
    layout.MANIFEST_CSV,
    mifa_model.STUDY,
    mifa_model.VERSION,
)


class _Names:
    """Names of lists, each given once on every file system."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, kind: str, name: str) -> str:
        stem = f"file_list_{kind}_{portable_name(name)}"
        number, chosen = 1, stem
        while collision_key(chosen) in self._taken:
            number, chosen = number + 1, f"{stem}_{number + 1}"
        self._taken.add(collision_key(chosen))
        return chosen


def _image_rows(dataset: Dataset, component: str) -> Iterator[_Cells]:
    stores: dict[str, list[SampleRow]] = defaultdict(list)
    for sample in dataset:
        if sample.row.component == component:
            stores[sample.row.store].append(sample.row)
    for store, members in stores.items():
        told = {header: {say(row) or "" for row in members} for header, say in IMAGE_COLUMNS.items()}
        agreed = {header: found.pop() if len(found) == 1 else "" for header, found in told.items()}
        yield {FILES: packed_path(store), **agreed}


def _annotation_rows(dataset: Dataset, name: str, form: FormName) -> Iterator[_Cells]:
    protocol = annotation_set(dataset.sheet, name)
    folder = dataset.sheet.study.images_folder
    tables: dict[str, list[_Cells]] = defaultdict(list)
    for sample in dataset:
        row = sample.row
        if name not in row.annotations:
            continue
        annotation = row.annotations[name]
        source = _archived_source(row, folder) if form is FormName.ANNOTATIONS else _sent_source(row)
        about = {**source, "Split": row.split or "", **_file_level(protocol, annotation)}
        for path in (*annotation.label_images, *([annotation.graph] if annotation.graph else [])):
            yield {FILES: packed_path(path), **about}
        for kind in annotation.tables:
            tables[layout.table_path(name, kind)].append(about)
    for path, sources in sorted(tables.items()):
        yield {FILES: packed_path(path), **(sources[0] if len(sources) == 1 else {})}


def _sent_source(row: SampleRow) -> _Cells:
    return {SOURCE_IMAGE: packed_path(row.store), "Source part": row.image.removeprefix(row.store).strip("/")}


def _archived_source(row: SampleRow, folder: str | None) -> _Cells:
    path = f"{folder.strip('/')}/{row.source}" if folder else row.source
    return {SOURCE_IMAGE: path, "Source part": row.scene or ""}


def _file_level(protocol: AnnotationSet, annotation: AnnotationRow) -> _Cells:
    """Return what the sheet says of one annotation file, and of its set where it says nothing of the file."""
    own = next((one for one in protocol.file_values if one.annotation in annotation.sources), FileValues())
    return {
        "Annotation type": "; ".join(kind.value for kind in own.types or protocol.types),
        "Transformations": own.transformations or protocol.transformations or "",
        "Spatial information": own.spatial_information or protocol.spatial_information or "",
        "Annotation creation time": own.created or protocol.created or "",
    }


def _listed(rows: Iterator[_Cells], kept: Sequence[str] = ()) -> FileList:
    """Return rows with the columns that tell them apart, and those that are always there."""
    listed = list(rows)
    told: dict[str, set[str]] = {FILES: set(), **{header: set() for header in kept}}
    for row in listed:
        for header, value in row.items():
            told.setdefault(header, set()).add(value)
    used = [header for header, values in told.items() if header in (FILES, *kept) or len(values) > 1]
    return FileList(tuple(used), tuple(tuple(on_one_line(row.get(header, "")) for header in used) for row in listed))


def _with_documents(listed: FileList, paths: Sequence[str]) -> FileList:
    blank = ("",) * (len(listed.headers) - 1)
    return listed._replace(rows=(*listed.rows, *((path, *blank) for path in paths)))


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.10g}"
