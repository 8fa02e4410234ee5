"""``triage mcp``: a server for coding agents."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from triage.errors import TriageError
from triage.packs import add_pack_flags, base_given
from triage.usage import HEALTHY, INTERRUPTED, OneLineParser

__all__ = ["run_mcp"]

EXAMPLE = """\
A client starts it by itself. Most take an entry like this in their configuration:

  {"mcpServers": {"triage": {"command": "triage", "args": ["mcp", "--root", "/path/to/project"]}}}
"""


def run_mcp(arguments: Sequence[str]) -> int:
    """Run ``triage mcp`` with what follows it, until the client closes its end; returns the exit status.

    Raises:
        TriageError: bad usage, no such folder, a pack that cannot be used, or the extra is not installed.

    """
    options = _parser().parse_args(arguments)
    try:
        import anyio

        from triage.mcp_server.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types", "anyio"):
            raise
        raise TriageError("expected the extra mcp, found it not installed: pip install 'loss-triage[mcp]'") from None
    from triage.mcp_server.desk import Desk
    from triage.mcp_server.roots import roots_of

    desk = Desk(base_given(options), roots_of(options.root or ["."]))
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="triage mcp: %(message)s")
    signal.signal(signal.SIGINT, _leave)
    if sys.stdin.isatty():
        sys.stderr.write("triage mcp: waiting for a client on standard input; Ctrl+C ends it\n")
    try:
        anyio.run(serve, desk)
    except* BrokenPipeError:
        # The client has gone without a word; there is nobody left to tell.
        pass
    return HEALTHY


def _leave(number: int, frame: FrameType | None) -> None:
    """End at once: the thread that waits for standard input could not be told to stop otherwise."""
    os._exit(INTERRUPTED)


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="triage mcp",
        description="Serve coding agents over the Model Context Protocol on standard input and output.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--root",
        metavar="DIR",
        action="append",
        default=[],
        help="a folder below which files may be read, by default the present one; repeat for several",
    )
    add_pack_flags(parser)
    return parser
