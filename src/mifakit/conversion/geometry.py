"""The pyramids of a job, and the parts that a large image is made in. Pure."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from mifakit.conversion.plan import Job
from mifakit.ngff.chunks import LARGEST_SHARD, choose_grid
from mifakit.ngff.levels import plan_steps
from mifakit.ngff.pyramid import Block, Pyramid, cut

PART_BYTES = 64 * 1024**2
"""Source bytes of a part: half a second of work, which is how long the last worker may go on alone."""
_WIDEST_BLOCK = 256 * 1024**2
"""Bytes of a block where rows can only be read whole: beyond that, they are decoded more than once."""


def image_pyramid(job: Job) -> Pyramid:
    """Return the pyramid of a job's image."""
    facts = job.facts
    together = job.shape[facts.axes.index("c")] if facts.interleaved or job.drop_alpha else 1
    spacing = tuple((axis, one.value) for axis, one in job.spacing.items())
    return _pyramid(facts.axes, job.shape, facts.dtype, spacing, _chosen(job), facts.whole_rows, together)


def label_pyramid(job: Job, dtype: np.dtype) -> Pyramid:
    """Return the pyramid of one of a job's label images, level for level on that of its image."""
    return _on_grid_of(image_pyramid(job), dtype, _chosen(job), job.facts.whole_rows)


def _chosen(job: Job) -> tuple[tuple[str, int], ...]:
    return tuple(job.storage.chunk.items())


# The images of a folder are often of one kind: what follows of it is found once.


@lru_cache
def _pyramid(
    axes: str,
    shape: tuple[int, ...],
    dtype: np.dtype,
    spacing: tuple[tuple[str, float], ...],
    chunk: tuple[tuple[str, int], ...],
    whole_rows: bool,
    together: int,
) -> Pyramid:
    steps = plan_steps(axes, shape, dict(spacing))
    grid = choose_grid(axes, shape, dtype, dict(chunk), whole_rows=whole_rows)
    block_bytes = _WIDEST_BLOCK if whole_rows else LARGEST_SHARD
    return cut(axes, shape, dtype, steps, grid, together=together, block_bytes=block_bytes)


@lru_cache
def _on_grid_of(image: Pyramid, dtype: np.dtype, chunk: tuple[tuple[str, int], ...], whole_rows: bool) -> Pyramid:
    keep = [index for index, axis in enumerate(image.axes) if axis != "c"]
    axes, shape = image.axes.replace("c", ""), tuple(image.shape[index] for index in keep)
    steps = [tuple(step[index] for index in keep) for step in image.steps]
    grid = choose_grid(axes, shape, dtype, dict(chunk), whole_rows=whole_rows)
    return cut(axes, shape, dtype, steps, grid, together=1, block_bytes=LARGEST_SHARD)


def image_parts(job: Job) -> list[tuple[Block, ...]]:
    """Return the parts that a job's image is made in: one, when each would have to decode all of it."""
    parts = image_pyramid(job).parts(PART_BYTES)
    return [tuple(block for part in parts for block in part)] if job.facts.whole else parts
