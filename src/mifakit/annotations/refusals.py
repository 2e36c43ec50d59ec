"""Single objects of an annotation file that are not taken over: one finding a reason, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mifakit.findings import Finding

_SHOWN = 5
_MAX_REASONS = 50


class RefusedError(ValueError):
    """An object, or a part of one, cannot be taken over.

    Parameters
    ----------
    reason
        Why, in the same words for all that share it: the finding that says it ends in their names.
    code
        Of the catalogue.
    """

    def __init__(self, reason: str, code: str = "MIFA359") -> None:
        super().__init__(reason)
        self.code = code


class Refusals:
    """Collects what is not taken over of a file.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._items: dict[tuple[str, str], tuple[int, list[str]]] = {}

    def add(self, item: str, reason: str, code: str = "MIFA359") -> None:
        """Note that an object is left out; `item` is what the file calls it."""
        key = (code, reason if len(self._items) < _MAX_REASONS or (code, reason) in self._items else "other reasons")
        count, shown = self._items.get(key, (0, []))
        if count < _SHOWN:
            shown.append(item if len(item) <= 60 else f"{item[:60]}...")
        self._items[key] = (count + 1, shown)

    @contextmanager
    def noting(self, item: str) -> Iterator[None]:
        """Do something with an object; where that ends in a ValueError, note why."""
        try:
            yield
        except RefusedError as error:
            self.add(item, str(error), error.code)
        except ValueError as error:
            self.add(item, str(error))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One for each reason."""
        return tuple(
            Finding.of(code, f"{reason}: {', '.join(shown)}{_more(count)}", str(self._path))
            for (code, reason), (count, shown) in self._items.items()
        )


def _more(count: int) -> str:
    return f" and {count - _SHOWN:,} more" if count > _SHOWN else ""
