"""What was chosen on the start screen -> a session to go on with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from triage.errors import SessionError
from tui.consultation import Consultation, Entry
from tui.start_screen import Example, Resume
from tui.wording import screen_wording

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase
    from triage.intake.words import WordIndex
    from triage.telling import Telling
    from tui.log_reader import Purpose
    from tui.start_screen import Choice

__all__ = ["Begun", "begin"]


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Begun:
    """A session, and what is still to be read for it.

    Args:
        consultation: the session.
        hear: text -> what it says, and what was pasted into it.
        prepare: makes that ready, which takes a while and else happens when the first text comes.
        files: logs to read.
        chosen: canonical name -> name in the file.
        purpose: why they are read.

    """

    consultation: Consultation
    hear: Callable[[str], Telling]
    prepare: Callable[[], None] = _nothing
    files: tuple[str, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)
    purpose: Purpose = "attach"


def begin(choice: Choice, language: str | None = None, packs: Sequence[str] = ()) -> Begun:
    """Load the knowledge and begin, or go on with, a session.

    Args:
        choice: what was chosen.
        language: code of the language of questions and results; by default that of the preferences.
        packs: folders of the packs to use.

    Raises:
        PackError: a pack cannot be used.
        TriageError: there is no such language.
        SessionError: the session cannot be read, or is open elsewhere.

    """
    from triage.language import spoken
    from triage.packs import load_base

    base = spoken(load_base(packs), language)
    ear = _Ear(base)
    if isinstance(choice, Resume):
        return _resumed(base, choice.session_id, ear)
    consultation = _fresh(base)
    if not isinstance(choice, Example):
        return Begun(consultation, ear.hear, ear.prepare)
    from tui.examples import example_named

    example = example_named(choice.name)
    consultation.told = [Entry("note", f"{example.title}. {example.story}")]
    consultation.bring_up(list(example.answers.items()))
    return Begun(consultation, ear.hear, ear.prepare, (str(example.log),))


class _Ear:
    """Hears what text says; made ready after the first question is shown, or when the first text comes before that."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self._index: WordIndex | None = None
        self._making = Lock()

    def prepare(self) -> None:
        self._ready()

    def hear(self, text: str) -> Telling:
        from triage.telling import telling_of

        return telling_of(self._ready(), [text])

    def _ready(self) -> WordIndex:
        from triage.intake.words import compile_words

        with self._making:
            if self._index is None:
                self._index = compile_words(self._base)
            return self._index


def _fresh(base: KnowledgeBase) -> Consultation:
    """A new session; where it cannot be saved, one that says so and goes on."""
    from triage.session import Session
    from triage.shelf import start

    try:
        session, journal = start(base)
    except SessionError as error:
        word = screen_wording(base.language)
        return Consultation(Session(base), None, [word("This triage is not saved: {error}.", error=error)])
    return Consultation(session, journal)


def _resumed(base: KnowledgeBase, name: str, ear: _Ear) -> Begun:
    from triage.curves_again import FilesAgain, files_again
    from triage.shelf import find, newest, resume

    resumed = resume(find(name) if name else newest(), base)
    if resumed.session.beliefs().stopped_by_user:
        resumed.session.undo()
    again = files_again(resumed.session)
    notes = [*resumed.notes, *([again] if isinstance(again, str) else [])]
    consultation = Consultation(resumed.session, resumed.journal, notes)
    if isinstance(again, FilesAgain):
        return Begun(consultation, ear.hear, ear.prepare, again.files, again.chosen, "again")
    return Begun(consultation, ear.hear, ear.prepare)
