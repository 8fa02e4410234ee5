"""A place to work at, a pilot that does not wait longer than it must, and views of logs."""

from functools import partial

import pytest

from tests.tui.curve_app import view_of_log, with_history


@pytest.fixture
def brisk(monkeypatch):
    """Have the pilot look more often whether the app is idle, and the app paint as often: most of a test is waiting."""
    times = 5
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 1 / 50 / times)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 1 / 1000 / times)
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 1 / 60 / times)


@pytest.fixture
def desk(brisk, tmp_path, monkeypatch):
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
