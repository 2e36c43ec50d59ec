"""What the images in a file are called."""

from __future__ import annotations

from collections.abc import Sequence


def scene_names(names: Sequence[str | None], kind: str) -> tuple[str, ...]:
    """Return a name of its own for each image of a file; none for the only one.

    Parameters
    ----------
    names
        What the file calls them, if anything.
    kind
        What one without a name is called, with its number: `Scene` for `Scene 3`.
    """
    if len(names) < 2:
        return ()
    own = [" ".join((name or "").split()) or f"{kind} {number}" for number, name in enumerate(names, 1)]
    taken = set(own)
    found: list[str] = []
    for name in own:
        unique, count = name, 1
        while unique in found or (count > 1 and unique in taken):
            count += 1
            unique = f"{name} ({count})"
        found.append(unique)
    return tuple(found)
