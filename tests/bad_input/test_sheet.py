"""Study sheets with every mistake people make, and some that only an attacker makes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pytest

import mifakit
from mifakit.api import NothingBuiltError
from mifakit.errors import MifaError

if TYPE_CHECKING:
    from tests.bad_input.conftest import Lab, Result


class Slip(NamedTuple):
    """A piece of the sheet, what stands there instead, and what must be said about it."""

    old: str
    new: str
    code: str
    at: str
    item: str | None
    words: tuple[str, ...]


PUBLICATION = "  publications:\n    - title: T\n      authors: A\n      doi: {}\n  release_date"
ANNOTATED = "    overview: Masks"
IMAGED = "    pixel_size:\n"
SECOND_SET = """\
  - name: nuclei
    files: ["more/{name}.tif"]
    overview: Again.
    types: other
    method: By hand."""

SLIPS = {
    # identifiers
    "orcid": Slip("0000-0002-1825-0097", "0000-0002", "MIFA111", "orcid:", "authors[0].orcid", ("0000-0002",)),
    "orcid, a digit mistyped": Slip(
        "1825-0097", "1825-0098", "MIFA111", "orcid:", "authors[0].orcid", ("check digit", "0000-0002-1825-0098")
    ),
    "orcid of an annotator": Slip(
        "annotator@example.com\n        orcid: 0000-0002-1825-0097",
        "annotator@example.com\n        orcid: me",
        "MIFA111",
        "orcid: me",
        "annotations[0].authors[0].orcid",
        ("'me'",),
    ),
    "doi": Slip(
        "  release_date",
        PUBLICATION.format("in press"),
        "MIFA112",
        "doi:",
        "study.publications[0].doi",
        ("'in press'",),
    ),
    "ror": Slip("02catss52", "EMBL", "MIFA113", "ror:", "authors[0].organisations[0].ror", ("EMBL",)),
    "ror, a letter mistyped": Slip(
        "02catss52", "02catss53", "MIFA113", "ror:", "authors[0].organisations[0].ror", ("checksum",)
    ),
    "e-mail": Slip("jcarberry@", "jcarberry at ", "MIFA114", "email:", "authors[0].email", ("jcarberry at example",)),
    "two e-mails": Slip(
        "jcarberry@example.com", "a@example.com, b@example.com", "MIFA114", "email:", "authors[0].email", ("one",)
    ),
    "date": Slip("2026-12-01", "31.12.2026", "MIFA115", "release_date:", "study.release_date", ("31.12.2026",)),
    "no such day": Slip("2026-12-01", "2026-02-30", "MIFA115", "release_date:", "study.release_date", ("2026-02-30",)),
    "moment": Slip("2026-03-31T12:00:00+00:00", "yesterday", "MIFA115", "timestamp:", "version.timestamp", ("yester",)),
    "web address": Slip("https://example.org/code", "example.org", "MIFA117", "- url:", "study.links[0].url", ("org",)),
    "taxon": Slip(
        "9606", "human", "MIFA118", "ncbi_taxon:", "biosamples[0].organisms[0].ncbi_taxon", ("'human'", "taxon")
    ),
    # one of several values
    "licence": Slip("CC0", "MIT", "MIFA104", "license:", "study.license", ("'MIT'", "CC0 or CC_BY")),
    "annotation type": Slip(
        "types: segmentation_mask", "types: masks", "MIFA104", "types:", None, ("'masks'", "segmentation_mask", "other")
    ),
    "alpha": Slip(
        IMAGED, f"    alpha: off\n{IMAGED}", "MIFA104", "alpha:", "images[0].alpha", ("'off'", "drop", "keep")
    ),
    "annotation format": Slip(
        ANNOTATED, f"    format: png\n{ANNOTATED}", "MIFA104", "format: png", "annotations[0].format", ("'png'", "COCO")
    ),
    "legend": Slip(
        ANNOTATED, f"    legend: {{red: a}}\n{ANNOTATED}", "MIFA105", "legend:", "annotations[0].legend", ("'red'",)
    ),
    "first pixel": Slip(
        ANNOTATED, f"    first_pixel: 2\n{ANNOTATED}", "MIFA105", "first_pixel:", "annotations[0].first_pixel", ("'2'",)
    ),
    "column": Slip(
        ANNOTATED, f"    columns: {{xx: a}}\n{ANNOTATED}", "MIFA104", "columns:", None, ("'xx'", "confidence")
    ),
    "format": Slip("sheet 1", "sheet 9", "MIFA104", "format:", "format", ("sheet 9", "mifakit study sheet 1")),
    # field names
    "unknown field": Slip("accession:", "accesion:", "MIFA103", "accesion:", "study.accesion", ("accesion",)),
    "unknown field in a list": Slip("roles:", "rolls:", "MIFA103", "rolls:", "authors[0].rolls", ("rolls",)),
    # numbers
    "negative": Slip("x: 0.325", "x: -1", "MIFA105", "x: -1", "images[0].pixel_size.x", ("'-1'", "greater than 0")),
    "a comma": Slip("x: 0.325", "x: 0,325", "MIFA105", "x: 0,325", "images[0].pixel_size.x", ("'0,325'", "number")),
    "a unit": Slip("x: 0.325", "x: 325 nm", "MIFA105", "x: 325", "images[0].pixel_size.x", ("'325 nm'", "number")),
    "infinite": Slip("x: 0.325", "x: inf", "MIFA105", "x: inf", "images[0].pixel_size.x", ("'inf'",)),
    "shares": Slip("train: 0.6", "train: 0.9", "MIFA105", "splits:", "splits", ("1.3", "not to 1")),
    "seed": Slip("train: 0.6", "seed: lucky\n  train: 0.6", "MIFA105", "seed:", "splits.seed", ("'lucky'", "number")),
    # blocks, lists and text mistaken for each other
    "text for a block": Slip(
        "version:\n  version: 1.0\n  timestamp: 2026-03-31T12:00:00+00:00", "version: 1.0", "MIFA105", "version:",
        "version", ("'1.0'", "block"),
    ),
    "a block for a list": Slip(
        "  - url: https://example.org/code\n      description: Code", "  url: https://example.org/code", "MIFA105",
        "links:", "study.links", ("list",),
    ),
    "a list for text": Slip(
        "Fixed in 4 % PFA.", "[fixed, washed]", "MIFA105", "preparation:", "specimens[0].preparation", ("list",)
    ),
    # patterns and pairs
    "a lone brace": Slip("images/{name}", "images/{name", "MIFA125", "images/{", "images[0].files", ("lone '{'",)),
    "a blank in a field": Slip(
        "masks/{name}", "masks/{my name}", "MIFA125", "masks/{", "annotations[0].files", ("'my name'",)
    ),
    "an empty field": Slip("masks/{name}", "masks/{}", "MIFA125", "masks/{", "annotations[0].files", ("''",)),
    "a pair of one": Slip(
        ANNOTATED, f"    pairs:\n      - annotation: masks/cell0.tif\n{ANNOTATED}", "MIFA209", "- annotation:",
        "annotations[0].pairs[0]", ("masks/cell0.tif", "no image"),
    ),
    "set name": Slip(
        "name: nuclei", "name: my nuclei/2", "MIFA105", "name: my", "annotations[0].name", ("'my nuclei/2'",)
    ),
    "axes": Slip(IMAGED, f"    axes: yxs\n{IMAGED}", "MIFA105", "axes:", "images[0].axes", ("'yxs'", "y and x")),
    # references
    "no such specimen": Slip(
        "specimen: Slides", "specimen: Slide", "MIFA122", "specimen: Slide", "images[0].specimen", ("Slide'", "Slides'")
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_is_one_error_on_its_line(lab: Lab, slip: Slip) -> None:
    lab.edit(slip.old, slip.new)
    found = lab.check()
    assert [one.code for one in found] == [slip.code], found
    (finding,) = found
    assert finding.place
    assert finding.place.path == str(lab.sheet)
    assert finding.place.line == lab.line(slip.at)
    assert slip.item in (finding.place.item, None)
    assert all(word in finding.message for word in slip.words), finding.message
    assert "pydantic" not in finding.message
    assert "dictionary or instance" not in finding.message, "words of a programmer"
    assert finding.hint
    with pytest.raises(NothingBuiltError) as stopped:
        lab.build()
    assert finding in stopped.value.findings
    assert not lab.out.exists()


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [("license:", "licence:", "license"), ("orcid:", "orcdi:", "orcid"), ("splits:", "split:", "splits")],
)
def test_a_mistyped_field_is_one_error_and_says_what_was_meant(lab: Lab, old: str, new: str, meant: str) -> None:
    lab.edit(old, new)
    (finding,) = lab.check()
    assert finding.code == "MIFA103"
    assert finding.hint == f"did you mean {meant}?"


def test_an_unknown_field_that_resembles_none(lab: Lab) -> None:
    lab.edit("acknowledgements:", "zzz:")
    (finding,) = lab.check()
    assert (finding.code, finding.place and finding.place.line) == ("MIFA103", lab.line("zzz:"))
    assert finding.hint == "correct its name, or remove it"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("title: Nuclei in small", "title: #", "study.title"),
        ("keywords: [nuclei, segmentation]", "keywords: []", "study.keywords"),
    ],
)
def test_a_required_field_left_empty(lab: Lab, old: str, new: str, field: str) -> None:
    lab.edit(old, new)
    (finding,) = lab.check()
    assert (finding.code, finding.level) == ("MIFA101", "MIFA-required")
    assert finding.message == f"{field} is empty"
    assert finding.place
    assert finding.place.line == lab.line(new)
    assert "For example" in str(finding.hint)


def test_several_slips_are_all_told_in_order_of_lines(lab: Lab, mifa: Callable[..., Result]) -> None:
    for slip in (SLIPS["e-mail"], SLIPS["licence"], SLIPS["negative"], SLIPS["taxon"]):
        lab.edit(slip.old, slip.new)
    found = lab.check()
    assert [one.code for one in found] == ["MIFA104", "MIFA114", "MIFA118", "MIFA105"]
    result = mifa("check", lab.sheet)
    assert result.code == 1
    assert "4 errors" in result.err
    assert result.out.count("error[") == 4
    assert result.out.count("\n  hint: ") == result.out.count("\n  --> ") >= 4


def test_the_same_name_twice(lab: Lab) -> None:
    lab.edit("splits:", f"{SECOND_SET}\nsplits:")
    lab.mask("more/cell0.tif")
    (finding,) = lab.check()
    assert (finding.code, str(finding.place)) == (
        "MIFA123",
        f"{lab.sheet}:{lab.line(SECOND_SET)} (annotations[1].name)",
    )
    assert "'nuclei' stands 2 times" in finding.message


def test_names_that_are_the_same_on_other_systems(lab: Lab) -> None:
    """Windows and macOS take `Nuclei` and `nuclei` for one folder."""
    lab.edit("splits:", f"{SECOND_SET.replace('nuclei', 'Nuclei')}\nsplits:")
    lab.mask("more/cell0.tif")
    (finding,) = lab.check()
    assert (finding.code, finding.place and finding.place.item) == ("MIFA123", "annotations[1].name")


@pytest.mark.parametrize("name", ["con", "AUX", "lpt1"])
def test_names_that_windows_keeps_for_itself(lab: Lab, name: str) -> None:
    lab.edit("name: nuclei", f"name: {name}")
    (finding,) = lab.check()
    assert (finding.code, finding.place and finding.place.item) == ("MIFA105", "annotations[0].name")
    assert name in finding.message


# --- pointing at what is not there ------------------------------------------------------------------------


def test_a_malformed_pattern_is_told_once(lab: Lab) -> None:
    lab.edit("images/{name}.tif", "images/{name.tif")
    assert [one.code for one in mifakit.check(lab.sheet)] == ["MIFA125"]


def test_a_pair_that_names_no_such_image(lab: Lab) -> None:
    lab.edit(ANNOTATED, f"    pairs:\n      - annotation: masks/cell0.tif\n        image: images/no.tif\n{ANNOTATED}")
    (finding,) = lab.check()
    assert finding.code == "MIFA208"
    assert "images/no.tif" in finding.message


def test_a_pair_that_names_no_such_annotation(lab: Lab) -> None:
    lab.edit(ANNOTATED, f"    pairs:\n      - annotation: masks/no.tif\n        image: images/cell0.tif\n{ANNOTATED}")
    (finding,) = lab.check()
    assert finding.code == "MIFA208"
    assert "masks/no.tif" in f"{finding.place} {finding.message}"
    assert "no such file" in finding.message


@pytest.mark.parametrize("field", ["group_by", "from_field"])
def test_splitting_by_a_field_that_no_pattern_has(lab: Lab, field: str) -> None:
    """Taking no notice would put one patient into train and test."""
    lab.edit("  train: 0.6", f"  {field}: patient\n  train: 0.6")
    (finding,) = lab.check()
    assert finding.place
    assert (finding.place.path, finding.place.line) == (str(lab.sheet), lab.line(f"{field}:"))
    assert "patient" in finding.message
    assert "name" in f"{finding.message} {finding.hint}", "it should say which fields there are"


def test_a_set_without_name_is_told_once(lab: Lab) -> None:
    lab.edit("  - name: nuclei\n    files", "  - files")
    found = mifakit.check(lab.sheet)
    assert [(one.code, one.place and one.place.item) for one in found] == [("MIFA101", "annotations[0].name")]


def test_a_sheet_without_lab_folder(lab: Lab, mifa: Callable[..., Result]) -> None:
    lab.edit("lab_folder: lab\n", "")
    (finding,) = lab.check()
    assert finding.code == "MIFA001"
    assert "lab_folder" in finding.message
    assert "lab_folder: path/to/folder" in str(finding.hint)
    assert mifa("build", lab.sheet, "-o", lab.out).code == 2


# --- YAML ------------------------------------------------------------------------------------------------------


class Broken(NamedTuple):
    """A piece of the sheet, what stands there instead, and what must be said about it."""

    old: str
    new: str
    code: str
    at: str
    words: str


BROKEN = {
    "a tab for indentation": Broken("  title:", "\ttitle:", "MIFA107", "\ttitle:", "tab"),
    "a tab further on": Broken("CC0", "\tCC0", "MIFA107", "\tCC0", "tab"),
    "a field twice": Broken("  license: CC0", "  license: CC0\n  license: X", "MIFA108", "  license: X", "license"),
    "a block twice": Broken("splits:", "version:\n  changes: X\nsplits:", "MIFA108", "version:\n  ch", "version"),
    "a colon in text": Broken("Nuclei in", "Nuclei: in", "MIFA106", "Nuclei: in", ""),
    "a wrong indentation": Broken("  description: Im", "   description: Im", "MIFA106", "   description: Im", ""),
    "a list not closed": Broken("segmentation]", "segmentation", "MIFA106", "  license:", ""),
    "two documents": Broken("splits:", "---\nsplits:", "MIFA106", "---", "single document"),
    "no such alias": Broken("title: Nuclei", "title: *nuclei", "MIFA106", "title: *", "alias"),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_broken_yaml_is_one_error_on_its_line(lab: Lab, mifa: Callable[..., Result], broken: Broken) -> None:
    lab.edit(broken.old, broken.new)
    with pytest.raises(MifaError) as stopped:
        mifakit.check(lab.sheet)
    finding = stopped.value.finding
    assert finding.code == broken.code
    assert broken.words in finding.message
    assert finding.place
    assert finding.place.path == str(lab.sheet)
    assert abs((finding.place.line or 0) - lab.line(broken.at)) <= (1 if broken.code == "MIFA106" else 0)
    for command in (["check", lab.sheet], ["build", lab.sheet, "-o", lab.out]):
        result = mifa(*command)
        assert result.code == 1
        assert result.err.count("error[") == 1
        assert "\n  hint: " in result.err
    assert not lab.out.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "no fields"), ("# only\n# comments\n", "no fields"), ("- a\n- list\n", "fields"), ("a sentence\n", "fields")],
)
def test_a_sheet_that_holds_no_fields(lab: Lab, mifa: Callable[..., Result], text: str, words: str) -> None:
    lab.sheet.write_text(text, encoding="utf-8")
    result = mifa("check", lab.sheet)
    assert result.code == 1
    assert "error[MIFA106]: " in result.err
    assert words in result.err
    assert f"--> {lab.sheet}\n  hint: " in result.err


def test_a_sheet_that_is_missing_or_a_folder(lab: Lab, mifa: Callable[..., Result]) -> None:
    for command in (["check"], ["build", "-o", lab.out]):
        missing = mifa(*command, lab.home / "mifo.yaml")
        assert missing.code == 2
        assert "error[MIFA001]: there is no such file" in missing.err
        assert "mifo.yaml\n  hint: " in missing.err
        folder = mifa(*command, lab.folder)
        assert folder.code == 2
        assert "error[MIFA008]: is a folder, not a study sheet" in folder.err
        assert "UTF-8" not in folder.err, "saving a folder as text helps nobody"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16-le"])
def test_a_sheet_in_another_encoding(lab: Lab, encoding: str) -> None:
    lab.edit("Nobody.", "Zoë Müller.")
    line = lab.line("Zoë")
    lab.sheet.write_bytes(lab.sheet.read_text(encoding="utf-8").encode(encoding))
    with pytest.raises(MifaError) as stopped:
        mifakit.check(lab.sheet)
    assert (stopped.value.code, str(stopped.value.finding.place)) == ("MIFA100", f"{lab.sheet}:{line}")
    assert "UTF-8" in f"{stopped.value.finding.message}", "not utf-8-sig"
    assert "UTF-8" in str(stopped.value.finding.hint)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_editors_on_windows_save_is_read(lab: Lab, encoding: str) -> None:
    lab.edit("Nobody.", "Zoë Müller.")
    text = lab.sheet.read_text(encoding="utf-8").replace("\n", "\r\n")
    lab.sheet.write_bytes(text.encode(encoding))
    assert mifakit.check(lab.sheet) == []
    lab.build()
    assert mifakit.validate(lab.out) == []
    assert mifakit.open(lab.out).sheet.study.acknowledgements == "Zoë Müller."


def test_a_spreadsheet_is_no_sheet(lab: Lab) -> None:
    lab.sheet.write_bytes(b"PK\x03\x04\x14\x00\x06\x00" + bytes(range(256)))
    with pytest.raises(MifaError) as stopped:
        mifakit.check(lab.sheet)
    assert stopped.value.code == "MIFA100"
    lab.sheet.write_bytes(b"PK\x03\x04" + bytes(200))
    with pytest.raises(MifaError) as stopped:
        mifakit.check(lab.sheet)
    assert "Error" not in stopped.value.finding.message, "the name of a Python class helps nobody"


# --- YAML that means harm -------------------------------------------------------------------------------------


ATTACKS = {
    "aliases that grow": "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)),
    "merges that grow": "a0: &a0 {k: v}\n"
    + "".join(f"a{i}: &a{i} {{" + ", ".join(f"k{j}: *a{i - 1}" for j in range(9)) + "}\n" for i in range(1, 12)),
    "lists in lists": "study: " + "[" * 400 + "]" * 400,
    "blocks in blocks": "\n".join("  " * depth + "a:" for depth in range(400)),
    "an alias in itself": "study: &s\n  links: [*s]\n  grants: *s\n",
    "a list in itself": "study: &s [*s, *s]\n",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_yaml_that_would_grow_without_end_is_refused_soon(lab: Lab, attack: str) -> None:
    lab.sheet.write_text(attack, encoding="utf-8")
    start = time.process_time()
    with pytest.raises(MifaError) as stopped:
        mifakit.check(lab.sheet)
        mifakit.build(lab.sheet, lab.out)
    assert time.process_time() - start < 5
    assert stopped.value.code in ("MIFA106", "MIFA310")
    assert "Error" not in stopped.value.finding.message, "the name of a Python class helps nobody"
    assert stopped.value.finding.place


def test_a_sheet_of_gigabytes_is_not_read(lab: Lab) -> None:
    with lab.sheet.open("r+b") as stream:
        stream.truncate(3 * 1024**3)
    start = time.process_time()
    with pytest.raises(MifaError) as stopped:
        mifakit.check(lab.sheet)
    assert stopped.value.code == "MIFA100"
    assert "larger" in stopped.value.finding.message
    assert "UTF-8" not in str(stopped.value.finding.hint), "it is not the encoding that is wrong"
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.mkdir [{}]",
        "!!python/object/new:os.mkdir {{args: [{}]}}",
        "!!python/name:os.system",
        "!!python/object/apply:os.mkdir\n    - {}",
        "!mine {{a: {}}}",
        "!mine [{}]",
        "!!set {{a, b}}",
        "!!binary aGVsbG8=",
        "!!omap [a: {}]",
    ],
)
def test_tags_make_no_objects(lab: Lab, value: str) -> None:
    made = lab.home / "made"
    lab.edit("funding_statement: Not funded.", f"funding_statement: {value.format(made)}")
    try:
        found = mifakit.check(lab.sheet)
    except MifaError as error:
        found = [error.finding]
    assert not made.exists()
    assert [one.code for one in found if one.is_error], "it is neither text nor passed over in silence"
    assert found[0].place
    assert found[0].place.line == lab.line("funding_statement")


@pytest.mark.parametrize("key", ["1: x", "? [a, b]\n  : x", "? {a: b}\n  : x", "true: x", "null: x", '"": x'])
def test_keys_that_are_no_words(lab: Lab, key: str) -> None:
    lab.edit("  acknowledgements:", f"  {key}\n  acknowledgements:")
    try:
        found = lab.check()
    except MifaError as error:
        found = [error.finding]
    assert [one.code for one in found] in (["MIFA103"], ["MIFA106"])
    assert found[0].place
    assert abs((found[0].place.line or 0) - lab.line("acknowledgements:")) <= 2


def test_patterns_do_not_lead_out_of_the_lab_folder(lab: Lab) -> None:
    (lab.home / "secret").mkdir()
    (lab.home / "secret" / "key.tif").write_bytes((lab.folder / "images/cell0.tif").read_bytes())
    for pattern in ("../secret/{name}.tif", f"{lab.home}/secret/{{name}}.tif", "~/secret/{name}.tif"):
        lab.sheet.write_text(lab.sheet.read_text(encoding="utf-8").replace("images/{name}.tif", pattern))
        assert "MIFA201" in {one.code for one in lab.check()}
        with pytest.raises(NothingBuiltError):
            lab.build()
        lab.sheet.write_text(lab.sheet.read_text(encoding="utf-8").replace(pattern, "images/{name}.tif"))


def test_pairs_do_not_lead_out_of_the_lab_folder(lab: Lab) -> None:
    outside = os.path.relpath(lab.sheet, lab.folder)
    lab.edit(ANNOTATED, f"    pairs:\n      - annotation: {outside}\n        image: images/cell0.tif\n{ANNOTATED}")
    assert lab.check(), "what lies outside is not there"


def test_a_pattern_of_many_stars_ends(lab: Lab, shell: Callable[..., Result]) -> None:
    lab.image(f"images/{'a' * 60}.png")
    lab.edit("images/{name}.tif", f"images/{'*a' * 9}x.tif")
    assert shell("check", "mifa.yaml", timeout=20).code == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files here")
def test_a_pipe_is_no_sheet(lab: Lab, shell: Callable[..., Result]) -> None:
    os.mkfifo(lab.home / "pipe.yaml")
    result = shell("check", "pipe.yaml", timeout=15)
    assert result.code in (1, 2)
    assert "--> pipe.yaml\n  hint: " in result.err
