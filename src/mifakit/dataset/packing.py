"""How the dataset's files are called where folders cannot go: one zip an image, one a label image, one a graph."""

from __future__ import annotations

from dataclasses import replace

from mifakit.dataset import layout
from mifakit.dataset.rows import AnnotationRow, SampleRow

STORE, GRAPH, LABELS, PACKED = ".ome.zarr", ".geff", "labels", ".zip"


def packed_path(path: str) -> str:
    """Return the file that a file or folder of the dataset is sent as.

    Parameters
    ----------
    path
        Relative to the dataset: an OME-Zarr, an image or a label image in it, a graph, or any file. What is
        packed already keeps its name.

    Returns
    -------
    str
        `images/a.ome.zarr` is sent as `images/a.ome.zarr.zip`, without its labels; its label image
        `images/a.ome.zarr/labels/nuclei` as `annotations/nuclei/a.ome.zarr.zip`; one of a field on a
        plate, `images/p.ome.zarr/B/3/0/labels/nuclei`, as `annotations/nuclei/p_B_3_0.ome.zarr.zip`.
        The field itself stays in the plate's, `images/p.ome.zarr.zip/B/3/0`. Files keep their path.
    """
    if not path.startswith(f"{layout.IMAGES}/"):
        return path + PACKED if path.endswith(GRAPH) else path
    image, in_labels, label = path.partition(f"/{LABELS}/")
    store, *field = image.removeprefix(f"{layout.IMAGES}/").split("/")
    if in_labels:
        name = "_".join((store.removesuffix(STORE), *field))
        return f"{layout.ANNOTATIONS}/{label}/{name}{STORE}{PACKED}"
    return "/".join((layout.IMAGES, store + PACKED if store.endswith(STORE) else store, *field))


def label_name(path: str) -> str:
    """Return the name of a label image, by its path in the dataset or the one under which it is sent."""
    return path.split("/")[1] if path.endswith(PACKED) else path.rpartition("/")[2]


def packed_row(row: SampleRow) -> SampleRow:
    """Return a row of the manifest that names what is sent."""
    annotations = {name: _packed_annotation(annotation) for name, annotation in row.annotations.items()}
    return replace(row, image=packed_path(row.image), annotations=annotations)


def _packed_annotation(row: AnnotationRow) -> AnnotationRow:
    return replace(
        row,
        label=row.label and packed_path(row.label),
        further_labels=tuple(map(packed_path, row.further_labels)),
        graph=row.graph and packed_path(row.graph),
    )
