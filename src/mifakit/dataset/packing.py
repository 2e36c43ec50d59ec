"""How the dataset's files are called where folders cannot go: one zip an image, one a label image, one a graph."""

from __future__ import annotations

from mifakit.dataset import layout

STORE, GRAPH, PACKED = ".ome.zarr", ".geff", ".zip"


def packed_path(path: str) -> str:
    """Return the file that a file or folder of the dataset is sent as.

    Parameters
    ----------
    path
        Relative to the dataset: an OME-Zarr, a label image in it, a graph, or any file.

    Returns
    -------
    str
        `images/a.ome.zarr` is sent as `images/a.ome.zarr.zip`, without its labels; its label image
        `images/a.ome.zarr/labels/nuclei` as `annotations/nuclei/a.ome.zarr.zip`; one of a field on a
        plate, `images/p.ome.zarr/B/3/0/labels/nuclei`, as `annotations/nuclei/p_B_3_0.ome.zarr.zip`.
        Files keep their path.
    """
    image, in_labels, label = path.partition("/labels/")
    if in_labels:
        store, *field = image.removeprefix(f"{layout.IMAGES}/").split("/")
        name = "_".join((store.removesuffix(STORE), *field))
        return f"{layout.ANNOTATIONS}/{label}/{name}{STORE}{PACKED}"
    return path + PACKED if path.endswith((STORE, GRAPH)) else path
