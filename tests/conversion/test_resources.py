"""How many workers there are, and sizes as people type them."""

from __future__ import annotations

import sys

import pytest

from mifakit.cli.app import main
from mifakit.cli.build import parse_size
from mifakit.conversion import resources
from mifakit.conversion.resources import WORKER_BYTES, Resources


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "available_cores", lambda: 8)
    monkeypatch.setattr(resources, "available_memory", lambda: 12 * WORKER_BYTES)


@pytest.mark.parametrize(
    ("said", "count"),
    [
        (Resources(), 6),
        (Resources(memory=3 * WORKER_BYTES), 3),
        (Resources(memory=4 * WORKER_BYTES - 1), 3),
        (Resources(memory=99 * WORKER_BYTES), 8),
        (Resources(memory=1), 1),
        (Resources(workers=20), 20),
        (Resources(workers=5, memory=WORKER_BYTES), 5),
    ],
)
def test_workers(said: Resources, count: int) -> None:
    assert said.count == count


def test_twice_the_workers_need_half_the_time() -> None:
    one, two = (Resources(workers=count).seconds(10**9, 100) for count in (1, 2))
    assert one == 2 * two > 0


@pytest.mark.parametrize(
    ("text", "size"),
    [("400MB", 400_000_000), ("4GB", 4 * 10**9), ("2GiB", 2 * 1024**3), ("1.5 GB", 1_500_000_000), ("4gb", 4 * 10**9)],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "much", "4XB", "4,5GB", "-4GB", "0", "nan", "inf", "1e400"])
def test_sizes_that_are_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str) -> None:
    monkeypatch.setattr(sys, "argv", ["mifa", "build", f"--memory={text}"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert f"{text!r} is not a size such as 400MB or 4GB" in capsys.readouterr().err
