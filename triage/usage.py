"""What all commands share: exit statuses, errors of usage in one line, and where a report goes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from triage.errors import TriageError

__all__ = ["FAULTY", "HEALTHY", "INTERRUPTED", "UNUSABLE", "OneLineParser", "at_least_one", "write_report"]

HEALTHY, FAULTY, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses."""


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Raise `TriageError` with the message and where to find help."""
        raise TriageError(f"{message}; try {self.prog} --help")


def at_least_one(text: str) -> int:
    """A whole number from one on, for argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, found {text!r}")
    return int(text)


def write_report(text: str, output: str | None) -> None:
    """Write a report to a file, or to standard output as far as its encoding goes.

    Raises:
        TriageError: the file cannot be written.

    """
    if output is None:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, errors="replace").decode(encoding))
        sys.stdout.flush()
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise TriageError(f"{output}: expected a file that can be written, found: {error.strerror}") from None
