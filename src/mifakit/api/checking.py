"""What is missing or wrong: in a study sheet, `check`, and in a finished dataset, `validate`."""

from __future__ import annotations

from collections.abc import Sequence

from mifakit.api.opening import open_loose
from mifakit.api.paths import PathLike
from mifakit.api.planning import settle, survey
from mifakit.checks.blocking import blocking
from mifakit.checks.profiles.profile import DEFAULT, load_profile
from mifakit.checks.registry import check_dataset, check_sheet
from mifakit.conversion.resources import Resources
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.inventory.annotation_types import types_by_set
from mifakit.sheet.reading import Sheet, read_sheet


def check(sheet: PathLike = "mifa.yaml", profile: str = DEFAULT) -> list[Finding]:
    """Return what is missing or wrong: in the study sheet, and in how it fits the lab folder.

    Parameters
    ----------
    sheet
        The study sheet.
    profile
        How bad findings are: `mifa`, `bia`, `bioimageio`, `strict`, or a file.

    Raises
    ------
    MifaError
        MIFA189 when there is no such profile; MIFA100 and others when the sheet cannot be read at all.
    """
    weights = load_profile(profile)
    read = read_sheet(sheet)
    findings = check_sheet(read)
    return weights.weigh([*findings, *([] if blocking(findings) else _check_files(read))])


def _check_files(sheet: Sheet) -> Sequence[Finding]:
    """Return what is wrong in how a sheet fits its lab folder."""
    try:
        inventory = survey(sheet)
        types = types_by_set(inventory, sheet.model.annotations)
        return settle(sheet, inventory, Resources(), types).findings
    except MifaError as error:
        return (error.finding,)


def validate(dataset: PathLike, profile: str = DEFAULT) -> list[Finding]:
    """Return what is wrong with a finished dataset, as bad as a profile takes it. Reads nothing but the dataset."""
    weights = load_profile(profile)
    return weights.weigh(check_dataset(open_loose(dataset)))
