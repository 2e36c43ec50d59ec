"""Files -> what their headers say. What is wrong with one becomes a finding, placed in the lab folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TypeVar

from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.inventory.patterns import match_first
from mifakit.readers.base import ImageFacts, Reader
from mifakit.readers.origin import Origin
from mifakit.readers.registry import find_reader
from mifakit.readers.series import join_facts

_BATCH = 32
"""Files that are looked at in one task."""
_PATIENCE = 16
"""Images of one file that may be unreadable, each in its own way, before the file is given up."""
_SHOWN = 6

FileTask = tuple[str, str | None, tuple[str, ...]]
"""A file: path, axes of the sheet, and patterns of the names of images that are wanted; all if there is none."""
OriginTask = tuple[Origin, str | None]
"""An image, and the axes of the sheet."""

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Inspected:
    """One image of a file: where it is, what its header says, or why that cannot be known."""

    origin: Origin
    facts: ImageFacts | None = None
    reader: str | None = None
    finding: Finding | None = None


def inspect_files(folder: Path, files: Sequence[FileTask], executor: Executor) -> list[list[Inspected]]:
    """Read the headers of all images in files.

    Parameters
    ----------
    folder
        The lab folder.
    files
        What to look at.
    executor
        Does it. One of processes survives a reader's crash.

    Returns
    -------
    list
        One list a file, of at least one image; empty for a file that belongs to an image of one before it.
    """
    return inspect_each(_inspect_file_batch, folder, files, executor, lambda file, why: [_lost(Origin(file[0]), why)])


def inspect_origins(folder: Path, origins: Sequence[OriginTask], executor: Executor) -> list[Inspected]:
    """Read the headers of single images, each with the axes of the sheet; see `inspect_files`."""
    return inspect_each(_inspect_origin_batch, folder, origins, executor, lambda image, why: _lost(image[0], why))


def inspect_each(
    inspect: Callable[[Path, Sequence[Task]], list[Result]],
    folder: Path,
    tasks: Sequence[Task],
    executor: Executor,
    lost: Callable[[Task, str], Result],
) -> list[Result]:
    """Inspect in batches; of a batch that was lost, one by one."""
    batches = [tasks[start : start + _BATCH] for start in range(0, len(tasks), _BATCH)]
    futures = [executor.submit(inspect, folder, batch) for batch in batches]
    results: list[Result] = []
    for batch, future in zip(batches, futures, strict=True):
        try:
            results += future.result()
        except Exception:  # a process that died says so in the words of its executor
            for task in batch:
                try:
                    results += executor.submit(inspect, folder, [task]).result()
                except Exception as error:
                    results.append(lost(task, f"looking at it failed: {error}"))
    return results


def _lost(origin: Origin, why: str) -> Inspected:
    return Inspected(origin, finding=Finding.of("MIFA315", why, origin.place))


def _inspect_file_batch(folder: Path, batch: Sequence[FileTask]) -> list[list[Inspected]]:
    found: list[list[Inspected]] = []
    companions: set[str] = set()  # each of a hundred files of one image would open all the others
    for file in batch:
        found.append([] if file[0] in companions else _inspect_file(folder, file))
        companions |= {name for one in found[-1] for name in one.origin.companions}
    return found


def _inspect_origin_batch(folder: Path, batch: Sequence[OriginTask]) -> list[Inspected]:
    return [_inspect_origin(folder, image) for image in batch]


def _inspect_file(folder: Path, file: FileTask) -> list[Inspected]:
    path, axes, wanted = file
    reader = _reader_of(path)
    if isinstance(reader, Finding):
        return [Inspected(Origin(path), finding=reader)]
    found: list[Inspected] = []
    names: tuple[str, ...] = ()
    while not names and len(found) < _PATIENCE:
        # The first that opens tells what all of them are called.
        try:
            one = _open(folder, reader, Origin(path, len(found)), axes)
        except IndexError:
            break
        if found and _same_problem(one, found[-1]):
            break
        found.append(one)
        if one.facts:
            names = one.facts.scenes
            break
    if not names:
        return found[:1]  # whether it holds several, nobody knows: it is one file that cannot be read
    opened = len(found)
    found += [
        _open(folder, reader, Origin(path, scene, names[scene]), axes)
        for scene in range(opened, len(names))
        if not wanted or match_first(wanted, names[scene])
    ]
    named = [replace(one, origin=replace(one.origin, scene_name=names[one.origin.scene])) for one in found]
    kept = [one for one in named if not wanted or match_first(wanted, one.origin.scene_name)]
    if kept:
        return kept
    message = f"holds {', '.join(names[:_SHOWN])}{' and more' if len(names) > _SHOWN else ''}, not {', '.join(wanted)}"
    return [Inspected(Origin(path), None, reader.name, Finding.of("MIFA223", message, Place(path)))]


def _same_problem(one: Inspected, other: Inspected) -> bool:
    problems = [(found.finding.code, found.finding.message) if found.finding else None for found in (one, other)]
    return problems[0] == problems[1] is not None


def _inspect_origin(folder: Path, image: OriginTask) -> Inspected:
    origin, axes = image
    reader = _reader_of(origin.path)
    if isinstance(reader, Finding):
        return Inspected(origin, finding=reader)
    if origin.series is None:
        return _open(folder, reader, origin, axes)
    members = [_open(folder, reader, Origin(path, origin.scene), axes) for path in origin.series.files]
    return join(origin, members)


def join(origin: Origin, members: Sequence[Inspected]) -> Inspected:
    """Return what is known of a series, from what is known of its files."""
    assert origin.series is not None  # noqa: S101 - callers join series only
    reader = members[0].reader
    facts = []
    for member in members:
        if member.facts is None:
            return Inspected(origin, None, reader, member.finding)
        facts.append(member.facts)
    try:
        return Inspected(origin, join_facts(origin.series, facts, origin.series.files), reader)
    except MifaError as error:
        return Inspected(origin, None, reader, error.finding)


def _reader_of(path: str) -> Reader | Finding:
    if not _is_text(path):
        hint = "rename it in a copy of the folder"
        return Finding.of("MIFA202", "its name is not text", Place(path), hint)
    reader = find_reader(path)
    if reader is None:
        kind = Path(path).suffix or "a name without suffix"
        return Finding.of("MIFA211", f"no reader for {kind}", Place(path))
    return reader


def _open(folder: Path, reader: Reader, origin: Origin, axes: str | None) -> Inspected:
    """Read one image's header.

    Raises
    ------
    IndexError
        When its file holds fewer images.
    """
    with ExitStack() as stack:
        try:
            facts = stack.enter_context(reader.open(folder / origin.path, axes, origin.scene)).facts
        except MifaError as error:
            return Inspected(origin, None, reader.name, replace(error.finding, place=origin.place))
    home = PurePosixPath(origin.path).parent
    companions = tuple(str(home / name) for name in facts.files)
    return Inspected(replace(origin, companions=companions), facts, reader.name)


def _is_text(path: str) -> bool:
    """Whether a path is text: names in old encodings are not, and no manifest could hold them."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
