"""The rows of the manifest, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

from mifakit.dataset import layout
from mifakit.readers.origin import origin_key

ROW_KINDS = ("shapes", "points", "classes", "counts")
"""Kinds of annotation that are rows of a table, and nothing else."""


@dataclass(frozen=True)
class AnnotationRow:
    """What the manifest says of one set's annotation of a sample; the meanings are in `manifest.SET_COLUMNS`."""

    sources: tuple[str, ...]
    label: str | None = None
    objects: int | None = None
    label_dtype: str | None = None
    label_digest: str | None = None
    further_labels: tuple[str, ...] = ()
    further_digests: tuple[str, ...] = ()
    shapes: int | None = None
    points: int | None = None
    classes: int | None = None
    counts: int | None = None
    graph: str | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """The kinds of the set's tables that have rows of the sample."""
        rows = {"objects": self.objects, **{kind: getattr(self, kind) for kind in ROW_KINDS}}
        return tuple(kind for kind, count in rows.items() if count)

    @property
    def label_images(self) -> dict[str, str]:
        """The digest of each label image, by its path."""
        first = {self.label: self.label_digest or ""} if self.label else {}
        return first | dict(zip(self.further_labels, self.further_digests, strict=True))


@dataclass(frozen=True)
class SampleRow:
    """One row of the manifest; the meanings are in `manifest.COLUMNS`."""

    sample: str
    image: str
    component: str
    axes: str
    shape: tuple[int, ...]
    dtype: str
    channels: tuple[str, ...]
    source: str
    source_sha256: str
    pixel_digest: str
    scene: str | None = None
    source_files: tuple[str, ...] = ()
    excitation: tuple[float | None, ...] = ()
    emission: tuple[float | None, ...] = ()
    preview: str | None = None
    split: str | None = None
    group: str | None = None
    plate: str | None = None
    well_row: str | None = None
    well_column: int | None = None
    well_field: int | None = None
    pixel_size_x: float | None = None
    pixel_size_y: float | None = None
    pixel_size_z: float | None = None
    time_step: float | None = None
    instrument: str | None = None
    objective: str | None = None
    acquired: str | None = None
    annotations: dict[str, AnnotationRow] = field(default_factory=dict)
    conditions: dict[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, str]:
        """The path of the label image of each annotation set that has one."""
        return {name: row.label for name, row in self.annotations.items() if row.label}

    @property
    def label_images(self) -> dict[str, str]:
        """The digest of each label image of every set, by its path."""
        return {path: digest for row in self.annotations.values() for path, digest in row.label_images.items()}

    def annotation_paths(self, annotation_set: str) -> tuple[str, ...]:
        """Return all files of the dataset that hold what a set says of the sample; folders count as one.

        The table of objects is none: it was measured in the label images.
        """
        row = self.annotations[annotation_set]
        tables = (layout.table_path(annotation_set, kind) for kind in row.tables if kind in ROW_KINDS)
        return (*row.label_images, *([row.graph] if row.graph else []), *tables)

    @property
    def store(self) -> str:
        """The OME-Zarr that holds the image: the image itself, or its plate."""
        return layout.store_path(self.image)

    @property
    def origin(self) -> str:
        """How people name the image that it was made of."""
        return origin_key(self.source, self.scene or "")
