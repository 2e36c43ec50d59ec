"""An interrupted build is taken up again: what is finished stays, what is no longer true is made again."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.faults.builds import run_build, started, wait_until
from tests.faults.forms import cases
from tests.faults.lab import Lab, awkward_lab, differing, fingerprint, flip_bit

Stamps = dict[str, tuple[int, int]]
FINISHED = ("good1", "good2")


@dataclass(frozen=True)
class Interrupted:
    """A lab with an interrupted build, and what brings it back as it was."""

    lab: Lab
    backup: Path
    environment: Mapping[str, str]

    def restore(self) -> None:
        shutil.rmtree(self.lab.home, ignore_errors=True)  # a test may have moved it
        shutil.copytree(self.backup, self.lab.home)


@pytest.fixture(scope="session")
def _interrupted(tmp_path_factory: pytest.TempPathFactory, plugged: Callable[[Path], Mapping[str, str]]) -> Interrupted:
    """Kill a build that has two samples finished and is busy with the third."""
    folder = tmp_path_factory.mktemp("interrupted")
    environment = plugged(folder / "gate")
    lab = awkward_lab(folder / "home", "wait")
    with started(lab, environment=environment) as build:
        assert wait_until(lambda: len(lab.finished()) == len(FINISHED) or not build.is_running, 30)
        build.kill()
    assert sorted(lab.finished()) == sorted(FINISHED)
    (folder / "gate").touch()
    shutil.copytree(lab.home, folder / "backup")
    return Interrupted(lab, folder / "backup", environment)


@pytest.fixture
def interrupted(_interrupted: Interrupted) -> Lab:
    """Return a lab with an interrupted build; nothing is in the way of the next one."""
    _interrupted.restore()
    return _interrupted.lab


@pytest.fixture
def environment(_interrupted: Interrupted) -> Mapping[str, str]:
    """Return the environment that `interrupted` is built in."""
    return _interrupted.environment


def stamps(dataset: Path, sample: str) -> Stamps:
    """Return inode and time of each file of a sample: whoever writes a file again changes one of them."""
    folder = dataset / "images" / f"{sample}.ome.zarr"
    files = {path.relative_to(folder).as_posix(): path.stat() for path in folder.rglob("*") if path.is_file()}
    assert files
    return {name: (status.st_ino, status.st_mtime_ns) for name, status in files.items()}


def finish(lab: Lab, environment: Mapping[str, str]) -> dict[str, str]:
    """Build to the end and return what became of it."""
    result = run_build(lab, environment=environment)
    assert result.code == 0, result.err
    assert not lab.partial.exists()
    return fingerprint(lab.out)


def test_finished_samples_are_kept(
    interrupted: Lab, environment: Mapping[str, str], waited: Mapping[str, str], tally: Counter[str]
) -> None:
    before = {sample: stamps(interrupted.unfinished, sample) for sample in FINISHED}
    assert not differing(finish(interrupted, environment), waited)
    assert {sample: stamps(interrupted.out, sample) for sample in FINISHED} == before
    tally["finished samples kept"] += len(FINISHED)


def test_a_lab_that_moved_is_taken_up_as_well(
    interrupted: Lab, environment: Mapping[str, str], waited: Mapping[str, str], tmp_path: Path
) -> None:
    """Disks are mounted elsewhere, folders renamed: where a source lies does not decide what is made of it."""
    interrupted.home.rename(tmp_path / "moved")
    moved = Lab(tmp_path / "moved")
    before = {sample: stamps(moved.unfinished, sample) for sample in FINISHED}
    assert not differing(finish(moved, environment), waited)
    assert {sample: stamps(moved.out, sample) for sample in FINISHED} == before


# --- what changed since ---------------------------------------------------------------------------------------


def other_pixels(lab: Lab) -> None:
    """Change pixels behind the back of size and date: only a digest can tell."""
    path = lab.folder / "images" / "good1.tif"
    status = path.stat()
    flip_bit(path, 0.6)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def other_pixels_and_another_mask(lab: Lab) -> None:
    """Both at once, of two samples."""
    other_pixels(lab)
    shutil.copy(lab.folder / "images" / "good1.tif", lab.folder / "masks" / "good2.tif")


def another_mask(lab: Lab) -> None:
    shutil.copy(lab.folder / "images" / "good2.tif", lab.folder / "masks" / "good1.tif")


def no_mask(lab: Lab) -> None:
    (lab.folder / "masks" / "good1.tif").unlink()


def another_size(lab: Lab) -> None:
    lab.image("good1", (32, 64))


def another_pixel_size(lab: Lab) -> None:
    lab.sheet.write_text(lab.sheet.read_text("utf-8").replace("x: 0.325", "x: 0.65"), "utf-8")


def a_new_image(lab: Lab) -> None:
    lab.image("good3")


def an_image_less(lab: Lab) -> None:
    no_mask(lab)
    (lab.folder / "images" / "good1.tif").unlink()


def another_title(lab: Lab) -> None:
    """Change what concerns the dataset, but no sample."""
    lab.sheet.write_text(lab.sheet.read_text("utf-8").replace("Nuclei in small", "Cells in small"), "utf-8")


CHANGES = cases(
    {"pixels and mask": other_pixels_and_another_mask},
    {
        "pixels": other_pixels,
        "mask": another_mask,
        "no mask": no_mask,
        "size": another_size,
        "pixel size": another_pixel_size,
        "new image": a_new_image,
        "image less": an_image_less,
        "title": another_title,
    },
)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_since_is_seen(
    interrupted: Lab, environment: Mapping[str, str], change: Callable[[Lab], None]
) -> None:
    change(interrupted)
    taken_up = finish(interrupted, environment)
    interrupted.fresh_disk()
    assert not differing(taken_up, finish(interrupted, environment))


# --- what was damaged since ---------------------------------------------------------------------------------------


def shard(lab: Lab) -> Path:
    return lab.unfinished / "images" / "good1.ome.zarr" / "0" / "c" / "0" / "0" / "0"


def leave_a_stray_file(lab: Lab) -> None:
    (lab.unfinished / "images" / "good1.ome.zarr" / "stray").write_text("not ours")


DAMAGES = cases(
    {"bit": lambda lab: flip_bit(shard(lab), 0.5)},
    {
        "lost shard": lambda lab: shard(lab).unlink(),
        "cut": lambda lab: os.truncate(shard(lab), 10),
        "metadata": lambda lab: flip_bit(lab.unfinished / "images" / "good2.ome.zarr" / "zarr.json", 0.5),
        "lost labels": lambda lab: shutil.rmtree(lab.unfinished / "images" / "good2.ome.zarr" / "labels"),
        "lost images": lambda lab: shutil.rmtree(lab.unfinished / "images"),
        "lost dataset": lambda lab: shutil.rmtree(lab.unfinished),
        "stray file": leave_a_stray_file,
    },
)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_was_damaged_since_is_made_again(
    interrupted: Lab, environment: Mapping[str, str], waited: Mapping[str, str], damage: Callable[[Lab], object]
) -> None:
    damage(interrupted)
    assert not differing(finish(interrupted, environment), waited)


# --- the journal itself ----------------------------------------------------------------------------------------------


def cut_last_line(journal: Path) -> None:
    os.truncate(journal, journal.stat().st_size - 20)


def repeat(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes() * 3)


def append(line: bytes) -> Callable[[Path], object]:
    return lambda journal: journal.write_bytes(journal.read_bytes() + line)


HARMS = cases(
    {
        "torn": cut_last_line,
        "garbage": lambda journal: journal.write_bytes(bytes(range(256)) * 64),
    },
    {
        "empty": lambda journal: journal.write_bytes(b""),
        "repeated": repeat,
        "torn addition": append(b'{"sample": "good3", "dig'),
        "strange": append(b'{}\n[]\nnull\n0\n"x"\n{"sample": 1}\n'),
        "zeros": lambda journal: journal.write_bytes(bytes(4096)),
        "deep": lambda journal: journal.write_bytes(b"[" * 100_000 + b"\n"),
        "bit": lambda journal: flip_bit(journal, 0.3),
        "lost": lambda journal: journal.unlink(),
    },
)


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_a_damaged_journal_costs_time_only(
    interrupted: Lab, environment: Mapping[str, str], waited: Mapping[str, str], harm: Callable[[Path], object]
) -> None:
    harm(interrupted.journal)
    assert not differing(finish(interrupted, environment), waited)
