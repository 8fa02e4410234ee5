"""The result as a file: written whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from triage.errors import TriageError
from triage.report.escape import plain
from triage.report.render import render
from tui.messages import Kind
from tui.view import View

__all__ = ["write_report"]


def write_report(view: View, kind: Kind, path: Path, screenshot: str) -> None:
    """Write what is believed now to a file; one that is there is replaced.

    Args:
        view: what is believed.
        kind: the form; ``svg`` writes the screenshot as it is.
        path: where; a leading ``~`` is the home folder.
        screenshot: the picture of the screen as SVG.

    Raises:
        TriageError: the file cannot be written; the one that was there is as it was.

    """
    text = screenshot if kind == "svg" else render(view.diagnosis, view.base, view.history, kind)
    raw = text.encode("utf-8", errors="backslashreplace")
    try:
        _replace(Path(os.path.realpath(path.expanduser())), raw)
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        shown = plain(str(path), 300)
        raise TriageError(f"{shown}: expected a file that can be written, found: {plain(reason)}") from None


def _replace(path: Path, raw: bytes) -> None:
    """Put the bytes in a file beside it, and that in its place."""
    if path.exists() and not path.is_file():
        raise ValueError("a folder" if path.is_dir() else "something that is no plain file")
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    beside = path.with_name(f".triage-{token_hex(8)}.tmp")
    try:
        with beside.open("xb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            beside.chmod(mode)
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
