"""What the application does with errors that are not of our making."""

from __future__ import annotations

import subprocess
import sys

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
