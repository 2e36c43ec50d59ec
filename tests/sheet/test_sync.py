"""`mifa sync`: a sheet in YAML and a workbook say the same, whichever was changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import mifakit
from mifakit.api import NothingBuiltError
from mifakit.cli.app import app
from mifakit.errors import MifaError
from mifakit.example_lab.example import filled_sheet
from mifakit.sheet.reading import read_sheet
from mifakit.sheet.template import render_sheet

TITLE, LICENSE = "B7", "B10"


class Pair:
    """A sheet and its workbook in a folder."""

    def __init__(self, folder: Path) -> None:
        self.yaml, self.xlsx = folder / "mifa.yaml", folder / "mifa.xlsx"
        self.yaml.write_text("# mine\n" + render_sheet(filled_sheet()), encoding="utf-8")
        mifakit.sync(self.yaml, self.xlsx)

    def sync(self) -> list[str]:
        return [path.name for path in mifakit.sync(self.yaml, self.xlsx)]

    def edit(self, old: str, new: str) -> None:
        text = self.yaml.read_text(encoding="utf-8")
        assert old in text
        self.yaml.write_text(text.replace(old, new, 1), encoding="utf-8")

    def type(self, cell: str, value: str | None, sheet: str = "Study") -> None:
        book = load_workbook(self.xlsx)
        book[sheet][cell] = value
        book.save(self.xlsx)

    def agree(self) -> bool:
        return read_sheet(self.yaml).model == read_sheet(self.xlsx).model


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


def test_either_is_made_of_the_other(pair: Pair) -> None:
    assert pair.agree()
    pair.yaml.unlink()
    assert pair.sync() == ["mifa.yaml"]
    assert pair.yaml.read_text(encoding="utf-8") == render_sheet(filled_sheet())
    pair.xlsx.unlink()
    assert pair.sync() == ["mifa.xlsx"]
    assert pair.agree()


def test_nothing_is_written_where_nothing_changed(pair: Pair) -> None:
    before = pair.yaml.read_bytes(), pair.xlsx.read_bytes()
    assert pair.sync() == []
    assert (pair.yaml.read_bytes(), pair.xlsx.read_bytes()) == before


def test_changes_of_both_sides_are_carried_over(pair: Pair) -> None:
    before = pair.yaml.read_text(encoding="utf-8")
    pair.type(TITLE, "A title that was typed into the workbook")
    pair.type("B5", "Ann", "Authors")
    pair.edit("  license: CC0", "  license: CC-BY   # as agreed")
    assert pair.sync() == ["mifa.yaml", "mifa.xlsx"]
    assert pair.agree()
    model = read_sheet(pair.xlsx).model
    assert (model.study.title, model.study.license) == ("A title that was typed into the workbook", "CC_BY")
    assert [author.first_name for author in model.authors] == ["Josiah", "Ann"]
    after = pair.yaml.read_text(encoding="utf-8")
    assert "  license: CC-BY   # as agreed\n" in after
    assert [line for line in after.splitlines() if "#" in line and "agreed" not in line] == [
        line for line in before.splitlines() if "#" in line
    ]
    assert pair.sync() == []


def test_what_was_emptied_is_emptied(pair: Pair) -> None:
    pair.type(TITLE, None)
    assert pair.sync() == ["mifa.yaml", "mifa.xlsx"]
    assert read_sheet(pair.yaml).model.study.title is None


def test_a_conflict_names_both_places_and_writes_nothing(pair: Pair) -> None:
    pair.type(LICENSE, "CC_BY")
    pair.edit("  license: CC0", "  license:")
    before = pair.yaml.read_bytes(), pair.xlsx.read_bytes()
    with pytest.raises(NothingBuiltError) as stopped:
        pair.sync()
    (finding,) = stopped.value.findings
    assert finding.code == "MIFA145"
    assert finding.place and finding.place.path == str(pair.yaml) and finding.place.line
    assert f"'CC_BY' in {pair.xlsx}:Study!{LICENSE}" in finding.message
    assert (pair.yaml.read_bytes(), pair.xlsx.read_bytes()) == before


def test_a_sync_that_broke_off_is_taken_up(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """A spreadsheet program may hold the workbook; what was typed into it must not be undone by the next sync."""
    pair.type(TITLE, "A title that was typed into the workbook")
    pair.edit("  license: CC0", "  license: CC_BY")

    def held(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as held_open:
        held_open.setattr("mifakit.api.sheets.replace_content", held)
        with pytest.raises(MifaError) as error:
            pair.sync()
        assert error.value.code == "MIFA004"
    assert pair.sync() == ["mifa.xlsx"]
    assert pair.agree()
    model = read_sheet(pair.xlsx).model.study
    assert (model.title, model.license) == ("A title that was typed into the workbook", "CC_BY")


def test_errors_are_mended_first(pair: Pair) -> None:
    pair.type(LICENSE, "MIT")
    with pytest.raises(NothingBuiltError) as stopped:
        pair.sync()
    assert [one.code for one in stopped.value.findings] == ["MIFA104"]


def test_files_that_are_no_pair(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for other in (tmp_path / "inner" / "mifa.xlsx", tmp_path / "b.yaml", tmp_path / "mifa.xlsm"):
        with pytest.raises(MifaError) as error:
            mifakit.sync(pair.yaml, other)
        assert error.value.code == "MIFA149"
    with pytest.raises(MifaError) as error:
        mifakit.sync(tmp_path / "no.yaml", tmp_path / "no.xlsx")
    assert error.value.code == "MIFA001"


def test_at_the_command_line(pair: Pair) -> None:
    run = CliRunner().invoke(app, ["sync", str(pair.yaml), str(pair.xlsx)])
    assert run.exit_code == 0
    assert "say the same" in run.output


def test_init_takes_one_name(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["init", str(tmp_path), "--xlsx", "--sheet", "a.xlsx"])
    assert run.exit_code == 2
    for name in ("a.xls", "a.ods"):
        run = CliRunner().invoke(app, ["init", str(tmp_path), "--sheet", name])
        assert run.exit_code != 0
