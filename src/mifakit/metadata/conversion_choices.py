"""What people choose about the dataset itself: how samples are divided, and how pixels are stored."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from mifakit.metadata.fields import Need, SheetModel, declare
from mifakit.metadata.identifiers import refuse
from mifakit.metadata.mifa import Text

Fraction = Annotated[float, Field(ge=0, le=1)]


class Splits(SheetModel):
    """How samples are divided for training, validation and testing."""

    train: Fraction = declare(Need.OPTIONAL, "Share for training.", 0.7, default=0.7)
    val: Fraction = declare(Need.OPTIONAL, "Share for validation.", 0.15, default=0.15)
    test: Fraction = declare(Need.OPTIONAL, "Share for testing.", 0.15, default=0.15)
    seed: int = declare(Need.OPTIONAL, "Another seed gives another division.", 0, default=0)
    group_by: Text = declare(
        Need.OPTIONAL,
        "A field of the patterns: samples with the same value (patient, plate) stay together.",
        "patient",
    )
    from_field: Text = declare(
        Need.OPTIONAL,
        "A field of the patterns that already says train, val or test; the shares are then not used.",
        "split",
    )

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        total = self.train + self.val + self.test
        if abs(total - 1) > 1e-6:
            raise refuse("MIFA105", f"the shares add up to {round(total, 6)}, not to 1")
        return self


def _parse_side(value: object) -> object:
    if value is not None and value not in _SIDES:
        raise refuse("MIFA105", f"{value!r} is not one of {', '.join(map(str, _SIDES))}")
    return value


_LARGEST_CHUNK = 2**24
_SIDES = (32, 64, 128, 256, 512, 1024, 2048)
Side = Annotated[int | None, AfterValidator(_parse_side)]


class ChunkSize(SheetModel):
    """Lengths of a chunk, in pixels."""

    z: Annotated[int, Field(ge=1, le=64)] | None = declare(Need.OPTIONAL, "Planes; 1 for flat tiles.", 16)
    y: Side = declare(Need.OPTIONAL, "Rows: a power of two from 32 to 2048.", 128)
    x: Side = declare(Need.OPTIONAL, "Columns: a power of two from 32 to 2048.", 128)

    @model_validator(mode="after")
    def _fits_a_codec(self) -> Self:
        if (self.z or 1) * (self.y or 1) * (self.x or 1) > _LARGEST_CHUNK:
            raise refuse("MIFA105", f"{self.z} x {self.y} x {self.x} is more than {_LARGEST_CHUNK:,} pixels")
        return self


class StorageChoice(SheetModel):
    """How pixels are stored."""

    ngff: Literal["0.5", "0.4"] = declare(
        Need.OPTIONAL,
        "Version of OME-Zarr: 0.5 (Zarr v3, few files), or 0.4 (Zarr v2) for tools that read nothing newer.",
        "0.5",
        default="0.5",
    )
    codec: Literal["zstd", "lz4", "none"] = declare(
        Need.OPTIONAL, "Compression: lz4 is faster to read and larger.", "zstd", default="zstd"
    )
    level: Annotated[int, Field(ge=1, le=9)] = declare(
        Need.OPTIONAL, "1 is fast; 9 takes many times longer, for files that are little smaller.", 1, default=1
    )
    chunk: ChunkSize | None = declare(
        Need.OPTIONAL, "Size of a chunk; left out, tiles of 512 x 512, or bricks of 16 x 128 x 128 for stacks."
    )
    labels: Literal["mode", "stride"] = declare(
        Need.OPTIONAL,
        "How labels are made coarser: mode keeps the most frequent object of each window, stride its first pixel.",
        "mode",
        default="mode",
    )
