"""Samples side by side and in pieces: the same bytes in any order, resumed or not; one that fails spoils nothing."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.conversion.samples import make_job, noise, nuclei, tree, write_tiff
from tests.faults.builds import wait_until

from mifakit.conversion import geometry, running
from mifakit.conversion.convert import convert_part, convert_sample
from mifakit.conversion.converted import Converted
from mifakit.conversion.geometry import image_parts, image_pyramid
from mifakit.conversion.journal import Journal
from mifakit.conversion.plan import Job
from mifakit.conversion.processes import WorkerDiedError
from mifakit.conversion.running import run_jobs
from mifakit.conversion.workbench import Workbench
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.ngff.storage import Storage

Pick = Callable[[int], int]
FIRST, LAST = (lambda count: 0), (lambda count: count - 1)
LARGE = (2, 3, 2, 300, 40)


class OneByOne(ThreadPoolExecutor):
    """Runs a task at a time, of all that wait the one that is picked; notes what was run."""

    def __init__(self, pick: Pick = FIRST) -> None:
        super().__init__(1)
        self._pick = pick
        self._waiting: list[Any] = []
        self.ran: list[str] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._waiting.append((future, fn, args))
        super().submit(self._run)
        return future

    def _run(self) -> None:
        future, function, arguments = self._waiting.pop(self._pick(len(self._waiting)))
        self.ran.append(function.__name__)
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)


@dataclass
class Ran:
    """How a run ended: what it made, what it did not, the tasks it took, and the bytes it told of."""

    converted: list[Converted]
    failures: list[Finding]
    tasks: list[str]
    told: list[int]

    @property
    def samples(self) -> list[str]:
        return [one.row.sample for one in self.converted]

    @property
    def said(self) -> list[tuple[str, str, str]]:
        return [(one.code, str(one.place), one.message) for one in self.failures]


def run(bench: Workbench, *jobs: Job, pick: Pick = FIRST) -> Ran:
    told: list[int] = []
    with OneByOne(pick) as executor, Journal(bench.dataset.parent / "journal.jsonl") as journal:
        converted, failures = run_jobs(jobs, bench, executor, journal, told.append)
    return Ran(converted, failures, executor.ran, told)


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every image a large one, of a part for each plane."""
    monkeypatch.setattr(geometry, "PART_BYTES", 1)
    monkeypatch.setattr(running, "PART_BYTES", 1)


@pytest.fixture
def large(lab: Path) -> Job:
    """Return a job of two time points, three planes and two channels, with labels."""
    write_tiff(lab / "large.tif", noise(*LARGE), "TZCYX")
    write_tiff(lab / "m" / "large.tif", noise(2, 3, 300, 40, high=300), "TZYX")
    return make_job(lab, "large.tif", nuclei("m/large.tif"), sample="large")


@pytest.fixture
def small(lab: Path) -> list[Job]:
    """Return jobs of three planes with labels, of growing size."""
    for index in range(3):
        write_tiff(lab / f"s{index}.tif", noise(20 + index, 30))
        write_tiff(lab / "m" / f"s{index}.tif", noise(20 + index, 30, high=3))
    return [make_job(lab, f"s{index}.tif", nuclei(f"m/s{index}.tif"), sample=f"s{index}") for index in range(3)]


def failing(monkeypatch: pytest.MonkeyPatch, task: str, *errors: Exception | None, sample: str = "") -> None:
    """Have a task fail: the first calls as given, with None for those that succeed; only those of a sample."""
    original, left = getattr(running, task), list(errors)

    def fail(job: Job, *arguments: Any) -> Any:
        if sample in ("", job.sample) and left and (error := left.pop(0)):
            raise error
        return original(job, *arguments)

    monkeypatch.setattr(running, task, fail)


# --- in pieces -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("pick", [FIRST, LAST, random.Random(1).randrange, random.Random(2).randrange])
def test_pieces_in_any_order_make_what_one_task_makes(large: Job, bench: Workbench, tmp_path: Path, pick: Pick) -> None:
    whole = Workbench(bench.lab_folder, tmp_path / "whole")
    expected = convert_sample(large, whole)
    ran = run(bench, large, pick=pick)
    assert sorted(set(ran.tasks)) == ["assemble", "convert_annotation", "convert_part", "hash_sources"]
    assert ran.tasks.count("convert_part") == 12
    assert ran.tasks[-1] == "assemble"
    assert ran.converted == [expected]
    assert tree(bench.dataset) == tree(whole.dataset)


@pytest.mark.parametrize("shape", [(1, 1), (300, 1), (1, 5000), (513, 2049), (2, 2100, 33)])
@pytest.mark.parametrize("storage", [Storage(), Storage(ngff="0.4", chunk={"y": 64, "x": 32}, labels="stride")])
def test_images_of_any_shape_may_be_cut(
    lab: Path,
    bench: Workbench,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    shape: tuple[int, ...],
    storage: Storage,
) -> None:
    write_tiff(lab / "a.tif", noise(*shape), "ZYX"[-len(shape) :])
    write_tiff(lab / "m" / "a.tif", noise(*shape, high=9), "ZYX"[-len(shape) :])
    job = make_job(lab, "a.tif", nuclei("m/a.tif"), storage=storage)
    expected = convert_sample(job, Workbench(lab, tmp_path / "whole"))
    request.getfixturevalue("pieces")
    parts = image_parts(job)
    assert sum(image_pyramid(job).source_bytes(block) for part in parts for block in part) == job.nbytes
    assert run(bench, job, pick=LAST).converted == [expected]
    assert tree(bench.dataset) == tree(tmp_path / "whole")


FAILING: dict[str, list[Exception | None]] = {
    "convert_part": [None, MifaError("MIFA203", "short", Place("large.tif")), None, ValueError("later")],
    "convert_annotation": [MifaError("MIFA203", "short", Place("large.tif"))],
    "hash_sources": [MifaError("MIFA203", "short", Place("large.tif"))],
    "assemble": [MifaError("MIFA203", "short", Place("large.tif"))],
}


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("pick", [FIRST, LAST])
@pytest.mark.parametrize(("task", "errors"), FAILING.items(), ids=FAILING)
def test_a_piece_that_fails_fails_its_sample_once(
    monkeypatch: pytest.MonkeyPatch,
    large: Job,
    small: list[Job],
    bench: Workbench,
    task: str,
    errors: list[Exception | None],
    pick: Pick,
) -> None:
    failing(monkeypatch, task, *errors, sample="large")
    ran = run(bench, large, small[0], pick=pick)
    assert ran.samples == ["s0"]
    assert ran.said == [("MIFA203", "large.tif", "short")]
    assert os.listdir(bench.dataset / "images") == ["s0.ome.zarr"]  # noqa: PTH208
    assert not list((bench.dataset / "previews").rglob("large*")), "not even of pieces that ended later"
    again = run(bench, large, small[0], pick=pick)
    assert (again.samples, again.failures) == (["large", "s0"], [])


@pytest.mark.usefixtures("pieces")
def test_a_source_that_changes_between_two_parts_is_seen(
    monkeypatch: pytest.MonkeyPatch, large: Job, bench: Workbench
) -> None:
    parts: list[object] = []

    def change(job: Job, *arguments: Any) -> Any:
        if len(parts) == 6:
            os.utime(bench.lab_folder / job.origin.path, ns=(0, 0))
        parts.append(arguments)
        return convert_part(job, *arguments)

    monkeypatch.setattr(running, "convert_part", change)
    assert [(code, place) for code, place, _ in run(bench, large).said] == [("MIFA312", "large.tif")]
    assert len(parts) == 12


# --- side by side ------------------------------------------------------------------------------------------------


def test_results_come_in_the_order_of_jobs_the_largest_first(
    monkeypatch: pytest.MonkeyPatch, small: list[Job], bench: Workbench
) -> None:
    begun: list[str] = []

    def convert(job: Job, *arguments: Any) -> Converted:
        begun.append(job.sample)
        return convert_sample(job, *arguments)

    monkeypatch.setattr(running, "convert_sample", convert)
    assert run(bench, *small).samples == ["s0", "s1", "s2"]
    assert begun == ["s2", "s1", "s0"]


class KilledWorker(Exception):  # noqa: N818 - dask's own name
    pass


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MifaError("MIFA302", "too small", Place("m/s1.tif")), ("MIFA302", "m/s1.tif", "too small")),
        (ZeroDivisionError("oops"), ("MIFA313", "s1.tif", "ZeroDivisionError: oops")),
        (MemoryError(), ("MIFA313", "s1.tif", "MemoryError: ")),
        (
            WorkerDiedError("killed by SIGSEGV"),
            ("MIFA315", "s1.tif", "the process that converted it was lost: killed by SIGSEGV"),
        ),
        (KilledWorker("thrice"), ("MIFA315", "s1.tif", "the process that converted it was lost: thrice")),
    ],
)
def test_a_failure_is_a_finding_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, small: list[Job], bench: Workbench, error: Exception, said: tuple[str, str, str]
) -> None:
    failing(monkeypatch, "convert_sample", error, sample="s1")
    ran = run(bench, *small)
    assert ran.samples == ["s0", "s2"]
    assert ran.said == [said]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        ValueError("RESOURCE_EXHAUSTED: Error writing local file \"x\": No space left on device [os_error_code='28']"),
    ],
)
def test_a_full_disk_stops_everything_and_what_is_finished_stays(
    monkeypatch: pytest.MonkeyPatch, small: list[Job], bench: Workbench, error: Exception
) -> None:
    with monkeypatch.context() as patch:
        failing(patch, "convert_sample", error, sample="s1")
        with pytest.raises(MifaError) as raised:
            run(bench, *small)
    assert (raised.value.code, raised.value.finding.place) == ("MIFA006", Place(str(bench.dataset)))
    before = stamps(bench, "s2")
    assert before
    assert run(bench, *small).samples == ["s0", "s1", "s2"]
    assert stamps(bench, "s2") == before


# --- taken up again -----------------------------------------------------------------------------------------------


def stamps(bench: Workbench, sample: str) -> dict[str, tuple[int, int]]:
    """Return inode and time of each file of a sample: whoever writes a file again changes one of them."""
    files = [path for path in (bench.dataset / "images" / f"{sample}.ome.zarr").rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


@pytest.mark.parametrize("cut", [False, True])
def test_what_is_finished_is_left_as_it_is(
    request: pytest.FixtureRequest, large: Job, small: list[Job], bench: Workbench, cut: bool
) -> None:
    if cut:
        request.getfixturevalue("pieces")
    jobs = [large, *small]
    first, journal = run(bench, *jobs), (bench.dataset.parent / "journal.jsonl").read_bytes()
    before, files = tree(bench.dataset), {job.sample: stamps(bench, job.sample) for job in jobs}
    again = run(bench, *jobs)
    assert again.tasks == ["is_still_true" if cut else "convert_sample"] * 4
    assert again.converted == first.converted
    assert {job.sample: stamps(bench, job.sample) for job in jobs} == files
    assert tree(bench.dataset) == before
    assert sum(again.told) == sum(first.told) == sum(job.nbytes for job in jobs)
    assert (bench.dataset.parent / "journal.jsonl").read_bytes() == journal, "nothing new is to be said"


def flip(path: Path) -> None:
    """Flip a bit behind the back of size and date: only a digest can tell."""
    status, raw = path.stat(), bytearray(path.read_bytes())
    raw[len(raw) * 3 // 4] ^= 1
    path.write_bytes(raw)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def zarr(bench: Workbench, *path: str) -> Path:
    return bench.dataset.joinpath("images", "s1.ome.zarr", *path)


CHANGES: dict[str, Callable[[Workbench], object]] = {
    "pixels of the source": lambda bench: flip(bench.lab_folder / "s1.tif"),
    "pixels of the mask": lambda bench: flip(bench.lab_folder / "m" / "s1.tif"),
    "a shard": lambda bench: flip(zarr(bench, "0", "c", "0", "0", "0")),
    "a lost shard": lambda bench: zarr(bench, "labels", "nuclei", "0", "c", "0", "0").unlink(),
    "metadata": lambda bench: flip(zarr(bench, "zarr.json")),
    "a preview": lambda bench: flip(bench.dataset / "previews" / "s1.jpg"),
    "a lost preview": lambda bench: (bench.dataset / "previews" / "nuclei" / "s1.jpg").unlink(),
    "a stray file": lambda bench: zarr(bench, "stray").touch(),
    "a lost sample": lambda bench: zarr(bench).rename(bench.dataset / "images" / "elsewhere"),
}


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_no_longer_true_is_made_again(
    request: pytest.FixtureRequest,
    small: list[Job],
    bench: Workbench,
    tmp_path: Path,
    change: Callable[[Workbench], object],
    cut: bool,
) -> None:
    if cut:
        request.getfixturevalue("pieces")
    run(bench, *small)
    before = {sample: stamps(bench, sample) for sample in ("s0", "s1", "s2")}
    change(bench)
    again = run(bench, *small)
    fresh = Workbench(bench.lab_folder, tmp_path / "fresh" / "dataset")
    fresh.dataset.mkdir(parents=True)
    assert again.converted == run(fresh, *small).converted
    assert tree(bench.dataset) == tree(fresh.dataset)
    assert [sample for sample in before if stamps(bench, sample) == before[sample]] == ["s0", "s2"]
    assert run(bench, *small).converted == again.converted, "the last line of the journal counts"


def test_another_plan_makes_its_samples_again(small: list[Job], bench: Workbench) -> None:
    run(bench, *small)
    others = {name: stamps(bench, name) for name in ("s0", "s2")}
    small[1] = replace(small[1], storage=Storage(codec="lz4"), annotations=())
    (again,) = [one for one in run(bench, *small).converted if one.row.sample == "s1"]
    assert again.row.labels == {}
    assert {name: stamps(bench, name) for name in others} == others
    assert not (bench.dataset / "previews" / "nuclei" / "s1.jpg").exists()


def test_what_was_not_verified_does_for_those_who_do_not_ask(small: list[Job], bench: Workbench) -> None:
    trusting, job = replace(bench, verify=False), small[0]
    run(trusting, job)
    files = stamps(bench, "s0")
    assert not run(trusting, job).converted[0].verified
    assert stamps(bench, "s0") == files
    assert run(bench, job).converted[0].verified
    assert stamps(bench, "s0") != files
    files = stamps(bench, "s0")
    assert run(trusting, job).converted[0].verified, "better than what was asked for"
    assert stamps(bench, "s0") == files


def test_what_is_no_longer_planned_goes(small: list[Job], bench: Workbench) -> None:
    run(bench, *small)
    (bench.dataset / "images" / "s9.ome.zarr.partial").mkdir()
    (bench.dataset / "images" / ".DS_Store").touch()
    run(bench, small[1])
    assert os.listdir(bench.dataset / "images") == ["s1.ome.zarr"]  # noqa: PTH208
    pictures = [path for path in (bench.dataset / "previews").rglob("*") if path.is_file()]
    assert {path.stem for path in pictures} == {"s1"}


# --- progress ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [False, True])
def test_progress_adds_up_to_the_plans_bytes(
    request: pytest.FixtureRequest, large: Job, small: list[Job], bench: Workbench, cut: bool
) -> None:
    if cut:
        request.getfixturevalue("pieces")
    told = run(bench, large, *small).told
    assert sum(told) == sum(job.nbytes for job in (large, *small))
    assert (len([one for one in told if one]) > 4) == cut


def test_a_watcher_that_fails_is_no_failure_of_a_sample(small: list[Job], bench: Workbench, tmp_path: Path) -> None:
    def watch(nbytes: int) -> None:
        raise ValueError("the watcher's own")

    with (
        OneByOne() as executor,
        Journal(tmp_path / "journal.jsonl") as journal,
        pytest.raises(ValueError, match="the watcher's own"),
    ):
        run_jobs(small, bench, executor, journal, watch)


def test_tasks_run_while_we_do_something_else(small: list[Job], bench: Workbench, tmp_path: Path) -> None:
    with OneByOne() as executor, Journal(tmp_path / "journal.jsonl") as journal:
        found: list[bool] = []
        meanwhile = lambda: found.append(wait_until(lambda: executor.ran, 60))  # noqa: E731
        converted, _ = run_jobs(small, bench, executor, journal, meanwhile=meanwhile)
    assert found == [True]
    assert len(converted) == len(small)
