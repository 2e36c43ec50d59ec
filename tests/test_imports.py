"""Imports that hang or want to end the program, for real."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.sites import HANGS

from mifakit import imports
from mifakit.imports import import_in_time, load_in_time


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], str]]:
    """Write a module that may be imported; those that still hang at the end are let go."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(imports, "PATIENCE", 0.2)
    before = set(sys.modules)

    def module(name: str, code: str) -> str:
        path = tmp_path / f"{name.replace('.', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(code)
        return name

    yield module
    for gate in {path.parent / "gate" for path in tmp_path.rglob("*.py")}:
        gate.touch()
    for thread in threading.enumerate():
        if thread.name.startswith("import "):
            thread.join(timeout=10)
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_a_module_is_imported(write: Callable[[str, str], str]) -> None:
    module = import_in_time(write("plain_toy", "answer = 42"))
    assert module is sys.modules["plain_toy"]
    assert module.answer == 42


def test_an_import_that_hangs_is_given_up_and_not_waited_for_again(write: Callable[[str, str], str]) -> None:
    name = write("hanging_toy", HANGS)
    with pytest.raises(TimeoutError, match="'hanging_toy' does not come to an end"):
        import_in_time(name)
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        load_in_time(name, lambda: "never called")
    assert time.monotonic() - started < 0.1


def test_what_hung_and_came_to_an_end_after_all_is_imported(write: Callable[[str, str], str], tmp_path: Path) -> None:
    name = write("late_toy", HANGS)
    with pytest.raises(TimeoutError):
        import_in_time(name)
    (tmp_path / "gate").touch()
    deadline = time.monotonic() + 10
    module = None
    while module is None and time.monotonic() < deadline:
        with suppress(TimeoutError):
            module = import_in_time(name)
    assert module is sys.modules["late_toy"]


def test_the_rest_of_a_package_that_hangs_does_not_take_the_caller_along(write: Callable[[str, str], str]) -> None:
    write("hanging_package.__init__", HANGS)
    write("hanging_package.part", "import hanging_package")  # waits for the lock of its package
    for name in ("hanging_package", "hanging_package.part"):
        with pytest.raises(TimeoutError):
            import_in_time(name)


def test_an_import_that_is_slow_but_goes_on_is_waited_for(write: Callable[[str, str], str]) -> None:
    for number in range(5):
        write(f"slow_part_{number}", "import time; time.sleep(0.12)")
    steps = "\n".join(f"import slow_part_{number}" for number in range(5))
    started = time.monotonic()
    import_in_time(write("slow_toy", steps))
    assert time.monotonic() - started > 2 * imports.PATIENCE


@pytest.mark.parametrize("code", ["import sys; sys.exit(3)", "raise SystemExit(3)", "raise KeyboardInterrupt"])
def test_an_import_that_wants_to_end_the_program_is_an_error(write: Callable[[str, str], str], code: str) -> None:
    with pytest.raises(ImportError, match=r"its import raises (SystemExit\(3\)|KeyboardInterrupt)"):
        import_in_time(write("leaving_toy", code))


def test_errors_are_those_of_the_import(write: Callable[[str, str], str]) -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        import_in_time(write("poor_toy", "import no_such_package"))
    assert caught.value.name == "no_such_package"
    with pytest.raises(TimeoutError, match="its own"):
        import_in_time(write("late_for_itself", "raise TimeoutError('its own')"))


def test_a_program_ends_though_an_import_of_it_hangs(write: Callable[[str, str], str], tmp_path: Path) -> None:
    name = write("endless_toy", HANGS)
    code = f"""
from mifakit import imports
imports.PATIENCE = 0.1
try:
    imports.import_in_time({name!r})
except TimeoutError:
    print("gave up")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "gave up\n", "")
