"""`mifa doctor`, as a person and a program see it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sites import install

READER = """
from mifakit.readers.base import Format

class ToyReader:
    name = "toy"
    formats = (Format("Toy", (".toy",), extra="codec"), Format("Toy movie", (".toymov",)))
    reads_folders = False
    def open(self, path, axes=None, scene=0):
        raise NotImplementedError
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    plugins = {"mifakit.readers": {"toy": "toy_reader:ToyReader"}}
    requires = ["no-such-codec>=3; extra == 'codec'"]
    install(tmp_path, "toy-reader", {"toy_reader.py": READER}, plugins, requires=requires, extras=["codec"])
    return tmp_path


def doctor(site: Path, *flags: str, code: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"{code}\nfrom mifakit.cli import main; main()", "doctor", *flags]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_package_of_an_extra_that_is_missing_is_no_failure(site: Path) -> None:
    done = doctor(site)
    assert done.returncode == 0, done.stderr
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert lines[0].startswith("mifakit ")
    assert all(len(line) <= 80 for line in lines)
    assert "\x1b" not in done.stdout
    assert "Formats of toy-reader 1.0" in lines
    row = next(line for line in lines if line.startswith("Toy "))
    assert row.split() == ["Toy", ".toy", "toy", "needs", "[codec]"]
    assert next(line for line in lines if line.startswith("Toy movie")).endswith("ready")
    assert lines[lines.index("To open Toy. Missing: no-such-codec>=3.") + 2] == '  pip install "toy-reader[codec]"'
    assert "formats open here; no problems." in done.stderr


def test_a_broken_plugin_is(site: Path) -> None:
    install(site, "broken-toy", plugins={"mifakit.readers": {"broken": "no_such_module:Toy"}})
    done = doctor(site)
    assert done.returncode == 1
    assert "warning[MIFA005]: 'broken' (no_such_module:Toy) of broken-toy 1.0" in done.stdout
    assert "formats open here; 1 warning." in done.stderr


def test_json_is_for_programs(site: Path) -> None:
    done = doctor(site, "--json")
    record = json.loads(done.stdout)
    toy = next(one for one in record["readers"] if one["name"] == "toy")
    assert toy["distribution"] == "toy-reader"
    assert toy["formats"][0]["needs"] == [
        {"package": "no-such-codec", "wanted": ">=3", "installed": None, "only": None, "met": False}
    ]
    assert toy["formats"][0]["install"] == 'pip install "toy-reader[codec]"'


def test_a_mifakit_that_does_not_load_is_told_without_a_traceback(site: Path) -> None:
    done = doctor(site, code="import sys; sys.modules['filelock'] = None")
    assert done.returncode == 1
    assert done.stderr.startswith("error[MIFA217]: mifakit does not load: ")
    assert "filelock" in done.stderr
    assert "Traceback" not in done.stderr
