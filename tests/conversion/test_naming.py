"""Names of samples: portable everywhere, never two the same, and the shortest that tell files apart."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mifakit.conversion.naming import name_samples
from mifakit.inventory.inventory import ImageFile
from mifakit.readers.origin import Origin
from mifakit.readers.series import Series

BIOSTUDIES = re.compile(r"^(?!\./)(?!.*/$)(?!.*\.\./)[0-9A-Za-z!\-_*'(). /]+$")
PART = st.one_of(
    st.text(min_size=1, max_size=8),
    st.text("abAB01 ._-", min_size=1, max_size=8),
    st.sampled_from(["images", "Images", "aux", "CON", "é", "é", "straße", "STRASSE", "µ", "µm", "a" * 150, "..a"]),
).map(lambda text: text.replace("/", "_").replace("\0", "_"))
PATHS = st.lists(
    st.tuples(st.lists(PART, max_size=2), PART, st.sampled_from([".tif", ".ome.tif", ".PNG", ""])).map(
        lambda parts: "/".join([*parts[0], parts[1] + parts[2]])
    ),
    max_size=12,
    unique=True,
)


def files(paths: list[str]) -> list[ImageFile]:
    return [ImageFile(Origin(path), 0, {}, "p") for path in paths]


@settings(max_examples=200, deadline=None)
@given(PATHS)
@example(["a/x.tif", "b/x.tif", "a_x.tif"])
@example(["images/x.tif", "x.tif"])
def test_names_are_portable_and_unique(paths: list[str]) -> None:
    names, findings = name_samples(files(paths))
    folded = [unicodedata.normalize("NFC", name).casefold() for name in names.values()]
    assert len(set(folded)) == len(folded), "two samples would share a folder on Windows or macOS"
    assert sorted([*names, *(finding.place.path for finding in findings)]) == sorted(paths), "each: a name, or told"
    assert {finding.code for finding in findings} <= {"MIFA301"}
    for name in names.values():
        assert BIOSTUDIES.match(f"images/{name}.ome.zarr/0/c/0/0/0")
        assert re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z._-]*", name), "nothing that a shell, or Windows, takes amiss"
        assert len(name) <= 101
        assert not name.endswith(".")


@settings(max_examples=100, deadline=None)
@given(PATHS, st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(paths: list[str], random: object) -> None:
    shuffled = list(paths)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert name_samples(files(shuffled))[0] == name_samples(files(paths))[0]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["images/a.tif", "images/b.ome.tif"], ["a", "b"]),
        (["p1/images/a.tif", "p2/images/a.tif"], ["p1_a", "p2_a"]),
        (["p1/images/a.tif", "p2/images/a.tif", "p2/images/b.tif"], ["p1_a", "p2_a", "b"]),
        (["a/x.tif", "A/x.tif"], [None, None]),  # one folder on Windows
        (["p/a.tif", "p/a.png"], [None, None]),
        (["images/a.tif", "a.tif"], [None, None]),
        (["p1/a.tif", "p2/a.tif", "p1_a.tif"], [None, "p2_a", "p1_a"]),
        (["Zelle 3, 10 µM.tif"], ["Zelle_3_10_uM"]),
        (["exp.1.tif", "exp.2.tif"], ["exp.1", "exp.2"]),
        (["aux.tif"], ["aux_"]),
        ([".tif", "日本.tif", "--.tif"], ["tif", "RiBen", "unnamed"]),
        ([], []),
    ],
)
def test_names_by_hand(paths: list[str], expected: list[str | None]) -> None:
    names, findings = name_samples(files(paths))
    assert [names.get(path) for path in paths] == expected
    assert sorted(finding.place.path for finding in findings) == sorted(set(paths) - set(names))


def test_findings_say_what_the_name_would_be() -> None:
    _, findings = name_samples(files(["p/a.tif", "p/a.png"]))
    assert [(str(one.place), one.message) for one in findings] == [
        ("p/a.png", "would be named p_a, as p/a.tif"),
        ("p/a.tif", "would be named p_a, as p/a.png"),
    ]
    (taken,) = name_samples(files(["p1/a.tif", "p2/a.tif", "p1_a.tif"]))[1]
    assert (str(taken.place), taken.message) == ("p1/a.tif", "would be named p1_a, as p1_a.tif")
    assert PurePosixPath(str(findings[0].place)).suffix == ".png"


@pytest.mark.parametrize(
    ("pattern", "axes", "fields", "name"),
    [
        ("pos{p}_t{t:03d}_c{c}.tif", "tc", {"p": "7"}, "pos7"),
        (
            "{plate}/img_channel{c:03d}_position{p:03d}_time{t:09d}_z{z:03d}.tif",
            "tcz",
            {"plate": "A", "p": "003"},
            "img_position003",
        ),
        ("{name}-{c}.ome.tif", "c", {"name": "cells 2"}, "cells_2"),
        ("{well}/t{t}.tif", "t", {"well": "B03"}, "B03"),
        ("day1/{movie}/t{t}.ome.tif", "t", {"movie": "2"}, "2"),
        ("images/t{t}.tif", "t", {}, "first"),
        ("t{t}.tif", "t", {}, "first"),
    ],
)
def test_a_series_is_called_what_all_its_files_are(pattern: str, axes: str, fields: dict[str, str], name: str) -> None:
    origin = Origin("first.tif", series=Series(axes, (("1",),) * len(axes), ("first.tif",)))
    assert list(name_samples([ImageFile(origin, 0, fields, pattern)])[0].values()) == [name]


def test_images_of_one_file_are_told_apart_by_their_names_there() -> None:
    scenes = [Origin("x/exp.lif", number, scene) for number, scene in enumerate(("Series 1", "A/1/0"))]
    names = name_samples([ImageFile(origin, 0, {}, "p") for origin in scenes])[0]
    assert names == {"x/exp.lif [Series 1]": "exp__Series_1", "x/exp.lif [A/1/0]": "exp__A_1_0"}
