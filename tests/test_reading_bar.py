import os
import pty
import subprocess
import sys

import pytest

from triage import reading_bar as module
from triage.reading_bar import reading_bar

SCRIPT = """
import sys
from triage import reading_bar as module
module.PATIENCE = float(sys.argv[1])
with module.reading_bar() as tell:
    tell(0, 5_000_000)
    tell(2_000_000, 5_000_000)
assert ("rich" in sys.modules) == (module.PATIENCE == 0)
print("done")
"""


def on_a_terminal(patience):
    """What a terminal is shown on standard error, and what comes out on standard output."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(patience)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    ) as child:
        os.close(theirs)
        shown = b""
        try:
            while block := os.read(ours, 1 << 16):
                shown += block
        except OSError:
            pass
        out = child.stdout.read()
    os.close(ours)
    return shown, out


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of its own")
def test_a_bar_is_shown_on_standard_error_and_cleared_away():
    shown, out = on_a_terminal(0)
    assert b"Reading" in shown
    assert b"2.0/5.0 MB" in shown
    assert shown.rstrip().endswith(b"\x1b[2K")
    assert out == b"done\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of its own")
def test_what_is_read_at_once_shows_nothing_and_imports_nothing():
    assert on_a_terminal(60) == (b"", b"done\n")


def test_nothing_is_told_where_nobody_would_see_it(capsys, monkeypatch):
    with reading_bar() as tell:
        assert tell is None
    monkeypatch.setattr(sys, "stderr", None)
    with module.reading_bar() as tell:
        assert tell is None


def test_nothing_is_told_where_nothing_may_be_shown(monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with reading_bar(wanted=False) as tell:
        assert tell is None
