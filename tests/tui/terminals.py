"""Real terminals to run the program in: one that is read by pyte and, where it is installed, tmux."""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path
from typing import Protocol

import pyte

PATIENCE = 60.0
"""Seconds after which something that should come about counts as missing."""

TRIAGE = [sys.executable, "-m", "triage.cli"]

ROOT = Path(__file__).parents[2]

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "down": "\x1b[B",
    "up": "\x1b[A",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    **{f"ctrl+{letter}": chr(ord(letter) - ord("a") + 1) for letter in "bcdgnoqrstuyz"},
}
"""What a key sends; anything that is no key is sent as it is."""

PASTE = "\x1b[200~{}\x1b[201~"

_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)

_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][\d;]*[a-z]")
_BEGUN = re.compile(rb"\x1b(\[([<>=][\d;]*)?)?\Z")


class Terminal(Protocol):
    """What a test does at a terminal; all of them are context managers that end the process."""

    pid: int

    def send(self, *keys: str) -> None:
        """Press keys, or type text."""

    def paste(self, text: str) -> None:
        """Paste text, as a terminal does for a program that asked for bracketed paste."""

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the window."""

    def text(self) -> str:
        """What is on the screen now."""

    def shows(self, *words: str) -> str:
        """Wait until the screen shows all these words, wherever its lines end; returns them with single blanks."""

    def has_ended(self) -> bool:
        """Whether the process has ended."""

    def status(self) -> int:
        """Wait for the end of the process; its exit status, or minus its signal."""

    def changed(self) -> set[str]:
        """What the program has switched and not switched back."""


def environment(folder, **more):
    """An environment with folders of its own and a capable terminal; what is None is not set at all.

    The folder for caches is that of all tests: to read the knowledge from its files takes half a second.
    """
    foreign = ("XDG_", "TEXTUAL", "COLUMNS", "LINES", "LC_", "NO_", "TMUX", "TERM")
    own = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("STATE", "CONFIG")}
    every = {
        **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
        **own,
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME"),
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        **more,
    }
    return {name: value for name, value in every.items() if value is not None}


def until(condition, told):
    """Wait until a condition holds; `told` says what is there where it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(told())
        time.sleep(0.02)


class PtyTerminal:
    """A process on a pseudo terminal, its screen kept by pyte."""

    def __init__(self, command, env, columns=80, lines=24, cwd=None):
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self._begun = b""
        self._usual = set(self.screen.mode)
        self._master, slave = pty.openpty()
        self.resize(columns, lines)
        self._settings = termios.tcgetattr(self._master)
        # The terminal is taken over by what runs before the command: to fork here is not safe beside threads.
        self._process = subprocess.Popen(
            [sys.executable, "-ISc", _TAKE_TERMINAL, *command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )
        os.close(slave)
        self.pid = self._process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, *keys):
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())

    def paste(self, text):
        self.send(PASTE.format(text))

    def resize(self, columns, lines):
        self.screen.resize(lines, columns)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, seconds=0.05):
        """Take what the process writes within so many seconds; empty where it writes nothing."""
        if not select.select([self._master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # every other end of it is closed
            return b""
        data = _UNKNOWN_TO_PYTE.sub(b"", self._begun + data)
        self._begun = begun.group() if (begun := _BEGUN.search(data)) else b""
        self._stream.feed(data.removesuffix(self._begun))
        return data

    def text(self):
        while self.read(0):
            pass
        return "\n".join(self.screen.display)

    def shows(self, *words):
        return _shown(self, words)

    def has_ended(self):
        return self._process.poll() is not None

    def status(self):
        until(lambda: self.text() and self.has_ended(), lambda: f"expected the process to end, found:\n{self.text()}")
        self.text()
        return self._process.returncode

    def kill(self):
        """End the process as a lack of memory does."""
        self._process.kill()
        return self.status()

    def changed(self):
        modes = {f"mode {mode >> 5}" for mode in self._usual ^ self.screen.mode}
        return modes | ({"line settings"} if termios.tcgetattr(self._master) != self._settings else set())

    def hang_up(self):
        """Close the window; the status of the process that was in it."""
        os.close(self._master)
        self._master = None
        return self._process.wait(PATIENCE)

    def close(self):
        self._process.kill()
        self._process.wait()
        if self._master is not None:
            os.close(self._master)


class TmuxTerminal:
    """A process in a tmux server of its own."""

    def __init__(self, command, env, columns=80, lines=24, cwd=None):
        self._folder = tempfile.TemporaryDirectory(prefix="tmux-")
        self._env = env
        options = ["set-option", "-g", "remain-on-exit", "on", ";"]
        place = ["-x", str(columns), "-y", str(lines), *(["-c", str(cwd)] if cwd else [])]
        self._tmux("-f", os.devnull, "start-server", ";", *options, "new-session", "-d", *place, "--", *command)
        self._usual = self._modes()
        self.pid = int(self._told("#{pane_pid}"))
        self._server = int(self._told("#{pid}"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, *keys):
        for key in keys:
            self._tmux("send-keys", *([key.replace("ctrl+", "C-")] if key in KEYS else ["-l", key]))

    def paste(self, text):
        self._tmux("set-buffer", "--", text, ";", "paste-buffer", "-p")

    def resize(self, columns, lines):
        self._tmux("resize-window", "-x", str(columns), "-y", str(lines))

    def text(self):
        return self._tmux("capture-pane", "-p")

    def shows(self, *words):
        return _shown(self, words)

    def has_ended(self):
        return bool(self._ending())

    def status(self):
        until(self.has_ended, lambda: f"expected the process to end, found:\n{self.text()}")
        return int(self._ending())

    def kill(self):
        """End the process as a lack of memory does."""
        os.kill(self.pid, signal.SIGKILL)
        return self.status()

    def changed(self):
        return self._usual ^ self._modes()

    def close(self):
        self._tmux("kill-server")
        self._folder.cleanup()

    def _ending(self):
        os.kill(self._server, signal.SIGCHLD)  # now and then it misses that a process has ended
        return self._told("#{?pane_dead_signal,-#{pane_dead_signal},#{pane_dead_status}}")

    def _modes(self):
        # The cursor is not asked for: tmux itself hides it where a process has ended.
        names = ["alternate_on", "mouse_any_flag", "mouse_sgr_flag", "keypad_flag"]
        return set(self._told(" ".join(f"{name}=#{{{name}}}" for name in names)).split())

    def _told(self, what):
        return self._tmux("display-message", "-p", what).strip()

    def _tmux(self, *arguments):
        command = ["tmux", "-S", str(Path(self._folder.name, "s")), *arguments]
        return subprocess.run(command, env=self._env, capture_output=True, text=True, check=True).stdout


def _shown(terminal, words):
    """The text of the screen with single blanks, once all the words are in it."""
    text = ""

    def is_there():
        nonlocal text
        is_last = terminal.has_ended()
        text = " ".join(terminal.text().split())
        return is_last or all(word in text for word in words)

    until(is_there, lambda: f"expected {words} on the screen, found:\n{terminal.text()}")
    assert all(word in text for word in words), f"expected {words} before the end, found:\n{terminal.text()}"
    return text


TERMINALS = [PtyTerminal, *([TmuxTerminal] if shutil.which("tmux") else [])]
