"""Tracks told by a table of label values -> a graph through the objects of the label image. Pure."""

from __future__ import annotations

import numpy as np

from mifakit.annotations.model import Graph, Lineage, Objects, Points
from mifakit.annotations.raster.label_properties import LabelProperties


def follow(lineage: Lineage, found: LabelProperties) -> Graph:
    """Return the graph: a node for each object in each frame of its track, in the order of frames.

    An edge leads from an object to the same one in the next frame that it is in, and from the last one of a parent to
    the first ones of its children. Objects of the label image that no track names are nodes without edges.

    Parameters
    ----------
    lineage
        The tracks.
    found
        The objects, with the middle of each at each time point.
    """
    order = np.lexsort((found.t, found.labels))
    t, labels = found.t[order], found.labels[order].astype(np.int64)
    same = (labels[1:] == labels[:-1]) & np.isin(labels[1:], lineage.labels)
    before = np.flatnonzero(same)
    edges = [np.stack([before, before + 1], axis=1)]
    firsts, lasts = (np.searchsorted(labels, np.unique(labels), side) for side in ("left", "right"))
    place = {int(label): (first, last - 1) for label, first, last in zip(np.unique(labels), firsts, lasts, strict=True)}
    born = [
        (place[parent][1], place[child][0])
        for child, parent in zip(lineage.labels.tolist(), lineage.parents.tolist(), strict=True)
        if parent in place and child in place
    ]
    edges.append(np.array(born, np.int64).reshape(-1, 2))
    objects = Objects(
        len(t),
        label=labels,
        t=t.astype(np.float64),
        z=found.centroids[order, 2],
        properties={"track": labels, "area": found.areas[order]},
    )
    return Graph(Points(found.centroids[order, :2], objects), np.concatenate(edges))
