"""The rows of the manifest, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

from mifakit.dataset import layout
from mifakit.readers.origin import origin_key


@dataclass(frozen=True)
class LabelRow:
    """What the manifest says about one label image; the meanings are in `manifest.SET_COLUMNS`."""

    label: str
    objects: int
    label_dtype: str
    label_digest: str
    label_sources: tuple[str, ...]


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
    labels: dict[str, LabelRow] = field(default_factory=dict)
    conditions: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> str:
        """The OME-Zarr that holds the image: the image itself, or its plate."""
        return layout.store_path(self.image)

    @property
    def origin(self) -> str:
        """How people name the image that it was made of."""
        return origin_key(self.source, self.scene or "")
