from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import ClassVar

import pytest

from mifakit.dataset.dataset import Dataset
from mifakit.errors import MifaError
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records import registry
from mifakit.records.base import Record
from mifakit.records.dataset_card import DatasetCard
from mifakit.records.mifa_documents import MifaDocuments
from mifakit.records.registry import load_records, select_records
from mifakit.records.ro_crate import RoCrate
from mifakit.records.writing import write_records

MakeDataset = Callable[..., Dataset]


class Stranger:
    """A plugin that inherits nothing."""

    name: ClassVar[str] = "stranger"
    lists_files: ClassVar[bool] = False

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        return {"../outside.txt": b""}


def install(monkeypatch: pytest.MonkeyPatch, **plugins: str) -> None:
    points = [EntryPoint(name, value, "mifakit.records") for name, value in plugins.items()]
    monkeypatch.setattr("mifakit.plugins._points", lambda path: EntryPoints(points))
    load_records.cache_clear()


@pytest.fixture(autouse=True)
def _forget_plugins() -> object:
    yield
    load_records.cache_clear()


def test_plugins_are_found_and_broken_ones_are_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, card="mifakit.records.dataset_card:DatasetCard", gone="mifakit.nowhere:X", path="pathlib:Path")
    records, findings = load_records()
    assert [record.name for record in records] == ["dataset_card"]
    assert [finding.code for finding in findings] == ["MIFA005", "MIFA005"]


@pytest.mark.parametrize("record", [DatasetCard(), MifaDocuments(), RoCrate(), Stranger()])
def test_records_keep_the_protocol(record: object) -> None:
    assert isinstance(record, Record)


def test_the_crate_is_written_last_because_it_lists_the_others(own_records: object) -> None:
    names = [record.name for record in select_records()]
    assert names == [*sorted(set(names) - {"ro_crate"}), "ro_crate"]
    chosen = select_records(["ro_crate", "dataset_card", "ro_crate"])
    assert [record.name for record in chosen] == ["dataset_card", "ro_crate"]


def test_an_unknown_name_is_refused(own_records: object, make_dataset: MakeDataset) -> None:
    dataset = make_dataset(StudySheet(), {"a": ()})
    with pytest.raises(MifaError, match=r"MIFA506.*'nowhere' is not one of .*dataset_card, .*ro_crate"):
        write_records(dataset, ["dataset_card", "nowhere"])
    assert not (dataset.path / "README.md").exists()


def test_written_files_are_told_and_there(described: Dataset) -> None:
    written = write_records(described)
    assert written[-2:] == ["ro-crate-metadata.json", "file_list.tsv"]
    assert {"README.md", "CITATION.cff", "records/mifa/annotations-cells.yaml", "records/gallery.html"} <= set(written)
    assert len(set(written)) == len(written)
    assert all((described.path / path).is_file() for path in written)


def test_writing_again_changes_nothing(described: Dataset) -> None:
    before = {path: path.read_bytes() for path in described.path.rglob("*") if path.is_file()}
    write_records(described)
    assert {path: path.read_bytes() for path in described.path.rglob("*") if path.is_file()} == before


def test_a_failed_write_leaves_the_old_file(described: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (described.path / "README.md").read_bytes()

    def full_disk(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_records(described, ["dataset_card"])
    assert (described.path / "README.md").read_bytes() == before
    assert not [*described.path.glob(".*")]


def test_a_plugin_cannot_write_outside_the_dataset(monkeypatch: pytest.MonkeyPatch, make_dataset: MakeDataset) -> None:
    monkeypatch.setattr(registry, "load_records", lambda: ((Stranger(),), ()))
    dataset = make_dataset(StudySheet(), {"a": ()})
    with pytest.raises(MifaError, match="outside the dataset"):
        write_records(dataset)
    assert not (dataset.path.parent / "outside.txt").exists()
