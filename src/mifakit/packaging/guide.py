"""SUBMIT.md: what is in the folder, what to do with it step by step, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable

from mifakit.packaging.base import Contents

SHOWN = 12
"""Gaps that are named; the rest is counted."""


_UNITS = ("kB", "MB", "GB", "TB")


def render_guide(contents: Contents, where: str, about: str, steps: Iterable[str]) -> str:
    """Return the guide as Markdown.

    Parameters
    ----------
    contents
        What is sent.
    where
        The name of the destination.
    about
        What the folder holds.
    steps
        What to do, in order.
    """
    title = " ".join((contents.sheet.study.title or contents.name).split())
    parts = [
        f"# How to submit “{title}” to {where}",
        f"{about}\n\nFiles: {len(contents.sizes):,}, {size(contents.total)} in all, beside this "
        f"guide and `checksums.txt`; the largest has {size(contents.largest)}.",
        *([_missing(contents)] if contents.gaps else []),
        "## Steps",
        "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1)),
    ]
    return "\n\n".join(parts) + "\n"


def _missing(contents: Contents) -> str:
    gaps = contents.gaps
    lines = [f"- {gap.message}" + (f" (`{gap.place}`)" if gap.place else "") for gap in gaps[:SHOWN]]
    lines += [f"- ... and {len(gaps) - SHOWN} more: `mifa validate` names them"] if len(gaps) > SHOWN else []
    then = "Fill in what you know, in the dataset's `mifa.yaml`; then `mifa describe` it and package it again."
    return "\n".join(["## Still missing", "", *lines, "", then])


def size(count: int) -> str:
    """Return bytes as people read them: `12.3 MB`."""
    if count < 1000:
        return f"{count} bytes"
    power = min((len(str(count)) - 1) // 3, len(_UNITS))
    return f"{count / 1000**power:.1f} {_UNITS[power - 1]}"
