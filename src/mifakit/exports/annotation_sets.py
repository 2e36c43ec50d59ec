"""Which of a dataset's annotation sets is meant."""

from __future__ import annotations

from mifakit.dataset.dataset import Dataset
from mifakit.errors import MifaError


def choose_set(dataset: Dataset, stated: str | None) -> str:
    """Return the set that is stated; the only one when none is.

    Raises
    ------
    MifaError
        MIFA509 when there is none of that name, or it is not clear which.
    """
    sets = dataset.annotation_sets
    name = stated or (sets[0] if len(sets) == 1 else "")
    if name not in sets:
        said = f"there is no set {name!r}" if name else f"it has {len(sets)} sets"
        raise MifaError("MIFA509", f"{said}: {', '.join(sets) or 'none'}", str(dataset.path))
    return name
