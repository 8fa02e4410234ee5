"""Real views for the tests of single widgets and screens."""

from triage.events import changes_that_count, undone
from triage.topics import Wishes, topic_of
from tui.view import View


def view_of(session, wishes=None, before=None):
    """What the app would show of this session now."""
    topic = topic_of(session, wishes or Wishes())
    return View(
        base=session.base,
        beliefs=session.beliefs(),
        diagnosis=topic.diagnosis,
        before=before,
        topic=topic,
        history=session.history,
        answers=session.answers,
        can_undo=bool(changes_that_count(session.events)),
        can_redo=bool(undone(session.events)),
    )
