"""Outputs are whole or not there: failures, what is kept of them, and places that are taken."""

from __future__ import annotations

import errno
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mifakit.conversion.staging import Staging, check_output, finish_interrupted, is_disk_full, staged
from mifakit.errors import MifaError


def listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def code_of(error: pytest.ExceptionInfo[MifaError]) -> str:
    return error.value.code


def write(staging: Staging, text: str, *, finished: bool = False) -> None:
    (staging.content / "a.txt").write_text(text)
    if finished:
        staging.journal.write_text("a is finished\n")


def test_the_name_is_taken_only_at_the_end(tmp_path: Path) -> None:
    final = tmp_path / "out"
    with staged(final) as staging:
        write(staging, "a", finished=True)
        assert not final.exists()
        assert staging.content == tmp_path / "out.partial" / "out"
        assert staging.journal == tmp_path / "out.partial" / "journal.jsonl"
    assert listing(tmp_path) == ["out", "out/a.txt"]


ERRORS = [ValueError, KeyboardInterrupt, SystemExit, MemoryError]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("journal", [None, ""])
def test_a_failure_before_anything_is_finished_leaves_nothing(
    tmp_path: Path, error: type[BaseException], journal: str | None
) -> None:
    with pytest.raises(error), staged(tmp_path / "out") as staging:
        write(staging, "half")
        if journal is not None:
            staging.journal.write_text(journal)
        raise error
    assert listing(tmp_path) == []


@pytest.mark.parametrize("error", ERRORS)
def test_a_failure_leaves_what_is_finished_to_the_next_run(tmp_path: Path, error: type[BaseException]) -> None:
    final = tmp_path / "out"
    with pytest.raises(error), staged(final) as staging:
        write(staging, "whole", finished=True)
        raise error
    assert not final.exists()
    with staged(final) as staging:
        assert listing(staging.content) == ["a.txt"]
        assert staging.journal.read_text() == "a is finished\n"
    assert listing(tmp_path) == ["out", "out/a.txt"]


def test_a_folder_of_the_journals_name_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "out.partial" / "journal.jsonl").mkdir(parents=True)
    with pytest.raises(MifaError) as error, staged(tmp_path / "out"):
        pass
    assert code_of(error) == "MIFA002"
    assert (tmp_path / "out.partial" / "journal.jsonl").is_dir()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_not_ours_is_never_touched(tmp_path: Path, kind: str) -> None:
    taken = tmp_path / "out.partial"
    if kind == "file":
        taken.write_text("thesis")
    else:
        taken.mkdir()
        (taken / "thesis.doc").write_text("thesis")
    before = listing(tmp_path)
    with pytest.raises(MifaError) as error, staged(tmp_path / "out"):
        pass
    assert code_of(error) == "MIFA002"
    assert listing(tmp_path) == before


@pytest.mark.parametrize("left", [[], ["lock"], ["lock", "unfinished-mifakit-output"]])
def test_a_run_that_was_killed_as_it_began_is_no_hindrance(tmp_path: Path, left: list[str]) -> None:
    (tmp_path / "out.partial").mkdir()
    for name in left:
        (tmp_path / "out.partial" / name).touch()
    with staged(tmp_path / "out") as staging:
        write(staging, "whole")
    assert listing(tmp_path) == ["out", "out/a.txt"]


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
        with pytest.raises((OSError, MifaError), match=r"space|MIFA006"), staged(tmp_path / "out"):
            pass
    assert listing(tmp_path) == []
    with staged(tmp_path / "out"):
        pass


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
with staged(Path(sys.argv[1])) as staging:
    (staging.content / "a.txt").write_text("half")
    staging.journal.write_text("a is finished")
    print("begun", flush=True)
    time.sleep(60)
"""


def test_one_builder_at_a_time_and_a_killed_one_is_no_hindrance(tmp_path: Path) -> None:
    final = tmp_path / "out"
    half = tmp_path / "out.partial" / "out" / "a.txt"
    with subprocess.Popen([sys.executable, "-c", BUILDER, str(final)], stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "begun\n"
            owner = f"process {other.pid} on {socket.gethostname()}"
            with pytest.raises(MifaError, match=owner) as error, staged(final):
                pass
            assert code_of(error) == "MIFA002"
            assert half.exists()
        finally:
            other.kill()
    assert not final.exists()
    with staged(final):
        assert half.read_text() == "half"
    assert listing(tmp_path) == ["out", "out/a.txt"]


def test_an_output_that_another_run_finished_meanwhile_is_kept(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(MifaError) as error, staged(tmp_path / "out"):
        pass
    assert code_of(error) == "MIFA002"
    assert (tmp_path / "out").is_dir()


FINISHER = """
import sys, time
from pathlib import Path
from mifakit.conversion import staging
tidy = staging._empty
def slowly(wrapper):
    print("has its name", flush=True)
    sys.stdin.readline()
    tidy(wrapper)
staging._empty = slowly
with staging.staged(Path(sys.argv[1])) as output:
    (output.content / "a.txt").write_text("whole")
"""


def test_one_that_is_still_tidied_up_was_not_interrupted(tmp_path: Path) -> None:
    final = tmp_path / "out"
    command = [sys.executable, "-c", FINISHER, str(final)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "has its name\n"
        with pytest.raises(MifaError, match="another build") as error:
            finish_interrupted(final)
        assert code_of(error) == "MIFA002"
        other.communicate("\n")
    assert other.returncode == 0
    assert not finish_interrupted(final), "nothing is left to tidy"
    assert listing(tmp_path) == ["out", "out/a.txt"]


def test_one_that_was_killed_before_it_could_tidy_up_is_finished(tmp_path: Path) -> None:
    final = tmp_path / "out"
    command = [sys.executable, "-c", FINISHER, str(final)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "has its name\n"
        other.kill()
    assert finish_interrupted(final)
    assert listing(tmp_path) == ["out", "out/a.txt"]


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "a.doc").touch()
    (tmp_path / "out.partial").symlink_to(tmp_path / "thesis")
    with pytest.raises(MifaError) as error, staged(tmp_path / "out"):
        pass
    assert code_of(error) == "MIFA002"
    assert (tmp_path / "thesis" / "a.doc").exists()


def test_a_link_to_a_leftover_is_not_followed_either(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="bad"), staged(tmp_path / "out") as staging:
        write(staging, "whole", finished=True)
        raise ValueError("bad")
    (tmp_path / "other.partial").symlink_to(tmp_path / "out.partial")
    before = listing(tmp_path)
    with pytest.raises(MifaError) as error, staged(tmp_path / "other"):
        pass
    assert code_of(error) == "MIFA002"
    assert listing(tmp_path) == before


def test_one_builder_at_a_time_in_one_process_too(tmp_path: Path) -> None:
    with staged(tmp_path / "out") as first:
        write(first, "half")
        with pytest.raises(MifaError) as error, staged(tmp_path / "out"):
            pass
        assert code_of(error) == "MIFA002"
        assert (first.content / "a.txt").exists()


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
