"""Jobs side by side: one that fails spoils nothing, a full disk stops everything."""

from __future__ import annotations

import errno
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mifakit.conversion import running
from mifakit.conversion.convert import Converted
from mifakit.conversion.running import available_workers, run_jobs
from mifakit.errors import MifaError
from mifakit.findings import Place

LAB, OUT = Path("lab"), Path("out")


def jobs(*samples: str) -> list[Any]:
    return [SimpleNamespace(sample=sample, source=f"{sample}.tif") for sample in samples]


def made(sample: str) -> Converted:
    return Converted(SimpleNamespace(sample=sample), ())  # type: ignore[arg-type]


def converting(monkeypatch: pytest.MonkeyPatch, **failures: BaseException) -> None:
    def convert(job: Any, lab: Path, dataset: Path, watch: Any) -> Converted:
        assert (lab, dataset, watch) == (LAB, OUT, None)
        if job.sample in failures:
            raise failures[job.sample]
        return made(job.sample)

    monkeypatch.setattr(running, "convert_sample", convert)


@pytest.mark.parametrize("workers", [None, 1, 4])
def test_results_come_in_the_order_of_jobs(monkeypatch: pytest.MonkeyPatch, workers: int | None) -> None:
    converting(monkeypatch)
    names = [f"s{index}" for index in range(20)]
    converted, failures = run_jobs(jobs(*names), LAB, OUT, workers=workers)
    assert [one.row.sample for one in converted] == names
    assert failures == []


def test_a_failure_is_a_finding_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    converting(monkeypatch, b=MifaError("MIFA302", "too small", Place("m/b.tif")), c=ZeroDivisionError("oops"))
    converted, failures = run_jobs(jobs("a", "b", "c", "d"), LAB, OUT)
    assert [one.row.sample for one in converted] == ["a", "d"]
    assert [(one.code, str(one.place), one.message) for one in failures] == [
        ("MIFA302", "m/b.tif", "too small"),
        ("MIFA313", "c.tif", "ZeroDivisionError: oops"),
    ]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        ValueError('RESOURCE_EXHAUSTED: Error writing "x": [OS error: No space left on device]'),
    ],
)
def test_a_full_disk_stops_everything(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    converting(monkeypatch, b=error)
    with pytest.raises(MifaError) as raised:
        run_jobs(jobs("a", "b", "c"), LAB, OUT)
    assert (raised.value.code, raised.value.finding.place) == ("MIFA006", Place("b.tif"))


def test_jobs_that_have_not_begun_are_not_begun_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    def convert(job: Any, *_: Any) -> Converted:
        begun.append(job.sample)
        if job.sample == "s0":
            raise KeyboardInterrupt
        time.sleep(0.01)
        return made(job.sample)

    monkeypatch.setattr(running, "convert_sample", convert)
    with pytest.raises(KeyboardInterrupt):
        run_jobs(jobs(*(f"s{index}" for index in range(500))), LAB, OUT, workers=1)
    assert len(begun) < 500


def test_there_is_a_worker_for_each_core_that_may_be_used() -> None:
    assert 1 <= available_workers() <= 10_000
