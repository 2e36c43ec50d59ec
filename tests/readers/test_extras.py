"""Packages of extras that are missing, broken, or hang."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sites import HANGS

from mifakit import imports, readers
from mifakit.errors import MifaError
from mifakit.readers.extras import needing

IMAGE = Path("cells.toy")


def refusal(*modules: str) -> str:
    with pytest.raises(MifaError) as caught, needing("toy", IMAGE, *modules):
        raise AssertionError("the block was entered")
    assert caught.value.code == "MIFA217"
    assert caught.value.finding.hint == 'pip install "mifakit[toy]"'
    return caught.value.finding.message


def test_what_is_there_is_imported() -> None:
    with needing("toy", IMAGE, "json"):
        import json
    assert json.loads("1") == 1


def test_what_is_missing_is_named() -> None:
    assert refusal("no_such_package") == "needs the package 'no_such_package'"
    with pytest.raises(MifaError, match="needs the package 'no_such_package'"), needing("toy", IMAGE):
        import no_such_package  # type: ignore[import-not-found]  # noqa: F401


def test_what_is_broken_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "broken_extra.py").write_text("raise OSError('libtoy.so.3: no such file')")
    assert refusal("broken_extra") == "needs a package that does not load: libtoy.so.3: no such file"
    (tmp_path / "leaving_extra.py").write_text("import sys; sys.exit('no licence')")
    assert "SystemExit(no licence)" in refusal("leaving_extra")
    with pytest.raises(MifaError), needing("toy", IMAGE):
        import leaving_extra  # type: ignore[import-not-found]  # noqa: F401


def test_what_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(imports, "PATIENCE", 0.1)
    (tmp_path / "hanging_extra.py").write_text(HANGS)
    try:
        assert "'hanging_extra' does not come to an end" in refusal("hanging_extra")
        assert "'hanging_extra' does not come to an end" in refusal("hanging_extra")
    finally:
        (tmp_path / "gate").touch()


def unnamed_imports(path: Path) -> Iterator[str]:
    """Yield what blocks of `needing` import without naming it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.With):
            continue
        for call in (item.context_expr for item in node.items):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "needing"):
                continue
            named = {argument.value for argument in call.args if isinstance(argument, ast.Constant)}
            imported = {
                name
                for inner in ast.walk(node)
                for name in (
                    [alias.name for alias in inner.names]
                    if isinstance(inner, ast.Import)
                    else [str(inner.module)]
                    if isinstance(inner, ast.ImportFrom)
                    else []
                )
            }
            yield from (f'{path.name}:{node.lineno}: needing(..., "{name}")' for name in sorted(imported - named))


def test_readers_name_what_they_import_so_that_it_may_hang(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text('with needing("toy", path, "a.b"):\n    from a.b import c\n    import d\n')
    assert list(unnamed_imports(sample)) == ['sample.py:1: needing(..., "d")']
    folder = Path(str(readers.__file__)).parent
    assert not [text for path in sorted(folder.rglob("*.py")) for text in unnamed_imports(path)]
