"""Outputs take their final name only when they are whole."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mifakit.errors import MifaError

_MARK = "unfinished-mifakit-output"

_ACTIVE: set[Path] = set()
"""What this process is writing to right now: another of its threads must keep away."""


def check_output(output: Path, lab_folder: Path) -> None:
    """Refuse an output that would overwrite something or touch the lab folder.

    Raises
    ------
    MifaError
        MIFA002 it exists, MIFA003 it is inside the lab folder, MIFA004 it cannot be written.
    """
    try:
        final, lab = output.resolve(), lab_folder.resolve()
        if os.path.lexists(final):
            raise MifaError("MIFA002", "something of this name exists", str(output))
        if final.is_relative_to(lab):
            raise MifaError("MIFA003", f"lies inside the lab folder {lab.name}/, which is only read", str(output))
        if not final.parent.is_dir():
            hint = "make that folder first"
            raise MifaError("MIFA004", f"there is no folder {output.parent}", str(output), hint)
        if not os.access(final.parent, os.W_OK | os.X_OK):
            raise MifaError("MIFA004", f"you may not write to {output.parent}", str(output))
    except OSError as error:
        raise MifaError("MIFA004", f"{error.strerror}", str(output)) from error


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
    content = wrapper / final.name
    try:
        if os.path.lexists(wrapper):
            _clear(wrapper)
        wrapper.mkdir()
        _ACTIVE.add(wrapper.absolute())
        _leave_mark(wrapper)
        content.mkdir()
    except FileExistsError:
        raise MifaError("MIFA002", "another build has just begun to write there", str(final)) from None
    except OSError as error:
        _ACTIVE.discard(wrapper.absolute())
        shutil.rmtree(wrapper, ignore_errors=True)
        raise MifaError("MIFA006" if is_disk_full(error) else "MIFA004", f"{error.strerror}", str(final)) from error
    try:
        yield content
        content.rename(final)
    finally:
        _ACTIVE.discard(wrapper.absolute())
        shutil.rmtree(wrapper, ignore_errors=True)


def _leave_mark(wrapper: Path) -> None:
    (wrapper / _MARK).write_text(f"{os.getpid()} {socket.gethostname()}\n", encoding="utf-8")


def _clear(wrapper: Path) -> None:
    """Remove what an interrupted run left behind, if it is ours and nobody is at it."""
    mark = wrapper / _MARK
    if wrapper.is_symlink() or not mark.is_file():
        raise MifaError("MIFA002", "this name is needed for the unfinished output", str(wrapper))
    pid, _, host = mark.read_text(encoding="utf-8", errors="replace").strip().partition(" ")
    if pid.isdecimal() and host and (host != socket.gethostname() or _is_running(int(pid), wrapper)):
        hint = "wait for it; if it is long dead, remove that folder"
        raise MifaError("MIFA002", f"another build is writing here (process {pid} on {host})", str(wrapper), hint)
    aside = wrapper.with_name(f"{wrapper.name}.{os.getpid()}")
    wrapper.rename(aside)  # of two that find it, one succeeds
    shutil.rmtree(aside)


def _is_running(pid: int, wrapper: Path) -> bool:
    if pid == os.getpid():
        return wrapper.absolute() in _ACTIVE
    if os.name == "nt":  # there os.kill does not ask, it kills
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_disk_full(error: BaseException) -> bool:
    """Whether an error says that no space is left; tensorstore says so in words."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return full or "No space left" in str(error)
