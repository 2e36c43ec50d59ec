"""Records that agree pass; each that was changed is named, with what was changed, and nothing else is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conversion.samples import noise, write_lab

import mifakit
from mifakit.checks.consistency import check_consistency
from mifakit.checks.file_list import check_file_list
from mifakit.checks.mifa_documents import check_mifa_documents
from mifakit.checks.privacy import check_privacy
from mifakit.checks.ro_crate import check_ro_crate
from mifakit.conversion.resources import Resources
from mifakit.dataset.checksums import file_sha256, write_checksums

CHECKS = (check_consistency, check_ro_crate, check_file_list, check_mifa_documents, check_privacy)
TITLE = "Rendered nuclei of a cell line under cell-cycle arrest, with instance masks"
KEYWORDS = ["nuclei", "segmentation", "fluorescence", "example data"]
NAME, ORCID = "Josiah Carberry", "0000-0002-1825-0097"

# The records of other destinations, in the form that each of them publishes: all agree with the sheet.
OTHERS: dict[str, Any] = {
    "records/biostudies/pagetab.json": {
        "type": "submission",
        "attributes": [{"name": "Title", "value": TITLE}],
        "section": {
            "type": "Study",
            "attributes": [
                {"name": "Title", "value": TITLE},
                *({"name": "Keywords", "value": word} for word in KEYWORDS),
                {"name": "License", "value": "CC0"},
            ],
            "subsections": [
                {
                    "type": "Author",
                    "attributes": [{"name": "Name", "value": NAME}, {"name": "ORCID", "value": ORCID}],
                },
                {
                    "type": "Study Component",
                    "attributes": [{"name": "File List", "value": "records/biostudies/images.tsv"}],
                },
            ],
        },
    },
    "croissant.json": {
        "name": TITLE,
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "version": "1.0",
        "creator": [{"name": NAME, "url": f"https://orcid.org/{ORCID}"}],
        "keywords": KEYWORDS,
        "distribution": [
            {"contentUrl": "manifest.csv", "sha256": None},
            {"contentUrl": "images/a.ome.zarr"},
            {"contentUrl": "https://example.org/elsewhere.csv"},
        ],
    },
    "records/datacite.json": {
        "titles": [{"title": TITLE}],
        "rightsList": [{"rightsIdentifier": "cc0-1.0"}],
        "version": "1.0",
        "creators": [
            {
                "name": "Carberry, Josiah",
                "nameIdentifiers": [{"nameIdentifier": ORCID, "nameIdentifierScheme": "ORCID"}],
            }
        ],
        "subjects": [{"subject": word} for word in [*KEYWORDS, "Homo sapiens"]],
        "sizes": ["1 images", "1.2 MB"],
    },
    "records/zenodo.json": {
        "metadata": {
            "title": TITLE,
            "license": "cc-zero",
            "version": "1.0",
            "creators": [{"name": "Carberry, Josiah", "orcid": ORCID}],
            "keywords": KEYWORDS,
        }
    },
    "records/invenio-rdm.json": {
        "metadata": {
            "title": TITLE,
            "rights": [{"id": "cc0-1.0"}],
            "version": "1.0",
            "creators": [
                {
                    "person_or_org": {
                        "given_name": "Josiah",
                        "family_name": "Carberry",
                        "identifiers": [{"scheme": "orcid", "identifier": ORCID}],
                    }
                }
            ],
            "subjects": [{"subject": word} for word in KEYWORDS],
        }
    },
    "records/dataset.jsonld": {
        "name": TITLE,
        "license": {"url": "https://creativecommons.org/publicdomain/zero/1.0/"},
        "version": "1.0",
        "creator": {"name": NAME, "@id": f"https://orcid.org/{ORCID}"},
        "keywords": KEYWORDS,
    },
    "CITATION.cff": {
        "title": TITLE,
        "license": "CC0-1.0",
        "version": "1.0",
        "authors": [
            {"given-names": "Josiah", "family-names": "Carberry", "orcid": f"https://orcid.org/{ORCID}"},
        ],
        "keywords": KEYWORDS,
    },
    "records/bioimageio/bioimageio.yaml": {
        "name": "Rendered nuclei of a cell line",
        "license": "CC0-1.0",
        "version": "1.0",
        "authors": [{"name": NAME, "orcid": ORCID}],
        "covers": [{"source": "cover.jpg", "sha256": None}],
        "attachments": [{"source": "https://example.org/elsewhere.csv"}],
        "documentation": "https://example.org/README.md",
    },
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("consistent")
    dataset = mifakit.build(write_lab(home, a=noise(40, 50)), home / "dataset", resources=Resources(workers=1)).path
    for folder in ("biostudies", "bioimageio"):
        (dataset / "records" / folder).mkdir(exist_ok=True)
    (dataset / "records" / "biostudies" / "images.tsv").write_text("Files\n")
    (dataset / "records" / "bioimageio" / "cover.jpg").write_bytes(b"a picture")
    others = json.loads(json.dumps(OTHERS))
    others["croissant.json"]["distribution"][0]["sha256"] = file_sha256(dataset / "manifest.csv")
    others["records/bioimageio/bioimageio.yaml"]["covers"][0]["sha256"] = file_sha256(
        dataset / "records" / "bioimageio" / "cover.jpg"
    )
    for path, said in others.items():
        (dataset / path).write_text(json.dumps(said, indent=1), encoding="utf-8")  # which is YAML too
    write_checksums(dataset)
    return dataset


@pytest.fixture
def dataset(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "dataset")


def found(dataset: Path) -> list[tuple[str, str]]:
    opened = mifakit.open(dataset)
    findings = [finding for check in CHECKS for finding in check(opened)]
    return [(one.code, str(one.place)) for one in findings if one.code != "MIFA503"]  # croissant.json is listed nowhere


def test_records_that_agree_pass(dataset: Path) -> None:
    assert found(dataset) == []


def swap(old: str, new: str) -> Callable[[str], str]:
    def changed(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return changed


NOBODY = swap(NAME, "Nemo Nobody")
WITHOUT = {
    "records/invenio-rdm.json": swap('"Carberry"', '"Nobody"'),
    "CITATION.cff": swap('"Carberry"', '"Nobody"'),
    "records/zenodo.json": swap("Carberry, Josiah", "Nobody, Nemo"),
    "records/datacite.json": swap("Carberry, Josiah", "Nobody, Nemo"),
    "records/mifa/study.yaml": swap("author_last_name: Carberry", "author_last_name: Nobody"),
}
UNTITLED = {"records/mifa/version.yaml", "records/bioimageio/bioimageio.yaml", "README.md"}
RECORDS = [*OTHERS, "ro-crate-metadata.json", "records/mifa/study.yaml"]


@pytest.mark.parametrize("path", [path for path in RECORDS if path not in UNTITLED])
def test_another_title(dataset: Path, path: str) -> None:
    record = dataset / path
    record.write_text(swap(TITLE, "Rendered nuclei of a cell line, another title")(record.read_text("utf-8")), "utf-8")
    assert found(dataset) == [("MIFA570", f"{path} (title)")]


@pytest.mark.parametrize("path", RECORDS)
def test_another_author(dataset: Path, path: str) -> None:
    record = dataset / path
    record.write_text(WITHOUT.get(path, NOBODY)(record.read_text("utf-8")), encoding="utf-8")
    assert found(dataset) == [("MIFA570", f"{path} (authors)")]


@pytest.mark.parametrize("path", RECORDS)
def test_another_orcid(dataset: Path, path: str) -> None:
    record = dataset / path
    record.write_text(swap(ORCID, "0000-0001-5109-3700")(record.read_text("utf-8")), encoding="utf-8")
    assert found(dataset) == [("MIFA570", f"{path} (authors)")]


@pytest.mark.parametrize("path", [path for path in RECORDS if "bioimageio" not in path])
def test_a_keyword_that_went(dataset: Path, path: str) -> None:
    record = dataset / path
    text = record.read_text("utf-8").replace("fluorescence m", "f m")  # the method
    record.write_text(swap("fluorescence", "light")(text), encoding="utf-8")
    assert found(dataset) == [("MIFA570", f"{path} (keywords)")]


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        ("README.md", swap("license: cc0-1.0", "license: cc-by-4.0"), "license"),
        ("README.md", swap("license: cc0-1.0", "license: mit"), "license"),
        ("README.md", swap("pretty_name: Rendered", "pretty_name: Real"), "title"),
        ("README.md", swap("- example data\n", ""), "keywords"),
        ("README.md", swap("| Samples | 1 ", "| Samples | 2 "), "samples"),
        ("README.md", swap("previews/nuclei/a.jpg", "previews/b.jpg"), "MIFA571"),
        ("records/zenodo.json", swap("cc-zero", "cc-by-4.0"), "license"),
        ("records/dataset.jsonld", swap("zero/1.0", "zero/2.0"), "license"),
        ("records/invenio-rdm.json", swap("cc0-1.0", "cc-by-4.0"), "license"),
        ("records/datacite.json", swap('"1 images', '"3 images'), "samples"),
        ("records/mifa/study.yaml", swap("license: CC0", "license: CC_BY"), "license"),
        ("records/mifa/version.yaml", swap("version: '1.0'", "version: '2.0'"), "version"),
        ("CITATION.cff", swap('"version": "1.0"', '"version": "1.1"'), "version"),
        ("croissant.json", swap('"images/a.ome', '"images/b.ome'), "MIFA571"),
        ("records/biostudies/pagetab.json", swap("images.tsv", "gone.tsv"), "MIFA571"),
        ("records/bioimageio/bioimageio.yaml", swap("cover.jpg", "no.jpg"), "MIFA571"),
        ("records/zenodo.json", swap("{", "", ), "MIFA570"),
        ("CITATION.cff", swap('"CC0-1.0"', ": : ["), "MIFA570"),
    ],
)  # fmt: skip
def test_each_change_is_named_alone(dataset: Path, path: str, change: Callable[[str], str], said: str) -> None:
    record = dataset / path
    record.write_text(change(record.read_text("utf-8")), encoding="utf-8")
    assert found(dataset) == [(said, path) if said.startswith("MIFA") else ("MIFA570", f"{path} ({said})")]


@pytest.mark.parametrize("path", ["croissant.json", "records/bioimageio/bioimageio.yaml"])
def test_another_digest(dataset: Path, path: str) -> None:
    document = json.loads((dataset / path).read_text("utf-8"))
    (document.get("distribution") or document["covers"])[0]["sha256"] = "0" * 64
    (dataset / path).write_text(json.dumps(document), encoding="utf-8")
    assert found(dataset) == [("MIFA570", f"{path} (sha256)")]


def test_the_order_of_authors_counts_and_annotators_may_follow(dataset: Path) -> None:
    path = dataset / "records" / "zenodo.json"
    document = json.loads(path.read_text("utf-8"))
    document["metadata"]["creators"].append({"name": "Grayson, Truman"})
    path.write_text(json.dumps(document), encoding="utf-8")
    assert found(dataset) == []
    document["metadata"]["creators"].reverse()
    path.write_text(json.dumps(document), encoding="utf-8")
    assert found(dataset) == [("MIFA570", "records/zenodo.json (authors)")]


@pytest.mark.parametrize("name", [("Muthu s/o", "Raman"), ("Martin Luther", "King, Jr."), ("A/Prof. Jane", "Doe")])
def test_records_of_honest_names_agree(name: tuple[str, str], tmp_path: Path) -> None:
    """Of slashes bioimage.io takes none, and DataCite and Zenodo put a comma behind the family name."""
    sheet = write_lab(tmp_path, a=noise(40, 50))
    text = sheet.read_text("utf-8").replace("first_name: Josiah", f"first_name: {name[0]}")
    sheet.write_text(text.replace("last_name: Carberry", f"last_name: {name[1]}"), encoding="utf-8")
    built = mifakit.build(sheet, tmp_path / "dataset", resources=Resources(workers=1)).path
    assert name[1] in (built / "records" / "datacite.json").read_text("utf-8")
    assert found(built) == []


@pytest.mark.parametrize("path", OTHERS)
@pytest.mark.parametrize("said", ["[]", "3", '{"metadata": [], "creators": 3, "authors": {"a": 1}, "attributes": ""}'])
def test_odd_records_are_no_crash(dataset: Path, path: str, said: str) -> None:
    (dataset / path).write_text(said)
    assert {code for code, _ in found(dataset)} <= {"MIFA570"}


def test_a_file_that_no_row_lists_is_named(dataset: Path) -> None:
    before = list(check_file_list(mifakit.open(dataset)))
    (dataset / "later.txt").write_text("came later")
    assert list(check_file_list(mifakit.open(dataset))) == before, "it is no part of the dataset"
    write_checksums(dataset)
    (finding,) = [one for one in check_file_list(mifakit.open(dataset)) if one not in before]
    assert (finding.code, str(finding.place)) == ("MIFA503", "file_list.tsv (later.txt)")
