"""Plugins: what installed packages register under an entry point group. A broken one is a finding, not a crash."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from mifakit.findings import Finding


def load_plugins(group: str, *, protocol: type | None = None) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Load everything that is registered under a group.

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
        By name, in the order of names.
    findings
        MIFA005 for each that does not load or is something else.
    """
    plugins: dict[str, Any] = {}
    findings: list[Finding] = []
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        who = f"{point.name!r} ({point.value}) of {group}"
        try:
            plugin = point.load() if protocol is None else point.load()()
        except Exception as error:  # a stranger's import may raise anything
            findings.append(Finding.of("MIFA005", f"{who}: {error}"))
            continue
        if protocol is None or isinstance(plugin, protocol):
            plugins[point.name] = plugin
        else:
            findings.append(Finding.of("MIFA005", f"{who} is not a {protocol.__name__}"))
    return plugins, tuple(findings)
