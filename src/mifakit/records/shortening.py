"""Text that must fit where there is little room."""

from __future__ import annotations

import re


def shortened(text: str, most: int) -> str:
    """Return text on one line of at most `most` characters: whole sentences, or else whole words and `…`.

    Examples
    --------
    >>> shortened("Nuclei of skin cells. They were stained with DAPI.", 30)
    'Nuclei of skin cells.'
    >>> shortened("Nuclei of skin cells", 15)
    'Nuclei of …'
    """
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    sentences = re.match(r".*[.!?](?= )", flat[: most + 1])
    return sentences[0] if sentences else f"{flat[: most - 1].rpartition(' ')[0] or flat[: most - 2]} …"
