"""A label image, or a graph, as a Zarr of its own: what it says of the image around it, said from outside."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from posixpath import normpath, relpath
from typing import Any

from mifakit.dataset.packing import packed_path
from mifakit.errors import MifaError

_ATTRIBUTES = ("zarr.json", ".zattrs")


def label_metadata(folder: Path, label: str, image: str) -> dict[str, bytes]:
    """Return the metadata of a label image that is the root of a zip; its pixels are untouched.

    `image-label.source` led from it to the image around it, and can lead to nothing but another folder of the same
    Zarr: it is dropped. Which zip of the submission holds the image, is said outside of what OME-Zarr names.

    Parameters
    ----------
    folder
        The dataset.
    label, image
        Where they are in the dataset.
    """

    def relink(attributes: dict[str, Any]) -> None:
        attributes.get("ome", attributes)["image-label"].pop("source", None)
        attributes["mifakit"] = {"source_image": packed_path(image)}

    return _changed(folder / label, relink)


def graph_metadata(folder: Path, graph: str) -> dict[str, bytes]:
    """Return the metadata of a graph that is the root of a zip: it leads to the zips of its label images."""

    def relink(attributes: dict[str, Any]) -> None:
        for related in attributes.get("geff", {}).get("related_objects") or ():
            there = normpath(f"{graph}/{related['path']}")
            related["path"] = relpath(packed_path(there), packed_path(graph))

    return _changed(folder / graph, relink)


def _changed(group: Path, change: Callable[[dict[str, Any]], None]) -> dict[str, bytes]:
    file = next((group / name for name in _ATTRIBUTES if (group / name).is_file()), group / _ATTRIBUTES[0])
    try:
        document = json.loads(file.read_bytes())
        change(document["attributes"] if file.name == "zarr.json" else document)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise MifaError("MIFA401", f"its metadata cannot be read: {error}", str(file)) from error
    return {file.name: json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()}
