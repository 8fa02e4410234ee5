"""``triage why CAUSE``: what speaks for and against a cause, and what would change it most."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from triage.errors import TriageError
from triage.given import add_flags, given_by, is_given, tell
from triage.language import add_language_flag, spoken
from triage.packs import add_pack_flags, base_given, flags_again, with_flags
from triage.report.escape import plain_json
from triage.session import Session
from triage.usage import HEALTHY, OneLineParser, write_report
from triage.why import explain

__all__ = ["run_why"]


def run_why(arguments: Sequence[str]) -> int:
    """Run ``triage why`` with what follows it; returns the exit status.

    Raises:
        TriageError: bad usage, an unknown cause, or a file or session that cannot be read.

    """
    options = _parser().parse_args(arguments)
    session = Session(spoken(base_given(options), options.language))
    if options.session is not None or not is_given(options):
        _read_into(session, options.session)
    tell(session, given_by(options, session))
    why = explain(session.beliefs(), options.cause)
    if options.format == "json":
        write_report(plain_json(why.model_dump_json(indent=2)) + "\n", options.output)
        return HEALTHY
    from triage.report.why_text import why_text

    to_terminal = options.output is None and sys.stdout.isatty()
    colour = to_terminal and not options.no_color and not os.environ.get("NO_COLOR")
    text = why_text(why, session.base, colour=colour)
    write_report(with_flags(text, flags_again(options)), options.output)
    return HEALTHY


def _read_into(session: Session, name: str | None) -> None:
    """Take over what a saved session holds, by default the last one; it is left as it is."""
    from triage.journal import read_record
    from triage.report.escape import plain
    from triage.shelf import find, newest, saved_sessions, what_changed

    if name is None and not saved_sessions():
        raise TriageError("expected --log, --answer or a saved session, found none of them; try triage why --help")
    entry = newest() if name is None else find(name)
    record = read_record(entry.path)
    notes = session.replay(record.events)
    notes = [*what_changed(record.header, session.base), *notes]
    for note in (f"session {entry.id}, begun {record.header.created.astimezone():%Y-%m-%d %H:%M}", *notes):
        sys.stderr.write(f"note: {plain(note, 500)}\n")


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="triage why",
        description="What speaks for and against a cause, why it is not first or why it is, and what would change it "
        "most. Without --log, --answer or --answers it is about the last saved session.",
        allow_abbrev=False,
    )
    parser.add_argument("cause", metavar="CAUSE", help="id of a cause; triage knowledge list has them all")
    known = parser.add_argument_group("what is known")
    add_flags(known)
    add_pack_flags(known)
    parser.add_argument("--session", metavar="ID", help="a saved session; the beginning of its id is enough")
    shown = parser.add_argument_group("what is shown")
    add_language_flag(shown)
    shown.add_argument("--format", choices=("text", "json"), default="text")
    shown.add_argument("--output", metavar="FILE", help="write it there")
    shown.add_argument("--no-color", action="store_true", help="no colour on a terminal; NO_COLOR does the same")
    return parser
