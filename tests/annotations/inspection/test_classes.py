"""Names of classes that are nearly the same, and those that are not."""

from __future__ import annotations

import pytest
from tests.annotations.inspection.findings import PLACE, said

from mifakit.annotations.inspection.classes import nearly_the_same


@pytest.mark.parametrize(
    "names",
    [
        ["Nucleus", "nucleus"],
        ["nucleus", "nuclei"],
        ["cell", "cells"],
        ["T cell", "T-cell"],
        ["T cell", "t_cells"],
        ["tumor ", "tumor"],
        ["mitochondrion", "mitochondria"],
        ["bacterium", "bacteria"],
        ["neuron", "neurons"],
        ["nebula", "nebulae"],
        ["body", "bodies"],
        ["box", "boxes"],
        ["patch", "patches"],
        ["Zellkern", "ZELLKERN"],
        ["CD4+", "cd4+"],
    ],
)
def test_names_that_are_nearly_the_same(names: list[str]) -> None:
    assert list(said(nearly_the_same(names, PLACE))) == ["MIFA349"]
    assert said(nearly_the_same([*names, "background", *names], PLACE)) == said(nearly_the_same(names, PLACE))


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["cell"],
        ["cell", "cell"],
        ["cell", "nucleus", "background"],
        ["CD4+", "CD4-"],
        ["CD4", "CD8"],
        ["class 1", "class 11"],
        ["class A", "class B", "class"],
        ["type A", "type I", "type"],
        ["typeA", "typeI", "type"],
        ["mitosis", "mitotic"],
        ["pro", "pros and cons"],
        ["1", "2"],
        ["+", "-"],
        ["", "s", "a"],
        ["glass", "glas"],
    ],
)
def test_names_that_differ(names: list[str]) -> None:
    assert said(nearly_the_same(names, PLACE)) == {}


def test_all_groups_are_in_one_finding() -> None:
    names = ["Cell", "cell", "cells", "nucleus", "nuclei", "b", "B", "x", "X", "other"]
    assert said(nearly_the_same(names, PLACE)) == {
        "MIFA349": ["each probably one class: 'B' and 'b', 'Cell' and 'cell' and 'cells', 'X' and 'x' and 1 more"]
    }
