"""What mifakit is to reach, and whether it does: each target is a ratio of what was measured in one run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.peers import LIBRARY, PEERS, TOOL
from benchmarks.results import FLOOR, MIFAKIT, UNVERIFIED, Results, Summary, fastest
from benchmarks.works import Work

MOST_MEMORY = 400e6
SAME = 0.10
"""What counts as the same."""


@dataclass(frozen=True)
class Outcome:
    """One target, what was measured, and whether that reaches it; None where there was nothing to measure."""

    work: str
    target: str
    measured: str
    reached: bool | None


def outcomes(results: Results, works: list[Work]) -> Iterator[Outcome]:
    """Yield every target with its outcome."""
    tools, peers = [p.name for p in PEERS if p.kind == TOOL], [p.name for p in PEERS]
    yield _at_most(results, "a", MIFAKIT, 1.5, "verified as by default: at most 1.5 × the floor")
    yield _faster(results, "a", 3, tools, "at least 3 × as fast as the fastest tool that makes the same levels")
    yield _faster(
        results, "a", None, [p.name for p in PEERS if p.kind == LIBRARY], "for comparison: the fastest library"
    )
    yield _at_most(results, "a", UNVERIFIED, 1.15, "`--verify=none`: at most 1.15 × the floor")
    yield _faster(results, "b", 5, peers, "images and masks, cold start: at least 5 × as fast as the fastest peer")
    yield _at_most(results, "c", MIFAKIT, 1.3, "at most 1.3 × the floor")
    yield _faster(results, "c", 3, peers, "at least 3 × as fast as the fastest peer")
    yield from _memory(results)
    yield from _per_image(results, [work for work in works if work.letter == "e"])


def _measured(results: Results, work: str, program: str) -> Summary | None:
    summary = results.of(work, program)
    return summary if summary and summary.correct else None


def _at_most(results: Results, work: str, program: str, limit: float, target: str) -> Outcome:
    ours, floor = _measured(results, work, program), _measured(results, work, FLOOR)
    if not (ours and floor):
        return Outcome(work, target, "", None)
    ratio = ours.wall / floor.wall
    return Outcome(work, target, f"{ratio:.2f} ×", ratio <= limit)


def _faster(results: Results, work: str, limit: float | None, programs: list[str], target: str) -> Outcome:
    ours, best = _measured(results, work, MIFAKIT), fastest(results, work, programs)
    if not (ours and best):
        return Outcome(work, target, "", None)
    name, peer = best
    ratio = peer.wall / ours.wall
    return Outcome(work, target, f"{ratio:.1f} × ({name})", None if limit is None else ratio >= limit)


def _memory(results: Results) -> Iterator[Outcome]:
    large, small = _measured(results, "d", MIFAKIT), _measured(results, "a", MIFAKIT)
    target = "anonymous memory at most 400 MB"
    if not large:
        yield Outcome("d", target, "", None)
        return
    yield Outcome("d", target, f"{large.memory / 1e6:.0f} MB", large.memory <= MOST_MEMORY)
    if small:
        ratio = large.memory / small.memory
        yield Outcome("d", "the same as in (a)", f"{ratio:.2f} ×", ratio <= 1 + SAME)


def _per_image(results: Results, works: list[Work]) -> Iterator[Outcome]:
    """Compare what one more image costs, so that starting the command counts on neither side."""
    ours = [_measured(results, work.key, MIFAKIT) for work in works]
    floor = [_measured(results, work.key, FLOOR) for work in works]
    constant, close = (
        "one more image costs the same at any number, within 10 %",
        "at most 2 × the floor's cost an image",
    )
    if not all(ours) or not all(floor):
        yield Outcome("e", constant, "", None)
        return
    few, many = _slopes(works, ours)
    yield Outcome("e", constant, f"{1e3 * few:.1f} ms, then {1e3 * many:.1f} ms", abs(many / few - 1) <= SAME)
    _, floor_many = _slopes(works, floor)
    yield Outcome("e", close, f"{many / floor_many:.2f} × ({1e3 * floor_many:.1f} ms)", many <= 2 * floor_many)
    ratio = ours[-1].memory / ours[0].memory
    yield Outcome("e", "memory is flat", f"{ratio:.2f} × from the fewest to the most", ratio <= 1 + SAME)


def _slopes(works: list[Work], summaries: list[Summary]) -> list[float]:
    """Return seconds for each further image, from each number to the next."""
    steps = zip(works, works[1:], summaries, summaries[1:], strict=False)
    return [(after.wall - before.wall) / (more.images - fewer.images) for fewer, more, before, after in steps]
