"""Identifiers in the spellings that people paste, and one digit wrong in each place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from mifakit.metadata.identifiers import (
    Orcid,
    parse_accession,
    parse_date,
    parse_doi,
    parse_email,
    parse_moment,
    parse_orcid,
    parse_pubmed,
    parse_ror,
    parse_taxon,
    parse_url,
    refuse,
)

Parse = Callable[[object], str | None]

# From orcid.org's own documentation, and of people who published theirs.
ORCIDS = ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X", "0000-0003-1415-9269"]
RORS = ["02catss52", "03mstc592", "013meh722", "03vek6s52", "052gg0110", "042nb2s44", "00f54p054", "04tnbqb63"]
DOIS = ["10.1242/jcs.033340", "10.1038/s41597-020-00608-w", "10.5281/zenodo.3518331", "10.48550/arXiv.2101.00001"]
DOIS += ["10.1002/(SICI)1097-0258(19980815)17:15", "10.6019/S-BIAD634"]

PARSERS: list[tuple[Parse, str]] = [
    (parse_orcid, "MIFA111"),
    (parse_doi, "MIFA112"),
    (parse_ror, "MIFA113"),
    (parse_email, "MIFA114"),
    (parse_date, "MIFA115"),
    (parse_moment, "MIFA115"),
    (parse_pubmed, "MIFA116"),
    (parse_url, "MIFA117"),
    (parse_taxon, "MIFA118"),
    (parse_accession, "MIFA513"),
]


def refusal(parse: Parse, value: object) -> str:
    with pytest.raises(PydanticCustomError) as error:
        parse(value)
    assert str(value).strip() in error.value.message()
    return error.value.type


@pytest.mark.parametrize(("parse", "code"), PARSERS)
@pytest.mark.parametrize("word", ["TBD", "pending", "n/a", "unknown", "-", "0", "see paper", "{x}", "a" * 5000])
def test_words_that_stand_for_nothing_are_refused(parse: Parse, code: str, word: str) -> None:
    assert refusal(parse, word) == code


@pytest.mark.parametrize("parse", [parse for parse, _ in PARSERS])
@pytest.mark.parametrize("empty", [None, "", "  ", "\n"])
def test_empty_cells_are_none(parse: Parse, empty: str | None) -> None:
    assert parse(empty) is None


@pytest.mark.parametrize(
    "form",
    [
        "{}", " {} ", "https://orcid.org/{}", "http://orcid.org/{}", "orcid.org/{}", "www.orcid.org/{}",
        "https://www.orcid.org/{}", "HTTPS://ORCID.ORG/{}", "https://orcid.org/{}/", "ORCID:{}", "orcid: {}",
        "ORCID iD: {}",
    ],
)  # fmt: skip
def test_spellings_of_orcid(form: str) -> None:
    for orcid in ORCIDS:
        assert parse_orcid(form.format(orcid)) == orcid
    assert parse_orcid(form.format("0000000218250097")) == "0000-0002-1825-0097"
    assert parse_orcid(form.format("0000-0002-1694-233x")) == "0000-0002-1694-233X"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ORCIDS), st.integers(0, 18), st.sampled_from("0123456789X"))
def test_one_wrong_digit_of_an_orcid_is_seen(orcid: str, place: int, digit: str) -> None:
    wrong = orcid[:place] + digit + orcid[place + 1 :]
    if orcid[place] != "-" and wrong != orcid:
        assert refusal(parse_orcid, wrong) == "MIFA111"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ORCIDS), st.integers(0, 17))
def test_two_swapped_digits_of_an_orcid_are_seen(orcid: str, place: int) -> None:
    one, other = orcid[place : place + 2]
    if "-" not in (one, other) and one != other:
        assert refusal(parse_orcid, orcid[:place] + other + one + orcid[place + 2 :]) == "MIFA111"


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**15 - 1))
def test_of_all_check_digits_one_is_right(number: int) -> None:
    """ISO 7064 mod 11-2, by the definition: the digits, weighted by powers of 2, leave 1."""
    accepted = []
    for check in "0123456789X":
        text = f"{number:015}{check}"
        weighted = sum((10 if digit == "X" else int(digit)) * 2 ** (15 - i) for i, digit in enumerate(text))
        if weighted % 11 == 1:
            accepted.append(check)
            found = parse_orcid(text)
            assert found is not None
            assert found.replace("-", "") == text
        else:
            assert refusal(parse_orcid, text) == "MIFA111"
    assert len(accepted) == 1


@pytest.mark.parametrize("text", ["0000-0002-1825-009", "0000-0002-1825-00977", "X000-0002-1825-0097", "Ann 0000"])
def test_what_is_no_orcid(text: str) -> None:
    assert refusal(parse_orcid, text) == "MIFA111"


@pytest.mark.parametrize(
    "form",
    ["{}", "https://ror.org/{}", "http://ror.org/{}", "ror.org/{}", "https://ror.org/{}/", "https://www.ror.org/{}",
     "ROR:{}", "ror: {}", " {}\n"],
)  # fmt: skip
def test_spellings_of_ror(form: str) -> None:
    for ror in RORS:
        assert parse_ror(form.format(ror)) == ror
        assert parse_ror(form.format(ror.upper())) == ror


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(RORS), st.integers(0, 8), st.sampled_from("0123456789abcdefghjkmnpqrstvwxyz"))
def test_one_wrong_letter_of_a_ror_is_seen(ror: str, place: int, letter: str) -> None:
    wrong = ror[:place] + letter + ror[place + 1 :]
    if wrong != ror:
        assert refusal(parse_ror, wrong) == "MIFA113"


@pytest.mark.parametrize("text", ["02catss5", "12catss52", "02catsi52", "grid.225360.0", "https://ror.org/"])
def test_what_is_no_ror(text: str) -> None:
    assert refusal(parse_ror, text) == "MIFA113"


@pytest.mark.parametrize(
    "form",
    [
        "{}", "doi:{}", "DOI: {}", "DOI {}", "https://doi.org/{}", "http://dx.doi.org/{}", "doi.org/{}",
        "dx.doi.org/{}", "https://www.doi.org/{}", "https://doi.org/DOI: {}", "doi:https://doi.org/{}", "HTTPS://DOI.ORG/{}",
        " {} ",
    ],
)  # fmt: skip
def test_spellings_of_doi(form: str) -> None:
    for doi in DOIS:
        assert parse_doi(form.format(doi)) == doi


@pytest.mark.parametrize(
    "text",
    [
        "arXiv:2101.00001", "10.1242", "10.12/jcs.033340", "10.1242/", "11.1242/jcs", "10.1242/jcs.033340 (preprint)",
        "10.1242/jcs.033340.", "10.1242/jcs.033340,", "10.1242/jcs.033340; 10.1242/x", "<10.1242/jcs.033340>",
        '"10.1242/jcs.033340"', "https://journals.biologists.com/jcs/article/10.1242/jcs.033340", "in press",
    ],
)  # fmt: skip
def test_what_is_no_doi(text: str) -> None:
    assert refusal(parse_doi, text) == "MIFA112"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18492790", "18492790"), (18492790, "18492790"), ("PMID: 18492790", "18492790"), ("pmid18492790", "18492790"),
        ("https://pubmed.ncbi.nlm.nih.gov/18492790/", "18492790"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/18492790", "18492790"),
        ("PMC7274788", "PMC7274788"), ("pmc7274788", "PMC7274788"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7274788/", "PMC7274788"),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC7274788/", "PMC7274788"),
    ],
)  # fmt: skip
def test_spellings_of_pubmed_ids(text: object, expected: str) -> None:
    assert parse_pubmed(text) == expected


@pytest.mark.parametrize("text", ["018492790", "18492790a", "1234567890", "PMC12", "PMID:"])
def test_what_is_no_pubmed_id(text: str) -> None:
    assert refusal(parse_pubmed, text) == "MIFA116"


@pytest.mark.parametrize(
    "text", ["9606", 9606, "NCBITaxon:9606", "NCBITaxon_9606", "txid9606", "NCBI:txid9606", "ncbi txid9606"]
)
def test_spellings_of_taxa(text: object) -> None:
    assert parse_taxon(text) == "9606"


@pytest.mark.parametrize("text", ["Homo sapiens", "09606", "9606 (human)", "-9606", "9.606"])
def test_what_is_no_taxon(text: str) -> None:
    assert refusal(parse_taxon, text) == "MIFA118"


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_orcid, "００００-0002-1825-0097"),
        (parse_ror, "02catss５2"),
        (parse_doi, "10.1２42/jcs.033340"),
        (parse_pubmed, "1８492790"),
        (parse_taxon, "9٦06"),
    ],
)
def test_digits_of_other_scripts_do_not_stay(parse: Parse, text: str) -> None:
    try:
        found = parse(text)
    except PydanticCustomError:
        return
    assert found is not None
    assert found.isascii()


@pytest.mark.parametrize("text", ["a@b.de", "A.B+c@x-y.co.uk", "jürgen@example.org", " a@b.de "])
def test_addresses(text: str) -> None:
    assert parse_email(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["a@b", "a b@c.de", "a@b.de, c@d.de", "a@b..de", "@b.de", "a@", "a@@b.de", "a@b.de.", "a@b_c.de"],
)
def test_what_is_no_address(text: str) -> None:
    assert refusal(parse_email, text) == "MIFA114"


@pytest.mark.parametrize("text", ["https://a.org", "http://a.org/b?c=d#e", "https://localhost:80/x", "https://ä.de/µ"])
def test_web_addresses(text: str) -> None:
    assert parse_url(text) == text


@pytest.mark.parametrize(
    "text", ["www.a.org", "ftp://a.org", "https://", "https:///x", "https://a b", "http:/a.org", "a.org"]
)
def test_what_is_no_web_address(text: str) -> None:
    assert refusal(parse_url, text) == "MIFA117"


@settings(max_examples=100, deadline=None)
@given(st.dates(date(1000, 1, 1)))
def test_dates_round_trip(day: date) -> None:
    assert (
        parse_date(day.isoformat())
        == parse_date(day)
        == parse_date(datetime(day.year, day.month, day.day, 12))
        == (day.isoformat())
    )


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-13-01", "31.3.2026", "3/31/2026", "2026-3-31", "2026", "20260331", "2026-03-31T12:00"]
)
def test_what_is_no_date(text: str) -> None:
    assert refusal(parse_date, text) == "MIFA115"


@settings(max_examples=100, deadline=None)
@given(
    st.datetimes(datetime(1000, 1, 2), datetime(9998, 12, 30)), st.integers(-14 * 60, 14 * 60), st.sampled_from("T ")
)
def test_moments_keep_their_instant(moment: datetime, minutes: int, between: str) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    found = parse_moment(aware.isoformat(between))
    assert found is not None
    assert datetime.fromisoformat(found) == aware
    assert found == parse_moment(aware)
    assert parse_moment(moment.isoformat(between)) == moment.replace(tzinfo=UTC).isoformat()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-31", "2026-03-31T00:00:00+00:00"),
        (date(2026, 3, 31), "2026-03-31T00:00:00+00:00"),
        ("2026-03-31T12:00:00Z", "2026-03-31T12:00:00+00:00"),
        ("2026-03-31 12:00", "2026-03-31T12:00:00+00:00"),
        ("2026-03-31T12:00:00+02:00", "2026-03-31T12:00:00+02:00"),
    ],
)
def test_moments_by_hand(text: object, expected: str) -> None:
    assert parse_moment(text) == expected


@pytest.mark.parametrize("text", ["now", "yesterday", "2026-03-31T25:00", "2026-W14-2", "20260331T120000", "12:00"])
def test_what_is_no_moment(text: str) -> None:
    assert refusal(parse_moment, text) == "MIFA115"


def test_a_refusal_carries_its_code_through_pydantic() -> None:
    class Card(BaseModel):
        orcid: Orcid = None

    with pytest.raises(ValueError, match="MIFA111"):
        Card(orcid="{braces}")
    assert refuse("MIFA105", "with {braces}").message() == "with {braces}"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("S-BIAD634", "S-BIAD634"),
        (" s-biad634 ", "S-BIAD634"),
        ("S-BIAA12", "S-BIAA12"),
        ("S-BSST265", "S-BSST265"),
        ("https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD634/", "S-BIAD634"),
        ("EMPIAR-10311", "EMPIAR-10311"),
        ("https://www.ebi.ac.uk/empiar/EMPIAR-10311/", "EMPIAR-10311"),
        ("https://doi.org/10.5281/zenodo.6028097", "10.5281/zenodo.6028097"),
        ("10.6019/S-BIAD634", "10.6019/S-BIAD634"),
        ("", None),
        (None, None),
    ],
)
def test_accession_numbers(text: str | None, number: str | None) -> None:
    assert parse_accession(text) == number


@pytest.mark.parametrize(
    "text",
    ["S-BIADxxxx", "S-BIAD", "BIAD634", "S-BIAD0", "634", "S-BIAD634 and S-BIAD635", "EMPIAR-1", "tbd", "10.5281/"],
)
def test_no_accession_numbers(text: str) -> None:
    assert refusal(parse_accession, text) == "MIFA513"
