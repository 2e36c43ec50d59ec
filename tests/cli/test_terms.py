"""`mifa terms`, as its users call it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import mifakit
from mifakit.cli.app import app
from mifakit.errors import MifaError


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["organism", "zebra", "fish"], "Danio rerio  7955  zebrafish"),
        (["method", "spinning disc"], "spinning disk confocal microscopy  FBbi:00000253"),
        (["methods", "confocl"], "confocal microscopy  FBbi:00000251"),
        (["annotation-type", "mask"], "segmentation_mask  an image as large as its source"),
        (["role"], "data acquisition  took the images"),
    ],
)
def test_the_best_comes_first(arguments: list[str], first: str) -> None:
    shown = CliRunner().invoke(app, ["terms", *arguments])
    assert shown.exit_code == 0
    assert shown.stdout.startswith(first)
    assert all(len(line) <= 110 for line in shown.stdout.splitlines())


def test_as_json() -> None:
    shown = CliRunner().invoke(app, ["terms", "organism", "fruit fly", "--json"])
    (first, *_) = json.loads(shown.stdout)["terms"]
    assert (first["name"], first["identifier"]) == ("Drosophila melanogaster", "7227")


def test_nothing_found_is_said() -> None:
    shown = CliRunner().invoke(app, ["terms", "method", "Zeiss"])
    assert (shown.exit_code, shown.stdout) == (0, "")
    assert "nothing is called 'Zeiss' here" in shown.stderr


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("orgnism", "did you mean organism?"),
        ("human", "mifa terms organism human"),
        ("zzz", "use one of imaging_method, organism, role, annotation_type"),
    ],
)
def test_a_vocabulary_that_is_none(name: str, hint: str) -> None:
    with pytest.raises(MifaError) as error:
        mifakit.terms(name)
    assert (error.value.code, error.value.finding.hint) == ("MIFA104", hint)
