"""Source files and the jobs that a plan would make of them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from mifakit.annotations.base import Options
from mifakit.conversion.plan import AnnotationJob, AnnotationSource, Job
from mifakit.example_lab.example import filled_sheet
from mifakit.metadata.conversion_choices import StorageChoice
from mifakit.metadata.image_formats import LABEL_IMAGE
from mifakit.readers.base import Channel
from mifakit.readers.origin import Origin
from mifakit.readers.registry import open_image
from mifakit.sheet.template import render_sheet

RANDOM = np.random.default_rng(4)


def make_job(lab: Path, source: str, *annotations: AnnotationJob, drop_alpha: bool = False, **changes: Any) -> Job:
    with open_image(lab / source, changes.get("axes")) as opened:
        facts = opened.facts
    names = [f"C{index}" for index in range(facts.size("c") - drop_alpha)]
    job: dict[str, Any] = {
        "sample": "s1",
        "origin": Origin(source),
        "component": "Cells",
        "facts": facts,
        "axes": None,
        "drop_alpha": drop_alpha,
        "spacing": {},
        "channels": tuple(Channel(name) for name in names),
        "annotations": annotations,
        "group": "g",
        "split": "train",
    }
    return Job(**{**job, **changes})


def nuclei(*files: str, form: str = LABEL_IMAGE, **classes: str) -> AnnotationJob:
    named = {int(value[1:]): name for value, name in classes.items()}
    sources = tuple(AnnotationSource(Origin(file), form) for file in files)
    return AnnotationJob("nuclei", sources, "same name", Options(named))


def write_tiff(path: Path, array: np.ndarray, axes: str | None = None) -> np.ndarray:
    imagej = {"imagej": True, "metadata": {"axes": axes}} if axes else {"photometric": "minisblack"}
    tifffile.imwrite(path, array, **imagej)
    return array


def noise(*shape: int, dtype: str = "u2", high: int = 60_000) -> np.ndarray:
    return RANDOM.integers(0, high, shape).astype(dtype)


def tree(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file below a folder, by relative path."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def write_lab(home: Path, storage: StorageChoice | None = None, **images: np.ndarray) -> Path:
    """Write a lab folder of planes and stacks with masks, and return its study sheet."""
    sheet = filled_sheet()
    sheet.images[0].files, sheet.annotations[0].files = ["images/{name}.tif"], ["masks/{name}.tif"]
    sheet.storage = storage
    for folder in ("images", "masks"):
        (home / "lab" / folder).mkdir(parents=True)
    for name, pixels in images.items():
        axes = "ZYX"[-pixels.ndim :]
        write_tiff(home / "lab" / "images" / f"{name}.tif", pixels, axes)
        write_tiff(home / "lab" / "masks" / f"{name}.tif", (pixels > pixels.mean()).astype("u1"), axes)
    (home / "mifa.yaml").write_text(render_sheet(sheet), encoding="utf-8")
    return home / "mifa.yaml"
