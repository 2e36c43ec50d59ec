"""Real worker processes: whatever a task does to its process, it fails alone, and nothing is left behind."""

from __future__ import annotations

import ctypes
import math
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from tests.conversion.samples import noise, write_lab
from tests.sites import HANGS, install

from mifakit.conversion.interpreters import LoneWorker, WorkerProcess, start_workers
from mifakit.conversion.processes import WorkerDiedError, WorkerProcesses, started_ahead, worker_processes
from mifakit.errors import MifaError
from mifakit.findings import Place
from mifakit.readers.registry import open_image


def lone_workers(count: int) -> Sequence[WorkerProcess]:
    return [LoneWorker() for _ in range(count)]


@pytest.fixture(scope="module", params=[start_workers, lone_workers], ids=["as here", "as elsewhere"])
def workers(request: pytest.FixtureRequest) -> Iterator[WorkerProcesses]:
    """Return a worker as this system starts it, then one as others do."""
    executor = WorkerProcesses(1, request.param)
    yield executor
    executor.shutdown()


def children() -> list[psutil.Process]:
    """Return the worker processes that are ours, and the interpreters that they were forked from."""
    ours = []
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "mifakit.conversion" in " ".join(one.cmdline()):
                ours.append(one)
    return ours


def born(number: int, before: Iterable[int] = ()) -> set[int]:
    """Wait for so many worker processes to be there, besides those of before; return all that came."""
    deadline = time.monotonic() + 30
    number += sys.platform == "linux"  # what they are forked from
    while len(ours := {one.pid for one in children()}.difference(before)) < number:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert len(ours) == number
    return ours


def ended(process: int, seconds: float = 10) -> bool:
    """Wait until a process is gone."""
    deadline = time.monotonic() + seconds
    while psutil.pid_exists(process) and psutil.Process(process).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_well(workers: WorkerProcesses) -> bool:
    """Whether tasks run, and the answers are theirs."""
    return [workers.submit(math.factorial, number).result(30) for number in (3, 4)] == [6, 24]


def test_many_tasks_each_with_its_own_result() -> None:
    with worker_processes(2) as workers:
        futures = [workers.submit(divmod, number, 7) for number in range(500)]
        assert [future.result(30) for future in futures] == [divmod(number, 7) for number in range(500)]
        used = {workers.submit(os.getpid).result(30) for _ in range(20)}
    assert os.getpid() not in used
    assert all(ended(process) for process in used)


def test_large_arguments_and_results(workers: WorkerProcesses) -> None:
    data = os.urandom(5_000_000)
    assert workers.submit(bytes, data).result(30) == data


def test_errors_of_tasks_are_those_of_their_futures(workers: WorkerProcesses) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        workers.submit(int, "x").result(30)
    assert is_well(workers)


def test_our_errors_keep_place_and_hint(workers: WorkerProcesses, tmp_path: Path) -> None:
    with pytest.raises(MifaError) as error:
        workers.submit(open_image, tmp_path / "a.tif").result(30)
    finding = error.value.finding
    assert (finding.code, finding.place) == ("MIFA202", Place(str(tmp_path / "a.tif")))
    assert finding.hint == "check that it exists and may be read"


TASKS = """
class Awkward(Exception):
    def __init__(self, one, other):
        super().__init__(f"{one} and {other}")

def awkward():
    raise Awkward(1, 2)
"""


def test_modules_that_only_we_know_where_to_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And an error that pickle can write but not read: those of compiled libraries are often such."""
    (tmp_path / "tasks_of_ours.py").write_text(TASKS)
    monkeypatch.syspath_prepend(tmp_path)
    from tasks_of_ours import awkward

    with worker_processes(1) as workers, pytest.raises(RuntimeError, match="Awkward: 1 and 2"):
        workers.submit(awkward).result(30)


def test_what_cannot_be_pickled_is_an_error_of_its_task(workers: WorkerProcesses) -> None:
    for function in (threading.Lock, lambda: 1):
        with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
            workers.submit(function).result(30)
        assert is_well(workers)


def test_what_libraries_print_does_not_come_between(workers: WorkerProcesses) -> None:
    for function, arguments in [(print, ("loud",)), (os.write, (1, b"low")), (os.system, ("echo lower",))]:
        workers.submit(function, *arguments).result(30)
        assert is_well(workers)


def test_a_task_that_reads_does_not_take_what_is_not_its_own(workers: WorkerProcesses) -> None:
    assert workers.submit(os.read, 0, 100).result(30) == b""
    assert is_well(workers)


DEATHS: dict[str, tuple[Callable[..., object], int, str]] = {
    "segmentation fault": (ctypes.string_at, 0, "killed by SIGSEGV"),
    "out of memory": (signal.raise_signal, signal.SIGKILL, "killed by SIGKILL"),
    "exit": (os._exit, 3, "ended with status 3"),
    "a polite exit": (sys.exit, 4, "ended with status 4"),
    "success": (os._exit, 0, "ended with status 0"),
}


@pytest.mark.parametrize(("function", "argument", "words"), DEATHS.values(), ids=DEATHS)
def test_a_dead_process_fails_its_task_only(
    workers: WorkerProcesses, function: Callable[..., object], argument: int, words: str
) -> None:
    dead, alive = workers.submit(function, argument), workers.submit(math.factorial, 5)
    with pytest.raises(WorkerDiedError, match=words):
        dead.result(30)
    assert alive.result(30) == 120


def test_the_last_words_of_a_process_are_passed_on(workers: WorkerProcesses) -> None:
    with pytest.raises(WorkerDiedError, match=r"ended with status 1: cannot go on"):
        workers.submit(sys.exit, "cannot go on").result(30)


def test_a_process_that_died_while_it_waited_is_replaced(workers: WorkerProcesses) -> None:
    process = workers.submit(os.getpid).result(30)
    os.kill(process, signal.SIGKILL)
    (worker,) = workers._workers
    while not worker._process.has_ended():  # all of its threads are gone, not only the first
        time.sleep(0.01)
    assert is_well(workers)


def test_ctrl_c_is_ours_alone(workers: WorkerProcesses) -> None:
    assert workers.submit(signal.raise_signal, signal.SIGINT).result(30) is None
    assert is_well(workers)


def test_what_fails_ends_all_processes_at_once() -> None:
    before, begun = {one.pid for one in children()}, time.monotonic()
    with pytest.raises(KeyboardInterrupt), worker_processes(2) as workers:
        ours = born(2, before)
        futures = [workers.submit(time.sleep, 60) for _ in range(10)]
        while not any(future.running() for future in futures):
            time.sleep(0.01)
        raise KeyboardInterrupt
    assert time.monotonic() - begun < 20
    assert all(ended(process) for process in ours)
    assert {one.pid for one in children()} == before
    assert all(isinstance(future.exception(0), WorkerDiedError) for future in futures if not future.cancelled())
    assert sum(future.cancelled() for future in futures) >= 8
    with pytest.raises(CancelledError):
        futures[-1].result(0)


def test_a_block_that_ends_well_waits_for_its_tasks() -> None:
    with worker_processes(1) as workers:
        futures = [workers.submit(time.sleep, 0.01) for _ in range(5)]
    assert all(future.done() and future.exception() is None for future in futures)


PARENT = """
import math, time
from mifakit.conversion.processes import WorkerProcesses
workers = WorkerProcesses(2)
print(workers.submit(math.factorial, 3).result(), flush=True)
for _ in range(2):
    workers.submit(time.sleep, 60)
time.sleep(60)
"""


def test_workers_do_not_outlive_a_parent_that_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "6\n"
        time.sleep(0.2)
        processes = [one.pid for one in psutil.Process(parent.pid).children(recursive=True)]
        parent.kill()
    assert len(processes) == 2 + (sys.platform == "linux")
    assert all(ended(process) for process in processes)


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    write_lab(tmp_path, a=noise(30, 40))
    (tmp_path / "script.py").write_text("import mifakit\nprint(mifakit.build().samples)\n")
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_processes_that_were_started_ahead_are_used_and_those_left_over_end() -> None:
    before = {one.pid for one in children()}
    with started_ahead(2):
        ahead = born(2, before)
        with worker_processes(1) as workers:
            used = workers.submit(os.getpid).result(30)
        assert used in ahead
    assert all(ended(process) for process in ahead)


def test_workers_that_are_still_loading_end_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin that hangs is given up after ten seconds; whoever stops a build does not wait for that."""
    install(tmp_path, "hanging", {"hanging_reader.py": HANGS}, {"mifakit.readers": {"hanging": "hanging_reader:R"}})
    monkeypatch.syspath_prepend(tmp_path)
    before, begun = children(), time.monotonic()
    with started_ahead(2):
        pass
    assert time.monotonic() - begun < 5
    assert children() == before


def test_more_workers_than_ten_hundred_open_files_allow() -> None:
    """`select` would know the first 1024 files only."""
    count = 400
    with allowed_files(8192), worker_processes(count) as workers:
        assert [workers.submit(math.factorial, 3).result(60) for _ in range(3)] == [6, 6, 6]


def test_too_many_workers_are_refused() -> None:
    before, there = open_files(), children()
    with allowed_files(before + 200), pytest.raises(MifaError, match="5000 workers cannot be started") as refused:
        start_workers(5000)
    assert refused.value.code == "MIFA009"
    assert open_files() == before
    assert children() == there


def open_files() -> int:
    """Return how many files are open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@contextmanager
def allowed_files(count: int) -> Iterator[None]:
    """Set how many files may be open."""
    if sys.platform != "linux":
        pytest.skip("its limits are set and seen the Linux way")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
