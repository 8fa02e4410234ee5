"""A program on a pseudo terminal, every piece of what it writes with the moment at which it came; and where to write
down what was measured.

Nothing is worked out while a program is watched, so that both cores are its own: words are looked for in the raw
bytes, and the screen that they draw (`Screen`) is asked for only between two measurements.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyte

RESULTS = Path(__file__).parent / "results"

TRIAGE = [sys.executable, "-m", "triage.cli"]

PATIENCE = 60.0
"""Seconds after which what should show up counts as missing."""

KEYS = {
    "enter": b"\r",
    "escape": b"\x1b[27u",
    "down": b"\x1b[B",
    "up": b"\x1b[A",
    "f1": b"\x1bOP",
    "ctrl+d": b"\x04",
    "ctrl+n": b"\x0e",
    "ctrl+q": b"\x11",
    "ctrl+z": b"\x1a",
}

ASKED, ANSWERED = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
"""Whether the terminal can show a frame at once, and the answer of those that can."""

FRAME_ENDS = b"\x1b[?2026l"
"""Written after each frame by who was answered so."""

UNKNOWN_TO_PYTE = (b"\x1b[?2026$p", b"\x1b[>4;1m", b"\x1b[>4;0m")


class Terminal:
    """A program with a terminal of its own.

    Args:
        command: the program.
        folder: where it may keep things; its bytecode lies there too, as that of an installed program lies beside it.
        size: columns and lines.

    """

    def __init__(self, command, folder, size=(80, 24)):
        self.size = size
        self.pieces = []
        columns, lines = size
        env = environment(folder)
        self.began = time.perf_counter()
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            os.execvpe(command[0], command, env)
        self._ended = False
        self._screen = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    @property
    def written(self):
        """Everything so far."""
        return b"".join(data for _, data in self.pieces)

    def press(self, key):
        """Press a key, or type a character; returns the moment."""
        moment = time.perf_counter()
        os.write(self._master, KEYS.get(key) or key.encode())
        return moment

    def read(self, seconds):
        """Take the next piece that comes within so many seconds; False where none does."""
        if not select.select([self._master], [], [], max(seconds, 0.0))[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            return False
        if not data:
            return False
        self.pieces.append((time.perf_counter(), data))
        if ASKED in data:
            os.write(self._master, ANSWERED)
        return True

    def read_until(self, moment):
        """Take all that comes until a moment."""
        while (left := moment - time.perf_counter()) > 0:
            self.read(left)

    def settle(self, quiet=0.3):
        """Take all that comes until nothing comes for a while."""
        while self.read(quiet):
            pass

    def await_words(self, *words, since=0):
        """The moment at which all of these words had been written, looked for from a piece on."""
        wanted = [word.encode() for word in words]
        deadline = time.perf_counter() + PATIENCE
        seen = b"".join(data for _, data in self.pieces[since:])
        while not all(word in seen for word in wanted):
            if time.perf_counter() > deadline or not self.read(deadline - time.perf_counter()):
                raise SystemExit(f"expected {words} on the screen, found:\n{self.screen_text()}")
            seen += self.pieces[-1][1]
        return self.pieces[-1][0]

    def screen_text(self):
        """What stands on the screen."""
        if self._screen is None:
            self._screen = Screen(self)
        self._screen.catch_up()
        return self._screen.text()

    def await_screen(self, holds):
        """Wait until something holds of the text on the screen."""
        deadline = time.perf_counter() + PATIENCE
        while not holds(self.screen_text()):
            if time.perf_counter() > deadline:
                raise SystemExit(f"expected another screen, found:\n{self.screen_text()}")
            self.read(0.05)

    def end(self):
        """Kill the program, if it has not ended."""
        if not self._ended:
            self._ended = True
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            os.close(self._master)


class Screen:
    """What a terminal shows, drawn from what was written to it, or from what it is fed with."""

    def __init__(self, terminal, *, drawn=True):
        self._terminal = terminal
        self._drawn = pyte.Screen(*terminal.size)
        self._stream = pyte.ByteStream(self._drawn)
        self._place = 0
        if drawn:
            self.catch_up()

    def catch_up(self):
        """Draw what came since, in one go."""
        pieces = self._terminal.pieces[self._place :]
        self._place += len(pieces)
        self.feed(b"".join(data for _, data in pieces))

    def feed(self, data):
        for unknown in UNKNOWN_TO_PYTE:
            data = data.replace(unknown, b"")
        self._stream.feed(data)

    def text(self):
        return "\n".join(self.lines())

    def lines(self):
        return self._drawn.display

    def is_bold(self, line, column):
        return self._drawn.buffer[line][column].bold


def environment(folder):
    """That of this process, with folders of its own and a capable terminal."""
    left_out = ("XDG_", "TEXTUAL", "COLUMNS", "LINES", "PYTHONDONTWRITEBYTECODE", "NO_COLOR", "NO_MOTION")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    own = {f"XDG_{kind}_HOME": f"{folder}/{kind.lower()}" for kind in ("CACHE", "STATE", "CONFIG", "DATA")}
    return {
        **kept,
        **own,
        "PYTHONPYCACHEPREFIX": f"{folder}/bytecode",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }


def write_down(name, arguments, lines):
    """Print what was measured, and keep it in the folder of results."""
    text = "\n".join(lines)
    print(text)
    command = " ".join([f"python -m tests.benchmarks.{name}", *map(str, arguments)])
    python = ".".join(map(str, sys.version_info[:2]))
    cores = {1: "one shared core", 2: "two shared cores"}.get(os.cpu_count(), f"{os.cpu_count()} cores")
    machine = f"{cores}, load {os.getloadavg()[1]:.1f} over the last five minutes"
    head = f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, Python {python}, Textual {version('textual')}, {machine}"
    (RESULTS / f"{name}.md").write_text(f"{head}\n\n{text}\n", encoding="utf-8")


def met(is_met):
    return "met" if is_met else "**missed**"
