"""Outputs are whole or not there: failures, leftovers, and places that are taken."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mifakit.conversion.staging import check_output, is_disk_full, staged
from mifakit.errors import MifaError


def listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def code_of(error: pytest.ExceptionInfo[MifaError]) -> str:
    return error.value.code


def test_the_name_is_taken_only_at_the_end(tmp_path: Path) -> None:
    final = tmp_path / "out"
    with staged(final) as folder:
        (folder / "a.txt").write_text("a")
        assert not final.exists()
        assert folder.name == "out"
        assert folder.parent == tmp_path / "out.partial"
    assert listing(tmp_path) == ["out", "out/a.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, MemoryError])
def test_a_failure_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def fail() -> None:
        with staged(tmp_path / "out") as folder:
            (folder / "x").mkdir()
            (folder / "x" / "a.txt").write_text("a")
            raise error

    with pytest.raises(error):
        fail()
    assert listing(tmp_path) == []


def leftover(tmp_path: Path, mark: str) -> Path:
    """Leave what a killed build leaves: half an output, beside a mark that says who was at it."""
    with staged(tmp_path / "probe") as folder:
        (name,) = (path.name for path in folder.parent.iterdir() if path.is_file())
    (tmp_path / "probe").rmdir()
    wrapper = tmp_path / "out.partial"
    (wrapper / "out").mkdir(parents=True)
    (wrapper / "out" / "half.txt").write_text("half")
    (wrapper / name).write_text(mark)
    return tmp_path / "out"


def test_a_leftover_of_ours_is_replaced(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    with staged(leftover(tmp_path, f"{gone.pid} {socket.gethostname()}\n")) as folder:
        assert listing(folder) == []
        (folder / "whole.txt").write_text("whole")
    assert listing(tmp_path) == ["out", "out/whole.txt"]


@pytest.mark.parametrize("kind", ["folder", "empty folder", "file"])
def test_what_is_not_ours_is_never_touched(tmp_path: Path, kind: str) -> None:
    taken = tmp_path / "out.partial"
    if kind == "file":
        taken.write_text("thesis")
    else:
        taken.mkdir()
        if kind == "folder":
            (taken / "thesis.doc").write_text("thesis")
    before = listing(tmp_path)
    with pytest.raises(MifaError) as error, staged(tmp_path / "out"):
        pass
    assert code_of(error) == "MIFA002"
    assert listing(tmp_path) == before


def test_a_missing_parent_is_told(tmp_path: Path) -> None:
    with pytest.raises(MifaError) as error, staged(tmp_path / "nowhere" / "out"):
        pass
    assert code_of(error) == "MIFA004"
    assert listing(tmp_path) == []


def test_a_disk_that_is_full_at_once_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(MifaError) as error, staged(tmp_path / "out"):
            pass
    assert code_of(error) == "MIFA006"
    assert listing(tmp_path) == []
    with staged(tmp_path / "out"):
        pass


def test_stages_inside_stages(tmp_path: Path) -> None:
    with staged(tmp_path / "dataset") as dataset:
        (dataset / "images").mkdir()
        with staged(dataset / "images" / "a.ome.zarr") as image:
            (image / "zarr.json").write_text("{}")
        with pytest.raises(ValueError, match="bad"), staged(dataset / "images" / "b.ome.zarr"):
            raise ValueError("bad")
    assert listing(tmp_path) == ["dataset", "dataset/images", "dataset/images/a.ome.zarr",
                                 "dataset/images/a.ome.zarr/zarr.json"]  # fmt: skip


def test_outputs_that_are_refused(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    (lab / "sub").mkdir(parents=True)
    (tmp_path / "taken").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(lab)
    for output, code in [
        ("taken", "MIFA002"),
        ("file", "MIFA002"),
        ("lab", "MIFA002"),
        ("lab/out", "MIFA003"),
        ("lab/sub/out", "MIFA003"),
        ("lab/sub/../out", "MIFA003"),
        ("link/out", "MIFA003"),
        ("nowhere/out", "MIFA004"),
        ("file/out", "MIFA004"),
    ]:
        with pytest.raises(MifaError) as error:
            check_output(tmp_path / output, lab)
        assert (output, code_of(error)) == (output, code)
    check_output(tmp_path / "out", lab)
    check_output(tmp_path / "lab-out", lab)


def test_a_folder_that_may_not_be_written_to_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mifakit.conversion.staging.os.access", lambda *_: False)  # root may write anywhere
    with pytest.raises(MifaError) as error:
        check_output(tmp_path / "out", tmp_path / "lab")
    assert code_of(error) == "MIFA004"


BUILDER = """
import sys, time
from pathlib import Path
from mifakit.conversion.staging import staged
with staged(Path(sys.argv[1])) as folder:
    (folder / "half.txt").write_text("half")
    print("begun", flush=True)
    time.sleep(60)
"""


def test_one_builder_at_a_time_and_a_killed_one_is_no_hindrance(tmp_path: Path) -> None:
    final = tmp_path / "out"
    with subprocess.Popen([sys.executable, "-c", BUILDER, str(final)], stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "begun\n"
            with pytest.raises(MifaError, match=f"process {other.pid}") as error, staged(final):
                pass
            assert code_of(error) == "MIFA002"
            assert (tmp_path / "out.partial" / "out" / "half.txt").exists()
        finally:
            other.kill()
    assert not final.exists()
    with staged(final) as folder:
        (folder / "whole.txt").write_text("whole")
    assert listing(tmp_path) == ["out", "out/whole.txt"]


def test_a_build_on_another_machine_is_left_alone(tmp_path: Path) -> None:
    final = leftover(tmp_path, f"{os.getpid()} another-{socket.gethostname()}\n")
    with pytest.raises(MifaError, match="another build") as error, staged(final):
        pass
    assert code_of(error) == "MIFA002"
    assert (tmp_path / "out.partial" / "out" / "half.txt").exists()


@pytest.mark.parametrize("text", ["", "12", "\n"])
def test_a_mark_that_was_cut_short_is_a_leftover(tmp_path: Path, text: str) -> None:
    with staged(leftover(tmp_path, text)) as folder:
        assert listing(folder) == []


def test_a_mark_that_makes_no_sense_does_not_crash(tmp_path: Path) -> None:
    final = leftover(tmp_path, f"what {socket.gethostname()}\n")
    try:
        with staged(final):
            pass
    except MifaError as error:
        assert error.code == "MIFA002"


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "a.doc").touch()
    (tmp_path / "out.partial").symlink_to(tmp_path / "thesis")
    with pytest.raises(MifaError) as error, staged(tmp_path / "out"):
        pass
    assert code_of(error) == "MIFA002"
    assert (tmp_path / "thesis" / "a.doc").exists()


def test_a_link_to_a_leftover_is_not_followed_either(tmp_path: Path) -> None:
    leftover(tmp_path, "")
    (tmp_path / "other.partial").symlink_to(tmp_path / "out.partial")
    before = listing(tmp_path)
    with pytest.raises(MifaError) as error, staged(tmp_path / "other"):
        pass
    assert code_of(error) == "MIFA002"
    assert listing(tmp_path) == before


def test_one_builder_at_a_time_in_one_process_too(tmp_path: Path) -> None:
    with staged(tmp_path / "out") as first:
        (first / "half.txt").write_text("half")
        with pytest.raises(MifaError) as error, staged(tmp_path / "out"):
            pass
        assert code_of(error) == "MIFA002"
        assert (first / "half.txt").exists()


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (ValueError("RESOURCE_EXHAUSTED: [OS error 28: ENOSPC No space left on device]"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (ValueError("no"), False),
    ],
)
def test_full_disks_are_known_in_both_tongues(error: Exception, full: bool) -> None:
    assert is_disk_full(error) is full
