"""Where everything in a dataset lies. Paths are relative to the dataset, with forward slashes."""

from __future__ import annotations

from mifakit.sources.names import portable_name

CARD = "README.md"
SHEET = "mifa.yaml"
MANIFEST = "manifest.parquet"
MANIFEST_CSV = "manifest.csv"
CHECKSUMS = "checksums.txt"
CRATE = "ro-crate-metadata.json"
CROISSANT = "croissant.json"
FILE_LIST = "file_list.tsv"
IMAGES = "images"
ANNOTATIONS = "annotations"
PREVIEWS = "previews"
RECORDS = "records"
CITATION = "CITATION.cff"
BIBTEX = f"{RECORDS}/citation.bib"
DATACITE = f"{RECORDS}/datacite.json"
ZENODO = f"{RECORDS}/zenodo.json"
JSON_LD = f"{RECORDS}/dataset.jsonld"
GALLERY = f"{RECORDS}/gallery.html"
GUIDE = "SUBMIT.md"
GIT_ATTRIBUTES = ".gitattributes"


def image_path(sample: str) -> str:
    """Return where the image of a sample is that is on no plate: in an OME-Zarr of its own."""
    return f"{IMAGES}/{sample}.ome.zarr"


def field_path(plate: str, row: str, column: int, field: int) -> str:
    """Return where an image on a plate is: in the plate's OME-Zarr."""
    return f"{IMAGES}/{portable_name(plate)}.ome.zarr/{row}/{column}/{field}"


def store_path(image: str) -> str:
    """Return the OME-Zarr that an image is in, or that it is."""
    return "/".join(image.split("/")[:2])


def label_path(image: str, annotation_set: str) -> str:
    """Return an image's label image of one annotation set, inside it."""
    return f"{image}/labels/{annotation_set}"


def table_path(annotation_set: str, kind: str) -> str:
    """Return where the table of one kind of a set's annotations is: objects, shapes, points, classes or counts."""
    return f"{ANNOTATIONS}/{annotation_set}/{kind}.parquet"


def graph_path(sample: str, annotation_set: str) -> str:
    """Return a sample's graph of one annotation set: tracks, or whatever else has edges."""
    return f"{ANNOTATIONS}/{annotation_set}/graphs/{sample}.geff"


def preview_path(sample: str, annotation_set: str | None = None) -> str:
    """Return the sample's preview; with an annotation set, the one that shows the annotation."""
    folder = f"{PREVIEWS}/{annotation_set}" if annotation_set else PREVIEWS
    return f"{folder}/{sample}.jpg"
