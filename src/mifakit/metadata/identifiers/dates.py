"""Days and moments."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import BeforeValidator

from mifakit.metadata.identifiers.refusal import refuse, tidy_id


def parse_date(value: object) -> str | None:
    """Return a calendar date as `2026-03-31`."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = tidy_id(value)
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise refuse("MIFA115", f"{text!r} is not a date") from None


def parse_moment(value: object) -> str | None:
    """Return a date and time as RFC 3339, `2026-03-31T10:04:00+00:00`; without a zone it is UTC."""
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
    else:
        text = tidy_id(value)
        if text is None:
            return None
        try:
            if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                raise ValueError(text)
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise refuse("MIFA115", f"{text!r} is not a date and time") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


Day = Annotated[str | None, BeforeValidator(parse_date)]
Moment = Annotated[str | None, BeforeValidator(parse_moment)]
