"""What is left out and told when a session is resumed under another knowledge or program."""

import dataclasses
import json

import pytest

from knowledge.schema import State, Symptom
from tests.shelf_data import HISTORIES, attached, saved
from tests.small_bases import question
from triage import Session
from triage.detectors import Reading
from triage.events import Redone, Refreshed, Said, Stopped, Undone, Withdrawn
from triage.journal import open_journal
from triage.shelf import find, newest, resume, start


def with_extra_finding(base, **changes):
    """The base with one finding more, that no cause knows of."""
    extra = Symptom(
        id="fan_noise",
        title="Noise of the fan",
        kind="symptom",
        question=question(),
        states={"none": State(label="none", leak=0.9), "loud": State(label="loud", leak=0.1)},
        combine="nominal",
        **changes,
    )
    return dataclasses.replace(base, findings={**base.findings, extra.id: extra}, hash="another hash")


def without_extra_finding(session, base):
    """What a session on the smaller base would believe."""
    other = Session(base)
    for event in session.journal.record.events:
        if getattr(event, "finding", None) != "fan_noise":
            other.replay([event])
    return other.diagnosis()


def test_a_torn_last_line_is_told(real_base, tmp_path):
    entry = saved(tmp_path, real_base, Said("optimizer", ("adam",), volunteered=False), Stopped())
    entry.path.write_bytes(entry.path.read_bytes()[:-3])
    resumed = resume(find(entry.id, tmp_path), real_base)
    with resumed.journal:
        assert resumed.notes == ("The last line of the session was not saved to its end, so it is left out.",)
        assert len(resumed.session.events) == 1


def test_an_answer_to_what_the_knowledge_no_longer_asks_is_left_out_and_told(real_base, tmp_path):
    session, journal = start(with_extra_finding(real_base), tmp_path)
    with journal:
        session.answer("optimizer", "adam")
        session.answer("fan_noise", "loud")
        session.answer("nan_onset", "sudden")
    resumed = resume(newest(tmp_path), real_base)
    with resumed.journal:
        assert resumed.session.diagnosis() == without_extra_finding(resumed, real_base)
        assert len(resumed.session.events) == len(session.events)
        assert resumed.session.undo()
        assert "nan_onset" not in {view.finding for view in resumed.session.diagnosis().findings}
    changed, lost = resumed.notes
    assert changed.startswith("The knowledge has changed since the session was begun")
    assert lost.startswith("The answer fan_noise=loud is left out: ")


def test_a_finding_that_was_retired_is_left_out_as_one_that_is_gone(real_base, tmp_path):
    session, journal = start(with_extra_finding(real_base), tmp_path)
    with journal:
        session.answer("fan_noise", "loud")
    resumed = resume(newest(tmp_path), with_extra_finding(real_base, replaced_by="nan_onset"))
    with resumed.journal:
        assert resumed.session.reports == ()
        assert resumed.session.diagnosis().causes == Session(real_base).diagnosis().causes
    assert "fan_noise=loud is left out" in resumed.notes[0]


def test_a_state_that_is_gone_is_left_out_and_told(real_base, tmp_path):
    entry = saved(tmp_path, real_base, Said("optimizer", ("adamw", "lion"), volunteered=False))
    resumed = resume(entry, real_base)
    with resumed.journal:
        assert resumed.session.diagnosis().causes == Session(real_base).diagnosis().causes
    (note,) = resumed.notes
    assert note.startswith("The answer optimizer=adamw,lion is left out: ")
    assert note.endswith(".")


@pytest.mark.parametrize(
    "reading",
    [
        Reading("fan_noise", {"loud": 1.0}, "It roars."),
        Reading("nan_onset", {"roaring": 1.0}, "It roars."),
        Reading("nan_onset", {"sudden": float("nan")}, "It roars."),
        Reading("nan_onset", {"sudden": -1.0}, "It roars."),
        Reading("nan_onset", {"sudden": 1e308, "none": 1e308}, "It roars."),
        Reading("\x1b[31m\n\udcff", {}, "It roars."),
    ],
)
def test_a_reading_that_the_knowledge_cannot_take_is_left_out_and_told(real_base, tmp_path, reading):
    sound = Reading("train_loss_trend", {"diverging": 0.9}, "It climbs.", (float("nan"), float("inf")))
    entry = saved(tmp_path, real_base, attached(reading, sound, facts={"learning_rate": float("nan")}))
    resumed = resume(entry, real_base)
    with resumed.journal:
        assert [report.finding for report in resumed.session.reports] == ["train_loss_trend"]
        assert resumed.session.diagnosis().causes
    (note,) = resumed.notes
    assert note.startswith("What the history shows of ")
    assert note.isprintable()


def test_what_a_refresh_shows_is_left_out_in_the_same_way(real_base, tmp_path):
    sound = Reading("train_loss_trend", {"diverging": 0.9}, "It climbs.")
    gone = Reading("fan_noise", {"loud": 1.0}, "It roars.")
    resumed = resume(saved(tmp_path, real_base, attached(), Refreshed(attached(sound, gone))), real_base)
    with resumed.journal:
        assert [report.finding for report in resumed.session.reports] == ["train_loss_trend"]
        assert resumed.session.undo()
        assert not resumed.session.undo()
    (note,) = resumed.notes
    assert note.startswith("What the history shows of fan_noise is left out")


def test_many_things_left_out_are_not_many_sentences(real_base, tmp_path):
    gone = [Said(f"gone_{number}", ("x",), volunteered=False) for number in range(100)]
    resumed = resume(saved(tmp_path, real_base, *gone, *gone), real_base)
    with resumed.journal:
        assert len(resumed.notes) == 21
        assert resumed.notes[-1] == "80 more are left out, too."


def test_odd_but_well_formed_events_end_in_a_diagnosis(real_base, tmp_path):
    events = (
        Said("nan_onset", ("unknown",), volunteered=True),
        Said("optimizer", ("adam", "adam"), volunteered=True),
        Said("nan_onset", tuple(real_base.findings["nan_onset"].states), volunteered=True),
        Withdrawn("no such thing"),
        *[Undone()] * 9,
        *[Redone()] * 3,
        Stopped(),
    )
    resumed = resume(saved(tmp_path, real_base, *events), real_base)
    with resumed.journal:
        assert resumed.notes == ()
        assert resumed.session.diagnosis().stopped == "user_stopped"


def test_a_changed_hash_alone_is_told_and_nothing_else(real_base, tmp_path):
    session, journal = start(dataclasses.replace(real_base, hash="another hash"), tmp_path)
    with journal:
        session.answer("optimizer", "adam")
    resumed = resume(newest(tmp_path), real_base)
    with resumed.journal:
        (note,) = resumed.notes
        assert f"version {real_base.version}, other content" in note
        assert resumed.session.diagnosis().causes == session.diagnosis().causes


def test_another_version_of_the_program_and_of_the_knowledge_is_told(real_base, tmp_path):
    older = dataclasses.replace(real_base, hash="older", version="2019.01")
    entry = saved(tmp_path, older)
    header, _, rest = entry.path.read_bytes().partition(b"\n")
    fields = {**json.loads(header), "triage_version": "0.0.1\x1b[31m"}
    entry.path.write_bytes(json.dumps(fields).encode() + b"\n" + rest)
    resumed = resume(entry, real_base)
    with resumed.journal:
        knowledge_note, program_note = resumed.notes
        assert f"version 2019.01 then, {real_base.version} now" in knowledge_note
        assert "version 0.0.1\\x1b[31m then" in program_note


def test_the_files_of_the_history_are_not_read_when_a_session_is_resumed(real_base, tmp_path):
    entry = saved(tmp_path, real_base, attached(files=[str(HISTORIES[0])]))
    resumed = resume(entry, real_base)
    with resumed.journal:
        assert resumed.notes == ()
        assert resumed.session.history is None


def test_a_session_that_fails_to_open_is_free_again(real_base, tmp_path):
    entry = saved(tmp_path, real_base, Stopped())
    with pytest.raises(AttributeError) as caught:
        resume(entry, object())
    with open_journal(entry.path) as journal:  # what was raised still holds on to the first one
        assert journal.record.events == (Stopped(),)
    assert caught.tb is not None
    assert list(tmp_path.iterdir()) == [entry.path]
