"""Real dask clusters on this machine: the bytes of a local build, also when a worker is killed; and none at all."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from tests.conversion.samples import noise, tree, write_lab

import mifakit
from mifakit.cli.app import main
from mifakit.conversion import cluster, geometry, running
from mifakit.conversion.resources import Resources
from mifakit.errors import ExitCode, MifaError

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

PART_BYTES = 600_000
PRELOAD = f"from mifakit.conversion import geometry, running\ngeometry.PART_BYTES = running.PART_BYTES = {PART_BYTES}\n"
REFUSED = {ExitCode.FINDINGS, ExitCode.ENVIRONMENT}
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return write_lab(tmp_path, large=noise(24, 512, 512), small=noise(30, 40))


@pytest.fixture
def local(sheet: Path, tmp_path: Path) -> dict[str, str]:
    """Return the files of a local build."""
    built = mifakit.build(sheet, tmp_path / "local", resources=Resources(workers=1))
    assert built.complete
    return tree(built.path)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a scheduler or a worker; all are ended with the test."""
    started: list[subprocess.Popen[bytes]] = []
    (tmp_path / "preload.py").write_text(PRELOAD)

    def begin(kind: str, *options: str) -> subprocess.Popen[bytes]:
        shared = ["--scheduler-file", str(tmp_path / "scheduler.json"), "--no-dashboard", "--host", "127.0.0.1"]
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *shared, *options]
        with (tmp_path / "log").open("ab") as log:
            started.append(subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log))
        return started[-1]

    yield begin
    for process in started:
        family = [process, *psutil.Process(process.pid).children(recursive=True)] if process.poll() is None else []
        for one in family:
            one.kill()
        process.wait()


@pytest.fixture
def scheduler(start: Start, tmp_path: Path) -> str:
    """Return the address of a scheduler that is running."""
    start("scheduler", "--port", "0")
    file, deadline = tmp_path / "scheduler.json", time.monotonic() + 30
    while not file.exists() or not file.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return str(json.loads(file.read_text())["address"])


WORKER = ("--nthreads", "1", "--preload", "preload.py")


class Killer:
    """Kills a worker when some parts of the large image are done; `worker` is found at the last moment."""

    def __init__(self, worker: Callable[[], int]) -> None:
        self._worker, self.told, self.killed_at = worker, 0, 0

    def planned(self, plan: object, resources: object) -> None:
        pass

    def written(self, nbytes: int) -> None:
        self.told += nbytes
        if self.told > 3 * PART_BYTES and not self.killed_at:
            os.kill(self._worker(), signal.SIGKILL)
            self.killed_at = self.told


@pytest.mark.parametrize("nanny", [False, True])
def test_a_cluster_makes_the_same_bytes_though_a_worker_is_killed(
    monkeypatch: pytest.MonkeyPatch,
    start: Start,
    scheduler: str,
    sheet: Path,
    tmp_path: Path,
    local: dict[str, str],
    nanny: bool,
) -> None:
    """Without nannies the other worker takes over; the nanny of the only one starts it again."""
    for module in (geometry, running):
        monkeypatch.setattr(module, "PART_BYTES", PART_BYTES)
    workers = [start("worker", *WORKER, "--nanny" if nanny else "--no-nanny") for _ in range(1 if nanny else 2)]

    def worker() -> int:
        if not nanny:
            return workers[0].pid
        (process,) = [
            one for one in psutil.Process(workers[0].pid).children(recursive=True) if "spawn_main" in str(one.cmdline())
        ]
        return int(process.pid)

    observer = Killer(worker)
    built = mifakit.build(sheet, tmp_path / "out", resources=Resources(scheduler=scheduler), observer=observer)
    assert built.complete
    assert 0 < observer.killed_at < observer.told, "it was killed midway"
    assert tree(built.path) == local
    assert not (tmp_path / "out.partial").exists()


def mifa(*arguments: object) -> int:
    """Run the command line in this process; return its exit code."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as end:
        patch.setattr(sys, "argv", ["mifa", *map(str, arguments)])
        main()
    return int(end.value.code or 0)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "foo://127.0.0.1:9"])
def test_nobody_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sheet: Path, tmp_path: Path, address: str
) -> None:
    import distributed

    client = distributed.Client
    soon = {"timeout": "1s"}
    monkeypatch.setattr(distributed, "Client", lambda address, **options: client(address, **{**options, **soon}))
    assert mifa("build", sheet, "-o", tmp_path / "out", "--scheduler", address) in REFUSED
    said = capsys.readouterr().err
    assert re.fullmatch(rf"error\[MIFA009\]: no scheduler answers: .*\n  --> {address}\n  hint: check its .*\n\n", said)
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize("option", ["--scheduler=tcp://127.0.0.1:9", "--slurm", "--pbs"])
def test_the_libraries_are_not_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sheet: Path, tmp_path: Path, option: str
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert mifa("build", sheet, "-o", tmp_path / "out", option) in REFUSED
    said = capsys.readouterr().err
    assert said == "error[MIFA009]: distributed is not installed\n  hint: pip install 'mifakit[cluster]'\n\n"


def test_dask_jobqueue_alone_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dask_jobqueue", None)
    with pytest.raises(MifaError, match="dask_jobqueue is not installed"), cluster.batch_jobs("slurm", 1):
        pass


@pytest.mark.parametrize("options", [("--slurm", "--pbs"), ("--slurm", "--scheduler", "tcp://a:1")])
def test_one_cluster_at_a_time(capsys: pytest.CaptureFixture[str], sheet: Path, options: tuple[str, ...]) -> None:
    assert mifa("build", sheet, *options) == 2
    assert "exclude each other" in capsys.readouterr().err


# --- batch systems -------------------------------------------------------------------------------------------------

SBATCH = """#!/bin/sh
script=$(cat "$1")  # it is deleted once this returns: as the real one, keep a copy
setsid sh -c "$script" > "$JOBS/log" 2>&1 &
echo $! > "$JOBS/$!"
echo "Submitted batch job $!"
"""
SCANCEL = """#!/bin/sh
for job; do kill -9 -- "-$job"; touch "$JOBS/$job.cancelled"; done
"""


@pytest.fixture
def batch(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Return an environment in which batch jobs begin at once, on this machine."""
    programs, jobs = tmp_path / "bin", tmp_path / "jobs"
    for folder in (programs, jobs):
        folder.mkdir()
    for name, script in {"sbatch": SBATCH, "scancel": SCANCEL}.items():
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    settings = {"cores": 1, "processes": 1, "memory": "1GB", "interface": "lo"}
    (tmp_path / "jobqueue.yaml").write_text(json.dumps({"jobqueue": {"slurm": settings}}))
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    yield {**os.environ, "PATH": path, "DASK_CONFIG": str(tmp_path / "jobqueue.yaml"), "JOBS": str(jobs)}
    for job in jobs.glob("[0-9]*"):
        if job.name.isdigit() and psutil.pid_exists(int(job.name)):
            os.killpg(int(job.name), signal.SIGKILL)


def slurm(sheet: Path, environment: dict[str, str], timeout: float = 150) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mifakit", "build", sheet, "-o", sheet.parent / "out", "--slurm", "--workers", "2"]
    return subprocess.run(
        command, cwd=sheet.parent, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the network interface is called otherwise")
def test_a_batch_system_makes_the_same_bytes(
    sheet: Path, batch: dict[str, str], local: dict[str, str], tmp_path: Path
) -> None:
    done = slurm(sheet, batch)
    assert (done.returncode, "2 samples built and verified" in done.stderr) == (0, True), done.stderr
    assert tree(tmp_path / "out") == local
    jobs = {path.name for path in (tmp_path / "jobs").iterdir()} - {"log"}
    assert len(jobs) == 4
    assert all(f"{job}.cancelled" in jobs for job in jobs if job.isdigit()), "no job outlives the build"


def test_a_batch_system_that_was_not_described(sheet: Path, batch: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "jobqueue.yaml").write_text("{}")
    done = slurm(sheet, batch)
    assert done.returncode in REFUSED
    assert done.stderr.startswith("error[MIFA009]: dask-jobqueue cannot start: You must specify how much cores")
    assert "hint: describe cores, memory and queue in ~/.config/dask/jobqueue.yaml" in done.stderr


@pytest.mark.parametrize("program", ["", "#!/bin/sh\necho 'sbatch: error: invalid account' >&2; exit 1\n"])
def test_a_batch_system_that_refuses(sheet: Path, batch: dict[str, str], tmp_path: Path, program: str) -> None:
    sbatch = tmp_path / "bin" / "sbatch"
    sbatch.write_text(program) if program else sbatch.unlink()
    done = slurm(sheet, batch, timeout=10)
    assert done.returncode in REFUSED
    assert "error[MIFA009]" in done.stderr
    assert "Traceback" not in done.stderr
