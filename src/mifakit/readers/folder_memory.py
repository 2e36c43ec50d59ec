"""What walking through a folder found, remembered as long as nothing in it changes.

Each of a plate's thousand images is opened by itself, and what they are called is learned from hundreds of files.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

_Stamp = tuple[int | None, ...]

_FOLDERS = 8
_SETTLED_NS = 2_000_000_000
"""File systems keep times only so finely: what changed within it before a walk may change again unseen."""


class FolderMemory:
    """Names that were found in folders, and what they depend on.

    Parameters
    ----------
    documents
        The files whose contents count, in each folder that was visited.
    """

    def __init__(self, documents: tuple[str, ...]) -> None:
        self._looked_at = ("", *documents)
        self._known: dict[Path, tuple[tuple[str, ...], dict[str, _Stamp]]] = {}

    def recall(self, root: Path) -> tuple[str, ...] | None:
        """Return what was found in a folder; None when that is not known, or no longer true."""
        names, stamps = self._known.get(root, ((), {}))
        return names if stamps and all(self._stamp(visited) == stamp for visited, stamp in stamps.items()) else None

    def keep(self, root: Path, names: tuple[str, ...], visited: Iterable[Path]) -> None:
        """Remember what was found in a folder by visiting these."""
        stamps = {str(folder): self._stamp(str(folder)) for folder in visited}
        newest = max(when or 0 for stamp in stamps.values() for when in stamp)
        if newest < time.time_ns() - _SETTLED_NS:
            if len(self._known) >= _FOLDERS:
                self._known.clear()
            self._known[root] = names, stamps

    def _stamp(self, folder: str) -> _Stamp:
        """Return when a folder and its documents were last changed."""
        return tuple(map(_changed, (os.path.join(folder, name) for name in self._looked_at)))  # noqa: PTH118


def _changed(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - thousands at once: paths as objects take longer
    except OSError:
        return None
