"""One run -> what is kept of it. What a file holds never raises here: a record says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.base import KnowledgeBase
from triage.attaching import attached
from triage.batch.record import Record, Seen, line_of
from triage.batch.runs import MISSING, Run
from triage.batch.settings import settings_of
from triage.beliefs import Report
from triage.conclusion import Beliefs
from triage.errors import SeveralRunsError, TriageError
from triage.events import Enclosed
from triage.history import read_history
from triage.history.model import History
from triage.packs import load_base
from triage.session import Session

__all__ = ["base_over", "judge", "knowledge_name", "lines_of", "session_over", "unread"]

MOST_CAUSES = 5
SMALLEST_PROBABILITY = 0.001
LONGEST_NOTE = 300
HALF = 0.5
DIGITS = 4
"""Of a probability; more say nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """Which of the runs of a file one is: its name, its number from one on, and how many there are."""

    run: str = ""
    number: int = 1
    of: int = 1


def lines_of(runs: Sequence[Run], packs: tuple[str, ...] = ()) -> list[str]:
    """The records of some runs as lines; this is the work that is given to another process.

    Args:
        runs: what to judge.
        packs: folders with knowledge besides the built-in one.

    """
    session = session_over(packs)
    return [line_of(record) for run in runs for record in judge(run, session)]


@lru_cache(maxsize=4)
def session_over(packs: tuple[str, ...] = ()) -> Session:
    """A session that is ready for its first run; compiled once in a process."""
    return Session(base_over(packs))


@lru_cache(maxsize=4)
def base_over(packs: tuple[str, ...]) -> KnowledgeBase:
    """The knowledge with some packs; loaded once in a process."""
    return load_base(packs)


def knowledge_name(base: KnowledgeBase) -> str:
    """Version and hash of the knowledge, as records name it."""
    return f"{base.version}+{base.hash[:12]}"


def judge(run: Run, session: Session) -> list[Record]:
    """Judge one run, or each of those that its file holds.

    Args:
        run: where it lies.
        session: of any run over the knowledge; it is not changed.

    """
    source = list(run.files) or run.path
    try:
        if run.size == MISSING:
            raise TriageError(f"{run.name}: expected a file or the folder of a run, found {_instead(run.path)}")
        return [_judged(run, read_history(source), session, Part())]
    except SeveralRunsError as several:
        names = several.runs
        parts = [Part(name, number, len(names)) for number, name in enumerate(names, 1)]
        return [_judged_part(run, source, session, part) for part in parts]
    # Whatever a file makes a reader raise, the other files are worth reading.
    except Exception as error:
        return [unread(run, knowledge_name(session.base), error)]


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
    which = part or Part()
    return Record(
        run.name, run.size, run.changed, knowledge, "unreadable", run=which.run, number=which.number, of=which.of,
        error=_text(reason),
    )  # fmt: skip


def _judged_part(run: Run, source: str | list[str], session: Session, part: Part) -> Record:
    try:
        return _judged(run, read_history(source, run=part.run), session, part)
    except Exception as error:
        return unread(run, knowledge_name(session.base), error, part)


def _judged(run: Run, history: History, session: Session, part: Part) -> Record:
    event = attached(history)
    judging = session.another()
    judging.take_in(event, history)
    told, notes = _told(run)
    if told is not None:
        judging.enclose(told)
    beliefs = judging.beliefs()
    posterior = beliefs.posterior
    settings = {**settings_of(run), **_applied(event.facts)}
    return Record(
        path=run.name,
        size=run.size,
        changed=run.changed,
        knowledge=knowledge_name(session.base),
        verdict="healthy" if posterior.none >= HALF else "faulty",
        run=_text(part.run),
        number=part.number,
        of=part.of,
        digest=event.digest,
        format=history.format,
        rows=history.rows,
        no_fault=round(posterior.none, DIGITS),
        not_listed=round(posterior.not_listed, DIGITS),
        causes=_causes(beliefs),
        findings=tuple(_standing_out(session.base, beliefs.reports)),
        settings=settings,
        notes=notes,
    )


def _applied(facts: Mapping[str, float]) -> dict[str, float]:
    """What the log itself says of the setup; it was applied, whatever a configuration meant."""
    return {"learning_rate": facts["learning_rate"]} if "learning_rate" in facts else {}


def _told(run: Run) -> tuple[Enclosed | None, tuple[str, ...]]:
    """What the configurations say that are known as such, and what is wrong with the others."""
    from triage.enclosing import enclosed

    known: list[str] = []
    notes: list[str] = []
    for file in run.configs:
        try:
            enclosed("config", [file])
            known.append(file)
        except TriageError as error:
            notes.append(_text(str(error)))
    return enclosed("config", known) if known else None, tuple(notes)


def _causes(beliefs: Beliefs) -> dict[str, float]:
    probability = beliefs.posterior.cause_probability
    names = beliefs.posterior.network.hypotheses.causes
    likeliest = (-probability).argsort(kind="stable")[:MOST_CAUSES].tolist()
    found = ((names[index], float(probability[index])) for index in likeliest)
    return {name: round(share, DIGITS) for name, share in found if share > SMALLEST_PROBABILITY}


def _standing_out(base: KnowledgeBase, reports: Iterable[Report]) -> Iterator[Seen]:
    """What reports say that say something, and of a symptom anything but that it is normal."""
    for report in reports:
        finding = base.findings[report.finding]
        place = report.likelihood.index(max(report.likelihood))
        if (place > 0 or finding.kind != "symptom") and not report.says_nothing:
            yield Seen(report.finding, list(finding.states)[place], report.steps)


def _instead(path: str) -> str:
    return "something else" if Path(path).exists() else "nothing there"


def _text(message: str) -> str:
    """One line that any file can hold."""
    return " ".join(message.encode("utf-8", "backslashreplace").decode().split())[:LONGEST_NOTE]
