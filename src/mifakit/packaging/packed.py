"""A dataset as files that may go where folders cannot: zips for Zarrs, records that name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from mifakit.checks.consistency import check_consistency
from mifakit.checks.file_list import check_file_list
from mifakit.checks.mifa_documents import check_mifa_documents
from mifakit.checks.ro_crate import check_ro_crate
from mifakit.dataset import layout
from mifakit.dataset.checksums import dataset_sizes
from mifakit.dataset.dataset import Dataset, open_dataset
from mifakit.dataset.manifest import write_manifest
from mifakit.dataset.packing import GRAPH, LABELS, packed_path, packed_row
from mifakit.dataset.texts import ZARR_METADATA
from mifakit.errors import MifaError
from mifakit.packaging.labels import graph_metadata, label_metadata
from mifakit.packaging.sending import Source
from mifakit.packaging.stores import write_store
from mifakit.records.file_list import is_listed
from mifakit.records.registry import load_records
from mifakit.records.writing import write_records

_MADE = (layout.MANIFEST, layout.MANIFEST_CSV, layout.CARD)
"""What is made anew, since it names files."""


def write_packed(dataset: Dataset, folder: Path, records: Iterable[str]) -> None:
    """Write a dataset as packed files, with a manifest and records that name them.

    Parameters
    ----------
    dataset
        The dataset; only read.
    folder
        An empty folder.
    records
        The records that the destination takes; those that nothing installed writes are left out.

    Raises
    ------
    MifaError
        MIFA406 a damaged file, MIFA551 two things of one name, MIFA552 records that break their rules.
    """
    source = Source.of(dataset)
    zips = _zips(dataset)
    _refuse_collisions(zips)
    members, plain = _sorted_out(dataset, zips)
    for store in zips:
        write_store(source, store, members[store], folder / packed_path(store), _rewritten(dataset, store))
    for path in plain:
        source.copy(path, folder)
    write_manifest(folder, [packed_row(sample.row) for sample in dataset], dataset.annotation_sets)
    packed = open_dataset(folder)
    installed = {record.name for record in load_records()[0]}
    write_records(packed, [name for name in records if name in installed])
    _refuse_broken(packed)


def _zips(dataset: Dataset) -> list[str]:
    """Return every folder that becomes a zip: images and plates, label images, graphs."""
    annotations = [row for sample in dataset for row in sample.row.annotations.values()]
    labels = [path for row in annotations for path in row.label_images]
    graphs = [row.graph for row in annotations if row.graph]
    return list(dict.fromkeys([*(sample.row.store for sample in dataset), *labels, *graphs]))


def _refuse_collisions(zips: Iterable[str]) -> None:
    named: dict[str, list[str]] = defaultdict(list)
    for path in zips:
        named[packed_path(path).casefold()].append(path)
    for paths in named.values():
        if len(paths) > 1:
            raise MifaError("MIFA551", f"both would be sent as {packed_path(paths[0])}: {', '.join(paths)}")


def _sorted_out(dataset: Dataset, zips: Iterable[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Return the files of each zip, relative to its root, and the plain files that are sent as they are."""
    members: dict[str, list[str]] = {store: [] for store in zips}
    groups = {f"{sample.row.image}/{LABELS}" for sample in dataset}
    plain = []
    for path in dataset_sizes(dataset.path):
        around = next((one for one in _parents(path) if one in members or one in groups), None)
        if around in members:
            members[around].append(path.removeprefix(f"{around}/"))
        elif around is not None and path.removeprefix(f"{around}/") in ZARR_METADATA:
            continue  # of the group around label images: it would lead to nothing
        elif path.startswith(f"{layout.IMAGES}/"):
            raise MifaError("MIFA405", "belongs to no image of the manifest", path)
        elif is_listed(path) and path not in _MADE and not path.startswith(f"{layout.RECORDS}/"):
            plain.append(path)
    return members, plain


def _parents(path: str) -> Iterator[str]:
    """Yield the folders around a path, innermost first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _rewritten(dataset: Dataset, store: str) -> dict[str, bytes]:
    """Return the metadata that change as a folder becomes a zip."""
    if store.endswith(GRAPH):
        return graph_metadata(dataset.path, store)
    image, in_labels, _ = store.partition(f"/{LABELS}/")
    return label_metadata(dataset.path, store, image) if in_labels else {}


def _refuse_broken(packed: Dataset) -> None:
    """Hold the records to the rules of the archive, against the files as they are sent."""
    checks = (check_ro_crate, check_file_list, check_mifa_documents, check_consistency)
    broken = [finding for check in checks for finding in check(packed) if finding.is_error]
    if broken:
        first = broken[0]
        message = f"the records of the submission have {len(broken)} faults, the first: {first.message}"
        raise MifaError("MIFA552", message, first.place)
