"""Files whose names run along axes -> series; what is missing or double is told. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from mifakit.findings import Finding, Place
from mifakit.readers.series import Series

_SHOWN = 3


@dataclass(frozen=True)
class Member:
    """A file that belongs to a series: its path, and what its pattern's fields stand for."""

    path: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Group:
    """Files that agree in all fields but the axes.

    Attributes
    ----------
    fields
        What they agree in.
    files
        Their paths, in order.
    series
        The grid that they make; None when it has gaps, or two files for one place.
    findings
        What is wrong with it.
    """

    fields: Mapping[str, str]
    files: tuple[str, ...]
    series: Series | None
    findings: tuple[Finding, ...] = ()


def group_files(members: Sequence[Member], axes: str, channels: Sequence[str] = ()) -> list[Group]:
    """Group files into series.

    Parameters
    ----------
    members
        All files of one set.
    axes
        Letters of `tczyx`: fields of this name tell a file's place.
    channels
        Names in order: where the places along c are these, theirs is the order.

    Returns
    -------
    list of Group
        In order of their first files. A place that one file of a group has and another has not is a gap.
    """
    groups: dict[Hashable, list[Member]] = defaultdict(list)
    for member in members:
        groups[frozenset(item for item in member.fields.items() if item[0] not in axes)].append(member)
    return [_group(group, axes, channels) for group in groups.values()]


def _group(members: Sequence[Member], axes: str, channels: Sequence[str]) -> Group:
    used = "".join(axis for axis in axes if any(axis in member.fields for member in members))
    rest = {name: value for name, value in members[0].fields.items() if name not in axes}
    values = [_ordered({member.fields.get(axis, "") for member in members}, axis, channels) for axis in used]
    places: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for member in members:
        places[tuple(_place(member.fields.get(axis, "")) for axis in used)].append(member.path)
    grid = {tuple(map(_place, named)): named for named in product(*values)}
    files = tuple(path for place in grid for path in places.get(place, ()))
    findings = [*_doubles(places), *_gaps([grid[place] for place in grid if place not in places], used, files[0])]
    series = None if findings else Series(used, tuple(map(tuple, values)), files)
    return Group(rest, files, series, (*findings, *_jumps(used, values, files[0])))


def _place(value: str) -> str:
    """Return what tells places apart: 7 and 007 are one."""
    return str(int(value)) if value.isascii() and value.isdigit() else value


def _ordered(values: set[str], axis: str, channels: Sequence[str]) -> list[str]:
    """Return the values of one axis in order, one of those that mean the same place."""
    unique = {_place(value): value for value in sorted(values)}
    if axis == "c" and set(unique.values()) <= set(channels):
        return sorted(unique.values(), key=list(channels).index)
    return sorted(unique.values(), key=_natural)


def _natural(value: str) -> list[tuple[int, int, str]]:
    """Return a sorting key by which t2 comes before t10."""
    parts = re.split(r"([0-9]+)", value)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]


def _doubles(places: Mapping[tuple[str, ...], Sequence[str]]) -> Iterator[Finding]:
    for paths in places.values():
        if len(paths) > 1:
            yield Finding.of("MIFA220", f"stands for the same place as {', '.join(paths[:-1])}", Place(paths[-1]))


def _gaps(missing: Sequence[tuple[str, ...]], axes: str, first: str) -> Iterator[Finding]:
    if missing:
        some = [", ".join(f"{axis} = {value}" for axis, value in zip(axes, place, strict=True)) for place in missing]
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        yield Finding.of("MIFA221", f"its series has no file for {'; '.join(some[:_SHOWN])}{more}", Place(first))


def _jumps(axes: str, values: Sequence[Sequence[str]], first: str) -> Iterator[Finding]:
    """Yield where numbers are skipped; steps that are all alike are how somebody counts."""
    for axis, named in zip(axes, values, strict=True):
        if len(named) > 2 and all(value.isascii() and value.isdigit() for value in named):
            numbers = [int(value) for value in named]
            steps = {after - before for before, after in pairwise(numbers)}
            if len(steps) > 1:
                at = next(before for before, after in pairwise(numbers) if after - before != min(steps))
                yield Finding.of("MIFA222", f"along {axis} nothing follows {at} at once", Place(first))
