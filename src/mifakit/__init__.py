"""Turn a lab's microscopy images and annotations into AI-ready datasets that follow MIFA.

The verbs, in the order of the data flow: `scan`, `init`, `sync`, `check`, `fix`, `plan`, `build`, `describe`,
`validate`, `package`, `export`, `link_model`, `open`; `terms` and `look_up` look things up, and `doctor` says what is
installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mifakit._version import __version__

if TYPE_CHECKING:
    from mifakit.api import (
        build,
        check,
        demo,
        describe,
        doctor,
        export,
        fix,
        init,
        link_model,
        look_up,
        open,
        package,
        plan,
        scan,
        sync,
        terms,
        validate,
    )
    from mifakit.conversion.resources import Resources
    from mifakit.errors import MifaError
    from mifakit.findings import Finding

__all__ = [
    "Finding",
    "MifaError",
    "Resources",
    "__version__",
    "build",
    "check",
    "demo",
    "describe",
    "doctor",
    "export",
    "fix",
    "init",
    "link_model",
    "look_up",
    "open",
    "package",
    "plan",
    "scan",
    "sync",
    "terms",
    "validate",
]
_HOMES = {"MifaError": "mifakit.errors", "Finding": "mifakit.findings", "Resources": "mifakit.conversion.resources"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import mifakit` costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "mifakit.api")), name)
