"""What triage makes of the runs of the campaign: the log of each, read, judged and diagnosed as a person's would be.

`python -m tests.lab.campaign.judging --folder F [--processes 2] [--all-granularities]` writes a line of JSON per log
into `F/judged.jsonl`, each time anew: it is of this tree's code and knowledge. The tables are made of these lines. A
healthy twin is judged at every granularity, as those of all faulty runs are compared with it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .campaign import path_of
from .plan import Run, plan
from .record import Record, load
from .views import GRANULARITIES, granularity_of, view

if TYPE_CHECKING:
    from triage.session import Session

__all__ = ["Judged", "Verdict", "judged_rows"]

FILE = "judged.jsonl"
AFTER = (3, 5, 8)
"""Truthful answers after which the diagnosis is looked at again."""

MOST_QUESTIONS = 60
SMALLEST = 1e-6


@dataclass(frozen=True)
class Verdict:
    """What triage believes: probabilities of no fault, of a fault not listed, and of each cause."""

    no_fault: float
    not_listed: float
    causes: dict[str, float]

    @property
    def ranking(self) -> list[str]:
        """Causes, the likeliest first."""
        return sorted(self.causes, key=lambda cause: -self.causes[cause])


@dataclass(frozen=True)
class Judged:
    """One log of a run, and what triage makes of it.

    Args:
        id, base, what, causes, held_back: of the run; `what` is the injection, the variant, the special or "sound".
        granularity: of the log; `own` says whether it is the one by which the run counts.
        rows: of the log.
        figures: see `visibility`.
        readings: finding -> state -> likelihood, as the detectors read it.
        truth: finding -> true state, of the symptoms.
        alone: the verdict from the log alone.
        after: the verdict after some truthful answers, for logs of the run's own granularity.

    """

    id: str
    base: str
    what: str
    causes: tuple[str, ...]
    held_back: bool
    granularity: str
    own: bool
    rows: int
    figures: dict[str, float]
    readings: dict[str, dict[str, float]]
    truth: dict[str, str]
    alone: Verdict
    after: dict[int, Verdict] = field(default_factory=dict)

    @property
    def healthy(self) -> bool:
        """Whether nothing was put wrong."""
        return not self.causes


def judged_rows(folder: Path) -> list[Judged]:
    """All logs that were judged."""
    with (folder / FILE).open(encoding="utf-8") as lines:
        return [_from_json(json.loads(line)) for line in lines]


def _from_json(row: dict[str, Any]) -> Judged:
    verdicts = {int(count): Verdict(**found) for count, found in row["after"].items()}
    return Judged(**row | {"causes": tuple(row["causes"]), "alone": Verdict(**row["alone"]), "after": verdicts})


def judge(folder: Path, run: Run, granularities: tuple[str, ...]) -> list[Judged]:
    """Judge the logs of one run."""
    from triage.detectors import detect
    from triage.history import read_history

    from .visibility import figures_of

    record, _ = load(path_of(folder, run))
    own = granularity_of(run.id)
    what = run.injection or run.variant or run.special or "sound"
    found = []
    for granularity in granularities or (GRANULARITIES if run.id == run.twin else (own,)):
        history = read_history(_written(view(run.id, record, granularity)))
        session = _session().another()
        session.attach(history)
        answers, symptoms = _truth(folder, run, record, history.step_unit)
        alone = _verdict(session)
        after = _after_answers(session, answers) if granularity == own else {}
        readings = {reading.finding: dict(reading.likelihood) for reading in detect(history)}
        found.append(
            Judged(
                run.id, run.base, what, run.causes, run.held_back, granularity, granularity == own, history.rows,
                figures_of(history), readings, symptoms, alone, after,
            )
        )  # fmt: skip
    return found


def _truth(folder: Path, run: Run, record: Record, unit: str) -> tuple[dict[str, str], dict[str, str]]:
    """All that a truthful person could answer, and of it the symptoms."""
    from .truth_checks import checks_of
    from .truth_settings import settings_of
    from .truth_symptoms import symptoms_of

    symptoms = dict(symptoms_of(run, record, _twins(folder, run), unit))
    if run.recipe is None:
        return symptoms, symptoms
    return {**settings_of(run.recipe, record), **checks_of(run, record), **symptoms}, symptoms


@lru_cache(maxsize=4)
def _twins_of_base(folder: Path, base: str) -> tuple[tuple[str, Record], ...]:
    runs = [run for run in plan() if run.base == base and run.id == run.twin and path_of(folder, run).is_file()]
    return tuple((run.id, load(path_of(folder, run))[0]) for run in runs)


def _twins(folder: Path, run: Run) -> list[Record]:
    return [record for name, record in _twins_of_base(folder, run.base) if name != run.id] if run.base else []


def _after_answers(session: Session, truth: Mapping[str, str]) -> dict[int, Verdict]:
    """Answer what is asked, in the order in which it is asked; what the run's truth does not hold is not known."""
    from triage.interview import rank_questions

    found: dict[int, Verdict] = {}
    answered = 0
    for _ in range(MOST_QUESTIONS):
        beliefs = session.beliefs()
        questions = rank_questions(beliefs.questions, beliefs.posterior, beliefs.evidence, beliefs.asked)
        if not questions:
            break
        finding = questions[0].finding
        session.answer(finding, truth.get(finding, "unknown"))
        if finding in truth:
            answered += 1
            if answered in AFTER:
                found[answered] = _verdict(session)
            if answered == AFTER[-1]:
                break
    return found


def _verdict(session: Session) -> Verdict:
    posterior = session.beliefs().posterior
    causes = zip(posterior.network.hypotheses.causes, posterior.cause_probability.tolist(), strict=True)
    return Verdict(posterior.none, posterior.not_listed, {cause: share for cause, share in causes if share > SMALLEST})


@lru_cache(maxsize=1)
def _session() -> Session:
    from triage.session import Session

    return Session()


@lru_cache(maxsize=1)
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def _written(text: str) -> Path:
    path = Path(_scratch().name) / "run.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _task(task: tuple[str, Run, tuple[str, ...]]) -> list[str]:
    folder, run, granularities = task
    return [json.dumps(asdict(row)) for row in judge(Path(folder), run, granularities)]


def _carry_out(folder: Path, runs: list[Run], granularities: tuple[str, ...], processes: int) -> Iterator[str]:
    tasks = [(str(folder), run, granularities) for run in runs]
    begun = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for done, lines in enumerate(pool.imap_unordered(_task, tasks, chunksize=8), start=1):
            yield from lines
            if done % 100 == 0 or done == len(tasks):
                print(f"{done}/{len(tasks)} runs judged, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)


def main() -> None:
    """Judge every run of which there is a record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the records are kept")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--all-granularities", action="store_true", help="judge each run's log at every granularity")
    chosen = parser.parse_args()
    runs = [run for run in plan() if path_of(chosen.folder, run).is_file()]
    runs.sort(key=lambda run: run.base)
    lines = _carry_out(chosen.folder, runs, GRANULARITIES if chosen.all_granularities else (), chosen.processes)
    partial = chosen.folder / f"{FILE}.part"
    with partial.open("w", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in lines)
    partial.replace(chosen.folder / FILE)


if __name__ == "__main__":
    main()
