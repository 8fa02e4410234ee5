"""The sessions that are under way, of one agent or several, each found by its id."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from functools import cached_property
from threading import Lock

from knowledge.base import KnowledgeBase
from triage.errors import SessionError
from triage.mcp_server.roots import Roots
from triage.mcp_server.search import Index, index_of
from triage.report.escape import plain
from triage.session import Session

__all__ = ["MOST_SESSIONS", "Desk"]

MOST_SESSIONS = 32
"""Sessions that are kept; the one that lay idle longest goes first."""


class Desk:
    """Everything that the tools work on.

    Args:
        base: the knowledge.
        roots: where files may be read.
        most: how many sessions are kept.

    """

    def __init__(self, base: KnowledgeBase, roots: Roots, most: int = MOST_SESSIONS) -> None:
        """Compile the knowledge, which all sessions share; none is under way yet."""
        self.roots = roots
        self.lock = Lock()
        """To be held while a session is told something or asked: what is compiled is shared between all of them."""
        self._blank = Session(base)
        self._most = most
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    @property
    def base(self) -> KnowledgeBase:
        """The knowledge."""
        return self._blank.base

    @cached_property
    def index(self) -> Index:
        """The words of the knowledge, to be searched."""
        return index_of(self.base)

    def begin(self) -> tuple[str, Session]:
        """A new session and its id; it is under way once it is kept."""
        return secrets.token_hex(4), self._blank.another()

    def keep(self, name: str, session: Session) -> None:
        """Have a session under way; where there are too many, the one that lay idle longest is forgotten."""
        self._sessions[name] = session
        self._sessions.move_to_end(name)
        while len(self._sessions) > self._most:
            self._sessions.popitem(last=False)

    def session(self, name: str) -> Session:
        """The session of that id.

        Raises:
            SessionError: there is none, or none any more.

        """
        try:
            self._sessions.move_to_end(name)
        except KeyError:
            under_way = f"under way are {', '.join(self._sessions)}" if self._sessions else "none is under way"
            raise SessionError(
                f"expected the id of a session that diagnose gave, found {plain(name, 40)!r}; {under_way} (the "
                f"last {self._most} are kept); call diagnose to begin one"
            ) from None
        return self._sessions[name]
