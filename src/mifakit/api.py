"""The verbs: each wires rooms together. This is what `mifakit.<verb>` and the command line call."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pydantic_core import PydanticCustomError

from mifakit.checks.privacy import check_privacy
from mifakit.checks.registry import check_dataset, check_sheet
from mifakit.checks.sheet_files import check_names, check_patterns_match
from mifakit.conversion.converted import Converted
from mifakit.conversion.journal import Journal
from mifakit.conversion.plan import Plan, make_plan
from mifakit.conversion.plate_groups import write_plates
from mifakit.conversion.repeated import same_annotations
from mifakit.conversion.resources import Resources
from mifakit.conversion.running import run_jobs
from mifakit.conversion.staging import check_output, finish_interrupted, is_disk_full, staged
from mifakit.conversion.workbench import Workbench
from mifakit.dataset import layout
from mifakit.dataset.annotation_tables import clear_tables, write_tables
from mifakit.dataset.checksums import dataset_sizes, update_checksums, write_checksums
from mifakit.dataset.dataset import Dataset, open_dataset
from mifakit.dataset.manifest import write_manifest
from mifakit.errors import MifaError
from mifakit.exports.registry import find_export
from mifakit.findings import Finding
from mifakit.inventory.annotation_files import find_annotation_files, is_one_item
from mifakit.inventory.annotation_types import types_in
from mifakit.inventory.inventory import Inventory
from mifakit.inventory.prefill import Prefilled, prefill
from mifakit.inventory.proposing import propose, propose_scenes
from mifakit.inventory.proposing_files import propose_files
from mifakit.inventory.scanning import scan_folder
from mifakit.inventory.tracking_challenge import claimed, find_movies, propose_movies
from mifakit.inventory.walk import walk_files
from mifakit.metadata.identifiers import parse_accession
from mifakit.packaging.base import Contents
from mifakit.packaging.readiness import as_error, check_sendable, gaps
from mifakit.packaging.registry import find_package
from mifakit.packaging.scrubbing import scrubbed
from mifakit.readers.registry import find_reader
from mifakit.records.writing import write_records, write_whole
from mifakit.sheet.editing import put_value, set_value, without_private_addresses
from mifakit.sheet.reading import Sheet, format_location, read_sheet
from mifakit.sheet.template import render_sheet

if TYPE_CHECKING:
    from mifakit.installation.examination import Installation

PathLike = str | Path


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


def scan(folder: PathLike) -> Inventory:
    """Look at a lab folder: what it holds, and how annotations seem to pair with images.

    Raises
    ------
    MifaError
        MIFA001 no such folder, MIFA008 not a folder, MIFA202 a folder that cannot be listed.
    """
    return _look(Path(folder)).inventory


@dataclass(frozen=True)
class _Look:
    inventory: Inventory
    prefilled: Prefilled


def _look(folder: Path, stated: str | None = None) -> _Look:
    if not folder.exists():
        raise MifaError("MIFA001", "there is no such folder", str(folder))
    if not folder.is_dir():
        raise MifaError("MIFA008", "is not a folder", str(folder))
    paths = list(walk_files(folder, is_one_item))
    movies = find_movies(paths)
    paths = sorted({*paths} - {*claimed(movies)})
    files = find_annotation_files(folder, paths)
    images = [path for path in paths if path not in files and find_reader(path)]
    proposal = propose_movies(propose_files(propose(images), files, images), movies)
    inventory = scan_folder(folder, proposal.images, proposal.annotations)
    if inner := propose_scenes(proposal, inventory.images):
        proposal = inner
        inventory = scan_folder(folder, proposal.images, proposal.annotations)
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    types = {str(one.name): types_in(inventory, one) for one in proposal.annotations}
    return _Look(inventory, prefill(inventory, proposal, types, stated or str(folder), now))


def init(folder: PathLike, sheet: PathLike = "mifa.yaml") -> Inventory:
    """Look at a lab folder and write a study sheet prefilled with all that the files tell.

    Raises
    ------
    MifaError
        As `scan`; MIFA002 when the sheet exists, MIFA003 when it would lie inside the lab folder,
        MIFA004 when it cannot be written, MIFA201 when there is no image.
    """
    lab, target = Path(folder).expanduser(), Path(sheet)
    check_output(target, lab)
    look = _look(lab, _relative(lab, target))
    if not look.inventory.images:
        raise MifaError("MIFA201", "holds no file that a reader knows", str(folder))
    text = render_sheet(look.prefilled.sheet, look.prefilled.notes)
    with _writing_to(target):
        target.write_text(text, encoding="utf-8", newline="\n")
    return look.inventory


def _relative(folder: Path, sheet: Path) -> str:
    """Return the lab folder as the sheet names it: relative when it lies below the sheet."""
    lab, home = folder.resolve(), sheet.resolve().parent
    return lab.relative_to(home).as_posix() if lab.is_relative_to(home) else str(lab)


def check(sheet: PathLike = "mifa.yaml") -> list[Finding]:
    """Return what is missing or wrong: in the study sheet, and in how it fits the lab folder."""
    read = read_sheet(sheet)
    findings = check_sheet(read)
    if _blocking(findings):
        return findings
    try:
        return findings + list(_plan(read, Resources()).findings)
    except MifaError as error:
        return [*findings, error.finding]


def plan(sheet: PathLike = "mifa.yaml") -> Plan:
    """Settle what a build will do; nothing is written.

    Raises
    ------
    NothingBuiltError
        When what the sheet says about files cannot be followed.
    MifaError
        When the sheet or the lab folder cannot be read at all.
    """
    read = read_sheet(sheet)
    blocking = _blocking(check_sheet(read))
    if blocking:
        raise NothingBuiltError(blocking, str(sheet))
    return _plan(read, Resources())


def _blocking(findings: Sequence[Finding]) -> list[Finding]:
    """Return the errors in what the sheet says about files: no plan can be made of them."""
    rooms = ("images", "annotations", "splits", "lab_folder")
    blocking = []
    for finding in findings:
        item = (finding.place.item if finding.place else None) or ""
        empty = finding.code == "MIFA101" and not item.endswith((".name", ".files"))
        if finding.is_error and item.startswith(rooms) and not empty:
            blocking.append(finding)
    return blocking


def _plan(sheet: Sheet, resources: Resources, executor: Executor | None = None) -> Plan:
    model = sheet.model
    inventory = scan_folder(sheet.lab_folder, model.images, model.annotations, executor)
    plan = make_plan(inventory, model, resources.bytes_each)
    return replace(plan, findings=(*check_patterns_match(sheet, inventory), *plan.findings))


class NothingBuiltError(MifaError):
    """Nothing was written; `findings` says why."""

    def __init__(self, findings: Sequence[Finding], place: str, verb: str = "built") -> None:
        errors = sum(finding.is_error for finding in findings)
        super().__init__("MIFA310", f"nothing was {verb}: {errors} error{'s' if errors > 1 else ''}", place)
        self.findings = tuple(findings)


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

    Raises
    ------
    NothingBuiltError
        When the sheet has errors, or not one image could be converted.
    MifaError
        MIFA002, MIFA003, MIFA004 the output; MIFA006 the disk is too full; MIFA009 the cluster.
    """
    read, final, resources = read_sheet(sheet), Path(output), resources or Resources()
    problems = check_sheet(read)
    if any(finding.is_error for finding in problems):
        raise NothingBuiltError(problems, str(sheet))
    with _writing_to(output):
        if finish_interrupted(final) and _is_of(final, read):
            return _found(final, read)
    check_output(final, read.lab_folder)
    with _writing_to(output), staged(final) as staging:
        with resources.executor() as executor:  # workers start while the lab folder is looked at
            plan = _plan(read, resources, executor)
            if not plan.jobs:
                raise NothingBuiltError(plan.findings, str(sheet))
            if observer:
                observer.planned(plan, resources)
            _check_space(final, plan.expected_bytes - sum(dataset_sizes(staging.content).values()))
            bench = Workbench(read.lab_folder.resolve(), staging.content.resolve(), verify)
            with Journal(staging.journal) as journal:
                watch = observer.written if observer else None
                converted, failures = run_jobs(plan.jobs, bench, executor, journal, watch)
        noticed = [finding for one in converted for finding in one.findings]
        findings = (*plan.findings, *noticed, *same_annotations(converted), *failures)
        if not converted:
            raise NothingBuiltError(findings, str(sheet))
        _describe_new(bench, read, converted)
    made = {one.row.origin for one in converted}
    left_out = tuple(sorted({*plan.left_out, *(job.origin.key for job in plan.jobs)} - made))
    return Built(final, len(converted), left_out, findings)


def _is_of(final: Path, sheet: Sheet) -> bool:
    """Whether a dataset was built from this very sheet."""
    try:
        return (final / layout.SHEET).read_bytes() == _sheet_as_built(sheet).encode()
    except OSError:
        return False


def _found(final: Path, sheet: Sheet) -> Built:
    """Return how a build ended that was stopped in its last moment, after the dataset took its name."""
    made = {sample.row.origin for sample in open_dataset(final)}
    plan = _plan(sheet, Resources())
    wanted = {*plan.left_out, *(job.origin.key for job in plan.jobs)}
    return Built(final, len(made), tuple(sorted(wanted - made)), plan.findings)


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
    write_tables(folder, bench.parts, [row.sample for row in rows], sets)
    write_manifest(folder, rows, sets)
    write_records(open_dataset(folder))
    known = {name: digest for one in converted for name, digest in one.checksums.items()}
    write_checksums(folder, known)


@contextmanager
def _writing_to(output: PathLike) -> Iterator[None]:
    """Say in our words what the disk refuses."""
    try:
        yield
    except OSError as error:
        code = "MIFA006" if is_disk_full(error) else "MIFA004"
        raise MifaError(code, error.strerror or str(error), str(output)) from error


def _check_space(output: Path, needed: int) -> None:
    free = shutil.disk_usage(output.resolve().parent).free
    if free < needed:
        raise MifaError("MIFA006", f"about {needed:,} bytes are needed, {free:,} are free", str(output))


def _open_loose(path: PathLike) -> Dataset:
    """Open a dataset as it was built, to work on it."""
    opened = open_dataset(path)
    if opened.packed:
        raise MifaError("MIFA556", "its images are zips", str(path))
    return opened


def validate(dataset: PathLike) -> list[Finding]:
    """Return what is wrong with a finished dataset. Reads nothing but the dataset."""
    return check_dataset(_open_loose(dataset))


def describe(dataset: PathLike, accession: str | None = None) -> list[str]:
    """Write the dataset's records again, after its study sheet was changed.

    Parameters
    ----------
    dataset
        The dataset.
    accession
        What the archive calls it now; it is written into the dataset's study sheet first, and so into all records.

    Returns
    -------
    list
        Paths of the records, in the dataset.

    Raises
    ------
    NothingBuiltError
        When the sheet has errors, or names sets that the dataset was not built with.
    MifaError
        MIFA513 when the accession number is malformed.
    """
    number = _accession(accession) if accession is not None else None
    opened = _open_loose(dataset)
    sheet = read_sheet(opened.path / layout.SHEET)
    problems = [finding for finding in (*check_sheet(sheet), *check_names(sheet, opened)) if finding.is_error]
    if number:  # whatever the sheet says of it is replaced
        item = format_location(_ACCESSION)
        problems = [one for one in problems if not (one.place and one.place.item == item)]
    if problems:
        raise NothingBuiltError(problems, str(opened.path / layout.SHEET), "written")
    with _writing_to(dataset):
        if number:
            write_whole(opened.path / layout.SHEET, put_value(sheet.text, _ACCESSION, number).encode())
            opened = open_dataset(dataset)
        written = write_records(opened)
        update_checksums(opened.path, [*written, layout.SHEET])
    return written


_ACCESSION = ("study", "accession")


def _accession(stated: str) -> str:
    """Return an accession number as archives write it."""
    try:
        number = parse_accession(stated)
    except PydanticCustomError as error:
        raise MifaError(error.type, error.message()) from None
    if not number:
        raise MifaError("MIFA513", "is empty")
    return number


def export(dataset: PathLike, to: str, output: PathLike, annotation_set: str | None = None) -> list[Finding]:
    """Write a dataset's annotations in the format of another tool.

    Parameters
    ----------
    dataset
        The dataset; only read.
    to
        The format: `coco`, `ctc`, `geojson`, `imagej`, `label-tiff`, `yolo`, or what plugins add.
    output
        The folder to write; must not exist. It takes its name once it is whole.
    annotation_set
        Which set; may be left out when there is one.

    Returns
    -------
    list
        What the format has no place for.

    Raises
    ------
    MifaError
        MIFA506 no such format, MIFA509 no such set; MIFA002, MIFA003, MIFA004, MIFA006 the output.
    """
    opened, chosen, final = _open_loose(dataset), find_export(to), Path(output)
    sets = opened.annotation_sets
    name = annotation_set or (sets[0] if len(sets) == 1 else "")
    if name not in sets:
        said = f"there is no set {name!r}" if name else f"it has {len(sets)} sets"
        raise MifaError("MIFA509", f"{said}: {', '.join(sets) or 'none'}", str(dataset))
    check_output(final, opened.path)
    with _writing_to(output), staged(final) as staging:
        return chosen.write(opened, name, staging.content)


_SCRUBBED = "scrubbed"
"""The folder beside the unfinished package where the dataset is without what is private."""


@dataclass(frozen=True)
class Packaged:
    """What is ready to be sent.

    Attributes
    ----------
    path
        The folder.
    files, total
        How many files, and their bytes.
    findings
        What was replaced in it, and what the destination will not take as it is.
    """

    path: Path
    files: int
    total: int
    findings: tuple[Finding, ...]


def package(dataset: PathLike, destination: str, output: PathLike, *, scrub: bool = False) -> Packaged:
    """Make of a dataset exactly what a destination is sent, with a guide of what to do with it.

    Parameters
    ----------
    dataset
        The dataset; only read.
    destination
        `bia`, `zenodo`, `huggingface`, `bioimageio`, or what plugins add.
    output
        The folder to write; must not exist. It takes its name once it is whole.
    scrub
        Whether what is private is replaced in what is sent; else nothing is packaged as long as there is any.

    Raises
    ------
    NothingBuiltError
        When a record is missing, the licence is not taken there, or something private would leave.
    MifaError
        MIFA406 a damaged file, MIFA550 no such destination, MIFA551, MIFA552 what cannot be sent;
        MIFA002, MIFA003, MIFA004, MIFA006 the output.
    """
    opened, chosen, final = _open_loose(dataset), find_package(destination), Path(output)
    private = list(check_privacy(opened))
    kept = [as_error(one) for one in private if one.is_error or not scrub]  # errors: what could not even be read
    if refused := [*check_sendable(opened, chosen), *kept]:
        raise NothingBuiltError(refused, str(dataset), "packaged")
    check_output(final, opened.path)
    findings: list[Finding] = []
    with _writing_to(output), staged(final) as staging:
        _check_space(final, sum(dataset_sizes(opened.path).values()))
        source = opened
        if private:
            source, findings = scrubbed(opened, staging.content.with_name(_SCRUBBED) / opened.path.resolve().name)
            if left := [as_error(one) for one in check_privacy(source)]:
                raise NothingBuiltError(left, str(dataset), "packaged")
        findings += chosen.write(source, staging.content)
        sizes = dataset_sizes(staging.content)
        contents = Contents(opened.path.resolve().name, source.sheet, sizes, gaps(source, chosen))
        (staging.content / layout.GUIDE).write_text(chosen.guide(contents), encoding="utf-8", newline="\n")
        write_checksums(staging.content)
    return Packaged(final, len(sizes), contents.total, tuple(findings))


def open(path: PathLike) -> Dataset:
    """Open a finished dataset: a sequence of samples with lazy arrays."""
    return open_dataset(path)


def doctor() -> Installation:
    """Look at what is installed: versions, readers and what their formats need, plugins that are broken."""
    from mifakit.installation.examination import examine

    return examine()


def demo(folder: PathLike) -> Path:
    """Write an example lab folder and its filled study sheet.

    Returns
    -------
    Path
        The sheet.

    Raises
    ------
    MifaError
        MIFA002 when the folder holds something, MIFA004 when it cannot be made.
    """
    from mifakit.example_lab.example import write_example

    target = Path(folder)
    if target.exists() and (not target.is_dir() or os.listdir(target)):  # noqa: PTH208
        raise MifaError("MIFA002", "is not an empty folder", str(folder))
    with _writing_to(folder):
        return write_example(target)
