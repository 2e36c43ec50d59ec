"""Final names of samples: portable, unique, and the shortest that tell files apart. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from mifakit.findings import Finding, Place
from mifakit.inventory.conventions import IMAGE_FOLDERS
from mifakit.sources.names import collision_key, portable_name


def name_samples(paths: Sequence[str]) -> tuple[dict[str, str], list[Finding]]:
    """Return a sample id for each image file.

    The file's stem where that is unique, else its folders and stem. Files that still share a name
    get none, and a finding each: renaming one of them silently would hide which is which.

    Parameters
    ----------
    paths
        Relative to the lab folder.
    """
    names, clashes = _unique(paths, _stem)
    longer, clashes = _unique(clashes, _folders_and_stem)
    taken = {collision_key(name): path for path, name in names.items()}
    clashes += [path for path, name in longer.items() if collision_key(name) in taken]
    names |= {path: name for path, name in longer.items() if path not in clashes}
    wanted: dict[str, list[str]] = defaultdict(list)
    for path in sorted(clashes):
        wanted[collision_key(_folders_and_stem(path))].append(path)
    findings = []
    for key, group in wanted.items():
        for path in group:
            others = [other for other in (*group, taken.get(key)) if other and other != path]
            message = f"would be named {_folders_and_stem(path)}, as {', '.join(others)}"
            findings.append(Finding.of("MIFA301", message, Place(path)))
    return names, findings


def _unique(paths: Sequence[str], name: Callable[[str], str]) -> tuple[dict[str, str], list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        groups[collision_key(name(path))].append(path)
    names = {group[0]: name(group[0]) for group in groups.values() if len(group) == 1}
    return names, [path for group in groups.values() if len(group) > 1 for path in group]


def _stem(path: str) -> str:
    file = PurePosixPath(path).name
    stem = PurePosixPath(file).stem
    return portable_name(stem.removesuffix(".ome"))


def _folders_and_stem(path: str) -> str:
    folders = [part for part in PurePosixPath(path).parts[:-1] if part.lower() not in IMAGE_FOLDERS]
    return portable_name("_".join([*folders, _stem(path)]))
