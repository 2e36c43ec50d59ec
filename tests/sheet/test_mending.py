"""`mifa fix`: what has one right answer is mended, every other byte stays, and a second time there is nothing to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import REPOSITORY
from typer.testing import CliRunner

from mifakit.cli.app import app
from mifakit.example_lab.example import filled_sheet
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.mending import mend
from mifakit.sheet.reading import Sheet
from mifakit.sheet.template import render_sheet

TEMPLATES = REPOSITORY / "templates"
Read = Callable[[str | bytes], Sheet]

MENDED = {
    "orcid: https://orcid.org/0000-0002-1825-0097": "orcid: 0000-0002-1825-0097",
    "orcid: 0000\u20110002\u20131825-0097": "orcid: 0000-0002-1825-0097",
    "orcid: \u201c0000-0002-1825-0097\u201d": "orcid: 0000-0002-1825-0097",
    'email: "jcarberry@example.com\u00a0"': "email: jcarberry@example.com",
    "email: \u200bjcarberry@example.com": "email: jcarberry@example.com",
}
STUDY = {
    "license: CC-BY 4.0": "license: CC_BY",
    "license: https://creativecommons.org/publicdomain/zero/1.0/": "license: CC0",
    "release_date: 31.3.2027": "release_date: 2027-03-31",
    "release_date: 2027/3/1": "release_date: 2027-03-01",
    "release_date: March 31, 2027": "release_date: 2027-03-31",
    "release_date: 5 May 2027": "release_date: 2027-05-05",
    "release_date: 05/05/2027": "release_date: 2027-05-05",
    'title: "Nuclei  "': 'title: Nuclei',
}  # fmt: skip
UNCERTAIN = [
    "release_date: 3.4.2027", "release_date: 31.2.2027", "release_date: soon", "license: MIT", "licence: CC0",
    "title: Nuclei\u00a0of cells", "description: |\n    Two lines.\n", "license: CC0", "release_date: 2027-03-31",
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), MENDED.items())
def test_of_people(before: str, after: str) -> None:
    text = "# ours\nauthors:\n  - first_name: A  # first\n    {}   # here\n    last_name: B\n"
    assert mend(text.format(before), "mifa.yaml").after == text.format(after)


@pytest.mark.parametrize(("before", "after"), STUDY.items())
def test_of_studies(before: str, after: str) -> None:
    text = "study:\n  {}\n"
    assert mend(text.format(before), "mifa.yaml").after == text.format(after)


@pytest.mark.parametrize("line", UNCERTAIN)
def test_what_is_not_certain_is_left(line: str) -> None:
    text = f"study:\n  {line}\n"
    assert mend(text, "mifa.yaml").after == text


def test_between_braces() -> None:
    text = "study: {{keywords: [a], license: {}, accession: b}}\n"
    assert mend(text.format("'cc by 4.0'"), "mifa.yaml").after == text.format("CC_BY")


def test_other_identifiers() -> None:
    text = (
        "study:\n  publications:\n    - doi: https://doi.org/10.1242/jcs.033340\n      pubmed_id: 'PMID: 18492790'\n"
        "authors:\n  - organisations:\n      - ror: ROR:02catss52\n"
        "annotations:\n  - types: [segmentation masks, Counts]\n"
    )
    assert mend(text, "mifa.yaml").after == (
        "study:\n  publications:\n    - doi: 10.1242/jcs.033340\n      pubmed_id: 18492790\n"
        "authors:\n  - organisations:\n      - ror: https://ror.org/02catss52\n"
        "annotations:\n  - types: [segmentation_mask, counts]\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "      - scientific_name: Homo sapiens  # us\n        common_name: human\n",
            "      - scientific_name: Homo sapiens  # us\n        common_name: human\n        ncbi_taxon: 9606\n",
        ),
        ("      - {scientific_name: Mus musculus}\n", "      - {scientific_name: Mus musculus, ncbi_taxon: 10090}\n"),
        (
            "      - scientific_name: Danio rerio\n        ncbi_taxon:   # ?\n",
            "      - scientific_name: Danio rerio\n        ncbi_taxon: 7955   # ?\n",
        ),
        ("      - scientific_name: Homo sapiens", "      - scientific_name: Homo sapiens\n        ncbi_taxon: 9606"),
        ("      - scientific_name: mouse\n", "      - scientific_name: mouse\n"),
        ("      - scientific_name: Homo sapiens\n        ncbi_taxon: 1\n",) * 2,
    ],
)
def test_ids_that_the_vocabulary_knows(before: str, after: str) -> None:
    head = "biosamples:\n  - title: B\n    organisms:\n"
    assert mend(head + before, "mifa.yaml").after == head + after


def test_ids_of_imaging_methods() -> None:
    text = "acquisitions:\n  - methods:\n      - name: confocal microscopy\n"
    assert mend(text, "mifa.yaml").after == f"{text}        fbbi_id: FBbi:00000251\n"


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_twice_is_once_and_the_sheet_says_the_same(
    sheets: st.SearchStrategy[StudySheet], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    from mifakit.sheet.reading import read_sheet

    text = render_sheet(data.draw(sheets))
    once = mend(text, "mifa.yaml")
    assert mend(once.after, "mifa.yaml").mends == ()
    folder = tmp_path_factory.mktemp("sheets")
    models = []
    for name, content in (("before", once.before), ("after", once.after)):
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
        models.append(read_sheet(folder / name).model.model_dump(mode="json"))
    before, after = models
    for one in once.mends:
        if one.found is None:  # a field more
            block = after
            for part in one.location[:-1]:
                block = block[part]
            block[one.location[-1]] = None
    assert before == after


@pytest.mark.parametrize("sheet", sorted(TEMPLATES.glob("*/mifa.yaml")), ids=lambda path: path.parent.name)
def test_sheets_in_order_need_no_mending(sheet: Path) -> None:
    assert mend(sheet.read_text("utf-8"), "mifa.yaml").mends == ()


def test_what_we_write_needs_no_mending() -> None:
    assert mend(render_sheet(filled_sheet()), "mifa.yaml").mends == ()


def run(*arguments: str, answer: str = "") -> tuple[int, str]:
    shown = CliRunner().invoke(app, ["fix", *arguments], input=answer)
    return shown.exit_code, shown.output


def test_the_command_shows_first_and_writes_when_told(tmp_path: Path) -> None:
    sheet = tmp_path / "mifa.yaml"
    sheet.write_bytes("\ufeff# é\r\nstudy:\r\n  license: CC-BY 4.0\r\n".encode())
    sheet.chmod(0o640)
    for options in (["--dry-run"], []):  # the second time nobody is there to be asked
        code, shown = run(str(sheet), *options)
        assert code == 1
        assert "-  license: CC-BY 4.0" in shown
        assert "+  license: CC_BY" in shown
        assert b"CC-BY 4.0" in sheet.read_bytes()
    code, shown = run(str(sheet), "--yes")
    assert code == 0
    assert sheet.read_bytes() == "\ufeff# é\r\nstudy:\r\n  license: CC_BY\r\n".encode()
    assert sheet.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["mifa.yaml"]
    assert run(str(sheet)) == (0, f"{sheet}: nothing to mend.\n")


def test_a_workbook_is_not_mended(tmp_path: Path) -> None:
    from mifakit.api import fix
    from mifakit.errors import MifaError

    with pytest.raises(MifaError, match="MIFA188"):
        fix(tmp_path / "mifa.xlsx")


def test_utf_16_stays_utf_16(tmp_path: Path) -> None:
    sheet = tmp_path / "mifa.yaml"
    sheet.write_bytes("study:\n  license: cc0\n".encode("utf-16"))
    assert run(str(sheet), "--yes")[0] == 0
    assert sheet.read_bytes() == "study:\n  license: CC0\n".encode("utf-16")
