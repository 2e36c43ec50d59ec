"""Looking identifiers up, at a server of our own: it answers as ORCID, ROR and doi.org do, or badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import mifakit
from mifakit.catalogue import Severity
from mifakit.checks import online
from mifakit.checks.online import check_online, fetch
from mifakit.cli.app import app
from mifakit.example_lab.example import filled_sheet
from mifakit.metadata.mifa import Publication
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.reading import read_sheet
from mifakit.sheet.template import render_sheet

# As the services answered in 2026, shortened.
CARBERRY = {"name": {"given-names": {"value": "Josiah"}, "family-name": {"value": "Carberry"}}, "biography": None}
EBI = {
    "id": "https://ror.org/02catss52",
    "names": [
        {"value": "European Bioinformatics Institute", "types": ["ror_display", "label"], "lang": "en"},
        {"value": "EMBL-EBI", "types": ["acronym"], "lang": None},
    ],
}
HANDLE = {"responseCode": 1, "handle": "10.1242/jcs.033340", "values": []}

ORCID, ROR, DOI = (
    "/v3.0/0000-0002-1825-0097/personal-details", "/v2/organizations/02catss52", "/api/handles/10.1242/jcs.033340",
)  # fmt: skip


class Server:
    """What is answered at each path: JSON, bytes, or a status; 404 elsewhere."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {ORCID: CARBERRY, ROR: EBI, DOI: HANDLE}
        self.asked: list[str] = []
        self.release = threading.Event()
        self.address = ""

    def fetch(self, address: str) -> bytes | None:
        """Ask this server instead of the service."""
        path = "/" + address.removeprefix("https://").partition("/")[2]
        return fetch(f"{self.address}{path}")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    known = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.asked.append(self.path)
            answer = known.answers.get(self.path, 404)
            if answer == "hang":
                known.release.wait()
                return
            body = (
                b"" if isinstance(answer, int) else answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            )
            self.send_response(answer if isinstance(answer, int) else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        known.address = f"http://127.0.0.1:{http.server_port}"
        yield known
        known.release.set()
        http.shutdown()
        thread.join()


@pytest.fixture
def told(server: Server, tmp_path: Path) -> Callable[[StudySheet], list[tuple[str, str]]]:
    """Return a function that says what is found online: code and place."""

    def ask(sheet: StudySheet) -> list[tuple[str, str]]:
        (tmp_path / "mifa.yaml").write_text(render_sheet(sheet), encoding="utf-8")
        found = list(check_online(read_sheet(tmp_path / "mifa.yaml"), server.fetch))
        assert not any(one.is_error for one in found)
        return [(one.code, str(one.place.item if one.place else "")) for one in found]

    return ask


@pytest.fixture
def sheet() -> StudySheet:
    """The example with a paper; its annotator is its author, so that each identifier stands twice."""
    sheet = filled_sheet()
    sheet.study.publications = [Publication(title="x", authors="y", doi="10.1242/jcs.033340")]
    return sheet


Ask = Callable[[StudySheet], list[tuple[str, str]]]


def test_what_is_registered_is_in_order_and_asked_once(server: Server, told: Ask, sheet: StudySheet) -> None:
    assert told(sheet) == []
    assert sorted(server.asked) == sorted([ORCID, ROR, DOI])


def test_what_is_not_registered_is_told_where_it_stands(server: Server, told: Ask, sheet: StudySheet) -> None:
    server.answers.clear()
    assert told(sheet) == [
        ("MIFA133", "study.publications[0].doi"),
        ("MIFA133", "authors[0].orcid"),
        ("MIFA133", "authors[0].organisations[0].ror"),
        ("MIFA133", "annotations[0].authors[0].orcid"),
        ("MIFA133", "annotations[0].authors[0].organisations[0].ror"),
    ]


def test_ids_of_others_are_told(server: Server, told: Ask, sheet: StudySheet) -> None:
    sheet.authors[0].first_name, sheet.authors[0].last_name = "Marie", "Curie"
    sheet.authors[0].organisations[0].name = "Radium laboratory"
    sheet.annotations = []
    assert told(sheet) == [("MIFA131", "authors[0].orcid"), ("MIFA131", "authors[0].organisations[0].ror")]


@pytest.mark.parametrize("name", ["J. Carberry", "Josiah S. Carberry", "JOSIAH CARBERRY"])
def test_short_names_are_no_others(told: Ask, sheet: StudySheet, name: str) -> None:
    sheet.authors[0].first_name, sheet.authors[0].last_name = name.split(" ", 1)
    assert told(sheet) == []


def test_people_who_hide_their_name_are_not_doubted(server: Server, told: Ask, sheet: StudySheet) -> None:
    server.answers[ORCID] = {"name": None}
    assert told(sheet) == []


BAD = [500, 429, b"not json", b"[]", b"5", b"{}", b"[" * 100_000, b" " * (2**20 + 1), "hang"]


@pytest.mark.parametrize("answer", BAD, ids=lambda answer: str(answer)[:8])
def test_a_bad_answer_is_no_fault_of_the_sheet(
    server: Server, told: Ask, sheet: StudySheet, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(online, "TIMEOUT", 0.3)
    server.answers[ORCID] = answer
    assert told(sheet) == [("MIFA135", "authors[0].orcid")]
    assert server.asked.count(ORCID) == 1


def test_without_a_network_each_service_is_told_once(tmp_path: Path, sheet: StudySheet) -> None:
    def unreachable(address: str) -> bytes | None:
        raise OSError("no network")

    (tmp_path / "mifa.yaml").write_text(render_sheet(sheet), encoding="utf-8")
    found = list(check_online(read_sheet(tmp_path / "mifa.yaml"), unreachable))
    assert [one.code for one in found] == ["MIFA135"] * 3
    assert {one.severity for one in found} == {Severity.INFO}
    assert found[0].message == "doi.org did not answer: no network"


def test_the_command_asks_only_when_told_to(
    server: Server, tmp_path: Path, sheet: StudySheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers.clear()
    moved = {
        kind: service._replace(
            address=server.address + "/" + service.address.removeprefix("https://").partition("/")[2]
        )
        for kind, service in online._SERVICES.items()
    }
    monkeypatch.setattr(online, "_SERVICES", moved)
    path = tmp_path / "mifa.yaml"
    path.write_text(render_sheet(sheet), encoding="utf-8")
    offline = CliRunner().invoke(app, ["check", str(path)])
    assert (server.asked, "MIFA133" in offline.stdout) == ([], False)
    asked = CliRunner().invoke(app, ["check", "--online", str(path)])
    assert (asked.exit_code, asked.stdout.count("MIFA133")) == (offline.exit_code, 5)
    assert len(mifakit.look_up(path)) == 5
