"""Draws the app on the terminal that the person looks at, and leaves that as it was however the app is ended."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from textual.app import App

__all__ = ["TerminalDriver"]


class TerminalDriver(LinuxDriver):
    """Draws on standard output in the encoding in which keys are read; arguments as Textual gives them.

    Textual itself draws on standard error, which may go to a file, and in the encoding of the locale, perhaps ASCII.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """Nothing is drawn yet."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        standard_output = sys.__stdout__
        assert standard_output is not None
        descriptor = standard_output.fileno()
        self._file = open(descriptor, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115

    def start_application_mode(self) -> None:
        """Take the terminal over, and give it back also when the system asks the app to end."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        loop = asyncio.get_running_loop()
        for wanted in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(wanted, self._app.exit, 128 + wanted)
