"""How microscopes name the files of one image: which numbers in a name are its place along t, c and z. Guesses. Pure.

Only `mifa init` and a scan without a sheet use them; people see them before anything is built.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from mifakit.inventory.grouping import Group, Member, group_files
from mifakit.inventory.patterns import escape, field_names
from mifakit.metadata.image_sets import Plate

AXES = "tcz"

CONVENTIONS = {
    "Opera Phenix (Harmony)": (
        r"r(?P<row>\d\d)c(?P<column>\d\d)f(?P<field>\d\d)p(?P<z>\d\d)-ch(?P<c>\d+)sk(?P<t>\d+)fk1fl1"
    ),
    "CellVoyager": r"(?P<name>.+)_(?P<well>[A-P]\d\d)_T(?P<t>\d{4})F(?P<field>\d{3})L\d\dA\d\dZ(?P<z>\d\d)C(?P<c>\d\d)",
    "ImageXpress": r"(?P<name>.+)_(?P<well>[A-P]\d\d)_s(?P<field>\d+)(?:_z(?P<z>\d+))?_w(?P<c>\d)",
    "Micro-Manager": r"img_channel(?P<c>\d+)_position(?P<position>\d+)_time(?P<t>\d+)_z(?P<z>\d+)",
    "MetaMorph": r"(?P<name>.+?)_w(?P<c>\d[A-Za-z][^_]*)(?:_s(?P<position>\d+))?(?:_t(?P<t>\d+))?",
    "letters before numbers, channel first": (
        r"(?P<name>.+?)[_ -](?:c|C|ch|channel)(?P<c>\d+)(?=[_ -][tTz])"
        r"(?:[_ -](?:t|tp|time|T)(?P<t>\d+))?(?:[_ -](?:z|Z|slice)(?P<z>\d+))?"
    ),
    "letters before numbers": (
        r"(?P<name>.+?)(?:[_ -](?:s|p|pos|xy|f)(?P<position>\d+))?"
        r"(?:[_ -](?:t|tp|time|T)(?P<t>\d+))?(?:[_ -](?:z|Z|slice)(?P<z>\d+))?(?:[_ -](?:c|C|ch|channel)(?P<c>\d+))?"
    ),
}
"""Of file names without suffix: what is called t, c or z is a place along that axis, all else tells images apart."""


@dataclass(frozen=True)
class FileSeries:
    """Files that seem to be images in several files each.

    Attributes
    ----------
    convention
        Whose way of naming files it is.
    pattern
        As it would stand in the sheet.
    groups
        One an image.
    """

    convention: str
    pattern: str
    groups: tuple[Group, ...]

    @property
    def axes(self) -> str:
        """The axes that files lie along."""
        return "".join(axis for axis in AXES if f"{{{axis}" in self.pattern)

    @property
    def plate(self) -> Plate | None:
        """The plate that the names tell of, by the fields that say which well an image is of."""
        fields = field_names(self.pattern)
        places = [name for name in ("well", "row", "column") if name in fields]
        if places not in (["well"], ["row", "column"]):
            return None
        return Plate(**{name: name for name in (*places, "name", "field") if name in fields})

    @property
    def files(self) -> list[str]:
        """All files."""
        return [file for group in self.groups for file in group.files]


def find_series(paths: Sequence[str]) -> list[FileSeries]:
    """Return the files that seem to be parts of images: whole grids only, without gaps and doubles."""
    found: list[FileSeries] = []
    left = list(paths)
    for name, expression in CONVENTIONS.items():
        for pattern, members in _templates(left, re.compile(expression)).items():
            axes = "".join(axis for axis in AXES if f"{{{axis}" in pattern)
            groups = group_files(members, axes)
            if all(group.series and len(group.files) > 1 for group in groups):
                found.append(FileSeries(name, pattern, tuple(groups)))
        taken = {file for series in found for file in series.files}
        left = [path for path in left if path not in taken]
    return found


def _templates(paths: Sequence[str], convention: re.Pattern[str]) -> dict[str, list[Member]]:
    """Return the files that follow a convention, by a pattern that has a field for each of the convention's groups."""
    matched: dict[tuple[str, str], list[tuple[str, re.Match[str]]]] = defaultdict(list)
    for path in paths:
        file = PurePosixPath(path)
        stem, dot, suffix = file.name.partition(".")
        match = convention.fullmatch(stem)
        if match and any(match.groupdict().get(axis) for axis in AXES):
            shape = _filled(match, {name: f"{{{name}}}" for name in match.groupdict()})
            matched[str(file.parent), f"{shape}{dot}{suffix}"].append((path, match))
    templates: dict[str, list[Member]] = {}
    for (folder, _), files in matched.items():
        forms = {name: _form(name, [match[name] for _, match in files]) for name in files[0][1].groupdict()}
        path, match = files[0]
        suffix = PurePosixPath(path).name.partition(".")[2]
        pattern = f"{_filled(match, forms)}.{escape(suffix)}"
        whole = pattern if folder == "." else f"{escape(folder)}/{pattern}"
        templates[whole] = [
            Member(path, {name: value for name, value in match.groupdict().items() if value is not None})
            for path, match in files
        ]
    return templates


def _filled(match: re.Match[str], fields: dict[str, str]) -> str:
    """Return a matched name with fields in the place of what they stand for."""
    text, position = "", 0
    for name in sorted((name for name in fields if match[name] is not None), key=match.start):
        text += escape(match.string[position : match.start(name)]) + fields[name]
        position = match.end(name)
    return text + escape(match.string[position:])


def _form(name: str, values: Sequence[str | None]) -> str:
    """Return a field for such values: `{t:03d}` for numbers of one length, `{t:d}` for other numbers, else `{t}`."""
    known = [value for value in values if value]
    if name not in ("name", "well") and all(value.isdigit() for value in known):
        lengths = {len(value) for value in known}
        return f"{{{name}:0{lengths.pop()}d}}" if len(lengths) == 1 and len(known[0]) > 1 else f"{{{name}:d}}"
    return f"{{{name}}}"
