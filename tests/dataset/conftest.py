"""Rows of a manifest as hypothesis makes them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st

from mifakit.dataset.rows import AnnotationRow, SampleRow

TEXT = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=10),
    st.sampled_from(
        ["=1+1", "+a", "-b.tif", "@x", "'q", 'a"b', "a,b", "a;b", "null", "nan", "1.10", "TRUE", "007", "µ é"]
    ),
)
SIZE = st.none() | st.floats(1e-6, 1e5)
DIGEST = st.text("0123456789abcdef", min_size=64, max_size=64)


def rows(sets: tuple[str, ...]) -> st.SearchStrategy[SampleRow]:
    count = st.none() | st.integers(0, 2**40)
    texts = st.lists(TEXT, min_size=1, max_size=3).map(tuple)
    annotation = st.builds(
        AnnotationRow,
        sources=texts,
        label=st.none() | TEXT,
        objects=count,
        label_dtype=st.sampled_from([None, "uint8", "uint16"]),
        label_digest=st.none() | DIGEST,
        further_labels=st.just(()) | texts,
        further_digests=st.just(()) | texts,
        shapes=count,
        points=count,
        classes=count,
        counts=count,
        graph=st.none() | TEXT,
    )
    return st.builds(
        SampleRow,
        sample=TEXT,
        image=TEXT,
        component=TEXT,
        axes=st.sampled_from(["cyx", "tczyx"]),
        shape=st.lists(st.integers(1, 2**40), min_size=2, max_size=5).map(tuple),
        dtype=st.just("uint16"),
        channels=st.lists(TEXT, max_size=3).map(tuple),
        source=TEXT,
        source_sha256=DIGEST,
        pixel_digest=DIGEST,
        preview=st.none() | TEXT,
        split=st.sampled_from([None, "train", "val", "test"]),
        group=st.none() | TEXT,
        pixel_size_x=SIZE,
        pixel_size_y=SIZE,
        pixel_size_z=SIZE,
        time_step=SIZE,
        plate=st.none() | TEXT,
        well_row=st.none() | st.sampled_from(["A", "AF"]),
        well_column=st.none() | st.integers(1, 48),
        well_field=st.none() | st.integers(0, 10**9 - 1),
        annotations=st.fixed_dictionaries({}, optional=dict.fromkeys(sets, annotation)),
        conditions=st.dictionaries(st.sampled_from(["dose", "=1+1", "µM, a", "label", "nuclei.label"]), TEXT),
    )


@pytest.fixture(scope="session")
def manifests() -> st.SearchStrategy[tuple[tuple[str, ...], list[SampleRow]]]:
    """The names of the annotation sets, and rows whose samples have names of their own."""
    names = st.lists(st.sampled_from(["nuclei", "Cells-2", "a_b", "0"]), max_size=3, unique=True).map(tuple)
    return names.flatmap(
        lambda sets: st.tuples(st.just(sets), st.lists(rows(sets), max_size=4, unique_by=lambda row: row.sample))
    )


@pytest.fixture(scope="session")
def plain_row() -> Any:
    """Return the function that makes a row out of a few values."""

    def make(sample: str = "s", **changes: Any) -> SampleRow:
        values: dict[str, Any] = {
            "sample": sample,
            "image": f"images/{sample}.ome.zarr",
            "component": "Cells",
            "axes": "cyx",
            "shape": (1, 4, 6),
            "dtype": "uint8",
            "channels": ("DAPI",),
            "source": f"{sample}.tif",
            "source_sha256": "0" * 64,
            "pixel_digest": "1" * 64,
        }
        return SampleRow(**{**values, **changes})

    return make
