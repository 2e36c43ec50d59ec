"""Where everything in a dataset lies. Paths are relative to the dataset, with forward slashes."""

from __future__ import annotations

CARD = "README.md"
SHEET = "mifa.yaml"
MANIFEST = "manifest.parquet"
MANIFEST_CSV = "manifest.csv"
CHECKSUMS = "checksums.txt"
CRATE = "ro-crate-metadata.json"
FILE_LIST = "file_list.tsv"
IMAGES = "images"
PREVIEWS = "previews"
RECORDS = "records"


def image_path(sample: str) -> str:
    """Return the sample's OME-Zarr image."""
    return f"{IMAGES}/{sample}.ome.zarr"


def label_path(sample: str, annotation_set: str) -> str:
    """Return the sample's label image of one annotation set, inside its image."""
    return f"{image_path(sample)}/labels/{annotation_set}"


def preview_path(sample: str, annotation_set: str | None = None) -> str:
    """Return the sample's preview; with an annotation set, the one that shows the annotation."""
    folder = f"{PREVIEWS}/{annotation_set}" if annotation_set else PREVIEWS
    return f"{folder}/{sample}.jpg"
