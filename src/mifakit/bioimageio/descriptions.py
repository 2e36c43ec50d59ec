"""Descriptions of bioimage.io, read within budgets, and held to its own validator where that is installed."""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mifakit.errors import MifaError
from mifakit.sources.yaml_text import parse_yaml

_MOST = 10
"""Errors that are told of one description: one wrong value may break every variant of a format."""


def parse_description(text: str, place: str, code: str) -> dict[str, Any]:
    """Return what a description says, with the types of its values.

    Parameters
    ----------
    text
        YAML.
    place
        For messages.
    code
        Of the error.

    Raises
    ------
    MifaError
        When it is not YAML, over budget, or holds no fields.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        parse_yaml(text, place)  # has the budget, which ruamel's loader has not
        tree = YAML(typ="safe", pure=True).load(text)
    except MifaError as error:
        raise MifaError(code, error.finding.message, error.finding.place) from error
    except (YAMLError, ValueError) as error:
        raise MifaError(code, f"cannot be read: {' '.join(str(error).split())}", place) from error
    if not isinstance(tree, dict):
        raise MifaError(code, "holds no fields", place)
    return tree


def can_validate() -> bool:
    """Whether bioimage.io's own validator is installed."""
    return find_spec("bioimageio") is not None and find_spec("bioimageio.spec") is not None


def format_errors(description: dict[str, Any], folder: Path) -> list[str]:
    """Return what bioimageio.spec finds wrong with a description; nothing is fetched, and no file is looked at.

    Parameters
    ----------
    description
        What it says.
    folder
        Where its files are.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the packages that are imported
        from bioimageio.spec import ValidationContext, validate_format

        context = ValidationContext(root=folder, perform_io_checks=False, log_warnings=False)
        summary = validate_format(description, context=context)
    errors = [error for detail in summary.details for error in detail.errors]
    told = list(dict.fromkeys(f"{'.'.join(map(str, error.loc))}: {error.msg}" for error in errors))
    if summary.status == "failed" and not told:
        told = ["bioimageio.spec does not take it"]
    return told[:_MOST]
