"""The terminal UI as a front of the command line, found there by its entry point."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver

    from tui.app import TriageApp

__all__ = ["run"]

SWITCH_SECONDS = 0.0005
"""After how long a thread that computes lets the screen's thread go on. A key takes a dozen steps until it shows, and
at Python's own 5 ms each of them could wait so long while a curve is worked out."""


def run(options: argparse.Namespace) -> int:
    """Start the app, and say how to go on once it has ended; returns the exit status.

    Args:
        options: those of the command line; of them ``resume`` counts, None for a new session, empty for the last one,
            ``language``, and which packs are used.

    Raises:
        SessionError: the session that is to go on does not exist or cannot be read.
        PackError: a pack cannot be used.
        TriageError: there is no such language.

    """
    resume = None if options.resume is None else _saved(options.resume)
    from tui.app import TriageApp

    app = TriageApp(resume=resume, language=options.language, packs=_packs(options))
    app.driver_class = _driver() or app.driver_class
    sys.setswitchinterval(SWITCH_SECONDS)
    app.run()
    if app.saved_id is not None and sys.stdout.isatty():  # a browser's end speaks a protocol of its own
        sys.stdout.write(_how_to_go_on(app, options) + "\n")
    status = app.return_value if isinstance(app.return_value, int) else app.return_code
    return status or 0


def _driver() -> type[Driver] | None:
    """How the app is shown, where Textual's own way is not good enough."""
    chosen = os.environ.get("TEXTUAL_DRIVER", "")
    if "web_driver" in chosen:
        from tui.browser_driver import BrowserDriver

        return BrowserDriver
    if chosen or os.name != "posix":
        return None
    from tui.terminal_driver import TerminalDriver

    return TerminalDriver


def _how_to_go_on(app: TriageApp, options: argparse.Namespace) -> str:
    from triage.packs import flags_again
    from tui.wording import screen_wording

    command = f"triage --resume {app.saved_id}{flags_again(options)}"
    return screen_wording(app.language)("Saved; go on with: {command}", command=command)


def _packs(options: argparse.Namespace) -> list[str]:
    """The folders of the packs that are used.

    What is wrong with one, or that there is no such language, is better said before the screen changes.
    """
    from triage.language import spoken
    from triage.packs import folders_given, load_base

    folders = folders_given(options)
    if folders or options.language is not None:
        spoken(load_base(folders), options.language)
    return folders


def _saved(name: str) -> str:
    """The id of a saved session; what is wrong with it is better said before the screen changes."""
    from triage.errors import SessionError
    from triage.shelf import find, newest

    entry = find(name) if name else newest()
    if entry.problem is not None:
        raise SessionError(entry.problem)
    return entry.id
