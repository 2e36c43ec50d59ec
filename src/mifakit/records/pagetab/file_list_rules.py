"""Whether the lists of files of a submission can be read, and say what annotations were made on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from mifakit.records.pagetab.file_lists import FILES, SOURCE_IMAGE, FileList
from mifakit.records.pagetab.remarks import Remark, Weight, spelling
from mifakit.records.pagetab.submitted import Section, Submission
from mifakit.records.path_rule import PATH_RULE, is_allowed_path

FILE_LIST = "File List"


def check_lists(submission: Submission, lists: Mapping[str, FileList]) -> Iterator[Remark]:
    """Yield what is wrong with the lists that a submission names."""
    named = [(section, name) for section in _sections(submission.section) for name in section.said(FILE_LIST)]
    components = [name for section, name in named if spelling(section.type) == spelling("Study Component")]
    images = {row[0] for name in components if name in lists for row in lists[name].rows}
    for section, name in named:
        if name not in lists:
            yield Remark(Weight.BROKEN, section.name, f"its file list {name} is not there")
        elif not lists[name].headers or lists[name].headers[0] != FILES:
            found = lists[name].headers[0] if lists[name].headers else ""
            yield Remark(Weight.BROKEN, name, f"its first header is {found!r}, not {FILES!r}")
        else:
            yield from _table(name, lists[name])
            if spelling(section.type) == spelling("Annotation"):
                yield from _sources(name, lists[name], images)


def _sections(section: Section) -> Iterator[Section]:
    yield section
    for inner in section.sections:
        yield from _sections(inner)


def _table(name: str, listed: FileList) -> Iterator[Remark]:
    headers = listed.headers
    if not all(header.strip() for header in headers):
        yield Remark(Weight.BROKEN, name, "it has a column without header")
    if len(set(headers)) < len(headers):
        yield Remark(Weight.BROKEN, name, "two of its columns have one header")
    paths = [row[0] for row in listed.rows]
    if not paths:
        yield Remark(Weight.BROKEN, name, "it lists no file")
    refused = [path for path in paths if not is_allowed_path(path)]
    yield from _some(name, refused, f"not taken by BioStudies: {PATH_RULE}")
    yield from _some(name, [path for path, count in Counter(paths).items() if count > 1], "listed twice")
    yield from _some(name, [row[0] for row in listed.rows if len(row) > len(headers)], "with more cells than headers")
    for number, header in enumerate(headers[1:], 1):
        told = {row[number] if number < len(row) else "" for row in listed.rows}
        if len(told) == 1 and len(paths) > 1 and spelling(header) != spelling(SOURCE_IMAGE):
            yield Remark(Weight.DESIRABLE, name, f"its column {header} says the same of every file")


def _sources(name: str, listed: FileList, images: set[str]) -> Iterator[Remark]:
    known = {spelling(header): header for header in listed.headers}
    header = known.get(spelling(SOURCE_IMAGE))
    if header is None:
        yield Remark(Weight.BROKEN, name, f"it has no column {SOURCE_IMAGE}")
        return
    if header != SOURCE_IMAGE:
        yield Remark(Weight.OLD, name, f"{header!r} is spelled {SOURCE_IMAGE!r} by other readers")
    number = listed.headers.index(header)
    sources = [row[number] for row in listed.rows if number < len(row) and row[number]]
    if images:  # else they are in another study
        yield from _some(name, [source for source in sources if source not in images], "named as source, but no image")


def _some(name: str, paths: list[str], what: str) -> Iterator[Remark]:
    """Yield one remark for all files that are wrong alike."""
    if paths:
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        yield Remark(Weight.BROKEN, name, f"{paths[0]!r}{more}: {what}")
