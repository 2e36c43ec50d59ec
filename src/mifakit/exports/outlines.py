"""Label images -> outlines along the edges of pixels, exactly. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt


def outlines(labels: npt.NDArray[np.integer]) -> Iterator[tuple[int, Any]]:
    """Yield each id of a plane with its outline, a shapely (multi-)polygon whose area is its number of pixels.

    Parameters
    ----------
    labels
        (y, x), 0 for background.
    """
    import shapely

    changes = np.ones(labels.shape, bool)
    changes[:, 1:] = labels[:, 1:] != labels[:, :-1]
    starts = np.flatnonzero(changes)
    stops = np.append(starts[1:], labels.size)
    values = labels.reshape(-1)[starts]
    inside = np.flatnonzero(values)
    order = inside[np.argsort(values[inside], kind="stable")]
    width = labels.shape[1]
    rows, left = np.divmod(starts[order], width)
    boxes = shapely.box(left, rows, stops[order] - rows * width, rows + 1)
    ids, firsts = np.unique(values[order], return_index=True)
    for value, own in zip(ids.tolist(), np.split(boxes, firsts)[1:], strict=True):
        # Where rows of equal length meet, the union keeps vertices in the middle of straight sides.
        yield value, shapely.simplify(shapely.union_all(own), 0)
