"""The terminal UI as a front of the command line, found there by its entry point."""

from __future__ import annotations

import argparse
import os
import sys

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Start the app, and say how to go on once it has ended; returns the exit status.

    Args:
        options: those of the command line; of them ``resume`` counts: None for a new session, empty for the last one.

    Raises:
        SessionError: the session that is to go on does not exist or cannot be read.

    """
    resume = None if options.resume is None else _saved(options.resume)
    from tui.app import TriageApp

    app = TriageApp(resume=resume)
    if os.name == "posix" and "TEXTUAL_DRIVER" not in os.environ:
        from tui.terminal_driver import TerminalDriver

        app.driver_class = TerminalDriver
    app.run()
    if app.saved_id is not None and sys.stdout.isatty():  # a browser's end speaks a protocol of its own
        sys.stdout.write(f"Saved; go on with: triage --resume {app.saved_id}\n")
    status = app.return_value if isinstance(app.return_value, int) else app.return_code
    return status or 0


def _saved(name: str) -> str:
    """The id of a saved session; what is wrong with it is better said before the screen changes."""
    from triage.errors import SessionError
    from triage.shelf import find, newest

    entry = find(name) if name else newest()
    if entry.problem is not None:
        raise SessionError(entry.problem)
    return entry.id
