"""How to make each rule of a finished dataset fire: a small one in order, and ways to damage it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import zarr

Harm = Callable[[Path], object]

IMAGE = "images/cell1.ome.zarr"
LABELS = f"{IMAGE}/labels/nuclei"


def delete(name: str) -> Harm:
    return lambda dataset: shutil.rmtree(dataset / name) if (dataset / name).is_dir() else (dataset / name).unlink()


def write(name: str, text: str) -> Harm:
    return lambda dataset: (dataset / name).write_text(text, "utf-8")


def replace(name: str, old: str, new: str) -> Harm:
    def harm(dataset: Path) -> None:
        text = (dataset / name).read_text("utf-8")
        assert old in text
        (dataset / name).write_text(text.replace(old, new), "utf-8")

    return harm


def document(name: str, change: Callable[[dict[str, Any]], object]) -> Harm:
    def harm(dataset: Path) -> None:
        read = json.loads((dataset / name).read_text("utf-8"))
        change(read)
        (dataset / name).write_text(json.dumps(read), "utf-8")

    return harm


def rows(name: str, change: Callable[[list[dict[str, Any]]], object]) -> Harm:
    def harm(dataset: Path) -> None:
        table = pq.read_table(dataset / name)
        listed = table.to_pylist()
        change(listed)
        pq.write_table(pa.Table.from_pylist(listed, schema=table.schema), dataset / name)

    return harm


def every(**values: object) -> Callable[[list[dict[str, Any]]], object]:
    return lambda listed: [
        row.update({key.replace("__", "."): value for key, value in values.items()}) for row in listed
    ]


def _zeros(dataset: Path) -> None:
    array: Any = zarr.open_array(dataset / f"{IMAGE}/0", mode="r+")
    array[...] = np.zeros(array.shape, array.dtype)


def _bare(listed: list[dict[str, Any]]) -> None:
    for row in listed:
        row.update({key: None for key in row if key.startswith("nuclei.")})


def _two_spellings(listed: list[dict[str, Any]]) -> None:
    for row in listed:
        row["class"] = ("Cell", "cells")[row["id"] % 2]


MANIFEST, OBJECTS = "manifest.parquet", "annotations/nuclei/objects.parquet"

DATASETS: dict[str, Harm] = {
    "MIFA349": rows(OBJECTS, _two_spellings),
    "MIFA401": document(f"{IMAGE}/zarr.json", lambda group: group["attributes"].clear()),
    "MIFA402": lambda dataset: [path.unlink() for path in (dataset / IMAGE / "0" / "c").rglob("*") if path.is_file()],
    "MIFA403": document(f"{LABELS}/0/zarr.json", lambda array: array.update(shape=[20, 40])),
    "MIFA404": rows(MANIFEST, every(nuclei__objects=7)),
    "MIFA405": delete(IMAGE),
    "MIFA406": replace("README.md", "e", "a"),
    "MIFA407": write("notes.txt", "mine"),
    "MIFA408": _zeros,
    "MIFA409": rows(MANIFEST, _bare),
    "MIFA410": rows(MANIFEST, every(split=None)),
    "MIFA411": rows(MANIFEST, every(pixel_digest="0" * 32)),
    "MIFA412": rows(MANIFEST, every(group="patient 1")),
    "MIFA413": rows(MANIFEST, every(pixel_size_x=None)),
    "MIFA414": document(f"{LABELS}/0/zarr.json", lambda array: array.update(data_type="float32", fill_value=0.0)),
    "MIFA415": delete(OBJECTS),
    "MIFA416": rows(MANIFEST, every(nuclei__graph="annotations/nuclei/graphs/none.geff")),
    "MIFA501": write("records/mifa/study.yaml", "a: ["),
    "MIFA502": write("ro-crate-metadata.json", "{"),
    "MIFA503": write("file_list.tsv", "nothing\n"),
    "MIFA504": delete("file_list.tsv"),
    "MIFA505": document(
        "ro-crate-metadata.json",
        lambda crate: [entity.pop("datePublished", None) for entity in crate["@graph"] if entity["@id"] == "./"],
    ),
}  # fmt: skip
