"""What a build shows while it runs: the plan in a line, then bytes on a terminal, nothing in a log file."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mifakit.cli.output import say

if TYPE_CHECKING:
    from rich.progress import Progress

    from mifakit.conversion.plan import Plan
    from mifakit.conversion.resources import Resources


def say_plan(plan: Plan, resources: Resources) -> None:
    """Say in a line what a plan will do, and how long it is likely to take."""
    duration = _duration(resources.seconds(plan.source_bytes, sum(len(job.sources) for job in plan.jobs)))
    say(
        f"{len(plan.jobs)} samples to build from {plan.source_bytes / 1e6:,.1f} MB of pixels, "
        f"about {plan.expected_bytes / 1e6:,.1f} MB on disk, {duration}; "
        f"{len(plan.left_out)} images left out."
    )


def _duration(seconds: float) -> str:
    """Return a time as people say it: a guess deserves no digits."""
    if seconds < 5:
        return "a few seconds"
    if seconds < 90:
        return f"{round(seconds, -1):.0f} seconds"
    minutes = seconds / 60
    return f"{minutes:.0f} minutes" if minutes < 90 else f"{minutes / 60:.0f} hours"


@contextmanager
def told_of_ctrl_c() -> Iterator[None]:
    """Have Ctrl-C raise KeyboardInterrupt in the block: there is something to tidy up, and to say."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class BuildProgress:
    """Watches a build and shows how far it is."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if kind is KeyboardInterrupt:
            say("cancelled; what is finished is kept, and the same command goes on from there")

    def planned(self, plan: Plan, resources: Resources) -> None:
        """Say what will be done, and show a bar if somebody looks."""
        say_plan(plan, resources)
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("building"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        self._bar = self._stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
        self._bar.add_task("building", total=plan.source_bytes)

    def written(self, nbytes: int) -> None:
        """Move the bar."""
        if self._bar:
            self._bar.advance(self._bar.task_ids[0], nbytes)
