"""Outputs take their final name only when they are whole; what an interrupted run left is taken up again."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from mifakit.errors import MifaError

_LOCK, _OWNER, _JOURNAL = "lock", "unfinished-mifakit-output", "journal.jsonl"
_PATIENCE = 1.0
"""Seconds."""


def check_output(output: Path, lab_folder: Path | None) -> None:
    """Refuse an output that would overwrite something or touch what it is made of: a lab folder, or a dataset.

    Raises
    ------
    MifaError
        MIFA002 it exists, MIFA003 it is inside that folder, MIFA004 it cannot be written.
    """
    try:
        final = output.resolve()
        if os.path.lexists(final):
            raise MifaError("MIFA002", "something of this name exists", str(output))
        if lab_folder and final.is_relative_to(lab_folder.resolve()):
            source = f"{lab_folder.resolve().name}/"
            raise MifaError(
                "MIFA003", f"lies inside {source}, which is only read", str(output), f"write it beside {source}"
            )
        if not final.parent.is_dir():
            hint = "make that folder first"
            raise MifaError("MIFA004", f"there is no folder {output.parent}", str(output), hint)
        if not os.access(final.parent, os.W_OK | os.X_OK):
            raise MifaError("MIFA004", f"you may not write to {output.parent}", str(output))
    except OSError as error:
        raise MifaError("MIFA004", f"{error.strerror}", str(output)) from error


def unfinished(final: Path) -> Path:
    """Return the folder that holds an output until it is whole."""
    return final.with_name(f"{final.name}.partial")


@dataclass(frozen=True)
class Staging:
    """Where an output grows.

    Attributes
    ----------
    content
        The folder that will take the final name.
    journal
        Beside it: what of it is done.
    """

    content: Path
    journal: Path


@contextmanager
def staged(final: Path) -> Iterator[Staging]:
    """Give `<final>.partial` to one process at a time; move the content out of it when the block ends well.

    When the block fails, what the journal speaks of stays for the next run. The lock is the kernel's: it ends
    with its process, however that ends.

    Raises
    ------
    MifaError
        MIFA002 when another process is writing there, or that place is taken by something that is not ours;
        MIFA004, MIFA006 when it cannot be made.
    """
    wrapper = unfinished(final)
    lock = _taken(wrapper, final)
    try:
        if os.path.lexists(final):  # finished by another process while we came here
            raise MifaError("MIFA002", "something of this name exists", str(final))
        staging = Staging(wrapper / final.name, wrapper / _JOURNAL)
        if staging.content.exists() and not _has_journal(staging):
            _empty(wrapper)  # nobody can go on with what a killed process left
        try:
            (wrapper / _OWNER).write_text(f"process {os.getpid()} on {socket.gethostname()}\n", encoding="utf-8")
            staging.content.mkdir(exist_ok=True)
            yield staging
            flush(staging.content)
            staging.content.rename(final)
            _flush_entry(final.parent)
        except BaseException:
            if not _has_journal(staging):
                _empty(wrapper)
            raise
        _empty(wrapper)
    finally:
        _let_go(wrapper, lock)


def _has_journal(staging: Staging) -> bool:
    return staging.journal.is_file() and staging.journal.stat().st_size > 0


def finish_interrupted(final: Path) -> bool:
    """Whether an output was stopped after it took its name; what was left to tidy is tidied then.

    Raises
    ------
    MifaError
        MIFA002 when nobody stopped it: another process is tidying just now.
    """
    wrapper = unfinished(final)
    if not (final.is_dir() and _is_ours(wrapper)) or (wrapper / final.name).exists():
        return False
    lock = _taken(wrapper, final)
    try:
        _empty(wrapper)
    finally:
        _let_go(wrapper, lock)
    return True


def _taken(wrapper: Path, final: Path) -> BaseFileLock:
    """Return the lock on a folder, which is made if need be."""
    try:
        if wrapper.is_symlink() or (wrapper.exists() and not _is_ours(wrapper)):
            raise MifaError("MIFA002", "this name is needed for the unfinished output", str(wrapper))
        wrapper.mkdir(exist_ok=True)
        lock = FileLock(wrapper / _LOCK)
        lock.acquire(timeout=0)
    except Timeout:
        hint = "wait for it, or choose another name"
        raise MifaError("MIFA002", f"another build is writing here ({_owner(wrapper)})", str(wrapper), hint) from None
    except OSError as error:
        code = "MIFA006" if is_disk_full(error) else "MIFA004"
        raise MifaError(code, error.strerror or str(error), str(final)) from error
    return lock


def _is_ours(wrapper: Path) -> bool:
    if not wrapper.is_dir():
        return False
    if (wrapper / _OWNER).is_file():
        return True
    return all(path.is_file() and path.name in (_LOCK, _JOURNAL) for path in wrapper.iterdir())


def _empty(wrapper: Path) -> None:
    """Remove all but the lock; the mark that it is ours goes last, should we be stopped on the way."""
    with suppress(OSError):
        for path in sorted(wrapper.iterdir(), key=lambda path: path.name == _OWNER):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != _LOCK:
                path.unlink()


def _let_go(wrapper: Path, lock: BaseFileLock) -> None:
    """Let others have the folder; one that is empty goes, as long as it is ours alone."""
    with suppress(OSError):
        if {path.name for path in wrapper.iterdir()} <= {_LOCK}:
            if os.name == "nt":  # where an open file stays
                lock.release()
            (wrapper / _LOCK).unlink(missing_ok=True)
            wrapper.rmdir()
    lock.release()


def _owner(wrapper: Path) -> str:
    """Return who holds the lock; it says so right after taking it."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError):
            if owner := (wrapper / _OWNER).read_text(encoding="utf-8").strip():
                return owner
        time.sleep(_PATIENCE / 20)
    return "it has just begun"


def flush(folder: Path) -> None:
    """Bring what was written to the disk itself: a power failure after this takes nothing back.

    Raises
    ------
    OSError
        When the disk did not take something that it had seemed to take.
    """
    if sys.platform == "linux":
        # Once for the whole file system: one call for each of many small files takes minutes.
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).syncfs(descriptor):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        finally:
            os.close(descriptor)
        return
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())


def _flush_entry(folder: Path) -> None:
    """Bring a folder's entries to the disk; Windows, where folders cannot be opened, does so on its own."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_error(error: BaseException) -> int | None:
    """Return the system's number of an error in writing, or None; tensorstore says it in words."""
    if isinstance(error, OSError):
        return error.errno
    number = re.search(r"(?:os_error_code='|OS error )(\d+)", str(error))
    return int(number[1]) if number else None


def is_disk_full(error: BaseException) -> bool:
    """Whether an error says that there is no room for what is written."""
    return write_error(error) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
