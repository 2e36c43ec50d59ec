"""Outputs take their final name only when they are whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mifakit.errors import MifaError

_MARK = "unfinished-mifakit-output"


def check_output(output: Path, lab_folder: Path) -> None:
    """Refuse an output that would overwrite something or touch the lab folder.

    Raises
    ------
    MifaError
        MIFA002 it exists, MIFA003 it is inside the lab folder, MIFA004 it cannot be written.
    """
    final = output.resolve()
    if final.exists():
        raise MifaError("MIFA002", "something of this name exists", str(output))
    if final.is_relative_to(lab_folder.resolve()):
        raise MifaError("MIFA003", f"lies inside the lab folder {lab_folder.name}/, which is only read", str(output))
    parent = final.parent
    if not parent.is_dir():
        raise MifaError("MIFA004", f"there is no folder {output.parent}", str(output), "make that folder first")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise MifaError("MIFA004", f"you may not write to {output.parent}", str(output))


@contextmanager
def staged(final: Path) -> Iterator[Path]:
    """Give a folder to write to, inside `<final>.partial`; move it into place when the block ends well.

    What an interrupted run left there is removed first; on failure nothing is left.

    Raises
    ------
    MifaError
        MIFA002 when that place is taken by something that is not ours, MIFA004 when it cannot be made.
    """
    wrapper = final.with_name(f"{final.name}.partial")
    if wrapper.exists():
        if not (wrapper / _MARK).is_file():
            raise MifaError("MIFA002", "this name is needed for the unfinished output", str(wrapper))
        shutil.rmtree(wrapper)
    content = wrapper / final.name
    try:
        wrapper.mkdir()
        (wrapper / _MARK).touch()
        content.mkdir()
    except OSError as error:
        shutil.rmtree(wrapper, ignore_errors=True)
        raise MifaError("MIFA004", f"{error.strerror}", str(final)) from error
    try:
        yield content
        content.rename(final)
    finally:
        shutil.rmtree(wrapper, ignore_errors=True)
