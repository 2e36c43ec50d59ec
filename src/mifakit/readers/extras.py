"""Packages that not everybody installs: a reader asks for them when it meets a file that needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.imports import import_in_time


@contextmanager
def needing(extra: str, path: Path, *modules: str) -> Iterator[None]:
    """Import what an extra of mifakit installs; keep the block to imports.

        with needing("hdf5", path, "h5py"):
            import h5py

    Parameters
    ----------
    extra
        Its name in pyproject.toml.
    path
        The file that asks for it.
    modules
        What the block imports. Named here, it may hang and does no harm.

    Raises
    ------
    MifaError
        MIFA217 when a package is missing, or is there and broken.
    """
    try:
        for module in modules:
            import_in_time(module)
        yield
    except (Exception, SystemExit) as error:  # a broken installation raises anything
        problem = f"needs a package that does not load: {error}"
        if isinstance(error, ModuleNotFoundError):
            problem = f"needs the package {error.name!r}"
        hint = f'pip install "mifakit[{extra}]"'
        raise MifaError("MIFA217", problem, str(path), hint) from error
