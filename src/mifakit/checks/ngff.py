"""Are the images valid OME-Zarr? Two independent validators, and what neither of them sees."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from mifakit.dataset.dataset import Dataset
from mifakit.dataset.layout import store_path
from mifakit.findings import Finding, Place
from mifakit.ngff.metadata import ome_attributes

_COUNTED = 1000
"""Missing shards beyond this are not counted: a damaged array can declare any number."""


def check_specification(dataset: Dataset) -> Iterator[Finding]:
    """Yield what ome-zarr-models and yaozarrs say against each image, each plate and its wells."""
    images = [sample.row.image for sample in dataset]
    wells = [image.rpartition("/")[0] for image in images if image != store_path(image)]
    plates = [store_path(well) for well in wells]
    for path in dict.fromkeys((*images, *wells, *plates)):
        for name, complaint in _complaints(dataset.path / path):
            yield Finding.of("MIFA401", f"{name}: {complaint}", Place(path))


def _complaints(path: Path) -> Iterator[tuple[str, str]]:
    import yaozarrs
    import zarr
    from ome_zarr_models import open_ome_zarr

    try:
        open_ome_zarr(zarr.open_group(path, mode="r"))
    except Exception as error:  # validators raise whatever their libraries do
        yield "ome-zarr-models", _first_line(error)
    try:
        yaozarrs.validate_zarr_store(str(path))
    except Exception as error:
        yield "yaozarrs", _first_line(error)


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:3]) or type(error).__name__


def check_chunks(dataset: Dataset) -> Iterator[Finding]:
    """Yield every array that lacks shard files: zarr would read them as zeros without a word."""
    import zarr

    from mifakit.ngff.verification import missing_shards

    for sample in dataset:
        for folder in (sample.row.image, *sample.row.label_images):
            for level in sorted(path for path in (dataset.path / folder).glob("[0-9]*") if path.is_dir()):
                relative = f"{folder}/{level.name}"
                try:
                    shards = missing_shards(level, zarr.open_array(level, mode="r"))
                    missing = list(islice(shards, _COUNTED))
                except Exception as error:  # a broken array raises whatever zarr does
                    yield Finding.of("MIFA401", _first_line(error), Place(relative))
                    continue
                if missing:
                    count = f"{_COUNTED} or more" if len(missing) == _COUNTED else len(missing)
                    message = f"{count} shard files are missing, the first is {missing[0]}"
                    yield Finding.of("MIFA402", message, Place(relative))


def check_label_levels(dataset: Dataset) -> Iterator[Finding]:
    """Yield every label image whose levels are not those of its image, in number or in shape."""
    import zarr

    for sample in dataset:
        image = sample.row.image
        for label in sample.row.label_images:
            try:
                levels = [_level_shapes(dataset.path / folder) for folder in (image, label)]
                labelled = zarr.open_array(dataset.path / label / "0", mode="r").dtype
            except Exception:  # check_specification says what is wrong
                continue
            channel = sample.row.axes.index("c")
            expected = [shape[:channel] + shape[channel + 1 :] for shape in levels[0]]
            if levels[1] != expected:
                yield Finding.of("MIFA403", f"levels are {levels[1]}, the image's {expected}", Place(label))
            if labelled.kind not in "ui":
                yield Finding.of("MIFA414", f"labels are stored as {labelled}", Place(label))


def _level_shapes(folder: Path) -> list[tuple[int, ...]]:
    import zarr

    ome = ome_attributes(zarr.open_group(folder, mode="r").attrs)
    paths = [entry["path"] for entry in ome["multiscales"][0]["datasets"]]
    return [zarr.open_array(folder / path, mode="r").shape for path in paths]
