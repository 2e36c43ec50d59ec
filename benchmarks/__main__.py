"""Runs the comparison: `python -m benchmarks`. See README.md."""

from __future__ import annotations

import argparse
import compileall
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import mifakit
from benchmarks import correctness, measure
from benchmarks.data import make_work
from benchmarks.environments import NotInstalledError, prepare
from benchmarks.peers import PEERS, Peer
from benchmarks.report import render
from benchmarks.results import FLOOR, MIFAKIT, UNVERIFIED, Results, Run
from benchmarks.works import Work, works_at

HERE = Path(__file__).parent
QUICK = 1 / 8
_KEPT_BYTES = 1e6
"""Outputs whose files are smaller, on average, are removed when all is done: for minutes after many files were removed
ext4 is slow in making new ones, so that one program would pay for what another had left."""


class Program(NamedTuple):
    """What takes its turn: how to run it on a work, and on which."""

    name: str
    command: Callable[[Work, Path, Path], list[str | Path]]
    works: str


def main() -> int:
    """Make the data, run every program in turn, write the report."""
    options = _options()
    works = [work for work in works_at(options.scale) if work.letter in options.works]
    folder = options.folder / f"scale-{options.scale:g}"
    for name in ("logs", "out"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    record = folder / "results.jsonl"
    if not options.resume:
        record.unlink(missing_ok=True)
    results = Results(record)
    programs, missing = _programs(options)
    for work in works:
        _say(f"({work.key}) {work.title}")
        home = make_work(work, folder / "data")
        for turn in range(1 if work.once else options.repeat):
            for program in programs:
                if work.letter not in program.works or results.has(work.key, program.name, turn):
                    continue
                run = _run(program, work, turn, home, folder, options.timeout)
                results.add(run)
                _say(f"  {program.name}: {run.cost.error or f'{run.cost.wall:.2f} s'}")
    options.output.write_text(render(results, works_at(options.scale), options.scale, missing), encoding="utf-8")
    shutil.rmtree(folder / "out", ignore_errors=True)
    _say(f"written: {options.output}")
    return 0


def _run(program: Program, work: Work, turn: int, home: Path, folder: Path, timeout: float) -> Run:
    name = f"{work.key}-{program.name.replace(' ', '')}-{turn}"
    out, log = folder / "out" / name, folder / "logs" / f"{name}.log"
    shutil.rmtree(out, ignore_errors=True)
    cost = measure.run(program.command(work, home, out), log, timeout)
    size, files = measure.size_of(out)
    verdict = None
    if not cost.error:
        verdict = correctness.check(work, home / "lab", out, masks_inside=program.name in (MIFAKIT, UNVERIFIED))
    if size > _KEPT_BYTES * files:
        shutil.rmtree(out, ignore_errors=True)
    return Run(work.key, program.name, turn, cost, size, files, verdict)


def _programs(options: argparse.Namespace) -> tuple[list[Program], dict[str, str]]:
    """Return those that run on this machine, and why the other peers do not."""

    def mifa(*flags: str) -> Callable[[Work, Path, Path], list[str | Path]]:
        return lambda _, home, out: [options.mifa, "build", home / "sheet.yaml", "-o", out, *flags]

    # As an installer does, for the peers too. From a working copy, where Python may be told to keep no bytecode, each
    # start would compile all of it.
    compileall.compile_dir(Path(mifakit.__file__).parent, quiet=1)
    programs = [
        Program(FLOOR, partial(_script, sys.executable, HERE / "floor.py"), "abcde"),
        Program(MIFAKIT, mifa(), "abcde"),
        Program(UNVERIFIED, mifa("--verify=none"), "a"),
    ]
    missing = {}
    for peer in PEERS:
        if options.peers is not None and peer.name not in options.peers:
            missing[peer.name] = "not asked for"
            continue
        try:
            programs.append(_of_peer(peer, options.folder / "environments"))
        except NotInstalledError as error:
            missing[peer.name] = str(error)
            _say(f"{peer.name} is left out: {error}")
    return programs, missing


def _of_peer(peer: Peer, environments: Path) -> Program:
    return Program(peer.name, partial(_script, prepare(peer, environments), peer.script), peer.works)


def _script(python: str | Path, script: Path, work: Work, home: Path, out: Path) -> list[str | Path]:
    return [python, script, home / "lab", out, str(work.levels)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--works", default="abcde", help="letters of the works to run (default: all)")
    parser.add_argument("--peers", type=lambda text: text.split(",") if text else [], help="only these, or '' for none")
    parser.add_argument("--repeat", type=int, default=3, help="rounds of each work (default: 3)")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full works (default: 1)")
    parser.add_argument("--quick", action="store_true", help="a trial: one round at an eighth of the size")
    parser.add_argument("--resume", action="store_true", help="keep the runs that were made already")
    parser.add_argument("--timeout", type=float, default=1200, help="seconds for one run (default: 1200)")
    parser.add_argument("--folder", type=Path, default=HERE / ".work", help="for data, environments and outputs")
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md", help="where the report goes")
    parser.add_argument("--mifa", type=Path, default=Path(sys.executable).with_name("mifa"), help="the mifa to measure")
    options = parser.parse_args()
    if options.quick:
        options.scale, options.repeat = QUICK, 1
    options.folder = options.folder.resolve()
    return options


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
