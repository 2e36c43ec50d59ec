"""The verbs: each wires rooms together. This is what `mifakit.<verb>` and the command line call."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic_core import PydanticCustomError

from mifakit.bioimageio.descriptions import can_validate, format_errors, parse_description
from mifakit.bioimageio.packages import read_package
from mifakit.bioimageio.training_data import model_address, names_other_data, with_training_data
from mifakit.checks.bioimageio import check_bioimageio
from mifakit.checks.facts_of_lab import facts_of_lab
from mifakit.checks.privacy import check_privacy
from mifakit.checks.profiles.profile import DEFAULT, Profile, load_profile
from mifakit.checks.prose.rules import check_prose
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
from mifakit.documents.combining import combine
from mifakit.documents.joining import Joined, join
from mifakit.documents.patterns import lay_out, name_sets
from mifakit.documents.registry import load_formats, read_document
from mifakit.errors import MifaError
from mifakit.exports.registry import find_export
from mifakit.findings import Finding
from mifakit.inventory.annotation_files import find_annotation_files, is_one_item
from mifakit.inventory.annotation_types import types_in
from mifakit.inventory.inventory import Inventory
from mifakit.inventory.listing import list_files
from mifakit.inventory.prefill import Prefilled, prefill
from mifakit.inventory.proposing import propose, propose_scenes
from mifakit.inventory.proposing_files import propose_files
from mifakit.inventory.scanning import scan_folder
from mifakit.inventory.tracking_challenge import claimed, find_movies, propose_movies
from mifakit.inventory.walk import walk_files
from mifakit.metadata.identifiers import parse_accession
from mifakit.metadata.vocabularies import VOCABULARIES, AnnotationType, Term, find_vocabulary, load, search
from mifakit.packaging.base import Contents
from mifakit.packaging.readiness import as_error, check_sendable, gaps
from mifakit.packaging.registry import find_package
from mifakit.packaging.scrubbing import scrubbed
from mifakit.readers.registry import find_reader
from mifakit.records.addresses import bioimageio_id
from mifakit.records.bioimageio_content import linked
from mifakit.records.writing import write_records, write_whole
from mifakit.sheet.editing import put_value, set_value, without_private_addresses
from mifakit.sheet.locations import format_location
from mifakit.sheet.mending import Mended, mend
from mifakit.sheet.reading import Sheet, read_sheet
from mifakit.sheet.rendering import render_file
from mifakit.sheet.syncing import check_partners, sync_sheets
from mifakit.sheet.writing import replace_content, write_over
from mifakit.sources.yaml_edits import append_item
from mifakit.sources.yaml_text import Location, read_text

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


@dataclass(frozen=True)
class Begun:
    """A study sheet that was begun.

    Attributes
    ----------
    path
        The sheet.
    inventory
        What the lab folder holds; None when none was named.
    findings
        Of the folder and of the documents: what could not be taken over, and where they differ.
    """

    path: Path
    inventory: Inventory | None
    findings: tuple[Finding, ...]


def init(folder: PathLike | None = None, sheet: PathLike = "mifa.yaml", *, documents: Sequence[PathLike] = ()) -> Begun:
    """Write a study sheet, prefilled with all that the files of a lab folder tell and that documents say.

    Parameters
    ----------
    folder
        The lab folder; only read. Without one, the sheet has the files that the documents list.
    sheet
        The sheet to write: YAML, or a workbook (.xlsx); must not exist.
    documents
        What people have already: MIFA YAML, PageTab, RO-Crate, DataCite, Zenodo, CITATION.cff, OME-XML. Where two
        differ, the one named first is believed.

    Raises
    ------
    MifaError
        As `scan`; MIFA002 when the sheet exists, MIFA003 when it would lie inside the lab folder, MIFA004 when it
        cannot be written, MIFA109 when it is called like another program's file, MIFA201 when there is no image,
        MIFA001 when neither folder nor document is named; MIFA150 when no format knows a document, and MIFA106 to
        MIFA108, MIFA202, MIFA226 when one cannot be read.
    """
    if folder is None and not documents:
        raise MifaError("MIFA001", "no lab folder is named", None, "name one, or documents with --from")
    target = Path(sheet)
    lab = None if folder is None else Path(folder).expanduser()
    check_output(target, lab)
    readings = [read_document(Path(document).expanduser()) for document in documents]
    said, findings = combine(readings)
    findings += load_formats()[1] if readings else ()
    look = None if lab is None else _look(lab, _relative(lab, target))
    if look is None:
        lay_out(said)
        name_sets(said)
        prefilled: Prefilled | Joined = Prefilled(said, {})
    elif not look.inventory.images:
        raise MifaError("MIFA201", "holds no file that a reader knows", str(folder))
    elif readings:
        prefilled = join(said, look.prefilled, look.inventory)
        findings += prefilled.findings
    else:
        prefilled = look.prefilled
    files = list_files(look.inventory) if look else ()
    data = render_file(target, prefilled.sheet, prefilled.notes, files)
    with _writing_to(target):
        target.write_bytes(data)
    if look is None:
        return Begun(target, None, tuple(findings))
    return Begun(target, look.inventory, (*look.inventory.findings, *findings))


def _relative(folder: Path, sheet: Path) -> str:
    """Return the lab folder as the sheet names it: relative when it lies below the sheet."""
    lab, home = folder.resolve(), sheet.resolve().parent
    return lab.relative_to(home).as_posix() if lab.is_relative_to(home) else str(lab)


def sync(sheet: PathLike = "mifa.yaml", workbook: PathLike = "mifa.xlsx") -> list[Path]:
    """Bring a study sheet in YAML and one as a workbook to the same content; one that does not exist is made.

    What was changed in one of them since the last sync is carried to the other. Comments and order of the YAML stay.

    Returns
    -------
    list
        The files that were written.

    Raises
    ------
    NothingBuiltError
        When one of them has errors, or both were changed differently at one place.
    MifaError
        As `check`; MIFA004 when a file cannot be written, MIFA149 when a change cannot be carried over.
    """
    files = Path(sheet), Path(workbook)
    check_partners(*files)
    there = [read_sheet(file) for file in files if file.exists()] or [read_sheet(files[0])]
    findings = [finding for one in there for finding in one.findings]
    if any(finding.is_error for finding in findings):
        raise NothingBuiltError(findings, " and ".join(map(str, files)), "written")
    if len(there) == 1:
        new = files[there[0].path == files[0]]
        with _writing_to(new):
            replace_content(new, render_file(new, there[0].model))
        return [new]
    synced = sync_sheets(*there)
    if synced.findings:
        raise NothingBuiltError(synced.findings, " and ".join(map(str, files)), "written")
    with _writing_to(sheet):
        if synced.sheet:
            write_over(files[0], synced.sheet)
    with _writing_to(workbook):  # last: it remembers that both say the same
        if synced.workbook:
            replace_content(files[1], synced.workbook)
    return [file for file, new_content in zip(files, (synced.sheet, synced.workbook), strict=True) if new_content]


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
    return weights.weigh([*findings, *([] if _blocking(findings) else _check_files(read))])


def _check_files(sheet: Sheet) -> Sequence[Finding]:
    """Return what is wrong in how a sheet fits its lab folder."""
    try:
        inventory = _survey(sheet)
        types = {str(one.name): types_in(inventory, one) for one in sheet.model.annotations}
        return _settle(sheet, inventory, Resources(), types).findings
    except MifaError as error:
        return (error.finding,)


def fix(sheet: PathLike = "mifa.yaml") -> Mended:
    """Return a study sheet with what has one right answer mended: spellings, dates, missing ids. Nothing is written.

    Raises
    ------
    MifaError
        MIFA188 when it is a workbook; MIFA001, MIFA100, MIFA106 to MIFA108 when it cannot be read.
    """
    if Path(sheet).suffix.lower() in (".xlsx", ".xlsm", ".ods"):
        raise MifaError("MIFA188", "is a workbook", str(sheet))
    return mend(read_text(Path(sheet)), str(sheet))


def write_fixed(mended: Mended) -> None:
    """Write a mended sheet over itself, whole or not at all.

    Raises
    ------
    MifaError
        MIFA188 when it changed meanwhile, MIFA004 or MIFA006 when it cannot be written.
    """
    if read_text(Path(mended.path)) != mended.before:
        raise MifaError("MIFA188", "it changed while it was mended", mended.path, "run mifa fix again")
    with _writing_to(mended.path):
        write_over(Path(mended.path), mended.after)


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
    blocking = _blocking(check_sheet(read))
    if blocking:
        raise NothingBuiltError(blocking, str(sheet))
    settled = _plan(read, Resources())
    return replace(settled, findings=tuple(weights.weigh(settled.findings)))


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
    return _settle(sheet, _survey(sheet, executor), resources)


def _survey(sheet: Sheet, executor: Executor | None = None) -> Inventory:
    return scan_folder(sheet.lab_folder, sheet.model.images, sheet.model.annotations, executor)


def _settle(
    sheet: Sheet,
    inventory: Inventory,
    resources: Resources,
    types: Mapping[str, Sequence[AnnotationType]] | None = None,
) -> Plan:
    """Return the plan, with what the sheet says and the files deny; of types only where they were read."""
    plan = make_plan(inventory, sheet.model, resources.bytes_each)
    denied = check_prose(sheet, facts_of_lab(inventory, sheet.model, types))
    return replace(plan, findings=(*check_patterns_match(sheet, inventory), *denied, *plan.findings))


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
    with _writing_to(output):
        if finish_interrupted(final) and _is_of(final, read):
            return _found(final, read, weights)
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
    plan = _plan(sheet, Resources())
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


def validate(dataset: PathLike, profile: str = DEFAULT) -> list[Finding]:
    """Return what is wrong with a finished dataset, as bad as a profile takes it. Reads nothing but the dataset."""
    weights = load_profile(profile)
    return weights.weigh(check_dataset(_open_loose(dataset)))


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
    _check_describable(opened, replaced=_ACCESSION if number else None)
    if number:
        with _writing_to(dataset):
            sheet = read_sheet(opened.path / layout.SHEET)
            write_whole(sheet.path, put_value(sheet.text, _ACCESSION, number).encode())
        opened = open_dataset(dataset)
    return _describe_again(opened)


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


def _check_describable(dataset: Dataset, replaced: Location | None = None) -> None:
    """Refuse a dataset whose sheet has errors; what it says at one place may be about to be replaced."""
    sheet = read_sheet(dataset.path / layout.SHEET)
    problems = [finding for finding in (*check_sheet(sheet), *check_names(sheet, dataset)) if finding.is_error]
    if replaced:
        problems = [one for one in problems if not (one.place and one.place.item == format_location(replaced))]
    if problems:
        raise NothingBuiltError(problems, str(dataset.path / layout.SHEET), "written")


def _describe_again(dataset: Dataset) -> list[str]:
    with _writing_to(str(dataset.path)):
        written = write_records(dataset)
        update_checksums(dataset.path, [*written, layout.SHEET])
    return written


@dataclass(frozen=True)
class Linked:
    """A model and the dataset that trained it, each of which names the other.

    Attributes
    ----------
    model
        The copy of the model that names the dataset.
    address
        Where the dataset says that the model is found.
    training_data
        What the model says of the dataset: its id, or its description.
    findings
        What could not be validated.
    """

    model: Path
    address: str
    training_data: dict[str, Any]
    findings: tuple[Finding, ...]


def link_model(
    model: PathLike, dataset: PathLike, output: PathLike, *, url: str | None = None, replace: bool = False
) -> Linked:
    """Write a copy of a bioimage.io model that names the dataset as its training data, and name it in the dataset.

    A link that is there already is left as it is.

    Parameters
    ----------
    model
        Its package: folder or .zip, or its rdf.yaml. Only read.
    dataset
        The dataset: its study sheet gets the model's address, and its records are written again.
    output
        The copy of the model.
    url
        Where people find the model; its page on bioimage.io when left out.
    replace
        Write over other training data that the model names.

    Raises
    ------
    MifaError
        MIFA534 not a model, MIFA535 it names other data, MIFA536 no address, MIFA537 bioimage.io would refuse it;
        MIFA002, MIFA003, MIFA004, MIFA006 the output.
    NothingBuiltError
        When the dataset's study sheet has errors.
    """
    opened, package, final = open_dataset(dataset), read_package(Path(model)), Path(output)
    _check_describable(opened)
    address, data = model_address(package, url), linked(opened)
    other = names_other_data(package, data)
    if other and not replace:
        raise MifaError("MIFA535", f"training_data is {other}", str(model))
    text = with_training_data(package, data)
    description = parse_description(text, str(model), "MIFA534")
    if can_validate():
        if errors := format_errors(description, package.folder):
            raise MifaError("MIFA537", "; ".join(errors), str(model))
        findings = []
    else:
        findings = [Finding.of("MIFA533", "bioimageio.spec is not installed", str(output))]
    with _writing_to(output):
        if not _is_linked(final, text):
            check_output(final, opened.path)
            check_output(final, package.path)
            package.write(final, text)
    sheet = opened.path / layout.SHEET
    with _writing_to(sheet):
        write_whole(sheet, _naming(read_sheet(sheet), address).encode())
    described = open_dataset(dataset)
    _describe_again(described)
    return Linked(final, address, data, (*findings, *check_bioimageio(described)))


def _is_linked(final: Path, text: str) -> bool:
    """Whether the output is there, from the same call before."""
    try:
        return read_package(final).text == text
    except MifaError:
        return False


def _naming(sheet: Sheet, address: str) -> str:
    """Return the sheet's text with a model among those that were trained with the data."""
    named = [url for url in sheet.model.study.ai_models_trained if url]
    if address in named or bioimageio_id(address) in {bioimageio_id(url) for url in named} - {None}:
        return sheet.text
    return append_item(sheet.text, ("study", "ai_models_trained"), address)


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


def look_up(sheet: PathLike = "mifa.yaml") -> list[Finding]:
    """Ask ORCID, ROR and doi.org for the identifiers of a study sheet; the only verb that needs the network."""
    from mifakit.checks.online import check_online

    return list(check_online(read_sheet(sheet)))


def terms(vocabulary: str, text: str = "") -> tuple[Term, ...]:
    """Look up a name in the vocabularies: parts of names, common names and slips of the keyboard are understood.

    Parameters
    ----------
    vocabulary
        `organism`, `method`, `role` or `annotation-type`.
    text
        What to look for; all terms when left out.

    Returns
    -------
    tuple
        The terms that were found, the best first.

    Raises
    ------
    MifaError
        MIFA104 when there is no such vocabulary.
    """
    name = find_vocabulary(vocabulary)
    if name is None:
        near = get_close_matches(vocabulary.casefold(), VOCABULARIES, n=1, cutoff=0.4)
        known = ", ".join(VOCABULARIES)
        hint = f"did you mean {near[0]}?" if near else f"use one of {known}"
        raise MifaError("MIFA104", f"there is no vocabulary {vocabulary!r}; there is {known}", hint=hint)
    return search(name, text) if text.strip() else load(name)


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
