"""What a study sheet makes of its lab folder: `plan`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace

from mifakit.api.paths import PathLike
from mifakit.checks.blocking import blocking
from mifakit.checks.facts_of_lab import facts_of_lab
from mifakit.checks.profiles.profile import DEFAULT, load_profile
from mifakit.checks.prose.rules import check_prose
from mifakit.checks.registry import check_sheet
from mifakit.checks.sheet_files import check_patterns_match
from mifakit.conversion.plan import Plan, make_plan
from mifakit.conversion.resources import Resources
from mifakit.errors import NothingBuiltError
from mifakit.inventory.inventory import Inventory
from mifakit.inventory.scanning import scan_folder
from mifakit.metadata.vocabularies import AnnotationType
from mifakit.sheet.reading import Sheet, read_sheet


def plan(sheet: PathLike = "mifa.yaml", profile: str = DEFAULT) -> Plan:
    """Settle what a build will do; nothing is written.

    Parameters
    ----------
    sheet, profile
        As of `check`.

    Raises
    ------
    NothingBuiltError
        When what the sheet says about files cannot be followed.
    MifaError
        When the sheet or the lab folder cannot be read at all.
    """
    weights = load_profile(profile)
    read = read_sheet(sheet)
    if problems := blocking(check_sheet(read)):
        raise NothingBuiltError(problems, str(sheet))
    settled = settle(read, survey(read), Resources())
    return replace(settled, findings=tuple(weights.weigh(settled.findings)))


def survey(sheet: Sheet, executor: Executor | None = None) -> Inventory:
    """Take the inventory of the lab folder with the sheet's patterns."""
    return scan_folder(sheet.lab_folder, sheet.model.images, sheet.model.annotations, executor)


def settle(
    sheet: Sheet,
    inventory: Inventory,
    resources: Resources,
    types: Mapping[str, Sequence[AnnotationType]] | None = None,
) -> Plan:
    """Return the plan, with what the sheet says and the files deny; of types only where they were read."""
    plan = make_plan(inventory, sheet.model, resources.bytes_each)
    denied = check_prose(sheet, facts_of_lab(inventory, sheet.model, types))
    return replace(plan, findings=(*check_patterns_match(sheet, inventory), *denied, *plan.findings))
