"""Outputs that may not be written, and what is left behind when a build does not end well."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

import mifakit
from mifakit.api import NothingBuiltError
from mifakit.errors import MifaError

if TYPE_CHECKING:
    from tests.bad_input.conftest import Lab, Result

    from mifakit.conversion.plan import Plan

MARK = "unfinished-mifakit-output"


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- places that are refused --------------------------------------------------------------------------


def _folder(lab: Lab) -> Path:
    lab.out.mkdir()
    return lab.out


def _full_folder(lab: Lab) -> Path:
    _folder(lab).joinpath("precious.txt").write_text("ten years of work")
    return lab.out


def _file(lab: Lab) -> Path:
    lab.out.write_text("precious")
    return lab.out


def _through_a_link(lab: Lab) -> Path:
    (lab.home / "link").symlink_to(lab.folder)
    return lab.home / "link" / "dataset"


def _below_a_file(lab: Lab) -> Path:
    return _file(lab) / "below"


REFUSED: dict[str, tuple[Callable[[Lab], Path], str, int, str]] = {
    "an empty folder": (_folder, "MIFA002", 2, "exists"),
    "a folder with content": (_full_folder, "MIFA002", 2, "exists"),
    "a file": (_file, "MIFA002", 2, "exists"),
    "the sheet": (lambda lab: lab.sheet, "MIFA002", 2, "exists"),
    "the lab folder": (lambda lab: lab.folder, "MIFA002", 2, "exists"),
    "inside the lab folder": (lambda lab: lab.folder / "dataset", "MIFA003", 2, "inside lab/"),
    "deep inside the lab folder": (lambda lab: lab.folder / "images" / "out", "MIFA003", 2, "inside lab/"),
    "round about": (lambda lab: lab.home / "x" / ".." / "lab" / "out", "MIFA003", 2, "inside lab/"),
    "through a link": (_through_a_link, "MIFA003", 2, "inside lab/"),
    "in no folder": (lambda lab: lab.home / "no" / "such" / "dataset", "MIFA004", 4, "there is no folder"),
    "below a file": (_below_a_file, "MIFA004", 4, "no folder"),
    "a name that is too long": (lambda lab: lab.home / ("x" * 300), "MIFA004", 4, "too long"),
}


@pytest.mark.parametrize("command", ["build", "init"])
@pytest.mark.parametrize(("place", "code", "exit_code", "words"), REFUSED.values(), ids=REFUSED)
def test_places_that_are_refused(
    lab: Lab,
    mifa: Callable[..., Result],
    command: str,
    place: Callable[[Lab], Path],
    code: str,
    exit_code: int,
    words: str,
) -> None:
    target = place(lab)
    before = contents(lab.home)
    arguments = ["build", lab.sheet, "-o", target] if command == "build" else ["init", lab.folder, "-s", target]
    result = mifa(*arguments)
    assert result.code == exit_code
    assert result.err.count("error[") == 1
    assert f"error[{code}]: " in result.err
    assert words in result.err
    assert f"  --> {target}\n  hint: " in result.err
    assert contents(lab.home) == before


def test_init_inside_the_lab_folder_names_the_folder(
    lab: Lab, mifa: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`cd lab; mifa init .` is what people try first."""
    monkeypatch.chdir(lab.folder)
    result = mifa("init", ".")
    assert result.code == 2
    assert "error[MIFA003]: lies inside lab/, which is only read\n  --> mifa.yaml\n" in result.err


@pytest.mark.parametrize("target", ["/proc/dataset", "/sys/dataset"])
@pytest.mark.parametrize("command", ["build", "init", "demo"])
def test_places_where_nobody_may_write(lab: Lab, mifa: Callable[..., Result], command: str, target: str) -> None:
    if not Path(target).parent.is_dir():
        pytest.skip("there is no such place here")
    arguments = {"build": [lab.sheet, "-o", target], "init": [lab.folder, "-s", target], "demo": [target]}
    result = mifa(command, *arguments[command])
    assert result.code == 4
    assert result.err.count("error[MIFA004]: ") == 1, "it is not full, it cannot be written"
    assert f"  --> {target}\n  hint: " in result.err


@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_folders_that_may_not_be_written(
    lab: Lab, shell: Callable[..., Result], permissions_bind: tuple[str, ...], mode: int
) -> None:
    closed = lab.home / "closed"
    closed.mkdir()
    closed.chmod(mode)
    try:
        result = shell("build", "mifa.yaml", "-o", "closed/out", before=permissions_bind)
    finally:
        closed.chmod(0o755)
    assert result.code == 4
    assert result.err.count("error[MIFA004]: ") == 1
    assert "closed/out\n  hint: choose a folder that you may write to" in result.err
    assert not list(closed.iterdir())


def test_demo_writes_into_nothing_that_holds_something(lab: Lab, mifa: Callable[..., Result]) -> None:
    before = contents(lab.home)
    for target in (lab.home, lab.folder, lab.sheet):
        result = mifa("demo", target)
        assert result.code == 2
        assert "error[MIFA002]: " in result.err
        assert f"  --> {target}\n  hint: " in result.err
    assert mifa("demo", lab.sheet / "below").code == 4
    assert contents(lab.home) == before


# --- what an earlier run left ------------------------------------------------------------------------------


def test_what_an_interrupted_run_left_is_replaced(lab: Lab) -> None:
    left = lab.home / "dataset.partial"
    (left / "dataset" / "images" / "cell0.ome.zarr").mkdir(parents=True)
    (left / "dataset" / "images" / "cell0.ome.zarr" / "zarr.json").write_text("{half")
    (left / MARK).touch()
    lab.build()
    assert not left.exists()
    assert len(lab.built_samples()) == 5


@pytest.mark.parametrize("kind", ["folder", "file", "link", "dangling link"])
def test_a_partial_that_is_not_ours_is_kept(lab: Lab, mifa: Callable[..., Result], kind: str) -> None:
    other = lab.home / "dataset.partial"
    elsewhere = lab.home / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious.txt").write_text("ten years of work")
    if kind == "folder":
        shutil.copytree(elsewhere, other)
    elif kind == "file":
        other.write_text("precious")
    else:
        other.symlink_to(elsewhere if kind == "link" else lab.home / "nowhere")
        (elsewhere / MARK).touch()  # what it leads to looks like ours, but it is only a link
    before = contents(lab.home)
    result = mifa("build", lab.sheet, "-o", lab.out)
    assert result.code in (2, 4)
    assert result.err.count("error[") == 1
    assert f"  --> {other}\n  hint: " in result.err
    assert contents(lab.home) == before
    assert other.is_symlink() == ("link" in kind)
    assert not lab.out.exists()


@pytest.fixture
def slow_lab(lab: Lab) -> Lab:
    """Return a lab whose build takes long enough to be interrupted."""
    pixels = np.random.default_rng(0).integers(0, 60_000, (1600, 1600), dtype=np.uint16)
    for number in range(8):
        tifffile.imwrite(lab.folder / f"images/large{number}.tif", pixels + number)
    lab.settle()
    return lab


@pytest.fixture
def started(lab: Lab) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start builds into the same folder; all are ended with the test."""
    running: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "mifakit", "build", "mifa.yaml", "-o", "dataset"]
        running.append(
            subprocess.Popen(command, cwd=lab.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # ours
        )
        return running[-1]

    yield start
    for one in running:
        if one.poll() is None:
            one.kill()
        one.communicate()


def _wait_for_pixels(lab: Lab, build: subprocess.Popen[bytes], begun: str = "") -> None:
    """Wait until a sample is finished, but not all are; or until this one is begun."""
    deadline = time.monotonic() + 30
    partial = lab.home / "dataset.partial"
    journal = partial / "journal.jsonl"

    def is_time() -> bool:
        if begun:
            return (partial / "dataset" / "images" / begun).exists()
        return journal.exists() and journal.stat().st_size > 0

    while not is_time():
        assert build.poll() is None, "it ended before it could be interrupted"
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_killed_build_shows_nothing_and_the_next_one_finishes(
    slow_lab: Lab, started: Callable[[], subprocess.Popen[bytes]]
) -> None:
    build = started()
    _wait_for_pixels(slow_lab, build)
    build.kill()
    build.communicate()
    assert not slow_lab.out.exists(), "half a dataset at its final name"
    for number in range(8):
        slow_lab.remove(f"images/large{number}.tif")
    slow_lab.build()
    assert len(slow_lab.built_samples()) == 5
    assert not list(slow_lab.home.glob("*.partial"))


@pytest.mark.skipif(os.name == "nt", reason="signals are different there")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_cancelled_build_keeps_what_is_finished(
    slow_lab: Lab, started: Callable[[], subprocess.Popen[bytes]], sent: signal.Signals
) -> None:
    build = started()
    _wait_for_pixels(slow_lab, build)
    build.send_signal(sent)
    out, err = build.communicate(timeout=30)
    assert "Traceback" not in (out + err).decode()
    assert not slow_lab.out.exists()
    if sent == signal.SIGINT:
        assert build.returncode == 130
        assert "cancelled; what is finished is kept, and the same command goes on from there" in err.decode()
    left = slow_lab.home / "dataset.partial"
    assert (left / "journal.jsonl").read_text().count("\n")
    again = started()
    again.communicate(timeout=60)
    assert again.returncode == 0
    assert len(slow_lab.built_samples()) == 13
    assert not left.exists()


@pytest.mark.skipif(os.name == "nt", reason="signals are different there")
def test_a_build_that_is_cancelled_before_anything_is_finished_leaves_nothing(
    lab: Lab, started: Callable[[], subprocess.Popen[bytes]]
) -> None:
    tifffile.imwrite(
        lab.folder / "images" / "cell5.tif", np.random.default_rng(0).integers(0, 9999, (7000, 7000), "u2")
    )
    lab.settle()
    lab.edit("images/{name}.tif", "images/cell5.tif")
    lab.edit("masks/{name}.tif", "masks/none.tif")
    build = started()
    _wait_for_pixels(lab, build, "cell5.ome.zarr.partial")
    build.send_signal(signal.SIGINT)
    build.communicate(timeout=30)
    assert build.returncode == 130
    assert not list(lab.home.glob("dataset*"))


def test_two_builds_into_one_place_do_not_harm_each_other(
    slow_lab: Lab, started: Callable[[], subprocess.Popen[bytes]]
) -> None:
    first = started()
    _wait_for_pixels(slow_lab, first)
    second = started()
    ended = [(build.communicate(timeout=60), build.returncode) for build in (first, second)]
    said = b"".join(out + err for (out, err), _ in ended).decode()
    assert "Traceback" not in said
    assert "MIFA313" not in said
    (_, first_code), ((_, second_error), second_code) = ended
    assert first_code == 0, "the first is not disturbed"
    assert second_code == 2
    assert b"error[MIFA002]" in second_error
    assert len(slow_lab.built_samples()) == 13


# --- builds that fail ---------------------------------------------------------------------------------------


def test_a_build_without_a_single_image_leaves_nothing(lab: Lab, mifa: Callable[..., Result]) -> None:
    for number in range(5):
        lab.write(f"images/cell{number}.tif", b"<html>404</html>")
    before = contents(lab.home)
    result = mifa("build", lab.sheet, "-o", lab.out)
    assert result.code == 1
    assert result.err.count("error[MIFA204]: ") == 1, "told once, with its places"
    assert "  --> images/cell0.tif\n  --> images/cell1.tif\n" in result.err
    assert "error[MIFA310]: nothing was built: 5 errors" in result.err
    assert f"  --> {lab.sheet}\n  hint: " in result.err
    assert contents(lab.home) == before
    assert {path.name for path in lab.home.iterdir()} == {"lab", "mifa.yaml"}


def test_a_sheet_with_errors_builds_nothing(lab: Lab, mifa: Callable[..., Result]) -> None:
    lab.edit("CC0", "MIT")
    result = mifa("build", lab.sheet, "-o", lab.out)
    assert result.code == 1
    assert "error[MIFA104]: 'MIT'" in result.err
    assert f"--> {lab.sheet}:{lab.line('MIT')} (study.license)" in result.err
    assert "error[MIFA310]" in result.err
    assert {path.name for path in lab.home.iterdir()} == {"lab", "mifa.yaml"}


def test_an_image_that_vanishes_after_the_plan(lab: Lab) -> None:
    """An observer stands where time passes between the plan and the pixels."""

    class Vandal:
        def planned(self, plan: object, resources: object) -> None:
            lab.remove("images/cell1.tif")
            lab.image("images/cell2.tif", np.zeros((41, 51), "u2"))
            lab.write("masks/cell3.tif", b"")

        def written(self, nbytes: int) -> None:
            pass

    built = mifakit.build(lab.sheet, lab.out, observer=Vandal())
    found = {str(one.place): one.code for one in lab.errors(built.findings)}
    assert found == {"images/cell1.tif": "MIFA202", "images/cell2.tif": "MIFA312", "masks/cell3.tif": "MIFA203"}
    assert set(built.left_out) == {"images/cell1.tif", "images/cell2.tif", "images/cell3.tif"}
    assert lab.built_samples() == {"cell0", "cell4"}


def test_an_observer_that_cancels_keeps_what_is_finished(lab: Lab) -> None:
    class Fails:
        def planned(self, plan: object, resources: object) -> None:
            pass

        def written(self, nbytes: int) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mifakit.build(lab.sheet, lab.out, observer=Fails())
    assert {path.name for path in lab.home.iterdir()} == {"lab", "mifa.yaml", "dataset.partial"}
    assert (lab.home / "dataset.partial" / "journal.jsonl").read_text().count("\n") == 1
    lab.build()
    assert len(lab.built_samples()) == 5


def test_what_is_finished_needs_no_space_again(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stops:
        needed, left = 0, 4

        def planned(self, plan: Plan, resources: object) -> None:
            self.needed = plan.expected_bytes

        def written(self, nbytes: int) -> None:
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt

    observer = Stops()
    with pytest.raises(KeyboardInterrupt):
        mifakit.build(lab.sheet, lab.out, observer=observer)
    usage = shutil.disk_usage(lab.home)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=observer.needed // 2))
    lab.build()
    assert len(lab.built_samples()) == 5


def test_records_of_a_sheet_that_changed_since_are_not_taken_along(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("mifakit.api.building.write_checksums", stop)
        lab.build()
    lab.edit("name: nuclei", "name: kernels")
    lab.build()
    assert len(lab.built_samples()) == 5
    assert not list(lab.out.rglob("*nuclei*"))


def test_an_observer_that_fails_at_the_plan_leaves_nothing(lab: Lab) -> None:
    class Fails:
        def planned(self, plan: object, resources: object) -> None:
            raise KeyboardInterrupt

        def written(self, nbytes: int) -> None:
            pass

    with pytest.raises(KeyboardInterrupt):
        mifakit.build(lab.sheet, lab.out, observer=Fails())
    assert {path.name for path in lab.home.iterdir()} == {"lab", "mifa.yaml"}


@pytest.mark.parametrize(("kilobytes", "kept"), [(8, False), (100, True), (190, True)])
def test_a_full_disk_is_one_message_and_keeps_what_is_finished(
    lab: Lab, shell: Callable[..., Result], kilobytes: int, kept: bool
) -> None:
    """At 8 it is seen beforehand, later among the samples, then among the records. More space, and it goes on."""
    if not shutil.which("unshare") or os.geteuid() != 0:
        pytest.skip("only root may make a small disk")
    (lab.home / "disk").mkdir()
    script = f"""
        mount -t tmpfs -o size={kilobytes}k tmpfs disk || exit 77
        "$@"; code=$?
        ls -A disk >&2; test -s disk/out.partial/journal.jsonl && echo finished >&2
        mount -o remount,size=9m disk && "$@" > again 2>&1; echo "again $?" >&2
        exit $code"""
    result = shell("build", "mifa.yaml", "-o", "disk/out", before=("unshare", "-m", "sh", "-c", script, "sh"))
    if result.code == 77:
        pytest.skip("this root may not mount")
    assert result.code == 4
    assert result.err.count("error[MIFA006]: ") == 1
    _, hint = result.err.split("hint: free some space and run it again: a build goes on where it was\n")
    assert hint.split() == (["out.partial", "finished"] if kept else []) + ["again", "0"]


def test_nothing_built_says_why_in_python_too(lab: Lab) -> None:
    lab.edit("images/{name}.tif", "pictures/{name}.tif")
    with pytest.raises(NothingBuiltError) as stopped:
        lab.build()
    assert isinstance(stopped.value, MifaError)
    assert {"MIFA201", "MIFA213"} <= {one.code for one in stopped.value.findings}
    assert "nothing was built" in str(stopped.value)
