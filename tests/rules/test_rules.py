"""Every rule fires when it should and is quiet when it should not; a code without a case fails here."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
from tests.bad_input.conftest import SHEET
from tests.conftest import REPOSITORY
from tests.rules.of_datasets import DATASETS, Harm
from tests.rules.of_sheets import MENDED_BY_HAND, SHEETS

import mifakit
from mifakit.api import NothingBuiltError
from mifakit.catalogue import CATALOGUE
from mifakit.errors import MifaError

SOURCE = REPOSITORY / "src" / "mifakit"
ROOMS = [SOURCE / "checks", SOURCE / "sheet", SOURCE / "metadata", SOURCE / "annotations" / "inspection" / "classes.py"]
ELSEWHERE = {
    "MIFA0": "tests",
    "MIFA109": "tests/sheet/workbook",
    "MIFA110": "tests/sheet/workbook",
    "MIFA133": "tests/checks/test_online.py",
    "MIFA135": "tests/checks/test_online.py",
    "MIFA140": "tests/sheet/workbook",
    "MIFA141": "tests/sheet/workbook",
    "MIFA142": "tests/sheet/workbook",
    "MIFA143": "tests/sheet/workbook",
    "MIFA144": "tests/sheet/workbook",
    "MIFA148": "tests/sheet/workbook",
    "MIFA149": "tests/sheet",
    "MIFA15": "tests/documents",
    "MIFA188": "tests/sheet/test_mending.py",
    "MIFA189": "tests/checks/test_profiles.py",
    "MIFA226": "tests/annotations",
    "MIFA51": "tests",
    "MIFA53": "tests/records",
    "MIFA54": "tests/records",
    "MIFA57": "tests/checks/test_consistency.py",
}
"""Codes, by their beginnings, of what is neither a YAML sheet nor a dataset, and where they are tested."""
WITHOUT_NAME = {"MIFA145": "tests/sheet/test_merging.py, by its places", "MIFA507": "the last test here"}
"""The same, where the test does not name the code."""


def _rules() -> set[str]:
    """Return every code that a check may speak with, and all of the study sheet."""
    files = [file for room in ROOMS for file in (room.rglob("*.py") if room.is_dir() else [room])]
    named = {code for file in files for code in re.findall(r"MIFA\d{3}", file.read_text("utf-8"))}
    sheet = {code for code in CATALOGUE if code.startswith("MIFA1")}
    return {code for code in named | sheet if not code.startswith((*ELSEWHERE, *WITHOUT_NAME))}


def test_every_rule_has_a_case() -> None:
    assert sorted(_rules() - SHEETS.keys() - DATASETS.keys()) == []
    assert sorted((SHEETS.keys() | DATASETS.keys()) - _rules()) == []


@pytest.mark.parametrize(("beginning", "place"), ELSEWHERE.items())
def test_what_is_tested_elsewhere_is(beginning: str, place: str) -> None:
    path = REPOSITORY / place
    files = [file for file in (path.rglob("*.py") if path.is_dir() else [path]) if file.name != Path(__file__).name]
    assert any(beginning in file.read_text("utf-8") for file in files)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a lab in order: three images and their masks."""
    home = tmp_path_factory.mktemp("rules")
    (home / "lab" / "images").mkdir(parents=True)
    (home / "lab" / "masks").mkdir()
    facts = {"axes": "YX", "Channel": {"Name": ["DAPI"]}, "AcquisitionDate": "2026-01-05T10:00:00"}
    for number in range(3):
        pixels = np.random.default_rng(number).integers(0, 4000, (40, 40), np.uint16)
        tifffile.imwrite(home / "lab" / "images" / f"cell{number}.tif", pixels, ome=True, metadata=facts)
        mask = np.zeros((40, 40), np.uint16)
        mask[2:9, 2:9], mask[20:30, 10 + number : 30] = 1, 2
        tifffile.imwrite(home / "lab" / "masks" / f"cell{number}.tif", mask)
    (home / "mifa.yaml").write_text(SHEET, "utf-8")
    return home


def checked(lab: Path, folder: Path, old: str, new: str) -> set[str]:
    """Return the codes of everything that is said of a sheet with a change."""
    assert old in SHEET
    text = SHEET.replace(old, new, 1).replace("lab_folder: lab", f"lab_folder: {lab / 'lab'}")
    (folder / "mifa.yaml").write_bytes(text.encode("utf-8", "surrogateescape"))
    try:
        return {one.code for one in mifakit.check(folder / "mifa.yaml")}
    except MifaError as error:
        return {error.code}


def test_a_sheet_in_order_is_quiet(lab: Path) -> None:
    assert mifakit.check(lab / "mifa.yaml") == []


@pytest.mark.parametrize("code", SHEETS)
def test_rules_of_sheets_fire(lab: Path, tmp_path: Path, code: str) -> None:
    assert code in checked(lab, tmp_path, *SHEETS[code])


@pytest.mark.parametrize(("old", "new", "code"), MENDED_BY_HAND)
def test_what_curators_mend_by_hand_is_found_before(lab: Path, tmp_path: Path, old: str, new: str, code: str) -> None:
    assert checked(lab, tmp_path, old, new) & {code} == ({code} if code else set())


@pytest.fixture(scope="session")
def built(lab: Path) -> Path:
    return mifakit.build(lab / "mifa.yaml", lab / "dataset").path


def test_a_dataset_in_order_is_quiet(built: Path) -> None:
    assert mifakit.validate(built) == []


@pytest.mark.parametrize(("code", "harm"), DATASETS.items(), ids=DATASETS)
def test_rules_of_datasets_fire(built: Path, tmp_path: Path, code: str, harm: Harm) -> None:
    dataset = shutil.copytree(built, tmp_path / "dataset")
    harm(dataset)
    assert code in {one.code for one in mifakit.validate(dataset)}


def test_sentences_of_a_dataset_are_held_against_it(built: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(built, tmp_path / "dataset")
    text = (dataset / "mifa.yaml").read_text("utf-8")
    (dataset / "mifa.yaml").write_text(text.replace("Everything in focus.", "2 of 9 images."), "utf-8")
    found = {one.code: one.place for one in mifakit.validate(dataset)}
    assert found["MIFA170"] is not None
    assert (found["MIFA170"].path, found["MIFA170"].item) == ("mifa.yaml", "annotations[0].coverage")


def test_a_build_says_what_the_check_says_of_sentences(lab: Path, tmp_path: Path) -> None:
    assert "MIFA170" in checked(lab, tmp_path, *SHEETS["MIFA170"])
    assert "MIFA170" in {one.code for one in mifakit.plan(tmp_path / "mifa.yaml").findings}


def test_a_sheet_with_other_names_than_its_dataset(built: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(built, tmp_path / "dataset")
    text = (dataset / "mifa.yaml").read_text("utf-8")
    (dataset / "mifa.yaml").write_text(text.replace("name: nuclei", "name: cells"), "utf-8")
    with pytest.raises(NothingBuiltError) as caught:
        mifakit.describe(dataset)
    assert "MIFA507" in {one.code for one in caught.value.findings}
