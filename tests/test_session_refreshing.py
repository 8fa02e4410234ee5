"""A session whose log was read elsewhere, and one whose log grows."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from tests.falling import falling
from triage import Session
from triage.attaching import attached
from triage.detectors import Reading
from triage.events import Refreshed
from triage.history import read_history


def nan_from(row, rows=200):
    return falling(rows, loss=np.r_[np.linspace(2, 1, row), np.full(rows - row, np.nan)])


def read_as_event(frame, **changes):
    history = read_history(frame)
    return replace(attached(history), **changes), history


def state_of(session, finding):
    return next((view.state for view in session.diagnosis().findings if view.finding == finding), None)


def test_what_was_read_elsewhere_is_taken_in_as_it_was_read(session):
    history = read_history(falling())
    reading = Reading("nan_onset", {"sudden": 1.0}, "It broke.")
    session.take_in(replace(attached(history), readings=(reading,), digest="not its own"), history)
    assert session.history is history
    assert [(report.finding, report.message) for report in session.reports] == [("nan_onset", "It broke.")]


def test_taking_in_is_attaching(session, real_base):
    history = read_history(falling())
    other = Session(real_base)
    session.attach(history, {"train_loss": "loss"})
    other.take_in(attached(history, {"train_loss": "loss"}), history)
    assert other.events == session.events
    assert other.history is session.history


def test_curves_are_shown_under_the_digest_that_is_given(session, real_base):
    event, history = read_as_event(falling())
    other = Session(real_base)
    other.replay([event])
    other.show(history, event.digest)
    assert other.history is history
    session.replay([event])
    session.show(history, "another")
    assert session.history is None


def test_a_refresh_takes_the_place_of_what_was_read_before(session, real_base):
    session.attach(read_history(falling(100)))
    session.answer("optimizer", "adam")
    event, history = read_as_event(nan_from(150))
    assert session.refresh(event, history)
    assert session.history is history
    assert state_of(session, "nan_onset") == "sudden"
    other = Session(real_base)
    other.attach(history)
    other.answer("optimizer", "adam")
    assert session.diagnosis() == other.diagnosis()


def test_a_refresh_leaves_what_can_be_redone_and_a_wish_to_stop(session):
    session.attach(read_history(falling(100)))
    session.answer("optimizer", "adam")
    session.answer("precision", "fp32")
    session.undo()
    session.stop()
    session.undo()
    assert session.refresh(*read_as_event(falling(120)))
    assert session.redo()
    assert session.diagnosis().stopped == "user_stopped"
    assert session.refresh(*read_as_event(falling(130)))
    assert session.diagnosis().stopped == "user_stopped"


def test_undoing_the_history_undoes_every_refresh_and_redoing_brings_the_last_one(session):
    before = session.diagnosis()
    session.attach(read_history(falling(100)))
    session.answer("optimizer", "adam")
    session.refresh(*read_as_event(falling(120)))
    session.refresh(*read_as_event(nan_from(150)))
    latest = session.history
    session.undo()
    session.undo()
    assert session.diagnosis() == before
    assert session.history is None
    session.redo()
    assert session.history is latest
    assert state_of(session, "nan_onset") == "sudden"


def test_there_is_nothing_to_refresh_where_nothing_is_attached_or_nothing_has_grown(session):
    event, history = read_as_event(falling(100))
    assert not session.refresh(event, history)
    assert session.events == ()
    session.take_in(event, history)
    assert not session.refresh(*read_as_event(falling(100)))
    assert session.events == (event,)
    assert session.history is history
    session.undo()
    assert not session.refresh(*read_as_event(falling(120)))


@pytest.mark.parametrize("late", [{"folder": "/elsewhere"}, {"chosen": {"train_loss": "loss"}}])
def test_what_was_read_of_other_files_or_columns_comes_too_late_to_refresh(session, late):
    session.attach(read_history(falling(100)))
    events = session.events
    assert not session.refresh(*read_as_event(falling(120), **late))
    assert session.events == events


def test_a_log_that_is_followed_for_days_leaves_one_event_and_its_last_curves(real_base):
    kept = []
    session = Session(real_base, kept.append)
    session.attach(read_history(falling(100)))
    curves = []
    for rows in range(101, 120):
        event, history = read_as_event(falling(rows))
        curves.append(weakref.ref(history))
        assert session.refresh(event, history)
        del history
    gc.collect()
    assert [curve() is not None for curve in curves] == [False] * 18 + [True]
    assert session.events == (kept[0], kept[-1])
    assert isinstance(session.events[-1], Refreshed)
    session.answer("optimizer", "adam")
    session.refresh(*read_as_event(falling(130)))
    assert len(session.events) == 4


def test_a_history_attached_twice_keeps_its_curves_when_the_second_one_grows(session):
    event, history = read_as_event(falling(100))
    session.take_in(event, history)
    session.take_in(event, history)
    session.refresh(*read_as_event(falling(120)))
    session.undo()
    assert session.history is history


def test_a_refresh_that_cannot_be_kept_does_not_count(real_base):
    full = []

    def keep(event):
        if full:
            raise OSError("no space")

    session = Session(real_base, keep)
    session.attach(read_history(falling(100)))
    session.refresh(*read_as_event(falling(110)))
    events, curves = session.events, session.history
    full.append(True)
    with pytest.raises(OSError, match="no space"):
        session.refresh(*read_as_event(falling(120)))
    assert session.events == events
    assert session.history is curves
