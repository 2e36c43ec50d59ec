"""What a build shows while it runs: the plan in a line, then bytes on a terminal, nothing in a log file."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mifakit.cli.output import say

if TYPE_CHECKING:
    from rich.progress import Progress

    from mifakit.conversion.plan import Plan


def say_plan(plan: Plan) -> None:
    """Say in a line what a plan will do."""
    say(
        f"{len(plan.jobs)} samples to build from {plan.source_bytes / 1e6:,.1f} MB of pixels, "
        f"about {plan.expected_bytes / 1e6:,.1f} MB on disk; {len(plan.left_out)} images left out."
    )


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
            say("cancelled; nothing unfinished was left behind")

    def planned(self, plan: Plan) -> None:
        """Say what will be done, and show a bar if somebody looks."""
        say_plan(plan)
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
