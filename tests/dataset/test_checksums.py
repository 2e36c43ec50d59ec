"""checksums.txt, read by the tool that people have: sha256sum."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from mifakit.dataset.checksums import dataset_files, file_sha256, read_checksums, update_checksums, write_checksums

FILES = {"README.md": b"card", "images/a.ome.zarr/0/c/0/0/0": b"\0" * 99, "previews/a b é.png": b"", "z.txt": b"x\r\n"}


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def sha256sum(folder: Path) -> subprocess.CompletedProcess[str]:
    if not shutil.which("sha256sum"):
        pytest.skip("sha256sum is not installed")
    command = ["sha256sum", "--check", "--strict", "checksums.txt"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_sha256sum_agrees(dataset: Path) -> None:
    write_checksums(dataset)
    done = sha256sum(dataset)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == len(FILES)
    (dataset / "z.txt").write_bytes(b"x\n")
    assert "z.txt: FAILED" in sha256sum(dataset).stdout


def test_every_file_but_itself_in_a_stable_order(dataset: Path) -> None:
    write_checksums(dataset)
    text = (dataset / "checksums.txt").read_bytes()
    write_checksums(dataset)
    assert (dataset / "checksums.txt").read_bytes() == text
    names = [line[66:] for line in text.decode("utf-8").splitlines()]
    assert names == sorted(FILES)
    assert sorted(dataset_files(dataset)) == sorted(FILES)
    assert read_checksums(dataset) == {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}


def test_a_file_of_that_name_deeper_down_counts(dataset: Path) -> None:
    (dataset / "images" / "checksums.txt").write_text("x")
    write_checksums(dataset)
    assert "images/checksums.txt" in read_checksums(dataset)
    assert "checksums.txt" not in read_checksums(dataset)


def test_what_was_hashed_before_is_not_read_again(dataset: Path) -> None:
    known = {"README.md": "a" * 64, "gone.txt": "b" * 64}
    write_checksums(dataset, known)
    stated = read_checksums(dataset)
    assert set(stated) == set(FILES), "what is not there is not stated"
    assert stated["README.md"] == known["README.md"]
    assert stated["z.txt"] == file_sha256(dataset / "z.txt")
    assert sha256sum(dataset).stdout.count("FAILED") == 1


def test_of_some_files_only_those_are_hashed_anew(dataset: Path) -> None:
    write_checksums(dataset)
    before = read_checksums(dataset)
    for name, text in {"README.md": "new card", "z.txt": "damaged", "late.txt": "late", "new.txt": "new"}.items():
        (dataset / name).write_text(text)
    update_checksums(dataset, ["README.md", "new.txt"])
    anew = {
        name: hashlib.sha256(text).hexdigest() for name, text in {"README.md": b"new card", "new.txt": b"new"}.items()
    }
    assert read_checksums(dataset) == before | anew
    assert list(read_checksums(dataset)) == sorted(before | anew)
    assert "z.txt: FAILED" in sha256sum(dataset).stdout, "damage must not become the truth"


def test_lines_of_another_form_are_passed_over(tmp_path: Path) -> None:
    digest = "a" * 64
    (tmp_path / "checksums.txt").write_text(
        f"# by hand\n\n{digest}  a  b.txt\n{digest[:-1]}  short\n{digest} one space\n"
    )
    assert read_checksums(tmp_path) == {"a  b.txt": digest}


def test_large_files_are_hashed_whole(tmp_path: Path) -> None:
    content = bytes(range(256)) * 20_000
    (tmp_path / "a").write_bytes(content)
    assert file_sha256(tmp_path / "a") == hashlib.sha256(content).hexdigest()
