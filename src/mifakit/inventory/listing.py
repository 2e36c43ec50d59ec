"""The inventory as a table that people look at: a row a file."""

from __future__ import annotations

from mifakit.inventory.inventory import ImageFile, Inventory

_HEADER = ("image", "annotations", "axes", "shape", "type", "pixel size (µm)", "channels", "instrument", "acquired")
_MOST_ROWS = 5_000


def list_files(inventory: Inventory) -> list[list[str]]:
    """Return a header and a row an image, with its annotations; then annotations without image; then other files."""
    annotations: dict[str, list[str]] = {image.key: [] for image in inventory.images}
    for pair in inventory.pairings:
        annotations[pair.image] += pair.files
    paired = {file for files in annotations.values() for file in files}
    rows = [_row(image, annotations[image.key]) for image in inventory.images]
    rows += [["", file.key] for file in inventory.annotations if file.key not in paired]
    rows += [[path, "", "matches no pattern"] for path in inventory.others]
    if len(rows) > _MOST_ROWS:
        rows[_MOST_ROWS:] = [[f"... and {len(rows) - _MOST_ROWS:,} more"]]
    return [list(_HEADER), *rows]


def _row(image: ImageFile, annotations: list[str]) -> list[str]:
    facts = image.facts
    if facts is None:
        return [image.key, ", ".join(annotations), "cannot be read"]
    spacing = [f"{axis} {facts.spacing[axis].value:g}" for axis in "zyx" if axis in facts.spacing]
    return [
        image.key,
        ", ".join(annotations) or "none",
        facts.axes,
        " × ".join(map(str, facts.shape)),
        facts.dtype.name,
        ", ".join(spacing) or "not said",
        ", ".join(channel.name or "?" for channel in facts.channels),
        facts.acquisition.instrument or "",
        facts.acquisition.acquired or "",
    ]
