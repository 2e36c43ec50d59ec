"""Datasets that came to harm after the build: `validate` must name what, where, with the right code."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zarr

import mifakit
from mifakit.errors import MifaError

if TYPE_CHECKING:
    from tests.bad_input.conftest import Lab, Result

IMAGE, CELL3 = "images/cell2.ome.zarr", "images/cell3.ome.zarr"
LABELS = f"{IMAGE}/labels/nuclei"
SHARD = f"{IMAGE}/0/c/0/0/0"
LABEL_SHARD = f"{LABELS}/0/c/0/0"

Harm = Callable[[Path], object]
Said = tuple[str, str]


def certify(dataset: Path) -> None:
    """Write checksums.txt anew, as `sha256sum` would: what is wrong must be seen without it."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(dataset).as_posix()}\n"
        for path in sorted(dataset.rglob("*"))
        if path.is_file() and path.name != "checksums.txt"
    ]
    (dataset / "checksums.txt").write_text("".join(lines), encoding="utf-8")


def codes(dataset: Path, *, errors_only: bool = True) -> set[Said]:
    """Return code and path of everything that validate says."""
    return {
        (one.code, one.place.path if one.place else "")
        for one in mifakit.validate(dataset)
        if one.is_error or not errors_only
    }


def flip(name: str) -> Harm:
    def harm(dataset: Path) -> None:
        data = bytearray((dataset / name).read_bytes())
        data[len(data) // 3] ^= 0x10
        (dataset / name).write_bytes(data)

    return harm


def delete(name: str) -> Harm:
    def harm(dataset: Path) -> None:
        path = dataset / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return harm


def write(name: str, content: str | bytes) -> Harm:
    return lambda dataset: (dataset / name).write_bytes(content.encode() if isinstance(content, str) else content)


def append(name: str, content: str) -> Harm:
    return lambda dataset: (dataset / name).write_text((dataset / name).read_text("utf-8") + content, "utf-8")


def replace(name: str, old: str, new: str) -> Harm:
    return lambda dataset: (dataset / name).write_text((dataset / name).read_text("utf-8").replace(old, new), "utf-8")


def cut(name: str) -> Harm:
    def harm(dataset: Path) -> None:
        data = (dataset / name).read_bytes()
        (dataset / name).write_bytes(data[: len(data) // 2])

    return harm


def pixels(array: str, change: Callable[[np.ndarray], np.ndarray]) -> Harm:
    """Overwrite an array with valid chunks of other pixels, as a program would."""

    def harm(dataset: Path) -> None:
        opened: Any = zarr.open_array(dataset / array, mode="r+")
        opened[...] = change(np.asarray(opened[...]))

    return harm


def attributes(group: str, change: Callable[[dict[str, Any]], object]) -> Harm:
    """Change the metadata of a group or an array."""

    def harm(dataset: Path) -> None:
        path = dataset / group / "zarr.json"
        document = json.loads(path.read_text("utf-8"))
        change(document)
        path.write_text(json.dumps(document), "utf-8")

    return harm


def manifest(change: Callable[[list[dict[str, Any]]], object]) -> Harm:
    """Change rows of manifest.parquet."""

    def harm(dataset: Path) -> None:
        table = pq.read_table(dataset / "manifest.parquet")
        rows = table.to_pylist()
        change(rows)
        pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), dataset / "manifest.parquet")

    return harm


def copy(source: str, target: str) -> Harm:
    return lambda dataset: shutil.copytree(dataset / source, dataset / target, dirs_exist_ok=True)


def link(name: str, target: str) -> Harm:
    def harm(dataset: Path) -> None:
        delete(name)(dataset)
        (dataset / name).symlink_to(target)

    return harm


# What happened, and code and path that must be among what is said.
HARMS: dict[str, tuple[Harm, set[Said]]] = {
    "a flipped byte in an image": (flip(SHARD), {("MIFA408", IMAGE), ("MIFA406", SHARD)}),
    "a flipped byte in labels": (flip(LABEL_SHARD), {("MIFA408", LABELS), ("MIFA406", LABEL_SHARD)}),
    "a truncated shard": (cut(SHARD), {("MIFA408", IMAGE), ("MIFA406", SHARD)}),
    "an empty shard": (write(SHARD, b""), {("MIFA408", IMAGE), ("MIFA406", SHARD)}),
    "a deleted shard": (delete(SHARD), {("MIFA402", f"{IMAGE}/0"), ("MIFA405", SHARD)}),
    "a deleted shard of labels": (delete(LABEL_SHARD), {("MIFA402", f"{LABELS}/0"), ("MIFA405", LABEL_SHARD)}),
    "labels overwritten with zeros": (
        pixels(f"{LABELS}/0", np.zeros_like),
        {("MIFA404", LABELS), ("MIFA408", LABELS)},
    ),
    "one label merged into another": (
        pixels(f"{LABELS}/0", lambda labels: np.minimum(labels, 1)),
        {("MIFA404", LABELS), ("MIFA408", LABELS)},
    ),
    "one pixel changed": (
        pixels(f"{IMAGE}/0", lambda image: image + (np.arange(image.size).reshape(image.shape) == 7).astype("u2")),
        {("MIFA408", IMAGE), ("MIFA406", SHARD)},
    ),
    "an image deleted": (delete(IMAGE), {("MIFA405", IMAGE)}),
    "an image renamed": (
        lambda dataset: (dataset / IMAGE).rename(dataset / "images/cell9.ome.zarr"),
        {("MIFA405", IMAGE), ("MIFA405", "images/cell9.ome.zarr")},
    ),
    "an image added": (copy(IMAGE, "images/cell9.ome.zarr"), {("MIFA405", "images/cell9.ome.zarr")}),
    "an image replaced by another": (copy("images/cell1.ome.zarr", IMAGE), {("MIFA408", IMAGE), ("MIFA406", SHARD)}),
    "labels deleted": (delete(LABELS), {("MIFA401", IMAGE), ("MIFA405", LABEL_SHARD)}),
    "an array's metadata deleted": (delete(f"{IMAGE}/0/zarr.json"), {("MIFA401", IMAGE)}),
    "a group's metadata deleted": (delete(f"{IMAGE}/zarr.json"), {("MIFA401", IMAGE)}),
    "metadata that are no JSON": (write(f"{IMAGE}/zarr.json", "{"), {("MIFA401", IMAGE)}),
    "no multiscales": (attributes(IMAGE, lambda group: group["attributes"].clear()), {("MIFA401", IMAGE)}),
    "another shape in the metadata": (
        attributes(f"{IMAGE}/0", lambda array: array.update(shape=[1, 20, 50])),
        {("MIFA405", IMAGE), ("MIFA406", f"{IMAGE}/0/zarr.json")},
    ),
    "another shape of the labels": (
        attributes(f"{LABELS}/0", lambda array: array.update(shape=[20, 50])),
        {("MIFA403", LABELS), ("MIFA406", f"{LABELS}/0/zarr.json")},
    ),
    "an edited manifest.csv": (append("manifest.csv", "cell9,x\n"), {("MIFA406", "manifest.csv")}),
    "a deleted manifest.csv": (delete("manifest.csv"), {("MIFA405", "manifest.csv")}),
    "an edited sheet": (append("mifa.yaml", "# later\n"), {("MIFA406", "mifa.yaml")}),
    "a deleted sheet": (delete("mifa.yaml"), {("MIFA405", "mifa.yaml")}),
    "a deleted preview": (delete("previews/cell2.jpg"), {("MIFA405", "previews/cell2.jpg")}),
    "a deleted card": (delete("README.md"), {("MIFA405", "README.md")}),
    "deleted checksums": (delete("checksums.txt"), {("MIFA405", "checksums.txt")}),
    "empty checksums": (write("checksums.txt", ""), {("MIFA405", "checksums.txt")}),
    "checksums that are no text": (write("checksums.txt", bytes(range(256))), {("MIFA405", "checksums.txt")}),
    "a crate that is no JSON": (write("ro-crate-metadata.json", "{"), {("MIFA502", "ro-crate-metadata.json")}),
    "a deleted crate": (delete("ro-crate-metadata.json"), {("MIFA504", "ro-crate-metadata.json")}),
    "a deleted file list": (delete("file_list.tsv"), {("MIFA504", "file_list.tsv")}),
    "a deleted MIFA document": (delete("records/mifa/study.yaml"), {("MIFA504", "records/mifa/study.yaml")}),
    "a MIFA document that is no YAML": (
        write("records/mifa/study.yaml", "a: [\n\tb"),
        {("MIFA501", "records/mifa/study.yaml")},
    ),
    "a wrong count in the manifest": (
        manifest(lambda rows: rows[2].update(**{"nuclei.objects": 7})),
        {("MIFA404", LABELS), ("MIFA406", "manifest.parquet")},
    ),
    "a group in two splits": (
        manifest(lambda rows: [row.update(group="patient 1") for row in rows]),
        {("MIFA412", "manifest.parquet")},
    ),
    "a row less in the manifest": (manifest(lambda rows: rows.pop(2)), {("MIFA405", IMAGE)}),
}


@pytest.mark.parametrize(("harm", "expected"), HARMS.values(), ids=HARMS)
def test_harm_is_named_where_it_happened(dataset: Path, harm: Harm, expected: set[Said]) -> None:
    harm(dataset)
    found = mifakit.validate(dataset)
    said = {(one.code, one.place.path if one.place else "") for one in found}
    assert expected <= said, said
    assert all(one.place and one.hint for one in found)
    assert not {one.message for one in found if one.code == "MIFA005"}, "a check that stumbles helps nobody"
    if any(path.startswith(IMAGE) for _, path in expected):
        others = {path for _, path in said if path.startswith(("images/cell0", "images/cell1", "images/cell3"))}
        assert not others, "other images are in order"


# The same without the help of checksums.txt: a checksum only says that somebody changed something.
SEEN_ANYWAY: dict[str, tuple[Harm, set[Said]]] = {
    "a flipped byte in an image": (flip(SHARD), {("MIFA408", IMAGE)}),
    "labels overwritten with zeros": (pixels(f"{LABELS}/0", np.zeros_like), {("MIFA404", LABELS), ("MIFA408", LABELS)}),
    "a deleted shard": (delete(SHARD), {("MIFA402", f"{IMAGE}/0")}),
    "labels deleted": (delete(LABELS), {("MIFA401", IMAGE), ("MIFA408", LABELS)}),
    "all labels deleted": (delete(f"{IMAGE}/labels"), {("MIFA408", LABELS)}),
    "a deleted sheet": (delete("mifa.yaml"), {("MIFA001", "mifa.yaml")}),
    "a sheet that is no YAML": (write("mifa.yaml", "a: [\n"), {("MIFA106", "mifa.yaml")}),
    "a sheet with a field twice": (append("mifa.yaml", "format: x\n"), {("MIFA108", "mifa.yaml")}),
    "a sheet in Latin-1": (write("mifa.yaml", "study: Zoë\n".encode("latin-1")), {("MIFA100", "mifa.yaml")}),
    "another value in manifest.csv": (replace("manifest.csv", "cell2", "cell9"), {("MIFA405", "manifest.csv")}),
    "no row in the manifest": (manifest(list.clear), {("MIFA405", IMAGE)}),
    "a row twice in the manifest": (manifest(lambda rows: rows[3].update(rows[2])), {("MIFA405", CELL3)}),
}


@pytest.mark.parametrize(("harm", "expected"), SEEN_ANYWAY.values(), ids=SEEN_ANYWAY)
def test_harm_is_seen_without_checksums(dataset: Path, harm: Harm, expected: set[Said]) -> None:
    harm(dataset)
    certify(dataset)
    said = codes(dataset)
    assert expected <= said, said


@pytest.mark.parametrize("name", ["manifest.csv", "previews/cell2.jpg", "README.md", "mifa.yaml"])
def test_a_missing_file_is_seen_without_checksums(dataset: Path, name: str) -> None:
    delete(name)(dataset)
    certify(dataset)
    errors = [one.place for one in mifakit.validate(dataset) if one.is_error and one.place]
    assert name in {place.path for place in errors} | {place.item for place in errors}


def test_a_dataset_in_order_has_nothing_to_say(dataset: Path, mifa: Callable[..., Result]) -> None:
    assert mifakit.validate(dataset) == []
    certify(dataset)
    result = mifa("validate", dataset)
    assert (result.code, result.out, result.err) == (0, "", f"{dataset}: no problems.\n")


def test_a_stray_file_is_named_and_no_error(dataset: Path, mifa: Callable[..., Result]) -> None:
    (dataset / "notes.docx").write_bytes(b"x")
    (dataset / IMAGE / ".DS_Store").write_bytes(b"x")
    result = mifa("validate", dataset)
    assert result.code == 0
    assert "warning[MIFA407]: " in result.out
    assert "--> notes.docx\n  hint: remove it" in result.out
    assert f"--> {IMAGE}/.DS_Store\n" in result.out


def test_one_bit_anywhere_in_a_shard(dataset: Path) -> None:
    data = (dataset / SHARD).read_bytes()
    for place in np.linspace(0, len(data) - 1, 6).astype(int):
        changed = bytearray(data)
        changed[place] ^= 1
        (dataset / SHARD).write_bytes(changed)
        assert ("MIFA406", SHARD) in codes(dataset)


# --- what is no dataset ----------------------------------------------------------------------------------------


def test_a_missing_dataset(lab: Lab, mifa: Callable[..., Result]) -> None:
    result = mifa("validate", lab.home / "datasett")
    assert result.code == 2
    assert "error[MIFA001]: there is no such folder" in result.err
    assert "datasett\n  hint: check the path" in result.err


def test_a_file_is_no_dataset(lab: Lab, mifa: Callable[..., Result]) -> None:
    result = mifa("validate", lab.sheet)
    assert result.code == 2
    assert "error[MIFA008]: " in result.err
    assert "no such" not in result.err, "it is there, but it is a file"


@pytest.mark.parametrize("command", ["validate", "describe"])
def test_a_folder_that_is_no_dataset(lab: Lab, mifa: Callable[..., Result], command: str) -> None:
    result = mifa(command, lab.folder)
    assert result.code == 2
    assert "error[MIFA400]: no manifest.parquet in this folder" in result.err
    assert f"--> {lab.folder}\n  hint: point at the folder that holds manifest.parquet" in result.err


def _without_labels_column(dataset: Path) -> None:
    table = pq.read_table(dataset / "manifest.parquet")
    pq.write_table(table.drop_columns(["nuclei.label"]), dataset / "manifest.parquet")


def _with_numbers_for_names(dataset: Path) -> None:
    table = pq.read_table(dataset / "manifest.parquet")
    at = table.schema.get_field_index("image")
    pq.write_table(table.set_column(at, "image", pa.array(range(len(table)))), dataset / "manifest.parquet")


BAD_MANIFESTS: dict[str, Harm] = {
    "deleted": delete("manifest.parquet"),
    "empty": write("manifest.parquet", b""),
    "text": write("manifest.parquet", "sample,image\n"),
    "truncated": cut("manifest.parquet"),
    "a folder": lambda dataset: (delete("manifest.parquet")(dataset), (dataset / "manifest.parquet").mkdir()),
    "a table of something else": lambda dataset: pq.write_table(pa.table({"x": [1]}), dataset / "manifest.parquet"),
    "without a column": _without_labels_column,
    "numbers for names": _with_numbers_for_names,
    "nothing for a name": manifest(lambda rows: rows[2].update(image=None)),
    "nothing for a shape": manifest(lambda rows: rows[2].update(shape=None)),
}


@pytest.mark.parametrize("harm", BAD_MANIFESTS.values(), ids=BAD_MANIFESTS)
def test_a_manifest_that_cannot_be_read(dataset: Path, mifa: Callable[..., Result], harm: Harm) -> None:
    harm(dataset)
    for command in ("validate", "describe"):
        result = mifa(command, dataset)
        assert result.code == 2, result.text
        assert result.err.count("error[MIFA400]: ") == 1
        assert "manifest.parquet" in result.err
        assert "\n  hint: " in result.err
    with pytest.raises(MifaError, match="MIFA400"):
        mifakit.open(dataset)


# --- datasets that mean harm --------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["..", "../../../../../../../../etc", "/etc"])
def test_a_manifest_does_not_lead_out_of_the_dataset(dataset: Path, target: str) -> None:
    manifest(lambda rows: rows[2].update(image=target, **{"nuclei.label": f"{target}/labels"}))(dataset)
    try:
        found = mifakit.validate(dataset)
    except MifaError as error:
        found = [error.finding]
    assert any(one.is_error and one.code in ("MIFA400", "MIFA405") and target in str(one) for one in found)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files here")
@pytest.mark.parametrize("pipes", [["README.md", SHARD], ["manifest.csv", "ro-crate-metadata.json"], ["mifa.yaml"]])
def test_pipes_do_not_hold_it_up(dataset: Path, shell: Callable[..., Result], lab: Lab, pipes: list[str]) -> None:
    """Whoever opens a pipe to read waits until somebody writes: what is no file is not opened."""
    for name in pipes:
        delete(name)(dataset)
        os.mkfifo(dataset / name)
    result = shell("validate", "dataset", timeout=60)
    assert result.code == 1
    assert all(f"--> {name}\n" in result.out for name in pipes)


def test_an_array_of_petabytes_is_not_counted_out(dataset: Path, shell: Callable[..., Result], lab: Lab) -> None:
    """A few digits in a JSON file must not cost hours or all memory."""
    attributes(f"{IMAGE}/0", lambda array: array.update(shape=[1, 40_000_000, 50_000_000]))(dataset)
    result = shell("validate", "dataset", timeout=60)
    assert result.code == 1
    assert f"--> {IMAGE}/0\n" in result.out


def test_a_link_out_of_the_dataset_is_not_its_content(dataset: Path, lab: Lab) -> None:
    """Copied elsewhere it would be empty: what a dataset holds must lie in it."""
    (lab.home / "card.md").write_bytes((dataset / "README.md").read_bytes())
    link("README.md", "../card.md")(dataset)
    assert "README.md" in {path for _, path in codes(dataset)}


# --- describe ---------------------------------------------------------------------------------------------------


def test_describe_does_not_hide_harm(dataset: Path, mifa: Callable[..., Result]) -> None:
    flip(SHARD)(dataset)
    assert mifa("describe", dataset).code == 0
    assert {("MIFA408", IMAGE), ("MIFA406", SHARD)} <= codes(dataset)


@pytest.mark.parametrize(
    ("harm", "code"), [(delete("mifa.yaml"), "MIFA001"), (write("mifa.yaml", "a: [\n"), "MIFA106")]
)
def test_describe_needs_a_sheet(dataset: Path, mifa: Callable[..., Result], harm: Harm, code: str) -> None:
    harm(dataset)
    before = (dataset / "README.md").read_bytes()
    result = mifa("describe", dataset)
    assert result.code in (1, 2)
    assert result.err.count("error[") == 1
    assert f"error[{code}]: " in result.err
    assert (dataset / "README.md").read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("license: CC0", "license: MIT", "MIFA104"),
        ("  license: CC0\n", "", "MIFA101"),
        ("name: nuclei", "name: cells", "nuclei"),
        ("name: Fields of view", "name: Wells", "Fields of view"),
    ],
)
def test_describe_refuses_a_sheet_that_does_not_fit(
    dataset: Path, mifa: Callable[..., Result], old: str, new: str, words: str
) -> None:
    """Records made of it would say less than before, and nobody would be told."""
    replace("mifa.yaml", old, new)(dataset)
    before = {path: path.read_bytes() for path in dataset.rglob("*") if path.is_file()}
    result = mifa("describe", dataset)
    assert result.code == 1
    assert words in result.text
    assert "mifa.yaml" in result.text
    assert {path: path.read_bytes() for path in dataset.rglob("*") if path.is_file()} == before
