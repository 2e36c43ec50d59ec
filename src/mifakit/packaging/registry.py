"""The destinations that are installed, found through the entry point group `mifakit.packages`."""

from __future__ import annotations

from functools import cache

from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.packaging.base import Package
from mifakit.plugins import load_plugins

GROUP = "mifakit.packages"


@cache
def load_packages() -> tuple[dict[str, Package], tuple[Finding, ...]]:
    """Load every registered destination, by name; a plugin that fails to load becomes a finding."""
    found, findings = load_plugins(GROUP, protocol=Package)
    return {package.name: package for package in found.values()}, findings


def find_package(name: str) -> Package:
    """Return a destination.

    Raises
    ------
    MifaError
        MIFA550 when there is none of that name.
    """
    packages = load_packages()[0]
    if name not in packages:
        raise MifaError("MIFA550", f"{name!r} is not one of {', '.join(sorted(packages))}")
    return packages[name]
