"""The pyramids of a job, and the parts that a large image is made in. Pure."""

from __future__ import annotations

import numpy as np

from mifakit.conversion.plan import Job
from mifakit.ngff.chunks import LARGEST_SHARD, choose_grid
from mifakit.ngff.levels import plan_steps
from mifakit.ngff.pyramid import Block, Pyramid, cut

PART_BYTES = 128 * 1024**2
"""Source bytes of a part: some seconds of work."""
_WIDEST_BLOCK = 256 * 1024**2
"""Bytes of a block where rows can only be read whole: beyond that, they are decoded more than once."""


def image_pyramid(job: Job) -> Pyramid:
    """Return the pyramid of a job's image."""
    facts = job.facts
    steps = plan_steps(facts.axes, job.shape, {axis: one.value for axis, one in job.spacing.items()})
    grid = choose_grid(facts.axes, job.shape, facts.dtype, job.storage.chunk, whole_rows=facts.whole_rows)
    return cut(
        facts.axes,
        job.shape,
        facts.dtype,
        steps,
        grid,
        together=job.shape[facts.axes.index("c")] if facts.interleaved or job.drop_alpha else 1,
        block_bytes=_WIDEST_BLOCK if facts.whole_rows else LARGEST_SHARD,
    )


def label_pyramid(job: Job, dtype: np.dtype) -> Pyramid:
    """Return the pyramid of one of a job's label images, level for level on that of its image."""
    image = image_pyramid(job)
    keep = [index for index, axis in enumerate(image.axes) if axis != "c"]
    axes, shape = image.axes.replace("c", ""), tuple(image.shape[index] for index in keep)
    steps = [tuple(step[index] for index in keep) for step in image.steps]
    grid = choose_grid(axes, shape, dtype, job.storage.chunk, whole_rows=job.facts.whole_rows)
    return cut(axes, shape, dtype, steps, grid, together=1, block_bytes=LARGEST_SHARD)


def image_parts(job: Job) -> list[tuple[Block, ...]]:
    """Return the parts that a job's image is made in: one, when each would have to decode all of it."""
    parts = image_pyramid(job).parts(PART_BYTES)
    return [tuple(block for part in parts for block in part)] if job.facts.whole else parts
