"""``triage``, ``triage --resume`` and ``triage --serve``: the terminal UI is looked up, never imported from here.

Whatever shows a triage on a terminal registers itself in the group of entry points `FRONTS`, so that the engine does
not know what stands before it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from triage.errors import TriageError
from triage.usage import HEALTHY

if TYPE_CHECKING:
    from aiohttp.web import Application, Request, WebSocketResponse

__all__ = ["DEFAULT_PORT", "FRONTS", "has_terminal", "port_number", "run_front", "serve"]

FRONTS = "triage.front"
"""Group of entry points; that called ``terminal`` takes the options of the command line and returns an exit status."""

DEFAULT_PORT = 8000
ADDRESS = "127.0.0.1"


def has_terminal() -> bool:
    """Whether a person sits at both ends: standard input and output are terminals, or a browser stands for them.

    One that says of itself that it can do nothing but print, as that of an editor may, is none for a screen.
    """
    if "web_driver" in os.environ.get("TEXTUAL_DRIVER", ""):
        return True
    return not _is_dumb() and all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _is_dumb() -> bool:
    return os.environ.get("TERM") == "dumb"


def run_front(options: argparse.Namespace) -> int:
    """Start the terminal UI; returns the exit status.

    Raises:
        TriageError: there is no terminal or no UI, or the session that is to go on cannot be read.

    """
    if not has_terminal():
        raise TriageError(
            f"expected a terminal on standard input and output, found {'TERM=dumb' if _is_dumb() else 'none'}; "
            "triage --log FILE works without one, triage --plain asks in plain lines"
        )
    from importlib.metadata import entry_points

    fronts = entry_points(group=FRONTS, name="terminal")
    if not fronts:
        raise TriageError("expected the terminal UI to be installed, found none; pip install loss-triage")
    run: Callable[[argparse.Namespace], int] = next(iter(fronts)).load()
    return run(options)


def port_number(text: str) -> int:
    """A port, for argparse."""
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:6]) <= 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 1 to 65535, found {text!r}")
    return int(text)


def serve(options: argparse.Namespace) -> int:
    """Show the UI in browsers of this machine until interrupted; returns the exit status.

    Raises:
        TriageError: the extra ``serve`` is not installed, or the port is taken.

    """
    import asyncio

    try:
        from textual_serve.server import Server
    except ImportError:
        raise TriageError(
            "expected textual-serve to be installed for --serve, found none; pip install 'loss-triage[serve]'"
        ) from None
    from aiohttp.web import HTTPForbidden, run_app

    pages: set[asyncio.Task[object]] = set()
    own = {f"http://{host}:{options.serve}" for host in (ADDRESS, "localhost")}

    class OwnPages(Server):
        """Refuses pages of other sites: any of them can open a socket to this machine, and the UI reads files."""

        async def handle_websocket(self, request: Request) -> WebSocketResponse:
            if request.headers.get("Origin") not in own:
                raise HTTPForbidden(text="This page belongs to another site.")
            page = asyncio.current_task()
            assert page is not None
            pages.add(page)
            try:
                answer: WebSocketResponse = await super().handle_websocket(request)
            finally:
                pages.discard(page)
            return answer

        async def on_startup(self, app: Application) -> None:
            """Say nothing yet, as the port may be taken."""

        async def on_shutdown(self, app: Application) -> None:
            """End what runs behind the open pages, for which the server would wait a minute."""
            for page in (ending := set(pages)):
                page.cancel()
            if ending:
                await asyncio.wait(ending)

        def serve(self, debug: bool = False) -> None:
            """Serve until interrupted, and say where once there is something."""
            run_app(self._make_app(), host=self.host, port=self.port, print=lambda _: self.tell())

        def tell(self) -> None:
            sys.stdout.write(f"triage is at {self.public_url} for the browsers of this machine; ctrl+c ends it\n")
            sys.stdout.flush()

    try:
        OwnPages(_command(options), host=ADDRESS, port=options.serve, title="triage").serve()
    except OSError as error:
        raise TriageError(
            f"expected port {options.serve} to be free, found: {error.strerror}; try triage --serve PORT"
        ) from None
    return HEALTHY


def _command(options: argparse.Namespace) -> str:
    """This program once more, as a line for the shell."""
    words = [sys.executable, "-m", "triage.cli"]
    if options.resume is not None:
        words += ["--resume", *([options.resume] if options.resume else [])]
    for folder in options.pack:
        words += ["--pack", os.path.abspath(folder)]  # noqa: PTH100  # pathlib's absolute keeps the dots
    if options.no_packs:
        words += ["--no-packs"]
    if options.language is not None:
        words += ["--language", options.language]
    if os.name == "nt":
        from subprocess import list2cmdline

        return list2cmdline(words)
    from shlex import join

    return f"exec {join(words)}"
