"""One run -> what is kept of it. What a file holds never raises here: a record says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from knowledge.base import KnowledgeBase
from triage.batch.record import Record, Seen, line_of
from triage.batch.runs import MISSING, Run
from triage.batch.settings import settings_of
from triage.beliefs import Network, Posterior, Report, compile_network, infer, merge
from triage.detectors import Reading
from triage.errors import SeveralRunsError, TriageError
from triage.history import read_history
from triage.history.model import History
from triage.intake.found import Told
from triage.intake.meaning import findings_of
from triage.observing import observed
from triage.packs import load_base
from triage.reporting import Reporting

__all__ = ["Compiled", "base_over", "compiled_over", "judge", "knowledge_name", "lines_of", "unread"]

MOST_CAUSES = 5
SMALLEST_PROBABILITY = 0.001
LONGEST_NOTE = 300
HALF = 0.5
CONFIG: Final = "config"
DIGITS = 4
"""Of a probability; more say nothing."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a run is judged by, and one run after the other: nothing of a run stays in it.

    Args:
        base: the knowledge.
        network: the same, compiled.
        reporting: what readings and files say under it.
        name: as `knowledge_name` has it.

    """

    base: KnowledgeBase
    network: Network
    reporting: Reporting
    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """Which of the runs of a file one is: its name, its number from one on, and how many there are."""

    run: str = ""
    number: int = 1
    of: int = 1


ALONE = Part()


def lines_of(runs: Sequence[Run], packs: tuple[str, ...] = ()) -> list[str]:
    """The records of some runs as lines; this is the work that is given to another process.

    Args:
        runs: what to judge.
        packs: folders with knowledge besides the built-in one.

    """
    compiled = compiled_over(packs)
    return [line_of(record) for run in runs for record in judge(run, compiled)]


@lru_cache(maxsize=4)
def compiled_over(packs: tuple[str, ...] = ()) -> Compiled:
    """The knowledge with some packs, ready for its first run; compiled once in a process."""
    base = base_over(packs)
    network = compile_network(base)
    return Compiled(base, network, Reporting(base, network), knowledge_name(base))


@lru_cache(maxsize=4)
def base_over(packs: tuple[str, ...]) -> KnowledgeBase:
    """The knowledge with some packs; loaded once in a process."""
    return load_base(packs)


def knowledge_name(base: KnowledgeBase) -> str:
    """Version and hash of the knowledge, as records name it."""
    return f"{base.version}+{base.hash[:12]}"


def judge(run: Run, compiled: Compiled) -> list[Record]:
    """Judge one run, or each of those that its file holds.

    Args:
        run: where it lies.
        compiled: what to judge it by.

    """
    source = list(run.files) or run.path
    try:
        if run.size == MISSING:
            raise TriageError(f"{run.name}: expected a file or the folder of a run, found {_instead(run.path)}")
        return [_judged(run, read_history(source), compiled, ALONE)]
    except SeveralRunsError as several:
        names = several.runs
        parts = [Part(name, number, len(names)) for number, name in enumerate(names, 1)]
        return [_judged_part(run, source, compiled, part) for part in parts]
    # Whatever a file makes a reader raise, the other files are worth reading.
    except Exception as error:
        return [unread(run, compiled.name, error)]


def unread(run: Run, knowledge: str, error: Exception, part: Part | None = None) -> Record:
    """The record of a run that could not be read.

    Args:
        run: where it lies.
        knowledge: as `knowledge_name` has it.
        error: what was raised.
        part: which of the runs of its file it is.

    """
    known = isinstance(error, TriageError)
    reason = str(error) if known else f"{run.name}: expected to read it, found {type(error).__name__}: {error}"
    which = part or ALONE
    return Record(
        run.name, run.size, run.changed, knowledge, "unreadable", run=which.run, number=which.number, of=which.of,
        error=_text(reason),
    )  # fmt: skip


def _judged_part(run: Run, source: str | list[str], compiled: Compiled, part: Part) -> Record:
    try:
        return _judged(run, read_history(source, run=part.run), compiled, part)
    except Exception as error:
        return unread(run, compiled.name, error, part)


def _judged(run: Run, history: History, compiled: Compiled, part: Part) -> Record:
    readings, facts, digest = observed(history)
    told, notes = _told(run)
    reports = _reports_on(readings, told, compiled)
    posterior = infer(compiled.network, merge(reports))
    return Record(
        path=run.name,
        size=run.size,
        changed=run.changed,
        knowledge=compiled.name,
        verdict="healthy" if posterior.none >= HALF else "faulty",
        run=_text(part.run),
        number=part.number,
        of=part.of,
        digest=digest,
        format=history.format,
        rows=history.rows,
        no_fault=round(posterior.none, DIGITS),
        not_listed=round(posterior.not_listed, DIGITS),
        causes=_causes(posterior),
        findings=tuple(_standing_out(compiled.base, reports)),
        settings={**settings_of(run), **_applied(facts)},
        notes=notes,
    )


def _reports_on(readings: Iterable[Reading], told: Told | None, compiled: Compiled) -> list[Report]:
    """What the log says, and then what its configurations do, as far as they say anything; as a session has it."""
    reports = [compiled.reporting.of_reading(reading) for reading in readings]
    if told is not None:
        found = {found.finding: found for found in findings_of(told) if found.finding in compiled.base.findings}
        reports += [compiled.reporting.of_file(stated, CONFIG) for stated in found.values()]
    return [report for report in reports if not report.says_nothing]


def _applied(facts: Mapping[str, float]) -> dict[str, float]:
    """What the log itself says of the setup; it was applied, whatever a configuration meant."""
    return {"learning_rate": facts["learning_rate"]} if "learning_rate" in facts else {}


def _told(run: Run) -> tuple[Told | None, tuple[str, ...]]:
    """What the configurations say that are known as such, and what is wrong with the others."""
    if not run.configs:
        return None, ()
    from triage.enclosing import enclosed

    known: list[str] = []
    notes: list[str] = []
    for file in run.configs:
        try:
            enclosed(CONFIG, [file])
            known.append(file)
        except TriageError as error:
            notes.append(_text(str(error)))
    return enclosed(CONFIG, known).told if known else None, tuple(notes)


def _causes(posterior: Posterior) -> dict[str, float]:
    probability = posterior.cause_probability
    names = posterior.network.hypotheses.causes
    likeliest = (-probability).argsort(kind="stable")[:MOST_CAUSES].tolist()
    found = ((names[index], float(probability[index])) for index in likeliest)
    return {name: round(share, DIGITS) for name, share in found if share > SMALLEST_PROBABILITY}


def _standing_out(base: KnowledgeBase, reports: Iterable[Report]) -> Iterator[Seen]:
    """What reports say, and of a symptom only where it is not normal."""
    for report in reports:
        finding = base.findings[report.finding]
        place = report.likelihood.index(max(report.likelihood))
        if place > 0 or finding.kind != "symptom":
            yield Seen(report.finding, list(finding.states)[place], report.steps)


def _instead(path: str) -> str:
    return "something else" if Path(path).exists() else "nothing there"


def _text(message: str) -> str:
    """One line that any file can hold."""
    return " ".join(message.encode("utf-8", "backslashreplace").decode().split())[:LONGEST_NOTE]
