"""The exports that are installed, found through the entry point group `mifakit.exports`."""

from __future__ import annotations

from functools import cache

from mifakit.errors import MifaError
from mifakit.exports.base import Export
from mifakit.findings import Finding
from mifakit.plugins import load_plugins

GROUP = "mifakit.exports"


@cache
def load_exports() -> tuple[dict[str, Export], tuple[Finding, ...]]:
    """Load every registered export, by name; a plugin that fails to load becomes a finding."""
    found, findings = load_plugins(GROUP, protocol=Export)
    return {export.name: export for export in found.values()}, findings


def find_export(name: str) -> Export:
    """Return an export.

    Raises
    ------
    MifaError
        MIFA506 when there is none of that name.
    """
    exports = load_exports()[0]
    if name not in exports:
        raise MifaError("MIFA506", f"there is no export {name!r}; there is {', '.join(sorted(exports))}")
    return exports[name]
