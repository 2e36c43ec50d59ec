"""The five works: what is converted, and how large it is at a given scale. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from pathlib import Path

SMALLEST_LEVEL = 256
EDGE_UNIT = 512
"""Edges are multiples of it, so that every level halves without a remainder and tools agree on shapes."""
FEWEST_PLANES = 16
COUNTS = (100, 1000, 10_000)


@dataclass(frozen=True)
class Work:
    """One folder of files to convert.

    Attributes
    ----------
    key
        How results and targets name it, such as `a` or `e-100`.
    title
        For the report.
    axes
        Of each image as its file stores it, `s` for interleaved samples.
    shape
        Of each image, in the order of `axes`.
    images
        How many images of this shape.
    masks
        Whether each image comes with a label image.
    peers
        Whether the peers run it, or only mifakit and the floor.
    once
        Whether one round is enough.
    """

    key: str
    title: str
    axes: str
    shape: tuple[int, ...]
    images: int = 1
    masks: bool = False
    peers: bool = True
    once: bool = False

    @property
    def levels(self) -> int:
        """How many levels a converter makes: until y and x are no longer than 256."""
        edge = max(length for axis, length in zip(self.axes, self.shape, strict=True) if axis in "yx")
        return 1 + max(0, (edge - 1) // SMALLEST_LEVEL).bit_length()

    @property
    def suffix(self) -> str:
        """Of its image files: stacks are OME-TIFF, which names their axes."""
        return ".ome.tif" if "z" in self.axes else ".tif"

    @property
    def letter(self) -> str:
        """The work that it belongs to: `e` for `e-100`."""
        return self.key[0]

    def names(self) -> list[str]:
        """Return the images' names, which their masks share."""
        return [name_of(index) for index in range(self.images)]

    def files(self, lab: Path) -> list[Path]:
        """Return every source file, images first."""
        images = [lab / "images" / f"{name}{self.suffix}" for name in self.names()]
        return images + [lab / "masks" / f"{name}.tif" for name in self.names() if self.masks]


def name_of(index: int) -> str:
    """Return the name of an image; all are of one length."""
    return f"image_{index:05}"


def works_at(scale: float) -> list[Work]:
    """Return the works, with about `scale` times the bytes of the full ones."""

    def planes(full: int) -> int:
        return max(FEWEST_PLANES, round(full * scale))

    def images(full: int) -> int:
        return max(2, round(full * scale))

    edge = max(EDGE_UNIT, round(16384 * sqrt(scale) / EDGE_UNIT) * EDGE_UNIT)
    return [
        Work("a", "one OME-TIFF stack, uint16", "czyx", (2, planes(64), 2048, 2048)),
        Work("b", "images with masks, uint16", "yx", (512, 512), images(200), masks=True),
        Work("c", "one tiled RGB TIFF, uint8", "yxs", (edge, edge, 3)),
        Work("d", "one large OME-TIFF stack, uint16", "czyx", (2, planes(160), 4096, 4096), peers=False, once=True),
        *(
            Work(
                f"e-{count}",
                "many small images with masks, uint16",
                "yx",
                (256, 256),
                images(count),
                masks=True,
                peers=False,
                once=count == COUNTS[-1],
            )
            for count in COUNTS
        ),
    ]
