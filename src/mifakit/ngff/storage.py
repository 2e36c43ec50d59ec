"""How pixels are stored: the choices of the study sheet that decide the bytes of an OME-Zarr."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

NgffVersion = Literal["0.5", "0.4"]
Codec = Literal["zstd", "lz4", "none"]
LabelMethod = Literal["mode", "stride"]


@dataclass(frozen=True)
class Storage:
    """How pixels are stored.

    Attributes
    ----------
    ngff
        0.5 is Zarr v3 with shards; 0.4 is Zarr v2, a file for each chunk.
    codec, level
        How chunks are compressed; zstd 1 with shuffle was measured to be the fastest way to a small size.
    chunk
        Lengths by axis of `zyx`, for those that are not to be chosen from the image's shape.
    labels
        How labels are made coarser.
    """

    ngff: NgffVersion = "0.5"
    codec: Codec = "zstd"
    level: int = 1
    chunk: Mapping[str, int] = field(default_factory=dict)
    labels: LabelMethod = "mode"
