"""What a distribution and its extras need, as its own metadata say, and what of that is installed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from mifakit.errors import MifaError

CORE = "mifakit"
_EXTRA = re.compile(r'(?: and )?extra == "([^"]+)"')


@dataclass(frozen=True)
class Need:
    """A package that is needed.

    Attributes
    ----------
    package
        The distribution's name.
    wanted
        Its versions, such as `>=3.11`; empty for any.
    installed
        The version that is there, or None.
    only
        Where alone it is needed, when that is not here: `python_version >= "3.13"`.
    """

    package: str
    wanted: str
    installed: str | None
    only: str = ""

    @property
    def met(self) -> bool:
        """Whether a version that will do is installed, and made for this Python and platform."""
        if self.only or self.installed is None:
            return False
        return SpecifierSet(self.wanted).contains(self.installed, prereleases=True)

    def __str__(self) -> str:
        note = f"only where {self.only}" if self.only else f"{self.installed} is installed" if self.installed else ""
        return f"{self.package}{self.wanted}{f' ({note})' if note else ''}"

    def to_record(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return {**asdict(self), "only": self.only or None, "met": self.met}


def needs_of(distribution: str, extra: str = "") -> tuple[Need, ...]:
    """Return what an extra adds to a distribution; without one, what the distribution needs itself."""
    return tuple(dict.fromkeys(_needs(distribution, extra, frozenset())))


def extras_of(distribution: str) -> frozenset[str]:
    """Return the names of a distribution's extras, normalised."""
    try:
        return frozenset(map(canonicalize_name, metadata(distribution).get_all("Provides-Extra") or ()))
    except PackageNotFoundError:
        return frozenset()


@contextmanager
def whole_core() -> Iterator[None]:
    """Use mifakit's own modules in the block: when one does not load, say what is missing.

    Raises
    ------
    MifaError
        MIFA217.
    """
    try:
        yield
    except ImportError as error:
        missing = ", ".join(str(need) for need in needs_of(CORE) if not (need.met or need.only))
        problem = f"what mifakit needs is missing: {missing}" if missing else f"mifakit does not load: {error}"
        raise MifaError("MIFA217", problem, hint=f"pip install --force-reinstall {CORE}") from error


def _needs(distribution: str, extra: str, above: frozenset[str]) -> Iterator[Need]:
    for requirement in map(Requirement, _requires(distribution)):
        marker = requirement.marker
        if not _belongs(marker, extra):
            continue
        if canonicalize_name(requirement.name) == canonicalize_name(distribution):  # an extra made of others
            for other in sorted(requirement.extras - above):
                yield from _needs(distribution, other, above | {extra, other})
            continue
        applies = marker is None or marker.evaluate({"extra": extra})
        only = "" if applies else _EXTRA.sub("", str(marker))
        yield Need(requirement.name, str(requirement.specifier), _installed(requirement.name), only)


def _belongs(marker: Marker | None, extra: str) -> bool:
    """Whether a requirement is one of this extra or, without one, of none."""
    named = {canonicalize_name(name) for name in _EXTRA.findall(str(marker))}
    return canonicalize_name(extra) in named if extra else not named


def _requires(distribution: str) -> list[str]:
    try:
        return requires(distribution) or []
    except PackageNotFoundError:
        return []


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
