"""Real terminals to run the program in: one of tmux, where it is installed, and one that is read by pyte."""

import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
import uuid

import pyte

PATIENCE = 60.0
"""Seconds after which something that should show up on the screen counts as missing."""

TRIAGE = [sys.executable, "-m", "triage.cli"]

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "down": "\x1b[B",
    "up": "\x1b[A",
    "f1": "\x1bOP",
    "f6": "\x1b[17~",
    "ctrl+o": "\x0f",
    "ctrl+q": "\x11",
    "ctrl+s": "\x13",
    "ctrl+z": "\x1a",
}


def environment(folder, **more):
    """An environment of the process with its own folders and a capable terminal."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("XDG_", "TEXTUAL", "COLUMNS", "LINES"))
    }
    own = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CACHE", "STATE", "CONFIG")}
    return {**kept, **own, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **more}


class PtyTerminal:
    """A process on a pseudo terminal, its screen kept by pyte."""

    def __init__(self, command, env, columns=80, lines=24, cwd=None):
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.received = 0
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            if cwd is not None:
                os.chdir(cwd)
            os.execvpe(command[0], command, env)
        self._ended = None
        self.resize(columns, lines)

    def resize(self, columns, lines):
        self.screen.resize(lines, columns)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def send(self, *keys):
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())

    def read(self, seconds=0.05):
        """Take what the process wrote within so many seconds."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return b""
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            data = b""
        self.received += len(data)
        self._stream.feed(data.replace(b"\x1b[?2026$p", b"").replace(b"\x1b[>4;1m", b"").replace(b"\x1b[>4;0m", b""))
        return data

    def text(self):
        return "\n".join(self.screen.display)

    def shows(self, words, seconds=PATIENCE):
        """Wait until the screen shows these words; the screen where it never does."""
        deadline = time.monotonic() + seconds
        while words not in self.text():
            if time.monotonic() > deadline:
                raise AssertionError(f"expected {words!r} on the screen, found:\n{self.text()}")
            self.read()
        return self.text()

    def settle(self, quiet=0.4):
        """Wait until nothing is written any more."""
        while self.read(quiet):
            pass

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        return self.status()

    def status(self, seconds=PATIENCE):
        """Exit status of the process, once it has ended."""
        deadline = time.monotonic() + seconds
        while self._ended is None:
            self.read(0.01)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._ended = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise AssertionError(f"expected the process to end, found:\n{self.text()}")
        return self._ended

    def close(self):
        if self._ended is None:
            self.kill()
        os.close(self._master)


class TmuxTerminal:
    """A process in a tmux server of its own."""

    def __init__(self, command, env, columns=80, lines=24, cwd=None):
        self._socket = f"triage-{uuid.uuid4().hex[:8]}"
        self._env = env
        quoted = " ".join(f"'{part}'" for part in command)
        self._tmux(
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-s",
            "t",
            "-x",
            str(columns),
            "-y",
            str(lines),
            *(["-c", str(cwd)] if cwd else []),
            quoted,
        )

    def _tmux(self, *arguments):
        command = ["tmux", "-L", self._socket, *arguments]
        return subprocess.run(command, env=self._env, capture_output=True, text=True, check=False).stdout

    def send(self, *keys):
        names = {"enter": "Enter", "escape": "Escape", "tab": "Tab", "down": "Down", "up": "Up"}
        for key in keys:
            if key in names or key in KEYS:
                self._tmux(
                    "send-keys",
                    "-t",
                    "t",
                    names.get(
                        key,
                        key.replace("ctrl+", "C-").replace("f", "F") if key[0] == "f" else key.replace("ctrl+", "C-"),
                    ),
                )
            else:
                self._tmux("send-keys", "-t", "t", "-l", key)

    def resize(self, columns, lines):
        self._tmux("resize-window", "-t", "t", "-x", str(columns), "-y", str(lines))

    def text(self):
        return self._tmux("capture-pane", "-p", "-t", "t")

    def shows(self, words, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while words not in (text := self.text()):
            if time.monotonic() > deadline:
                raise AssertionError(f"expected {words!r} on the screen, found:\n{text}")
            time.sleep(0.05)
        return text

    def ended(self, seconds=PATIENCE):
        """Wait until the session is gone."""
        deadline = time.monotonic() + seconds
        while self._tmux("list-sessions"):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def close(self):
        self._tmux("kill-server")


TERMINALS = [PtyTerminal, *([TmuxTerminal] if shutil.which("tmux") else [])]
