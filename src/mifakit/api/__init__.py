"""The verbs: each wires rooms together. This is what `mifakit.<verb>` and the command line call.

A verb's module is imported when it is first used: who checks a sheet need not wait for what only packages need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mifakit.api.beginning import Begun, init, scan
    from mifakit.api.building import Built, Observer, build
    from mifakit.api.checking import check, validate
    from mifakit.api.describing import describe
    from mifakit.api.linking import Linked, link_model
    from mifakit.api.opening import open
    from mifakit.api.planning import plan
    from mifakit.api.sending import Packaged, export, package
    from mifakit.api.sheets import fix, look_up, sync, terms, write_fixed
    from mifakit.api.surroundings import demo, doctor
    from mifakit.errors import NothingBuiltError

__all__ = [
    "Begun", "Built", "Linked", "NothingBuiltError", "Observer", "Packaged",
    "build", "check", "demo", "describe", "doctor", "export", "fix", "init", "link_model", "look_up", "open", "package",
    "plan", "scan", "sync", "terms", "validate", "write_fixed",
]  # fmt: skip
_HOMES = {
    "mifakit.api.beginning": ("Begun", "init", "scan"),
    "mifakit.api.building": ("Built", "Observer", "build"),
    "mifakit.api.checking": ("check", "validate"),
    "mifakit.api.describing": ("describe",),
    "mifakit.api.linking": ("Linked", "link_model"),
    "mifakit.api.opening": ("open",),
    "mifakit.api.planning": ("plan",),
    "mifakit.api.sending": ("Packaged", "export", "package"),
    "mifakit.api.sheets": ("fix", "look_up", "sync", "terms", "write_fixed"),
    "mifakit.api.surroundings": ("demo", "doctor"),
    "mifakit.errors": ("NothingBuiltError",),
}


def __getattr__(name: str) -> Any:
    """Import the module of a public name when it is first used."""
    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
