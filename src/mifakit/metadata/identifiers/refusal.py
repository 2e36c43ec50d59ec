"""What all identifiers share: tidy text to begin with, and a refusal with a code of the catalogue."""

from __future__ import annotations

import re

from pydantic_core import PydanticCustomError

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_AROUND = " \t\n\r\u202f“”„‟«»‘’‚‛"
_LONGEST_SHOWN = 80

_PLACEHOLDER = re.compile(
    r"(tb[acd]|to be \w+|n\.?/?a\.?|none|nil|null|unknown|not (yet )?(known|available|applicable|assigned)|pending"
    r"|(in )?press|in (preparation|progress|review)|forthcoming|submitted|applied( for)?|see .*|x+|[-?.0]+)",
    re.IGNORECASE,
)


def refuse(code: str, message: str) -> PydanticCustomError:
    """Return the error that says which rule of the catalogue a value breaks."""
    # The message goes in as a value: pydantic would read its braces as fields.
    return PydanticCustomError(code, "{message}", {"message": message})


def refuse_as(code: str, text: str, wanted: str, instead: str | None = None) -> PydanticCustomError:
    """Return the error that says what a text is not, and what to write instead where that is known."""
    if is_placeholder(text):
        instead = "leave the field empty until there is one"
    return refuse(code, f"{text!r} is not {wanted}" + (f": {instead}" if instead else ""))


def is_placeholder(text: str) -> bool:
    """Whether a text only stands for what is not known yet: TBD, pending, n/a."""
    return len(text) <= _LONGEST_SHOWN and bool(_PLACEHOLDER.fullmatch(text))


def tidy(value: object) -> str | None:
    """Return text without spaces and quotation marks around it, None for an empty cell.

    What word processors and spreadsheets do to text is undone: unseen characters, and numbers that became decimal.
    """
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).translate(_UNSEEN).replace("\u00a0", " ").strip(_AROUND)
    return text or None


def tidy_id(value: object) -> str | None:
    """Return tidy text with hyphens for what programs make of them."""
    text = tidy(value)
    return text and text.translate(_DASHES)


def without_prefix(text: str, *prefixes: str) -> str:
    """Return a text without the first of these patterns that it begins with, in any case of letters."""
    return re.sub(f"^({'|'.join(prefixes)})", "", text, count=1, flags=re.IGNORECASE)
