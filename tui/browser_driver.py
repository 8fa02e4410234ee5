"""Shows the app in a browser, through the server that started it, for as long as that is there."""

from __future__ import annotations

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp

__all__ = ["BrowserDriver"]


class BrowserDriver(WebDriver):
    """Ends the app where nothing can be read any more: Textual itself goes on for ever where the server was killed."""

    def run_input_thread(self) -> None:
        """Read what the server sends; it sends nothing once the app has ended or the server has."""
        super().run_input_thread()
        self._app.post_message(ExitApp())
