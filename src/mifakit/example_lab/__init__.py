"""An example lab folder: cells that never lived, seen through optics that could exist."""
