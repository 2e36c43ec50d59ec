"""All the ways to write an identifier come to one; what is none is refused, with what to write instead.

The oracle is `idutils`, Zenodo's library of identifiers.
"""

from __future__ import annotations

from collections.abc import Callable

import idutils
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from mifakit.catalogue import CATALOGUE
from mifakit.metadata.identifiers import (
    parse_doi,
    parse_email,
    parse_fbbi,
    parse_grant,
    parse_orcid,
    parse_pubmed,
    parse_ror,
    parse_rrid,
    parse_taxon,
)
from mifakit.metadata.vocabularies import License, parse_license

Parse = Callable[[object], str | None]

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def orcid_of(number: int) -> str:
    """Return the ORCID iD with these fifteen digits: weighted by powers of two they leave 1, modulo 11."""
    digits = f"{number:015}"
    weighted = sum(int(digit) * 2 ** (15 - place) for place, digit in enumerate(digits))
    check = next("0123456789X"[i] for i in range(11) if (weighted + i) % 11 == 1)
    text = digits + check
    return "-".join(text[i : i + 4] for i in range(0, 16, 4))


def ror_of(number: int) -> str:
    """Return the ROR id of this number: with its checksum it is 1, modulo 97 (ISO/IEC 7064)."""
    letters = "".join(ALPHABET[number // 32**place % 32] for place in range(5, -1, -1))
    check = next(one for one in range(2, 99) if (number * 100 + one) % 97 == 1)
    return f"0{letters}{check:02}"


ORCIDS = st.integers(0, 10**15 - 1).map(orcid_of)
RORS = st.integers(0, 32**6 - 1).map(ror_of)
DOIS = st.from_regex(r"10\.[1-9][0-9]{3,5}/[A-Za-z0-9]([A-Za-z0-9._()/-]{0,20}[A-Za-z0-9])?", fullmatch=True)
NUMBERS = st.integers(1, 10**8 - 1).map(str)
FBBI = st.integers(1, 10**8 - 1).map(lambda number: f"FBbi:{number:08}")
RRIDS = st.one_of(
    st.integers(1, 10**8).map(lambda number: f"RRID:AB_{number}"),
    st.integers(1, 10**6).map(lambda number: f"RRID:SCR_{number:06}"),
    st.from_regex(r"RRID:CVCL_[0-9A-Z]{4}", fullmatch=True),
    st.sampled_from(["RRID:IMSR_JAX:000664", "RRID:WB-STRAIN:WBStrain00000001", "RRID:Addgene_12260", "RRID:MGI:5"]),
)
GRANTS = st.sampled_from(
    ["ALTF 1234-567", "840767", "R01 GM123456", "DRCNPG-123\\123456", "EXC 2151", "ANR-10-INBS-04",
     "BB/S507416/1", "10.35802/221400", "221400/Z/20/Z", "JP21H05231", "Grant-in-Aid 21H05231"]
)  # fmt: skip
ADDRESSES = st.from_regex(r"[a-z][a-z.+]{0,8}[a-z]@[a-z]{1,8}(\.[a-z]{2,5}){1,2}", fullmatch=True)

KINDS: dict[str, tuple[Parse, st.SearchStrategy[str], list[str]]] = {
    "ORCID": (parse_orcid, ORCIDS, [
        "{}", " {}\u00a0", "https://orcid.org/{}", "orcid.org/{}/", "ORCID: {}", "ORCID iD {}",
        "https://orcid.org/my-orcid?orcid={}", "https://orcid.org/{}?lang=en", "\u200b{}",
    ]),
    "ROR": (parse_ror, RORS, ["{}", "https://ror.org/{}", "ror.org/{}/", "ROR: {}", "ROR id {}", "{}\u200b"]),
    "DOI": (parse_doi, DOIS, [
        "{}", "doi:{}", "DOI: {}", "https://doi.org/{}", "http://dx.doi.org/{}", "https://doi.org/DOI: {}", "doi {}",
        "https://doi.org//{}", "\ufeff{}",
    ]),
    "PubMed": (parse_pubmed, NUMBERS, [
        "{}", "PMID: {}", "PMID {}", "PubMed ID: {}", "pubmed:{}", "https://pubmed.ncbi.nlm.nih.gov/{}/?from=x",
        "https://europepmc.org/article/MED/{}", "www.ncbi.nlm.nih.gov/pubmed/{}",
    ]),
    "taxon": (parse_taxon, NUMBERS, [
        "{}", "NCBITaxon:{}", "txid{}", "taxid: {}", "NCBI:txid{}", "NCBI Taxonomy ID: {}", "taxon:{}",
        "http://purl.obolibrary.org/obo/NCBITaxon_{}", "https://www.uniprot.org/taxonomy/{}",
        "https://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?id={}", "https://identifiers.org/taxonomy:{}",
    ]),
    "FBbi": (parse_fbbi, FBBI.map(lambda text: text.removeprefix("FBbi:")), [
        "FBbi:{}", "{}", "obo:FBbi_{}", "FBbi_{}", "fbbi:{}", "http://purl.obolibrary.org/obo/FBbi_{}", "FBbi {}",
        "https://www.ebi.ac.uk/ols4/ontologies/fbbi/classes/http%253A%252F%252Fpurl.obolibrary.org%252Fobo%252FFBbi_{}",
    ]),
    "RRID": (parse_rrid, RRIDS.map(lambda text: text.removeprefix("RRID:")), [
        "RRID:{}", "{}", "RRID: {}", "rrid:{}", "(RRID:{})", "https://scicrunch.org/resolver/RRID:{}",
        "https://identifiers.org/RRID/RRID:{}", "https://n2t.net/RRID:{}",
    ]),
    "grant": (parse_grant, GRANTS, [
        "{}", "grant no. {}", "Grant agreement No. {}", "Grant Agreement ID: {}", "grant number {}", "# {}",
        "Project-ID {}", "award number: {}", "({})", "{}.", "contract {}", "n° {}", "Grant {}",
    ]),
    "e-mail": (parse_email, ADDRESSES, [
        "{}", "mailto:{}", "<{}>", "Josiah Carberry <{}>", '"Carberry, Josiah" <{}>', "{};", " {} ", "MAILTO: {}",
    ]),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_spelling_comes_to_one_form_which_stays(kind: str, data: st.DataObject) -> None:
    parse, identifiers, forms = KINDS[kind]
    identifier = data.draw(identifiers)
    found = {parse(form.format(identifier)) for form in forms}
    assert len(found) == 1
    (normal,) = found
    assert normal is not None
    assert identifier in normal
    assert parse(normal) == normal


@settings(max_examples=60, deadline=None)
@given(ORCIDS, st.integers(0, 18), st.sampled_from("0123456789"))
def test_a_flipped_digit_of_any_orcid_is_refused(orcid: str, place: int, digit: str) -> None:
    wrong = orcid[:place] + digit + orcid[place + 1 :]
    assert parse_orcid(orcid) == idutils.normalize_orcid(orcid) == orcid
    if orcid[place] not in ("-", digit):
        assert not idutils.is_orcid(wrong)
        with pytest.raises(PydanticCustomError, match="mistyped"):
            parse_orcid(wrong)


@settings(max_examples=60, deadline=None)
@given(RORS, st.integers(1, 8), st.sampled_from(ALPHABET))
def test_a_flipped_letter_of_any_ror_is_refused(ror: str, place: int, letter: str) -> None:
    assert parse_ror(ror) == ror
    assert idutils.is_ror(ror)
    if ror[place] != letter:
        with pytest.raises(PydanticCustomError) as error:
            parse_ror(ror[:place] + letter + ror[place + 1 :])
        assert error.value.type == "MIFA113"


@settings(max_examples=60, deadline=None)
@given(DOIS, NUMBERS)
def test_dois_and_pubmed_ids_are_those_of_idutils(doi: str, number: str) -> None:
    assert parse_doi(f"https://doi.org/{doi}") == idutils.normalize_doi(f"https://doi.org/{doi}")
    assert parse_pubmed(f"PMID: {number}") == idutils.normalize_pmid(f"pmid:{number}")


# What curators have had to mend by hand


@pytest.mark.parametrize(
    ("parse", "junk", "instead"),
    [
        (parse_doi, "TBD", "leave the field empty"),
        (parse_doi, "10.1242/jcs.033340 (preprint)", "write 10.1242/jcs.033340 alone"),
        (parse_doi, "https://doi.org/10.1242/jcs.033340.", "write 10.1242/jcs.033340 alone"),
        (parse_doi, "https://journals.biologists.com/jcs/article/10.1242/jcs.033340", "write 10.1242/jcs.033340 alone"),
        (parse_doi, "arXiv:2101.00001", "write 10.48550/arXiv.2101.00001"),
        (parse_doi, "https://arxiv.org/abs/2101.00001v2", "write 10.48550/arXiv.2101.00001"),
        (parse_doi, "arXiv:hep-th/9901001", "write 10.48550/arXiv.hep-th/9901001"),
        (parse_pubmed, "pending", "leave the field empty"),
        (parse_pubmed, "https://doi.org/10.1242/jcs.033340", "write it under doi:"),
        (parse_email, "a@b.ca@b.c", "write a@b.c once"),
        (parse_email, "a@b.de, c@d.de", "write the one that is to be public"),
        (parse_email, "a@b.de c@d.de", "write the one that is to be public"),
        (parse_grant, "TBD", "leave the field empty"),
        (parse_grant, "pending", "leave the field empty"),
        (parse_grant, "https://cordis.europa.eu/project/id/840767", "write the number alone"),
    ],
)
def test_junk_is_refused_with_what_to_write(parse: Parse, junk: str, instead: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        parse(junk)
    assert repr(junk) in error.value.message()
    assert instead in error.value.message()
    assert CATALOGUE[error.value.type].hint


def test_junk_with_one_right_answer_is_mended() -> None:
    assert parse_doi("https://doi.org/DOI: 10.1242/jcs.033340") == "10.1242/jcs.033340"
    assert parse_doi("https://doi.org/10.1002%2Fanie.2010") == "10.1002/anie.2010"
    assert parse_doi("10.1038/s41597–020–00608–w") == "10.1038/s41597-020-00608-w"
    assert parse_pubmed(18492790.0) == "18492790"
    assert parse_rrid("rrid: ab_2313773") == "RRID:AB_2313773"
    assert parse_fbbi(251) == "FBbi:00000251"
    assert parse_license("CC-BY 4.0") is License.CC_BY


def test_initials_that_look_like_a_word_stay() -> None:
    """The DFG names grants by initials: this one is of somebody called No..."""
    assert parse_grant("No 407/7-1") == "No 407/7-1"
    assert parse_grant("No. 407") == parse_grant("no 407") == "407"


@pytest.mark.parametrize("text", ["a@b.de", "see the paper", "-", "grant", "x" * 101, "doi: soon", "n/a", "No. -"])
def test_what_is_no_grant_number(text: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        parse_grant(text)
    assert error.value.type == "MIFA128"


@pytest.mark.parametrize("text", ["confocal", "0", "FBbi:", "FBbi:000000251", "https://x.org/251", "FBbi_251 confocal"])
def test_what_is_no_fbbi_id(text: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        parse_fbbi(text)
    assert error.value.type == "MIFA120"


@pytest.mark.parametrize("text", ["RRID:", "AB_x", "anti-mouse", "see paper", "RRID:CVCL_00381", "SCR 002285", "_1"])
def test_what_is_no_rrid(text: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        parse_rrid(text)
    assert error.value.type == "MIFA119"


# Licences

NAMES = {
    License.CC0: ["CC0", "CC-0", "CC Zero", "Creative Commons Zero", "creativecommons zero"],
    License.CC_BY: ["CC BY", "CC-BY", "CC_BY", "ccby", "Attribution", "Creative Commons Attribution",
                    "Creative Commons CC BY"],
}  # fmt: skip
EDITION = {License.CC0: "1.0", License.CC_BY: "4.0"}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_spelling_of_the_two_licences_is_understood(data: st.DataObject) -> None:
    licence = data.draw(st.sampled_from(License))
    name, edition = data.draw(st.sampled_from(NAMES[licence])), EDITION[licence]
    edition = data.draw(st.sampled_from(["", f" {edition}", f" v{edition}", f"-{edition}", f" version {edition}"]))
    rest = data.draw(st.sampled_from(["", " International", " license", " Universal", f" ({licence.value})"]))
    case = data.draw(st.sampled_from([str, str.lower, str.upper]))
    assert parse_license(case(f"{name}{edition}{rest}")) is licence


@pytest.mark.parametrize("start", ["https://", "http://", "http://www.", ""])
@pytest.mark.parametrize(
    "end", ["", "/", "/deed.en", "/deed.zh-hans", "/legalcode", "/legalcode.de", "/?ref=chooser-v1"]
)
def test_addresses_of_the_two_licences_are_understood(start: str, end: str) -> None:
    for licence in License:
        assert parse_license(f"{start}{licence.url.removeprefix('https://').rstrip('/')}{end}") is licence
        for suffix in ("", ".html", ".json"):
            assert parse_license(f"{start}spdx.org/licenses/{licence.spdx}{suffix}") is licence


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("CC BY-NC 4.0", "is CC BY-NC: NC forbids commercial use"),
        ("Attribution-NonCommercial-NoDerivatives 4.0 International", "is CC BY-NC-ND: NC forbids"),
        ("Creative Commons Attribution ShareAlike", "is CC BY-SA: SA asks the same licence"),
        ("https://creativecommons.org/licenses/by-sa/4.0/deed.en", "is CC BY-SA"),
        ("https://spdx.org/licenses/CC-BY-NC-4.0.html", "is CC BY-NC"),
        ("CC BY 4.0 (CC BY-NC 4.0)", "is CC BY-NC"),
        ("CC BY 3.0", "is edition 3.0 of CC_BY"),
        ("https://creativecommons.org/licenses/by/3.0/de/", "is edition 3.0 DE of CC_BY"),
        ("CC BY 4.0 IGO", "is edition 4.0 IGO of CC_BY"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "a statement about the law"),
        ("MIT", "a licence for software"),
        ("GPL-3.0-or-later", "a licence for software"),
        ("Apache License 2.0", "a licence for software"),
        ("ODbL-1.0", "a licence for databases"),
        ("all rights reserved", "nobody could use the data"),
        ("CC0 or CC BY", "not the name of one licence"),
        ("CC0 (CC BY 4.0)", "not the name of one licence"),
        ("Creative Commons", "not the name of one licence"),
        ("x" * 10_000, "not the name of one licence"),
    ],
)
def test_other_licences_are_refused_by_name_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        parse_license(text)
    assert error.value.type == "MIFA104"
    assert why in error.value.message()
    assert "MIFA allows CC0 or CC_BY" in error.value.message()
