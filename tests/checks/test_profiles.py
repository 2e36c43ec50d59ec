"""Profiles weigh findings; they never find, and never hide what breaks a dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from mifakit.catalogue import CATALOGUE, Level, Severity
from mifakit.checks.profiles.profile import DEFAULT, SHIPPED, load_profile
from mifakit.cli.app import app
from mifakit.errors import MifaError
from mifakit.findings import Finding


def weighed(profile: str) -> dict[str, Severity]:
    """Return how bad one finding of each code is."""
    return {one.code: one.severity for one in load_profile(profile).weigh(Finding.of(code, "x") for code in CATALOGUE)}


def test_the_usual_one_changes_nothing() -> None:
    assert weighed(DEFAULT) == {code: entry.severity for code, entry in CATALOGUE.items()}


def test_for_the_archive_its_fields_are_errors() -> None:
    bia = weighed("bia")
    assert all(bia[code] is Severity.ERROR for code, entry in CATALOGUE.items() if entry.level is Level.ARCHIVE)
    assert bia["MIFA124"] is Severity.INFO


def test_strict_leaves_no_promise_open() -> None:
    assert {weighed("strict")[code] for code, entry in CATALOGUE.items() if entry.level} == {Severity.ERROR}


@pytest.mark.parametrize("profile", SHIPPED)
def test_what_breaks_a_dataset_is_an_error_in_all(profile: str) -> None:
    broken = {code for code, entry in CATALOGUE.items() if entry.severity is Severity.ERROR and not entry.level}
    assert {weighed(profile)[code] for code in broken} == {Severity.ERROR}


def test_a_code_counts_more_than_its_level(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text("levels:\n  archive: error\ncodes:\n  MIFA160: off\n  MIFA121: info\n")
    ours = weighed(str(path))
    assert "MIFA160" not in ours
    assert (ours["MIFA121"], ours["MIFA164"]) == (Severity.INFO, Severity.ERROR)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("codes:\n  MIFA999: off\n  MIFA998: off\n", "there is no MIFA999, MIFA998", 2),
        ("levels:\n  bia: error\n", "there is no bia; levels are MIFA-required", 2),
        ("levels:\n  archive: fatal\n", "'fatal' is not one of error, warning, info, off", 2),
        ("codes:\n  MIFA207: info\n  MIFA408: off\n", "MIFA408 stays an error", 3),
        ("rules: {}\n", "there is no rules", None),
        ("codes: [MIFA101]\n", "is no block of fields", 1),
        ("- MIFA101\n", "holds no fields", None),
        ("codes: [\n", "expected", 2),
    ],
)
def test_a_wrong_profile_is_refused(tmp_path: Path, text: str, message: str, line: int | None) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(text)
    with pytest.raises(MifaError) as caught:
        load_profile(str(path))
    finding = caught.value.finding
    assert (finding.code, finding.place and finding.place.line) == ("MIFA189", line)
    assert message in finding.message


def test_there_is_no_such_profile(tmp_path: Path) -> None:
    with pytest.raises(MifaError, match="'bai' is neither a file nor one of mifa, bia, bioimageio, strict"):
        load_profile("bai")


def test_the_command_ends_as_the_profile_says(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from mifakit.example_lab.example import write_example

    sheet = write_example(tmp_path)
    sheet.write_text(sheet.read_text("utf-8").replace("9 of 10", "8 of 10"), "utf-8")
    runner = CliRunner()
    assert runner.invoke(app, ["check", str(sheet)]).exit_code == 0
    strict = runner.invoke(app, ["check", str(sheet), "--profile", "strict", "--github"])
    assert strict.exit_code == 1
    assert f"::error file={sheet},line=" in strict.stdout
    assert ",title=MIFA170::'8 of 10 images', but 1 of 10 images" in strict.stdout
