"""``triage --plain`` and ``triage --resume``: an interview that is saved as it goes."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack, closing, nullcontext
from typing import TYPE_CHECKING

from triage.errors import SessionError, TriageError
from triage.events import is_worth_keeping
from triage.given import given_by, tell
from triage.language import spoken
from triage.packs import base_given, flags_again
from triage.plain import interview
from triage.session import Session
from triage.usage import FAULTY, HEALTHY, write_report
from triage.wording import wording

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase
    from triage.journal import Journal

__all__ = ["run_interview"]


def run_interview(options: argparse.Namespace) -> int:
    """Ask on standard input and output; returns the exit status.

    Raises:
        TriageError: bad usage, a file or session that cannot be read, or a session that is open elsewhere.

    """
    if "-" in options.log:
        raise TriageError("expected a file for --log, found -: standard input is where the answers come from")

    base = spoken(base_given(options), options.language)
    session, journal, notes = _fresh(base) if options.resume is None else _resumed(base, options.resume)
    try:
        with closing(journal) if journal is not None else nullcontext():
            tell(session, given_by(options, session))
            diagnosis = interview(session, sys.stdin, sys.stdout, notes, flags_again(options))
            if options.output is not None:
                from triage.report.render import render

                text = render(diagnosis, base, session.history, options.format, top=options.top)
                write_report(text, options.output)
    finally:
        if journal is not None:
            _say_where_it_is(session, journal.id, flags_again(options))
    return HEALTHY if diagnosis.is_healthy else FAULTY


def _say_where_it_is(session: Session, name: str, flags: str) -> None:
    """How to go on, also after an interruption; a session in which nothing was ever attached or said is not kept."""
    if is_worth_keeping(session.events):
        say = wording(session.base.language)
        sys.stdout.write(say("Saved; go on with: {command}", command=f"triage --resume {name}{flags}") + "\n")
        return
    from triage.shelf import remove

    remove(name)


def _fresh(base: KnowledgeBase) -> tuple[Session, Journal | None, list[str]]:
    """A new session; where it cannot be saved, one that says so and goes on."""
    from triage.shelf import start

    try:
        session, journal = start(base)
    except SessionError as error:
        say = wording(base.language)
        return Session(base), None, [say("This session is not saved: {error}.", error=error)]
    return session, journal, []


def _resumed(base: KnowledgeBase, name: str) -> tuple[Session, Journal, list[str]]:
    """A saved session, by default the last one; whoever goes on takes back that they wanted no more questions."""
    from triage.curves_again import curves_again
    from triage.shelf import find, newest, resume

    resumed = resume(find(name) if name else newest(), base)
    with ExitStack() as failed:
        failed.callback(resumed.journal.close)
        notes = [*resumed.notes, *curves_again(resumed.session)]
        if resumed.session.beliefs().stopped_by_user:
            resumed.session.undo()
        failed.pop_all()
    return resumed.session, resumed.journal, notes
