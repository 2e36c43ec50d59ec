"""One image of an open TIFF."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
from tifffile import TiffFile

from mifakit.readers.axes import AxisMap, map_axes, region_bounds
from mifakit.readers.base import Channel, ImageFacts, Region, check_scene
from mifakit.readers.description import Description
from mifakit.readers.samples import ALPHA, RGB
from mifakit.readers.tiff.description import describe
from mifakit.readers.tiff.file import Contents
from mifakit.readers.tiff.geometry import INTERLEAVED, Geometry
from mifakit.readers.tiff.ome_files import OmeFiles
from mifakit.readers.tiff.planes import Planes
from mifakit.readers.tiff.scenes import Scene, find_members, find_scenes
from mifakit.readers.tiff.tifffile_log import listening
from mifakit.readers.units import weigh
from mifakit.sources.limits import check_pixel_budget

_RGB_PHOTOMETRICS = {2, 6}  # YCbCr comes out of the decoder as RGB
_ALPHA_SAMPLES = {1, 2}


class TiffImage:
    """An image of an open TIFF; `TiffReader` makes it.

    A read takes from the file only the rows of uncompressed planes, or the strips and tiles of
    others, that its region needs. Several threads may read at once.

    Parameters
    ----------
    path
        The file that was opened.
    file
        The same, or the one that describes its image.
    contents
        Those of `file`, and of all others that the image is in.
    ome
        What its OME-XML says, if it has any.
    axes, scene
        As of `Reader.open`.
    opened
        Closes what is open.
    """

    def __init__(
        self,
        path: Path,
        file: TiffFile,
        contents: Sequence[Contents],
        ome: OmeFiles | None,
        axes: str | None,
        scene: int,
        opened: ExitStack,
    ) -> None:
        self._path = path
        self._file = file
        self._opened = opened
        self._closed = False
        with listening(path, "cannot be opened"):
            names, scenes = find_scenes(path, file, ome.document if ome else None)
        check_scene(scene, len(scenes))
        chosen = scenes[scene]
        with listening(path, "cannot be opened"):
            members = find_members(path, file, contents, ome.document if ome else None)
            key = chosen.series.keyframe
            mapped = map_axes(path, chosen.axes, chosen.shape, axes)
            self._geometry = Geometry.of(path, chosen.shape, mapped, key.shaped)
            self._planes = Planes(path, chosen, self._geometry.planes, members)
            description = describe(path, file, chosen, lambda: self._channel_of_plane(mapped))
            self._facts = self._describe(chosen, mapped, description, names, ome.files if ome else ())
        for shape in (self._facts.shape, key.chunks):
            check_pixel_budget(path, shape, self._facts.dtype, sum(one.size for one in contents))

    @property
    def facts(self) -> ImageFacts:
        """What the file says about its image."""
        return self._facts

    def read(self, region: Region) -> npt.NDArray[np.generic]:
        """Read one region; see `mifakit.readers.base.ImageSource.read`."""
        bounds = region_bounds(region, self._facts.shape)
        if self._closed:
            raise ValueError(f"{self._path} is closed")
        outer, inner = self._geometry.locate(bounds)
        lengths = [stop - start for start, stop in (*outer, *inner)]
        block: npt.NDArray[np.generic] = np.empty(lengths, self._facts.dtype)
        if block.size:
            planes = block.reshape(-1, *lengths[len(outer) :])
            with listening(self._path, "its pixels cannot be read"):
                for index, plane in zip(self._geometry.indices(outer), planes, strict=True):
                    self._planes.read(index, inner, plane)
        return self._geometry.arrange(block, bounds)

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._closed = True
        self._opened.close()
        self._planes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _channel_position(self, mapped: AxisMap) -> int | None:
        return self._geometry.order[mapped.axes.index("c")]

    def _channel_of_plane(self, mapped: AxisMap) -> list[int]:
        """Return which channel each plane belongs to; nothing when channels are not planes."""
        position = self._channel_position(mapped)
        return [] if position is None or self._geometry.slot(position) is not None else self._geometry.counts(position)

    def _describe(
        self, scene: Scene, mapped: AxisMap, said: Description, names: tuple[str, ...], files: tuple[str, ...]
    ) -> ImageFacts:
        count = mapped.shape[mapped.axes.index("c")]
        position = self._channel_position(mapped)
        slot = self._geometry.slot(position)
        channels: tuple[Channel, ...] = ()
        has_alpha = False
        if slot is None or scene.series.kind == "lsm":  # whose samples are never colours
            # The names are right only while the sheet leaves channels what they are.
            if position is None or scene.axes[mapped.dim("c") or 0].upper() == "C":
                channels = said.channels if len(said.channels) == count else ()
        elif slot in (0, INTERLEAVED):
            key = scene.series.keyframe
            colour = int(key.photometric) in _RGB_PHOTOMETRICS and count in (3, 4)
            extra = bool(_ALPHA_SAMPLES & set(map(int, key.extrasamples[-1:])))
            has_alpha = count == 4 if colour else extra and count > 1
            channels = (*RGB, *((ALPHA,) if has_alpha else ())) if colour else ()
        spacing, findings = weigh(self._path, said.readings, mapped)
        return ImageFacts(
            axes=mapped.axes,
            shape=mapped.shape,
            dtype=self._planes.dtype,
            native_axes=mapped.native,
            spacing=spacing,
            channels=channels,
            interleaved=slot == INTERLEAVED,
            whole_rows=self._planes.whole_rows,
            whole=self._planes.whole,
            has_alpha=has_alpha,
            acquisition=said.acquisition,
            scenes=names,
            files=files,
            findings=findings,
        )
