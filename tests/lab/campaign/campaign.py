"""Train what is missing of the campaign, and read what is there.

`python -m tests.lab.campaign.campaign --folder F [--only REGEX] [--processes 2] [--limit N]`; F is outside the
repository. It may be stopped and started again.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import multiprocessing
import re
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .plan import Run, plan
from .record import Record, save
from .record import load as load_record

REPOSITORY = Path(__file__).resolve().parents[3]


def path_of(folder: Path, run: Run) -> Path:
    """Where a run's record is kept."""
    return folder / f"{run.id}.npz"


def recipe_text(run: Run) -> str:
    """The recipe of a run as JSON; "null" for a special."""
    return json.dumps(None if run.recipe is None else dataclasses.asdict(run.recipe), sort_keys=True)


def train_one(run: Run) -> Record:
    """Train one run of the plan."""
    if run.special is not None:
        from .specials import SPECIALS

        return SPECIALS[run.special](run.seed)
    from .training import train

    assert run.recipe is not None
    return train(run.recipe)


def _keep(task: tuple[Run, str]) -> tuple[str, str]:
    """Train one run and write it; the id and the traceback, "" if all went well."""
    run, folder = task
    try:
        record = train_one(run)
        save(path_of(Path(folder), run), record, {"id": run.id, "recipe": recipe_text(run)})
    except Exception:
        return run.id, traceback.format_exc()
    return run.id, ""


def missing(folder: Path, runs: Sequence[Run]) -> list[Run]:
    """The runs of which there is no record, or one of another recipe."""
    return [run for run in runs if not _current(path_of(folder, run), run)]


def _current(path: Path, run: Run) -> bool:
    if not path.is_file():
        return False
    import numpy as np

    with np.load(path, allow_pickle=False) as file:
        return bool(json.loads(str(file["about"]))["recipe"] == recipe_text(run))


def load(folder: Path) -> Iterator[tuple[Run, Record]]:
    """All runs of the plan that have a record of their present recipe."""
    for run in plan():
        path = path_of(folder, run)
        if path.is_file():
            record, about = load_record(path)
            if about["recipe"] == recipe_text(run):
                yield run, record


def carry_out(folder: Path, runs: Sequence[Run], processes: int) -> dict[str, str]:
    """Train runs, showing progress; the id and traceback of those that failed."""
    folder.mkdir(parents=True, exist_ok=True)
    failures: dict[str, str] = {}
    begun = time.monotonic()
    tasks = [(run, str(folder)) for run in runs]
    with multiprocessing.get_context("spawn").Pool(min(processes, max(1, len(tasks)))) as pool:
        for done, (run_id, trouble) in enumerate(pool.imap_unordered(_keep, tasks, chunksize=4), start=1):
            if trouble:
                failures[run_id] = trouble
            _show(done, len(tasks), time.monotonic() - begun, len(failures))
    return failures


def _show(done: int, total: int, spent: float, failed: int) -> None:
    rate = done / max(spent, 1e-9)
    line = f"{done}/{total} runs  {rate:.2f}/s  {(total - done) / rate / 60:.1f} min left  {failed} failed"
    if sys.stderr.isatty():
        print(f"\r{line}\x1b[K", end="" if done < total else "\n", file=sys.stderr, flush=True)
    elif done == total or done % 50 == 0:
        print(line, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Train what is missing; 1 if a run failed."""
    chosen = _parsed(arguments)
    wanted = [run for run in plan() if re.search(chosen.only, run.id)]
    todo = missing(chosen.folder, wanted)[: chosen.limit]
    print(f"{len(wanted)} runs wanted, {len(todo)} to train", file=sys.stderr)
    failures = carry_out(chosen.folder, todo, chosen.processes) if todo else {}
    for run_id, trouble in failures.items():
        print(f"{run_id}\n{trouble}", file=sys.stderr)
    return 1 if failures else 0


def _parsed(arguments: list[str] | None) -> Any:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the records are kept, outside the repository")
    parser.add_argument("--only", default="", metavar="REGEX", help="train the runs whose id it matches alone")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--limit", type=int, default=None, help="train at most so many runs")
    chosen = parser.parse_args(arguments)
    if chosen.folder.resolve().is_relative_to(REPOSITORY):
        parser.error(f"expected a folder outside {REPOSITORY}, found {chosen.folder}")
    return chosen


if __name__ == "__main__":
    raise SystemExit(main())
