"""A triage that is ended at any moment: what the screen has shown as answered is on the disk."""

import shutil
import signal
import subprocess

import pytest

from tests.tui.apps import ADAM_LOG, NAN_LOG
from tests.tui.terminals import TRIAGE, PtyTerminal, environment, until
from triage.events import changes_that_count
from triage.journal import read_record
from triage.shelf import resume, saved_sessions


def app(folder, *arguments):
    (folder / "tmp").mkdir(exist_ok=True)
    env = environment(folder, TMPDIR=str(folder / "tmp"))
    return PtyTerminal([*TRIAGE, *arguments], env, columns=80, lines=50, cwd=folder)


def saved(folder):
    (entry,) = saved_sessions(folder / "state" / "loss-triage" / "sessions")
    return entry


def begin(terminal):
    terminal.shows("New triage")
    terminal.send("n")
    terminal.shows("What is wrong?", "your own words, paste a path")


def speak(terminal, words, *shown):
    terminal.send(words, "enter")
    terminal.shows("Understood as follows", "Let it count")
    terminal.send("enter")
    terminal.shows(*shown)


def choose_in_the_opening(terminal):
    terminal.send("enter")
    terminal.shows("› Course of the training loss: Falls for a while", "Most likely now")


def answer_by_number(terminal):
    choose_in_the_opening(terminal)
    terminal.send("3")
    terminal.shows("Question 3")


def let_words_count(terminal):
    speak(terminal, "using adam, loss is nan", "› Optimizer: Adam")


def undo_an_answer(terminal):
    answer_by_number(terminal)
    terminal.send("ctrl+z")
    terminal.shows("Undone:")


def attach_a_log(terminal):
    let_words_count(terminal)
    terminal.send("/attach run.csv", "enter")
    terminal.shows("NaN from step 201 on")


def read_a_large_log(terminal):
    let_words_count(terminal)
    terminal.send("/attach large.csv", "enter")
    terminal.shows("Reading large.csv")


MOMENTS = {
    choose_in_the_opening: ({"train_loss_trend"}, False),
    answer_by_number: ({"train_loss_trend", "nan_onset"}, False),
    let_words_count: ({"optimizer", "nan_onset"}, False),
    undo_an_answer: ({"train_loss_trend"}, False),
    attach_a_log: ({"optimizer", "nan_onset"}, True),
    read_a_large_log: ({"optimizer", "nan_onset"}, False),
}
"""What is done, and which findings are answered then, and whether a log counts."""


@pytest.fixture
def logs(tmp_path):
    shutil.copy(NAN_LOG, tmp_path / "run.csv")
    head, *rows = ADAM_LOG.read_text().splitlines(keepends=True)
    (tmp_path / "large.csv").write_text(head + "".join(rows) * 500)


def quit_it(terminal):
    terminal.send("ctrl+q")
    return terminal.status()


def readers(folder):
    """The processes that read a log for an app of this test."""
    listed = subprocess.run(["ps", "-ww", "-Ao", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if "triage.reading_child" in line and str(folder) in line]


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
def test_what_was_shown_as_answered_is_there_after_the_app_was_killed(tmp_path, real_base, moment):
    answered, has_log = MOMENTS[moment]
    with app(tmp_path) as terminal:
        begin(terminal)
        moment(terminal)
        assert terminal.kill() == -9
    assert saved(tmp_path).answers == len(answered)
    resumed = resume(saved(tmp_path), real_base)
    resumed.journal.close()
    assert {report.finding for report in resumed.session.reports if report.origin == "answer"} == answered
    assert bool(saved(tmp_path).files) == has_log
    with app(tmp_path, "--resume") as again:
        again.shows(f"{len(answered)} answer{'s count' if len(answered) > 1 else ' counts'} already")
        again.send("f5")
        again.shows(*(real_base.finding(finding).title for finding in answered))
        again.send("ctrl+q")
        assert again.status() == 0
    until(lambda: not readers(tmp_path), lambda: f"expected no reader to be left, found {readers(tmp_path)}")
    left = tmp_path / "tmp"
    until(lambda: not [*left.iterdir()], lambda: f"expected nothing of a log to be left, found {[*left.iterdir()]}")


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize(("leave", "status"), [(quit_it, 0), (PtyTerminal.hang_up, -signal.SIGHUP)])
def test_no_reader_outlives_an_app_that_is_quit_or_whose_window_is_closed(tmp_path, leave, status):
    with app(tmp_path) as terminal:
        begin(terminal)
        terminal.send("/attach large.csv", "enter")
        terminal.shows("Reading large.csv")
        until(lambda: readers(tmp_path), lambda: "expected a process that reads the log, found none")
        assert leave(terminal) == status
    until(lambda: not readers(tmp_path), lambda: f"expected no reader to be left, found {readers(tmp_path)}")
    assert not [*(tmp_path / "tmp").iterdir()]


def test_a_line_that_was_half_written_does_not_stop_the_next_start(tmp_path):
    with app(tmp_path) as terminal:
        begin(terminal)
        let_words_count(terminal)
        terminal.kill()
    path = saved(tmp_path).path
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert read_record(path).torn
    with app(tmp_path, "--resume") as again:
        again.shows("1 answer counts already", "was not saved to its end")
        speak(again, "using sgd", "› Optimizer: Plain SGD")
        again.kill()
    record = read_record(path)
    assert not record.torn
    assert "sgd" in str(changes_that_count(record.events)[-1])
