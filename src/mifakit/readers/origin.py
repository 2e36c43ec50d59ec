"""Where an image is in the lab folder: in a file of its own, among others in a file, or in a series of files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mifakit.findings import Place
from mifakit.readers.base import ImageSource
from mifakit.readers.registry import open_image
from mifakit.readers.series import Series, SeriesImage


def origin_key(path: str, scene: str = "") -> str:
    """Return how people name an image: its path, and its name in the file if there are several."""
    return f"{path} [{scene}]" if scene else path


@dataclass(frozen=True)
class Origin:
    """Where an image is.

    Attributes
    ----------
    path
        Relative to the lab folder; of a series its first file.
    scene
        Which image of the file, from 0.
    scene_name
        Its name there; empty when the file holds no other.
    companions
        What else its file needs to be read, relative to the lab folder.
    series
        All its files, when there are several.
    """

    path: str
    scene: int = 0
    scene_name: str = ""
    companions: tuple[str, ...] = ()
    series: Series | None = None

    @property
    def key(self) -> str:
        """How people name it; unique in its lab folder."""
        return origin_key(self.path, self.scene_name)

    @property
    def place(self) -> Place:
        """For findings."""
        return Place(self.path, item=self.scene_name or None)

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that it is made of, relative to the lab folder."""
        return (*(self.series.files if self.series else (self.path,)), *self.companions)

    def open(self, lab_folder: Path, axes: str | None) -> ImageSource:
        """Open it; `axes` as of `Reader.open`.

        Raises
        ------
        MifaError
            As `open_image` and `SeriesImage`.
        """
        if self.series is None:
            return open_image(lab_folder / self.path, axes, self.scene)
        files = [lab_folder / name for name in self.series.files]
        return SeriesImage(self.series, lambda number: open_image(files[number], axes, self.scene))
