"""What is installed here, `doctor`, and something to try it on, `demo`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mifakit.api.paths import PathLike, writing_to
from mifakit.errors import MifaError

if TYPE_CHECKING:
    from mifakit.installation.examination import Installation


def doctor() -> Installation:
    """Look at what is installed: versions, readers and what their formats need, plugins that are broken."""
    from mifakit.installation.examination import examine

    return examine()


def demo(folder: PathLike) -> Path:
    """Write an example lab folder and its filled study sheet.

    Returns
    -------
    Path
        The sheet.

    Raises
    ------
    MifaError
        MIFA002 when the folder holds something, MIFA004 when it cannot be made.
    """
    from mifakit.example_lab.example import write_example

    target = Path(folder)
    if target.exists() and (not target.is_dir() or os.listdir(target)):  # noqa: PTH208
        raise MifaError("MIFA002", "is not an empty folder", str(folder))
    with writing_to(folder):
        return write_example(target)
