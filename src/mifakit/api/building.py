"""From a study sheet and its lab folder to a dataset: `build`."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mifakit.api.paths import PathLike, check_space, writing_to
from mifakit.api.planning import settle, survey
from mifakit.checks.profiles.profile import DEFAULT, Profile, load_profile
from mifakit.checks.registry import check_sheet
from mifakit.conversion.converted import Converted
from mifakit.conversion.journal import Journal
from mifakit.conversion.plan import Plan
from mifakit.conversion.plate_groups import write_plates
from mifakit.conversion.repeated import same_annotations
from mifakit.conversion.resources import Resources
from mifakit.conversion.running import run_jobs
from mifakit.conversion.staging import check_output, finish_interrupted, staged
from mifakit.conversion.workbench import Workbench
from mifakit.dataset import layout
from mifakit.dataset.annotation_tables import clear_tables, write_tables
from mifakit.dataset.checksums import dataset_sizes, write_checksums
from mifakit.dataset.dataset import open_dataset
from mifakit.dataset.manifest import write_manifest
from mifakit.errors import NothingBuiltError
from mifakit.findings import Finding
from mifakit.records.registry import load_records
from mifakit.records.writing import write_records
from mifakit.sheet.editing import set_value, without_private_addresses
from mifakit.sheet.reading import Sheet, read_sheet


@dataclass(frozen=True)
class Built:
    """How a build ended.

    Attributes
    ----------
    path
        The dataset.
    samples
        How many were made.
    left_out
        Images of the lab folder that were not, for reasons that `findings` give.
    findings
        Of the scan, the plan and the jobs.
    """

    path: Path
    samples: int
    left_out: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether every image of the plan was made and nothing is wrong."""
        return not self.left_out and not any(finding.is_error for finding in self.findings)


class Observer(Protocol):
    """Somebody who watches a build."""

    def planned(self, plan: Plan, resources: Resources) -> None:
        """Told once, before anything is written."""

    def written(self, nbytes: int) -> None:
        """Told how many bytes of source pixels were done since the last time."""


def build(
    sheet: PathLike = "mifa.yaml",
    output: PathLike = "dataset",
    *,
    resources: Resources | None = None,
    verify: bool = True,
    observer: Observer | None = None,
    profile: str = DEFAULT,
) -> Built:
    """Turn a lab folder into a dataset: convert, verify every pixel, write manifest and records.

    What is not whole yet lies in `<output>.partial`. When a build was stopped, by whatever, the same call goes
    on from there.

    Parameters
    ----------
    sheet
        The study sheet.
    output
        The dataset's folder; must not exist. It takes its name only once it is whole.
    resources
        Workers and memory, or a cluster; what this machine has when left out.
    verify
        Whether pixels are read back and compared with the source.
    observer
        Told the plan, then the bytes of source pixels as they are done.
    profile
        How bad findings are, as of `check`: an error in the sheet stops the build.

    Raises
    ------
    NothingBuiltError
        When the sheet has errors, or not one image could be converted.
    MifaError
        MIFA002, MIFA003, MIFA004 the output; MIFA006 the disk is too full; MIFA009 the cluster.
    """
    read, final, resources = read_sheet(sheet), Path(output), resources or Resources()
    weights = load_profile(profile)
    problems = weights.weigh(check_sheet(read))
    if any(finding.is_error for finding in problems):
        raise NothingBuiltError(problems, str(sheet))
    with writing_to(output):
        if finish_interrupted(final) and _is_of(final, read):
            return _found(final, read, weights)
    check_output(final, read.lab_folder)
    with writing_to(output), staged(final) as staging:
        with resources.executor() as executor:  # workers start while the lab folder is looked at
            plan = settle(read, survey(read, executor), resources)
            if not plan.jobs:
                raise NothingBuiltError(plan.findings, str(sheet))
            if observer:
                observer.planned(plan, resources)
            check_space(final, plan.expected_bytes - sum(dataset_sizes(staging.content).values()))
            bench = Workbench(read.lab_folder.resolve(), staging.content.resolve(), verify)
            with Journal(staging.journal) as journal:
                watch = observer.written if observer else None
                converted, failures = run_jobs(plan.jobs, bench, executor, journal, watch, meanwhile=load_records)
        noticed = [finding for one in converted for finding in one.findings]
        findings = (*plan.findings, *noticed, *same_annotations(converted), *failures)
        if not converted:
            raise NothingBuiltError(findings, str(sheet))
        _describe_new(bench, read, converted)
    made = {one.row.origin for one in converted}
    left_out = tuple(sorted({*plan.left_out, *(job.origin.key for job in plan.jobs)} - made))
    return Built(final, len(converted), left_out, tuple(weights.weigh(findings)))


def _is_of(final: Path, sheet: Sheet) -> bool:
    """Whether a dataset was built from this very sheet."""
    try:
        return (final / layout.SHEET).read_bytes() == _sheet_as_built(sheet).encode()
    except OSError:
        return False


def _found(final: Path, sheet: Sheet, weights: Profile) -> Built:
    """Return how a build ended that was stopped in its last moment, after the dataset took its name."""
    made = {sample.row.origin for sample in open_dataset(final)}
    plan = settle(sheet, survey(sheet), Resources())
    wanted = {*plan.left_out, *(job.origin.key for job in plan.jobs)}
    return Built(final, len(made), tuple(sorted(wanted - made)), tuple(weights.weigh(plan.findings)))


def _sheet_as_built(sheet: Sheet) -> str:
    return without_private_addresses(set_value(sheet.text, ("lab_folder",), None))


def _describe_new(bench: Workbench, sheet: Sheet, converted: Sequence[Converted]) -> None:
    """Write all of a dataset but its samples; what a build that was stopped had said of it is gone."""
    folder = bench.dataset
    for path in folder.iterdir():
        if path.name not in (layout.IMAGES, layout.PREVIEWS, layout.ANNOTATIONS):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    clear_tables(folder)
    (folder / layout.SHEET).write_text(_sheet_as_built(sheet), encoding="utf-8", newline="\n")
    rows = [one.row for one in converted]
    write_plates(folder, rows, sheet.model)
    sets = [str(protocol.name) for protocol in sheet.model.annotations]
    write_tables(folder, bench.parts, [path for one in converted for path in one.parts])
    write_manifest(folder, rows, sets)
    write_records(open_dataset(folder))
    known = {name: digest for one in converted for name, digest in one.checksums.items()}
    write_checksums(folder, known)
