"""What the command prints and how it ends: exit codes, JSON, colours, other terminals, one bad file among many."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mifakit

if TYPE_CHECKING:
    from tests.bad_input.conftest import Lab, Result

HTML = b"<!DOCTYPE html><title>404</title>"
FIELDS = {"code", "severity", "level", "message", "hint", "path", "line", "item", "cell"}


@pytest.fixture
def spoiled(lab: Lab) -> Lab:
    """Return a lab where everything that can go wrong for one file went wrong, beside five good images."""
    lab.edit('["images/{name}.tif"]', '["images/{name}.tif", "images/{name}.png"]')
    lab.write("images/html.png", HTML)
    lab.image("images/cut.tif")
    lab.cut("images/cut.tif", 0.5)
    lab.write("images/nothing.tif", b"")
    lab.image("images/swapped.tif")
    lab.mask("masks/swapped.tif", np.ones((50, 40), "u2"))
    lab.image("images/colour.tif")
    lab.mask("masks/colour.tif", np.ones((40, 50, 3), "u1"), photometric="rgb")
    lab.mask("masks/orphan.tif")
    lab.image("images/alone.tif")
    lab.image("images/one name.tif")
    lab.image("images/one_name.tif")
    return lab


SPOILED = {
    ("MIFA204", "images/html.png"),
    ("MIFA203", "images/cut.tif"),
    ("MIFA203", "images/nothing.tif"),
    ("MIFA302", "masks/swapped.tif"),
    ("MIFA305", "masks/colour.tif"),
    ("MIFA208", "masks/orphan.tif"),
    ("MIFA207", "images/alone.tif"),
    ("MIFA207", "images/one name.tif"),
    ("MIFA207", "images/one_name.tif"),
    ("MIFA301", "images/one name.tif"),
    ("MIFA301", "images/one_name.tif"),
}
GOOD = {"cell0", "cell1", "cell2", "cell3", "cell4", "alone"}


def test_several_bad_files_among_good_ones(spoiled: Lab, mifa: Callable[..., Result]) -> None:
    result = mifa("build", spoiled.sheet, "-o", spoiled.out, "--json")
    assert result.code == 3
    found = json.loads(result.out)["findings"]
    about_masks_of_unreadable = {("MIFA207", f"images/{name}") for name in ("html.png", "cut.tif", "nothing.tif")}
    assert {(one["code"], one["path"]) for one in found} - about_masks_of_unreadable == SPOILED
    assert "6 samples built" in result.err
    assert "7 left out" in result.err
    assert {sample.id for sample in mifakit.open(spoiled.out)} == GOOD
    assert [one for one in mifakit.validate(spoiled.out) if one.is_error] == []


def test_check_foretells_what_the_build_will_say(spoiled: Lab) -> None:
    expected = {(one.code, str(one.place)) for one in mifakit.check(spoiled.sheet) if one.is_error}
    built = spoiled.build()
    assert {(one.code, str(one.place)) for one in built.findings if one.is_error} == expected


# --- exit codes ---------------------------------------------------------------------------------------------


def _cause(lab: Lab, cause: str) -> None:
    if cause == "a value is wrong":
        lab.edit("CC0", "MIT")
    elif cause == "a file is bad":
        lab.write("images/cell2.tif", HTML)
    elif cause == "the dataset is damaged":
        lab.build()
        (lab.out / "manifest.csv").write_text("changed")
    elif cause == "the dataset is in order":
        lab.build()


EXIT_CODES = {
    "ok: scan": ("nothing", ["scan", "lab"], 0),
    "ok: check": ("nothing", ["check", "mifa.yaml"], 0),
    "ok: build": ("nothing", ["build", "mifa.yaml"], 0),
    "ok: dry run": ("nothing", ["build", "--dry-run"], 0),
    "ok: validate": ("the dataset is in order", ["validate", "dataset"], 0),
    "ok: explain": ("nothing", ["explain", "mifa101"], 0),
    "ok: version": ("nothing", ["--version"], 0),
    "findings: scan": ("a file is bad", ["scan", "lab"], 1),
    "findings: check": ("a value is wrong", ["check"], 1),
    "findings: check a file": ("a file is bad", ["check"], 1),
    "findings: build": ("a value is wrong", ["build"], 1),
    "findings: validate": ("the dataset is damaged", ["validate", "dataset"], 1),
    "usage: no such command": ("nothing", ["biuld"], 2),
    "usage: no such option": ("nothing", ["build", "--ouput", "x"], 2),
    "usage: no argument": ("nothing", ["scan"], 2),
    "usage: one too many": ("nothing", ["validate", "a", "b"], 2),
    "usage: no number": ("nothing", ["build", "--workers", "many"], 2),
    "usage: no worker": ("nothing", ["build", "--workers", "0"], 2),
    "usage: no folder": ("nothing", ["scan", "lap"], 2),
    "usage: no sheet": ("nothing", ["check", "mifo.yaml"], 2),
    "usage: no dataset": ("nothing", ["validate", "lab"], 2),
    "usage: the output exists": ("the dataset is in order", ["build"], 2),
    "usage: no such code": ("nothing", ["explain", "MIFA999"], 2),
    "partial: build": ("a file is bad", ["build"], 3),
    "environment: build": ("nothing", ["build", "-o", "no/such/place"], 4),
    "environment: init": ("nothing", ["init", "lab", "-s", "no/such/sheet.yaml"], 4),
}


@pytest.mark.parametrize(("cause", "arguments", "code"), EXIT_CODES.values(), ids=EXIT_CODES)
def test_exit_codes(
    lab: Lab,
    mifa: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    cause: str,
    arguments: list[str],
    code: int,
) -> None:
    _cause(lab, cause)
    monkeypatch.chdir(lab.home)
    result = mifa(*arguments)
    assert result.code == code, result.text
    if code == 2:
        assert result.out == "", "what went wrong goes to stderr"
        assert result.err.count("rror") <= 2, "one message"


def test_a_mistyped_command_says_what_was_meant(mifa: Callable[..., Result]) -> None:
    assert "Did you mean 'build'?" in mifa("biuld").err
    assert "--output" in mifa("build", "--ouput", "x").err
    result = mifa("explain", "MIFA11")
    assert result.code == 2
    assert "error[MIFA007]: there is no code MIFA11\n  hint: did you mean MIFA" in result.err


def test_the_real_command_prints_no_traceback(lab: Lab, shell: Callable[..., Result]) -> None:
    lab.write("images/cell2.tif", HTML)
    result = shell("build", "mifa.yaml", "-o", "dataset")
    assert result.code == 3
    assert "error[MIFA204]: is not a TIFF image: it looks like an HTML page\n  --> images/cell2.tif\n" in result.out
    assert "\x1b" not in result.text
    assert shell("build", "mifa.yaml", "-o", "dataset").code == 2


# --- JSON ------------------------------------------------------------------------------------------------------


def _same_as_text(records: list[dict[str, Any]], text: str) -> None:
    """Every record has all fields, and what people see is what is in the records."""
    blocks = [block + "\n" for block in text.split("\n\n")]
    shown = 0
    for one in records:
        assert set(one) == FIELDS
        place = f"{one['path']}{':' + str(one['line']) if one['line'] else ''}"
        heads = (one["message"], re.sub(r"\[\d+\]", "", one["message"]))  # what many lack, is said once
        shown += any(
            any(f"{one['severity']}[{one['code']}]: {head}" in block for head in heads)
            and re.search(f"\n  --> {re.escape(place)}(?![\\w.:]).*\n", block)
            and f"\n  hint: {one['hint']}\n" in block
            for block in blocks
        )
    assert shown == text.count("\n  --> ")
    assert len(records) == shown + sum(map(int, re.findall(r"and (\d+) more(?: like this)?\n", text)))


def _spoil_sheet(lab: Lab) -> None:
    lab.edit("CC0", "MIT")
    lab.edit("  acknowledgements: Nobody.\n", "")
    lab.edit("jcarberry@", "jcarberry ät ")


def test_check_as_json_and_as_text(lab: Lab, mifa: Callable[..., Result]) -> None:
    _spoil_sheet(lab)
    text, document, lines = (mifa("check", lab.sheet, *option) for option in ([], ["--json"], ["--jsonl"]))
    records = json.loads(document.out)["findings"]
    assert records == [json.loads(line) for line in lines.out.splitlines()]
    assert sorted(one["code"] for one in records) == ["MIFA102", "MIFA104", "MIFA114"]
    assert {one["line"] for one in records} == {lab.line("study:"), lab.line("MIT"), lab.line("ät")}
    _same_as_text(records, text.out)
    assert text.code == document.code == lines.code == 1
    assert text.err == document.err == lines.err


def test_validate_as_json_and_as_text(dataset: Path, mifa: Callable[..., Result]) -> None:
    (dataset / "manifest.csv").unlink()
    (dataset / "stray.txt").write_text("x")
    text, document, lines = (mifa("validate", dataset, *option) for option in ([], ["--json"], ["--jsonl"]))
    records = json.loads(document.out)["findings"]
    assert records == [json.loads(line) for line in lines.out.splitlines()]
    assert {("MIFA405", "manifest.csv"), ("MIFA407", "stray.txt")} <= {(one["code"], one["path"]) for one in records}
    _same_as_text(records, text.out)


def test_scan_and_plan_as_json(spoiled: Lab, mifa: Callable[..., Result]) -> None:
    text, document = mifa("scan", spoiled.folder), mifa("scan", spoiled.folder, "--json")
    assert text.code == document.code == 1
    scanned = json.loads(document.out)
    assert all(f"{pair['image']}  <-  {pair['files'][0]}" in text.out for pair in scanned["pairings"])
    assert all(image["path"] in text.out for image in scanned["images"])
    _same_as_text(scanned["findings"], text.out)
    planned = json.loads(mifa("build", spoiled.sheet, "--dry-run", "--json").out)
    dry = mifa("build", spoiled.sheet, "--dry-run")
    assert all(f"{one['source']}  ->  {one['sample']}" in dry.out for one in planned["samples"])
    assert f"{len(planned['samples'])} samples to build" in dry.err
    assert f"{len(planned['left_out'])} images left out" in dry.err
    assert not spoiled.out.exists()


def test_no_findings_are_json_too(lab: Lab, dataset: Path, mifa: Callable[..., Result]) -> None:
    for command in (["check", lab.sheet], ["validate", dataset]):
        assert json.loads(mifa(*command, "--json").out) == {"findings": []}
        assert mifa(*command, "--jsonl").out == ""


STOPPED = {
    "no sheet": ["check", "mifo.yaml"],
    "no YAML": ["check", "broken.yaml"],
    "no dataset": ["validate", "lab"],
    "no folder": ["scan", "lap"],
    "nothing to build": ["build", "broken.yaml"],
    "the output exists": ["build", "mifa.yaml", "-o", "lab"],
}


@pytest.mark.parametrize("arguments", STOPPED.values(), ids=STOPPED)
def test_what_stops_the_work_is_json_too(
    lab: Lab, mifa: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """A program that asked for JSON must not have to read prose when it matters most."""
    monkeypatch.chdir(lab.home)
    Path("broken.yaml").write_text("a: [\n")
    result = mifa(*arguments, "--json")
    assert result.code in (1, 2)
    (record,) = json.loads(result.out)["findings"]
    assert set(record) == FIELDS
    assert record["code"] in mifa(*arguments).err


# --- terminals -------------------------------------------------------------------------------------------------


def _in_terminal(lab: Lab, *arguments: str, **environment: str) -> str:
    """Return what a command prints to a terminal."""
    pty = pytest.importorskip("pty")
    near, far = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "CI")}
    command = [sys.executable, "-m", "mifakit", *arguments]
    process = subprocess.Popen(  # ours
        command, cwd=lab.home, stdout=far, stderr=far, env={**env, "TERM": "xterm", **environment}
    )
    os.close(far)
    said = b""
    while True:
        try:
            piece = os.read(near, 4096)
        except OSError:  # the far end closed
            break
        if not piece:
            break
        said += piece
    os.close(near)
    process.wait()
    return said.decode()


def test_colours_on_a_terminal_only(lab: Lab) -> None:
    lab.edit("CC0", "MIT")
    assert "\x1b[31m" in _in_terminal(lab, "check")
    assert "\x1b" not in _in_terminal(lab, "check", NO_COLOR="1")


def test_output_that_cannot_hold_every_letter(lab: Lab, shell: Callable[..., Result]) -> None:
    """Windows writes `mifa scan lab > found.txt` in its own alphabet."""
    lab.image("images/細胞 10 µm.tif")
    result = shell("scan", "lab", env={"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"})
    assert result.code == 0
    assert "MIFA207" in result.out
    assert ".tif" in result.out


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="there are no such pipes here")
def test_a_reader_that_stops_reading(lab: Lab) -> None:
    """`mifa check | head -1`: the rest is not wanted, and that is no error to speak of."""
    _spoil_sheet(lab)
    process = subprocess.Popen(  # ours
        [sys.executable, "-m", "mifakit", "check"], cwd=lab.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    process.wait(timeout=30)
    assert "Traceback" not in said
    assert "BrokenPipe" not in said
