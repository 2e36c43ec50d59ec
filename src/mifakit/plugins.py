"""Plugins: what installed packages register under an entry point group. A broken one is a finding, not a crash."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from mifakit.findings import Finding
from mifakit.imports import load_in_time


@dataclass(frozen=True)
class Plugin:
    """One entry point of a group.

    Attributes
    ----------
    point
        Where it is registered.
    loaded
        What it is; None when it is broken.
    finding
        MIFA005 when it is broken.
    """

    point: EntryPoint
    loaded: Any = None
    finding: Finding | None = None

    @property
    def name(self) -> str:
        """The name under which it is registered."""
        return self.point.name

    @property
    def distribution(self) -> str:
        """The package that registers it; empty when nothing says so."""
        return self.point.dist.name if self.point.dist else ""

    @property
    def version(self) -> str:
        """The version of that package; empty when nothing says so."""
        return self.point.dist.version if self.point.dist else ""

    @property
    def package(self) -> str:
        """Name and version of its distribution."""
        return f"{self.distribution} {self.version}".strip() or "an unknown package"

    def to_record(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        package = {"distribution": self.distribution or None, "version": self.version or None}
        return {"name": self.name, **package, "loads": self.finding is None}


def find_plugins(group: str, *, protocol: type | None = None) -> tuple[Plugin, ...]:
    """Find and load everything that is registered under a group, in the order of names.

    Parameters
    ----------
    group
        For example `mifakit.readers`.
    protocol
        A runtime-checkable protocol: what is registered is then a class, which is called without
        arguments and must give one. Else what is registered is taken as it is.

    Returns
    -------
    plugins
        With a finding, each that does not load, does not come to an end of it, or is something else.
    """
    points = sorted(_points(tuple(sys.path)).select(group=group), key=lambda point: point.name)
    return tuple(_load(point, protocol) for point in points)


def load_plugins(group: str, *, protocol: type | None = None) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Load what works of a group, by name, and say what does not; see `find_plugins`."""
    found = find_plugins(group, protocol=protocol)
    plugins = {plugin.name: plugin.loaded for plugin in found if not plugin.finding}
    return plugins, tuple(plugin.finding for plugin in found if plugin.finding)


@cache
def _points(path: tuple[str, ...]) -> Any:
    """Return what is registered by all that is installed along `sys.path`: to look takes a hundred files."""
    return entry_points()  # EntryPoints, or what Python 3.11 has for all of them, which can be selected from too


def _load(point: EntryPoint, protocol: type | None) -> Plugin:
    def broken(why: str) -> Plugin:
        package = Plugin(point).package
        message = f"{point.name!r} ({point.value}) of {package}, for {point.group}, {why}"
        return Plugin(point, finding=Finding.of("MIFA005", message))

    try:
        loaded = load_in_time(point.module, lambda: point.load() if protocol is None else point.load()())
    except Exception as error:  # a stranger's import may raise anything
        return broken(f"does not load: {error}")
    if protocol is not None and not isinstance(loaded, protocol):
        return broken(f"is not a {protocol.__name__}")
    return Plugin(point, loaded)
