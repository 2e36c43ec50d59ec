"""The peers: other ways to turn the same files into OME-Zarr, each as its own authors document it.

A peer's script runs in the peer's own environment as `python SCRIPT LAB OUT LEVELS`. It writes each image to
`OUT/images/<name>.ome.zarr` and each mask to `OUT/masks/<name>.ome.zarr`, all in one process where the peer can.
What the script may choose is chosen in the peer's favour; everything else is the peer's default.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TOOL, LIBRARY = "tool", "library"
"""A tool reads the files itself; a library is handed arrays by our script."""


@dataclass(frozen=True)
class Peer:
    """One peer.

    Attributes
    ----------
    name
        As its authors write it.
    kind
        `tool` or `library`.
    requirements
        What pip installs, pinned.
    source
        A pinned requirement to be installed from its source distribution, in place.
    python
        The Python version that it requires; empty for this interpreter's.
    program
        A program that must be on the PATH, where it is no Python package.
    works
        Those it is run on, by first letter.
    note
        What was chosen, for the report.
    """

    name: str
    kind: str
    requirements: tuple[str, ...] = ()
    source: str = ""
    python: str = ""
    program: str = ""
    works: str = "abc"
    note: str = ""

    @property
    def script(self) -> Path:
        """The script that runs it."""
        return Path(__file__).with_name(f"with_{self.name.lower().replace('-', '_')}.py")

    @property
    def version(self) -> str:
        """The pinned version, if it is a package."""
        _, _, version = (self.source or "".join(self.requirements[:1])).partition("==")
        return version


PEERS = (
    Peer(
        "bioformats2raw",
        TOOL,
        program="bioformats2raw",
        works="ac",
        note="one process an image, so it is not run on (b)",
    ),
    Peer(
        "EuBI-Bridge",
        TOOL,
        source="eubi-bridge==0.3.2",
        note="mean; installed in place, as its wheel's build fetches a Java that TIFF does not need",
    ),
    Peer("ngff-zarr", TOOL, ("ngff-zarr==0.50.0", "tifffile==2026.3.3"), note="bin shrink, its fastest mean"),
    Peer(
        "bioio-conversion",
        TOOL,
        ("bioio-conversion==3.0.0", "bioio-ome-tiff==1.4.0", "bioio-tifffile==1.3.1"),
        note="its batch converter",
    ),
    Peer("ome-zarr-py", LIBRARY, ("ome-zarr==0.18.0", "tifffile==2026.3.3"), note="local mean, lazy source"),
    Peer(
        "iohub",
        LIBRARY,
        ("iohub[tensorstore]==0.3.11", "tifffile==2026.11.8"),
        python="3.12",
        note="through tensorstore, mean",
    ),
    Peer(
        "yaozarrs",
        LIBRARY,
        ("yaozarrs[write-tensorstore]==0.3.4", "tifffile==2026.3.3"),
        note="through tensorstore; it makes no levels, our script hands it numpy means",
    ),
    Peer(
        "acquire-zarr",
        LIBRARY,
        ("acquire-zarr==0.10.0", "tifffile==2026.3.3"),
        note="blosc-zstd 1 and shards, like mifakit",
    ),
)
