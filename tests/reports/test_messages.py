"""Findings as text: the worst first, repeated ones counted."""

from __future__ import annotations

from mifakit.catalogue import CATALOGUE, Severity
from mifakit.findings import Finding, Place
from mifakit.reports.messages import PLACES, SHOWN, count_findings, format_finding, format_findings, plain


def some(code: str, count: int, path: str = "f{}.tif") -> list[Finding]:
    return [Finding.of(code, f"message {index}", Place(path.format(index))) for index in range(count)]


def heads(findings: list[Finding]) -> list[str]:
    return [line for line in format_findings(findings) if line and not line.startswith("  ")]


def test_a_finding_in_full() -> None:
    finding = Finding.of("MIFA101", "study.title is empty", Place("mifa.yaml", 4, "study.title"), "write one")
    assert list(format_finding(finding)) == [
        "error[MIFA101]: study.title is empty (MIFA-required)",
        "  --> mifa.yaml:4 (study.title)",
        "  hint: write one",
        "",
    ]


def test_a_finding_with_nothing_but_a_message() -> None:
    finding = Finding.of("MIFA311", "every pixel has the value 1")
    assert list(format_finding(finding)) == [
        "info[MIFA311]: every pixel has the value 1",
        f"  hint: {CATALOGUE['MIFA311'].hint}",
        "",
    ]


def test_the_worst_comes_first_then_the_code() -> None:
    findings = [*some("MIFA311", 1), *some("MIFA207", 1), *some("MIFA302", 1), *some("MIFA102", 1), *some("MIFA101", 1)]
    assert [head[: head.index("]") + 1] for head in heads(findings)] == [
        "error[MIFA101]", "error[MIFA302]", "warning[MIFA102]", "warning[MIFA207]", "info[MIFA311]",
    ]  # fmt: skip


def test_findings_of_a_code_keep_their_order() -> None:
    assert [head[-1] for head in heads(some("MIFA207", 4)[::-1])] == ["3", "2", "1", "0"]


def test_one_code_in_many_files_is_counted() -> None:
    assert len(heads(some("MIFA207", SHOWN))) == SHOWN
    lines = heads(some("MIFA207", SHOWN + 1))
    assert lines[-1] == "warning[MIFA207]: ... and 1 more like this"
    assert len(lines) == SHOWN + 1
    assert heads(some("MIFA207", 1000))[-1] == f"warning[MIFA207]: ... and {1000 - SHOWN} more like this"


def test_of_one_file_all_is_shown() -> None:
    assert len(heads(some("MIFA101", 50, "mifa.yaml"))) == 50
    assert len(heads([Finding.of("MIFA005", f"plugin {index}") for index in range(9)])) == 9


def test_what_is_true_of_many_places_is_said_once() -> None:
    alike = [Finding.of("MIFA205", "the pixel size is not given", Place(f"{index}.jpg")) for index in range(57)]
    other = Finding.of("MIFA205", "the pixel size is 96 dpi", Place("b.tif"))
    assert list(format_findings([*alike[:9], other, *alike[9:]])) == [
        "warning[MIFA205]: the pixel size is not given (AI-ready)",
        *(f"  --> {index}.jpg" for index in range(PLACES)),
        f"      and {57 - PLACES} more",
        f"  hint: {CATALOGUE['MIFA205'].hint}",
        "",
        *format_finding(other),
    ]
    assert count_findings([*alike, other]) == "58 warnings"


def test_what_entries_of_a_list_lack_is_said_once() -> None:
    lacking = [
        Finding.of("MIFA102", f"{item} is empty", Place("a.xlsx", None, item, f"Authors!F{4 + row}"), "an id")
        for row, item in enumerate(["authors[0].orcid", "authors[1].orcid", "authors[2].roles", "authors[3].orcid"])
    ]
    assert list(format_findings(lacking)) == [
        "warning[MIFA102]: authors.orcid is empty (MIFA-recommended)",
        "  --> a.xlsx:Authors!F4 (authors[0].orcid)",
        "  --> a.xlsx:Authors!F5 (authors[1].orcid)",
        "  --> a.xlsx:Authors!F7 (authors[3].orcid)",
        "  hint: an id",
        "",
        *format_finding(lacking[2]),
    ]


def test_codes_are_counted_apart() -> None:
    lines = heads(some("MIFA207", SHOWN + 3) + some("MIFA208", SHOWN + 2))
    assert [line for line in lines if "more like this" in line] == [
        "error[MIFA208]: ... and 2 more like this",
        "warning[MIFA207]: ... and 3 more like this",
    ]


def test_nothing_is_found() -> None:
    assert list(format_findings([])) == []
    assert count_findings([]) == "no problems"


def test_the_word_is_painted_and_nothing_else() -> None:
    painted = list(format_findings(some("MIFA302", SHOWN + 1), lambda text, severity: f"<{severity}:{text}>"))
    assert painted[0] == "<error:error>[MIFA302]: message 0"
    assert painted[-2] == "<error:error>[MIFA302]: ... and 1 more like this"
    assert sum("<" in line for line in painted) == SHOWN + 1
    assert plain("x", Severity.ERROR) == "x"


def test_counts_in_words() -> None:
    errors, warnings, infos = some("MIFA302", 2), some("MIFA207", 1), some("MIFA311", 3)
    assert count_findings([*errors, *warnings, *infos]) == "2 errors, 1 warning"
    assert count_findings(errors[:1]) == "1 error"
    assert count_findings(warnings * 2) == "2 warnings"
    assert count_findings(infos) == "no problems"
