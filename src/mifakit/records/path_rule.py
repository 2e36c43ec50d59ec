"""What the archive calls a path that it takes, everywhere: BioStudies' rule."""

from __future__ import annotations

import re

# No + # , & = [ ] ~ @, nothing outside ASCII.
_ALLOWED = re.compile(r"(?!\./)(?!.*/$)(?!.*\.\./)[0-9A-Za-z!\-_*'(). /]+")
PATH_RULE = "letters, digits and ! - _ * ' ( ) . / only"


def is_allowed_path(path: str) -> bool:
    """Whether BioStudies takes a file of this path."""
    return _ALLOWED.fullmatch(path) is not None
