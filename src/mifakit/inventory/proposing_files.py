"""Annotation files that show what they are -> annotation sets, as they will stand in the sheet. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from mifakit.inventory.conventions import ANNOTATION_FOLDERS, IMAGE_FOLDERS, image_stem, set_name
from mifakit.inventory.patterns import escape
from mifakit.inventory.proposing import Proposal, unused_name
from mifakit.metadata.annotation_sets import AnnotationSet

_PLAIN = ANNOTATION_FOLDERS | IMAGE_FOLDERS | {"", "."}


def propose_files(proposal: Proposal, files: Mapping[str, str], images: Sequence[str]) -> Proposal:
    """Add a set for the files of each format in each folder.

    Files called as images are paired by that; others by the images that they name themselves.

    Parameters
    ----------
    proposal
        Made of the image files.
    files
        The format of each annotation file, by path.
    images
        Paths of the image files.
    """
    stems = {image_stem(path) for path in images}
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path, form in sorted(files.items()):
        groups[str(PurePosixPath(path).parent), form].append(path)
    sets, reasons = list(proposal.annotations), list(proposal.reasons)
    for (folder, form), members in groups.items():
        taken = {str(one.name): one for one in sets}
        sets.append(AnnotationSet(name=unused_name(_title(folder, members), taken), files=_patterns(members, stems)))
        count = f"{len(members)} files" if len(members) > 1 else "a file"
        reasons.append(f"{count} of the format {form}, by the content")
    return replace(proposal, annotations=tuple(sets), reasons=tuple(reasons))


def _title(folder: str, members: Sequence[str]) -> str:
    """Return what a set is called: as its folder, if that says something, else as its only file."""
    name = PurePosixPath(folder).name
    if name.lower() not in _PLAIN:
        return set_name(name)
    return set_name(image_stem(members[0])) if len(members) == 1 else "annotations"


def _patterns(members: Sequence[str], stems: set[str]) -> list[str]:
    """Return the patterns of files: by the stem of their images where all are called so, else by suffix."""
    endings: dict[str, None] = {}
    for path in members:
        name = PurePosixPath(path).name
        fitting = [stem for stem in stems if name.startswith(stem)]
        if not fitting:
            break
        endings[_beside(path, f"{{name}}{escape(name[len(max(fitting, key=len)) :])}")] = None
    else:
        if len(endings) <= max(1, len(members) // 2):
            return list(endings)
    if len(members) == 1:
        return [escape(members[0])]
    return list(dict.fromkeys(_beside(path, f"*{escape(PurePosixPath(path).suffix)}") for path in members))


def _beside(path: str, name: str) -> str:
    folder = PurePosixPath(path).parent
    return name if str(folder) == "." else f"{escape(str(folder))}/{name}"
