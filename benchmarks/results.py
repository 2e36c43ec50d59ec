"""What the runs gave: a file of JSON lines, so that a long run can be taken up again and reported at any time."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks.correctness import Verdict
from benchmarks.measure import Cost

FLOOR, MIFAKIT, UNVERIFIED = "floor", "mifakit", "mifakit --verify=none"


@dataclass(frozen=True)
class Run:
    """One run of one program on one work."""

    work: str
    program: str
    turn: int
    cost: Cost
    size: int
    files: int
    verdict: Verdict | None


class Results:
    """All runs at one scale, kept in a file as they come."""

    def __init__(self, file: Path) -> None:
        self._file = file
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        self.runs = [_parse(json.loads(line)) for line in lines]

    def add(self, run: Run) -> None:
        """Keep a run."""
        self.runs.append(run)
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(run)) + "\n")

    def has(self, work: str, program: str, turn: int) -> bool:
        """Whether this run was made already."""
        return any((run.work, run.program, run.turn) == (work, program, turn) for run in self.runs)

    def of(self, work: str, program: str) -> Summary | None:
        """Return what a program did on a work, if it was run."""
        runs = [run for run in self.runs if (run.work, run.program) == (work, program)]
        return Summary(runs) if runs else None


@dataclass(frozen=True)
class Summary:
    """All turns of one program on one work."""

    runs: list[Run]

    @property
    def trouble(self) -> str:
        """Why there is nothing to measure: the first turn's that failed."""
        return next((text for run in self.runs if (text := run.cost.error or _trouble(run.verdict))), "")

    @property
    def correct(self) -> bool:
        """Whether every turn gave the right pixels and the levels that were asked for."""
        return not self.trouble and all(run.verdict is not None and run.verdict.comparable for run in self.runs)

    @property
    def walls(self) -> list[float]:
        """Seconds, the shortest first."""
        return sorted(run.cost.wall for run in self.runs)

    @property
    def wall(self) -> float:
        """Median seconds."""
        return median(self.walls)

    @property
    def cpu(self) -> float:
        """Median CPU seconds."""
        return median(run.cost.cpu for run in self.runs)

    @property
    def memory(self) -> int:
        """The highest peak of all turns, in bytes."""
        return max(run.cost.memory for run in self.runs)


def fastest(results: Results, work: str, programs: Iterable[str]) -> tuple[str, Summary] | None:
    """Return the fastest of the programs whose output was correct."""
    found = [(name, summary) for name in programs if (summary := results.of(work, name)) and summary.correct]
    return min(found, key=lambda pair: pair[1].wall, default=None)


def _trouble(verdict: Verdict | None) -> str:
    return verdict.trouble if verdict else ""


def _parse(record: dict) -> Run:
    verdict = record.pop("verdict")
    return Run(**{**record, "cost": Cost(**record["cost"]), "verdict": Verdict(**verdict) if verdict else None})
