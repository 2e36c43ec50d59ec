"""Folders in which packages are installed, as pip leaves them: put one on the path and it is a part of Python's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

HANGS = """
import time
from pathlib import Path
while not Path(__file__).with_name("gate").exists():
    time.sleep(0.01)
"""
"""A module whose import waits for a file `gate` beside it."""


def install(
    site: Path,
    name: str,
    modules: Mapping[str, str] | None = None,
    plugins: Mapping[str, Mapping[str, str]] | None = None,
    *,
    version: str = "1.0",
    requires: Sequence[str] = (),
    extras: Sequence[str] = (),
) -> None:
    """Install a distribution.

    Parameters
    ----------
    site
        The folder.
    name, version
        Of the distribution.
    modules
        Source code by file name.
    plugins
        By group, what it registers: name and `module:attribute`.
    requires
        Its requirements, as `pyproject.toml` would have them, with the markers of extras.
    extras
        Their names.
    """
    site.mkdir(exist_ok=True)
    for file, code in (modules or {}).items():
        (site / file).parent.mkdir(exist_ok=True)
        (site / file).write_text(code)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Provides-Extra: {extra}" for extra in extras]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    metadata = site / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("\n".join(lines) + "\n")
    points = [
        line
        for group, members in (plugins or {}).items()
        for line in (f"[{group}]", *(f"{point} = {target}" for point, target in members.items()))
    ]
    (metadata / "entry_points.txt").write_text("\n".join(points) + "\n")
