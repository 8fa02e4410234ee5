"""What an agent tells of a run -> what a session takes; nothing of it counts before all of it could be read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from triage.attaching import attached
from triage.enclosing import enclosed
from triage.errors import CancelledError, HistoryError, TriageError
from triage.events import Enclosed, Kind
from triage.history import read_history
from triage.mcp_server.arguments import DiagnoseArguments
from triage.mcp_server.roots import Roots
from triage.reading_apart import Read, read
from triage.session import Session

__all__ = ["Told", "Watch", "tell", "told_by"]

GIVEN = "log_text"
"""What a log is called that is in no file."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Whoever waits for something that takes long.

    Args:
        progress: is told, in the calling thread, how much is done and how much there is in all, in bytes.
        cancelled: whether it is no longer wanted; asked many times a second.

    """

    progress: Callable[[int, int], None]
    cancelled: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Told:
    """Files that are read and answers that are well formed.

    Args:
        history: what is in the log.
        columns: canonical name -> name in the file, as they were chosen; ``run`` -> the run that was.
        enclosed: the files beside it, those of one kind together.
        said: finding -> states, as the words have them.
        answers: finding -> states.

    """

    history: Read | None
    columns: Mapping[str, str]
    enclosed: Sequence[Enclosed]
    said: Mapping[str, Sequence[str]]
    answers: Mapping[str, Sequence[str]]


def told_by(given: DiagnoseArguments, session: Session, roots: Roots, watch: Watch) -> Told:
    """Read what the arguments name; ``session`` is asked whether it could take the answers, and not changed.

    Raises:
        TriageError: a file may not or cannot be read, or an answer names what does not exist.

    """
    for finding, states in given.answers.items():
        session.check_answer(finding, states)
    columns = {**given.columns, **({"run": given.run} if given.run else {})}
    heard = session.hear(given.text) if given.text else None
    if heard is not None and heard.is_empty:
        raise TriageError(
            "text: expected words on what is wrong or how the run is set up, recognised nothing; say it in terms of "
            "training, or look for a finding with search_knowledge and give it in answers"
        )
    history = None
    if given.log:
        history = read(roots.logs(given.log, given.run), columns, watch.progress, watch.cancelled)
    elif given.log_text:
        history = _read_text(given.log_text, columns)
    elif heard is not None and heard.history is not None:
        history = Read(attached(heard.history), heard.history)
    beside = [*(() if heard is None else heard.enclosed), *_enclosed(given, roots, watch)]
    return Told(
        history,
        columns,
        list({event.kind: event for event in beside}.values()),
        {} if heard is None else heard.findings,
        given.answers,
    )


def tell(session: Session, told: Told) -> None:
    """Have a session take all of it."""
    if told.history is not None:
        session.take_in(told.history.event, told.history.history)
    for event in told.enclosed:
        session.enclose(event)
    for finding, states in told.said.items():
        session.volunteer(finding, states)
    for finding, states in told.answers.items():
        session.answer(finding, states)


def _enclosed(given: DiagnoseArguments, roots: Roots, watch: Watch) -> Iterator[Enclosed]:
    beside: dict[Kind, list[str]] = {
        "config": given.config,
        "code": given.code,
        "weights": given.weights,
        "data": given.data,
    }
    for kind, paths in beside.items():
        if paths:
            files = roots.files(paths)
            yield enclosed(kind, files, _share_told(sum(Path(file).stat().st_size for file in files), watch))


def _share_told(size: int, watch: Watch) -> Callable[[float], None]:
    def tell_share(share: float) -> None:
        if watch.cancelled():
            raise CancelledError("the reading was given up")
        watch.progress(round(share * size), size)

    return tell_share


def _read_text(text: str, columns: Mapping[str, str]) -> Read:
    """A log that is given itself; the readers take files, so it lies in one for as long as they need."""
    with tempfile.TemporaryDirectory(prefix="triage-") as folder:
        file = Path(folder) / GIVEN
        file.write_text(text, encoding="utf-8", errors="surrogatepass")
        try:
            history = read_history(str(file), columns)
        except HistoryError as error:
            raise HistoryError(GIVEN, error.reason.replace(str(file), GIVEN), error.line) from None
    warnings = tuple(warning.replace(str(file), GIVEN) for warning in history.warnings)
    named = replace(history, files=(GIVEN,), warnings=warnings)
    return Read(attached(named, columns), named)
