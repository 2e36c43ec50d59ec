"""What the application does with errors that are not of our making."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mifakit.errors import ExitCode

COMMAND = """
import sys
from mifakit.cli import app, explain
def run(code: str) -> None:
    try:
        {first}
    except BaseException as error:
        raise ImportError("initialization failed") {chained}
app.app.registered_commands = []
app.app.command(name="explain")(run)
app.app.command(name="other")(run)
sys.argv = ["mifa", "explain", "MIFA101"]
app.main()
"""


@pytest.mark.parametrize("chained", ["from error", ""])
def test_an_import_that_ctrl_c_broke_is_no_error_of_its_own(chained: str) -> None:
    code = COMMAND.format(first="raise KeyboardInterrupt", chained=chained)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (ExitCode.CANCELLED, "", "")


def test_other_errors_are_not_hidden() -> None:
    code = COMMAND.format(first="raise OSError", chained="from error")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "ImportError: initialization failed" in done.stderr


LAST_WORDS = """
import sys
from mifakit import cli
from mifakit.cli import app
def run() -> None:
    sys.stdout.write("last words")
    sys.exit(3)
app.main = run
cli.main()
"""
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
"""An environment in which output waits until there is more of it, or the end."""


def test_what_is_printed_last_arrives() -> None:
    done = subprocess.run([sys.executable, "-c", LAST_WORDS], stdout=subprocess.PIPE, env=BUFFERED, check=False)
    assert (done.returncode, done.stdout) == (3, b"last words")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_what_cannot_be_printed_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-c", LAST_WORDS]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=BUFFERED, check=False)
    assert done.returncode not in (0, 3)
    assert b"No space left" in done.stderr
