"""A place to work at, a pilot that does not wait longer than it must, knowledge that is read once, views of logs."""

from asyncio import sleep
from functools import partial
from time import monotonic, process_time

import pytest

from tests.tui.curve_app import view_of_log, with_history

LOOK, IDLE, LATE = 1 / 250, 1 / 5000, 1 / 500
"""Seconds from one look whether the app is idle to the next, of work meanwhile, and of delay, below which it is."""

IN_A_ROW = 3
"""So many looks must find it idle: what waits for a timer, as a new size of the terminal does, is no work between."""


async def wait_for_idle(min_sleep=LOOK, max_sleep=1.0):
    """As Textual's own, which looks every fiftieth of a second; a look that comes late says nothing.

    On a busy machine an app that waits for its turn has not worked either.
    """
    start, idle = monotonic(), 0
    while True:
        began, worked = monotonic(), process_time()
        await sleep(LOOK)
        now = monotonic()
        if now - start >= max_sleep:
            return
        idle = idle + 1 if now - began < LOOK + LATE and process_time() - worked < IDLE else 0
        if now - start > min_sleep and idle >= IN_A_ROW:
            return


@pytest.fixture(autouse=True)
def brisk(monkeypatch):
    """Have the pilot look more often whether the app is idle, and the app paint as often: most of a test is waiting."""
    monkeypatch.setattr("textual.app.wait_for_idle", wait_for_idle)
    monkeypatch.setattr("textual.pilot.wait_for_idle", wait_for_idle)
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 1 / 300)


@pytest.fixture(scope="session")
def real_words(real_base):
    from triage.intake.words import compile_words

    return compile_words(real_base)


@pytest.fixture(autouse=True)
def read_once(real_base, real_words, monkeypatch):
    """Let all apps share the knowledge without packs, and its words: to make them is half of an app's start."""
    from triage import packs
    from triage.intake import words

    load_base, compile_words = packs.load_base, words.compile_words

    def words_of(base):
        return real_words if base.in_language("en") is real_base else compile_words(base)

    monkeypatch.setattr(packs, "load_base", lambda folders: load_base(folders) if folders else real_base)
    monkeypatch.setattr(words, "compile_words", words_of)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """An empty folder that is the current one, with a place of its own for saved sessions."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return work


@pytest.fixture
def view(real_base):
    """A log of tests/data as the curve panel shows it."""
    return partial(view_of_log, real_base)


@pytest.fixture
def shown(view):
    """A real view with other curves."""

    def of_history(history, log="healthy_classifier"):
        return with_history(view(log), history)

    return of_history
