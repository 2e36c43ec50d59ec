"""The journal: what it keeps, what it makes of harm, and what a job's digest depends on."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mifakit.annotations.base import Options
from mifakit.conversion import journal as module
from mifakit.conversion.journal import Converted, Journal, job_digest
from mifakit.conversion.plan import AnnotationJob, AnnotationSource, Job
from mifakit.conversion.plates import Position
from mifakit.dataset.rows import AnnotationRow, SampleRow
from mifakit.findings import Finding, Place
from mifakit.metadata.wells import Well
from mifakit.ngff.storage import Storage
from mifakit.readers.base import Channel, ImageFacts, Spacing
from mifakit.readers.origin import Origin

FACTS = ImageFacts("cyx", (1, 40, 60), np.dtype("u2"), "YX", {"x": Spacing(0.5, "micrometer")}, (Channel("DAPI"),))
LABELS = AnnotationJob("nuclei", (AnnotationSource(Origin("m/a.tif")),), "same name", Options({2: "b", 10: "a"}))
JOB = Job(
    sample="s1",
    origin=Origin("a.tif"),
    component="Cells",
    facts=FACTS,
    axes=None,
    drop_alpha=False,
    spacing=FACTS.spacing,
    channels=FACTS.channels,
    annotations=(LABELS,),
    group="g",
    split="train",
)
ROW = SampleRow("s1", "images/s1.ome.zarr", "Cells", "cyx", (1, 40, 60), "uint16", ("DAPI",), "a.tif", "ab", "xxh3:1")
BARE = Converted(ROW, (), {}, {}, verified=False)
FULL = Converted(
    replace(ROW, pixel_size_x=0.1, annotations={"nuclei": AnnotationRow(("m/ä\n.tif",), "images/s1", 3, "uint8", "d")}),
    (Finding.of("MIFA307", "two\nlines ü", Place("m/a.tif", 3, "it"), "mend"), Finding.of("MIFA311", "one")),
    {"a.tif": "ab", "m/ä\n.tif": "cd"},
    {"images/s1.ome.zarr/zarr.json": "ef"},
    verified=True,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def add(path: Path, *converted: Converted) -> bytes:
    """Add entries to a journal in a run of their own and return its text."""
    with Journal(path) as journal:
        for one in converted:
            journal.add(JOB, one)
    return path.read_bytes()


def finished(path: Path, job: Job = JOB) -> Converted | None:
    with Journal(path) as journal:
        return journal.finished(job)


@pytest.mark.parametrize("converted", [BARE, FULL], ids=["bare", "full"])
def test_what_is_added_is_found_in_the_next_run(path: Path, converted: Converted) -> None:
    assert finished(path) is None
    assert add(path, converted).count(b"\n") == 1
    assert finished(path) == converted
    assert finished(path, replace(JOB, sample="s2")) is None


def test_a_line_is_on_its_way_to_the_disk_before_the_next_job(path: Path) -> None:
    with Journal(path) as journal:
        journal.add(JOB, FULL)
        assert path.read_bytes().endswith(b"\n")


def test_of_two_lines_the_last_counts(path: Path) -> None:
    add(path, FULL, BARE)
    assert finished(path) == BARE
    add(path, FULL)
    assert finished(path) == FULL


HARMS = {
    "empty": b"",
    "an empty line": b"\n\n",
    "no text": bytes(range(256)),
    "zeros": bytes(4096),
    "another document": b'{"job": "a", "converted": {}}\n[]\nnull\n',
    "deep": b"[" * 100_000 + b"\n",
    "a torn line": b'{"job": "a", "conv',
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_lines_that_cannot_be_read_hide_no_other(path: Path, harm: bytes) -> None:
    path.write_bytes(harm)
    assert finished(path) is None
    add(path, FULL)
    assert finished(path) == FULL
    with path.open("ab") as stream:
        stream.write(harm)
    assert finished(path) == FULL


def test_a_line_that_was_cut_off_anywhere_is_none(path: Path) -> None:
    text = add(path, FULL)
    for length in range(0, len(text) - 1, 7):
        path.write_bytes(text[:length])
        assert finished(path) is None
    path.write_bytes(text[:-1])
    assert finished(path) == FULL, "only its end is missing"


def test_another_version_of_mifakit_begins_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(path, FULL)
    monkeypatch.setattr(module, "__version__", "999")
    assert finished(path) is None


OTHER: dict[str, Any] = {
    "sample": "s2",
    "origin": Origin("b.tif"),
    "component": "Others",
    "facts": replace(FACTS, dtype=np.dtype("i2")),
    "axes": "yx",
    "drop_alpha": True,
    "spacing": {"x": Spacing(0.5, "nanometer")},
    "channels": (Channel("DAPI", "ff0000"),),
    "annotations": (),
    "storage": Storage(level=2),
    "group": None,
    "split": "val",
    "position": Position("p1", Well(1, 2), 3, {"compound": "DMSO"}),
}
OTHER_STORAGE = {"ngff": "0.4", "codec": "lz4", "level": 2, "chunk": {"z": 1}, "labels": "stride"}
OTHER_LABELS = {
    "annotation_set": "cells",
    "sources": (AnnotationSource(Origin("m/b.tif"), "file per object"),),
    "reason": "settled",
    "options": Options({2: "a", 10: "b"}),
    "axes": "yx",
    "rasterise": "area",
}
OTHER_FACTS = {"shape": (1, 40, 61), "axes": "zyx", "interleaved": True, "whole_rows": True, "has_alpha": True}


def test_a_jobs_digest_depends_on_all_that_decides_bytes() -> None:
    assert OTHER.keys() == {field.name for field in fields(Job)}
    assert OTHER_STORAGE.keys() == {field.name for field in fields(Storage)}
    assert OTHER_LABELS.keys() == {field.name for field in fields(AnnotationJob)}
    jobs = [
        JOB,
        *(replace(JOB, **{name: value}) for name, value in OTHER.items()),
        *(replace(JOB, storage=replace(JOB.storage, **{name: value})) for name, value in OTHER_STORAGE.items()),
        *(replace(JOB, annotations=(replace(LABELS, **{name: value}),)) for name, value in OTHER_LABELS.items()),
        *(replace(JOB, facts=replace(FACTS, **{name: value})) for name, value in OTHER_FACTS.items()),
    ]
    expected = len(jobs) - 1  # the level of the storage was changed twice
    assert len({job_digest(job) for job in jobs}) == expected


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_jobs_digest_is_the_same_in_every_process(seed: str) -> None:
    script = (
        "import pickle, sys; from mifakit.conversion.journal import *\nprint(job_digest(pickle.load(sys.stdin.buffer)))"
    )
    command, environment = [sys.executable, "-c", script], {**os.environ, "PYTHONHASHSEED": seed}
    said = subprocess.run(command, input=pickle.dumps(JOB), stdout=subprocess.PIPE, env=environment, check=True).stdout
    assert said.decode().strip() == job_digest(JOB)


def test_a_jobs_digest_does_not_depend_on_the_order_of_mappings() -> None:
    turned = replace(LABELS, options=Options(dict(reversed(LABELS.options.classes.items()))))
    assert job_digest(replace(JOB, annotations=(turned,))) == job_digest(JOB)
