"""The columns of a table by their roles. What is asked for is made once for all images."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Column, Numbers, Offsets
from mifakit.annotations.reading.privacy import is_private
from mifakit.annotations.reading.tabular.roles import NUMBERS
from mifakit.sources.columns import Columns


class Contents:
    """A table whose columns have roles.

    Parameters
    ----------
    columns
        The table.
    roles
        The header of each role.
    """

    def __init__(self, columns: Columns, roles: Mapping[str, str]) -> None:
        self.columns, self.roles = columns, roles

    @cached_property
    def images(self) -> dict[str, Offsets]:
        """The rows of each image; under an empty name those that name none, which are all if no column does."""
        if "image" not in self.roles:
            return {"": np.arange(self.columns.count)}
        rows: dict[str, list[int]] = {"": []}
        for row, image in enumerate(self.columns.texts(self.roles["image"])):
            rows.setdefault(image or "", []).append(row)
        return {image: np.array(some, np.int64) for image, some in rows.items()}

    @property
    def numbers(self) -> Mapping[str, Numbers]:
        """Those of each role that has numbers; NaN for none."""
        return self._numbers[0]

    @property
    def odd(self) -> Mapping[str, npt.NDArray[np.bool_]]:
        """By role, which cells say something that is no number."""
        return self._numbers[1]

    @cached_property
    def _numbers(self) -> tuple[dict[str, Numbers], dict[str, npt.NDArray[np.bool_]]]:
        read = {role: self.columns.numbers(name) for role, name in self.roles.items() if role in NUMBERS}
        odd = {role: others | np.isinf(values) for role, (values, others) in read.items()}
        return {role: np.where(odd[role], np.nan, values) for role, (values, _) in read.items()}, odd

    @cached_property
    def keys(self) -> dict[str, list[Any]]:
        """What tracks, their parents and objects are called; numbers as such, so that 3 and 3.0 are the same."""
        plain = {role: self.columns.plain(self.roles[role]) for role in ("track", "parent", "id") if role in self.roles}
        return {role: [None if key != key else key for key in list(column)] for role, column in plain.items()}

    @cached_property
    def properties(self) -> dict[str, Column]:
        """All columns without a role, without what is private."""
        others = [name for name in self.columns.names if name not in self.roles.values()]
        return {name: _public(self.columns.plain(name)) for name in others}

    def texts(self, role: str, rows: Offsets) -> list[str | None] | None:
        """Return cells as they are; None when there is no such column."""
        return self.columns.texts(self.roles[role], rows) if role in self.roles else None


def _public(column: Column) -> Column:
    if isinstance(column, np.ndarray):
        return column
    private = {value for value in set(column) if isinstance(value, str) and is_private(value)}
    return [None if value in private else value for value in column] if private else column
