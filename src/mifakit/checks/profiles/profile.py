"""A profile: levels and codes with how bad they are. Read from a small file, applied to findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Literal

from mifakit.catalogue import CATALOGUE, Level, Severity
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.sources.yaml_text import Location, Tree, parse_yaml, read_text

DEFAULT = "mifa"
SHIPPED = ("mifa", "bia", "bioimageio", "strict")

Tier = Severity | Literal["off"]
_TIERS: dict[str, Tier] = {**{severity.value: severity for severity in Severity}, "off": "off"}


@dataclass(frozen=True)
class Profile:
    """How bad findings are.

    Attributes
    ----------
    levels
        By the promise that they break.
    codes
        By code, which counts more than the level.
    """

    levels: Mapping[Level, Tier] = field(default_factory=dict)
    codes: Mapping[str, Tier] = field(default_factory=dict)

    def weigh(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings as bad as this profile takes them; those that are off are left out."""
        weighed = []
        for finding in findings:
            by_level = self.levels.get(finding.level) if finding.level else None
            tier = self.codes.get(finding.code) or by_level or finding.severity
            if tier != "off":
                weighed.append(replace(finding, severity=tier))
        return weighed


def load_profile(name: str) -> Profile:
    """Return a profile that is shipped, or one in a file.

    Raises
    ------
    MifaError
        MIFA189 when there is no such profile, or it says what no profile can say.
    """
    path = files("mifakit.checks.profiles").joinpath(f"{name}.yaml") if name in SHIPPED else Path(name)
    if not path.is_file():
        known = ", ".join(SHIPPED)
        raise MifaError("MIFA189", f"{name!r} is neither a file nor one of {known}", name)
    try:
        tree, lines = parse_yaml(read_text(Path(str(path))), name)
    except MifaError as error:
        raise MifaError("MIFA189", error.finding.message, error.finding.place or name) from error
    return _parse(tree or {}, _Places(name, lines))


@dataclass(frozen=True)
class _Places:
    """Where the parts of a profile stand in its file."""

    path: str
    lines: Mapping[Location, int]

    def refuse(self, message: str, *location: str) -> MifaError:
        return MifaError("MIFA189", message, Place(self.path, self.lines.get(location), ".".join(location) or None))


def _parse(tree: Tree, places: _Places) -> Profile:
    if not isinstance(tree, dict) or (unknown := [key for key in tree if key not in ("levels", "codes")]):
        raise places.refuse(f"there is no {', '.join(unknown)}" if isinstance(tree, dict) else "holds no fields")
    levels = _tiers(tree, "levels", [level.value for level in Level], places)
    codes = _tiers(tree, "codes", list(CATALOGUE), places)
    for code, tier in codes.items():
        entry = CATALOGUE[code]
        if entry.severity is Severity.ERROR and entry.level is None and tier is not Severity.ERROR:
            raise places.refuse(f"{code} stays an error: {entry.title}", "codes", code)
    return Profile({Level(level): tier for level, tier in levels.items()}, codes)


def _tiers(tree: Mapping[str, Tree], room: str, known: list[str], places: _Places) -> dict[str, Tier]:
    stated = tree.get(room) or {}
    if not isinstance(stated, dict):
        raise places.refuse("is no block of fields", room)
    if unknown := [key for key in stated if key not in known]:
        kind = "levels are " + ", ".join(known) if room == "levels" else "codes are in the catalogue"
        raise places.refuse(f"there is no {', '.join(unknown)}; {kind}", room, unknown[0])
    for key, tier in stated.items():
        if str(tier) not in _TIERS:
            raise places.refuse(f"{tier!r} is not one of {', '.join(_TIERS)}", room, key)
    return {key: _TIERS[str(tier)] for key, tier in stated.items()}
