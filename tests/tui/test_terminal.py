"""The installed program in real terminals, as a person finds it."""

import os
import shutil
import signal

import pytest

from tests.tui.apps import NAN_LOG
from tests.tui.terminals import TERMINALS, TRIAGE, PtyTerminal, environment, until
from triage.shelf import saved_sessions


@pytest.fixture(params=TERMINALS)
def terminal(request, tmp_path):
    with request.param(TRIAGE, environment(tmp_path), cwd=tmp_path) as started:
        yield started


def saved(folder):
    (entry,) = saved_sessions(folder / "state" / "loss-triage" / "sessions")
    return entry


def begin(terminal):
    terminal.shows("New triage")
    terminal.send("n")
    terminal.shows("What is wrong?", "your own words, paste a path")


def test_a_triage_from_its_first_answer_to_its_report_and_on_the_next_day(tmp_path, terminal):
    shutil.copy(NAN_LOG, tmp_path / "run.csv")
    begin(terminal)
    terminal.send("using adam, loss is nan", "enter")
    terminal.shows("Understood as follows", "Optimizer", "NaN or Inf")
    terminal.send("enter")
    terminal.shows("Question 3")
    assert saved(tmp_path).answers == 2  # and none that was highlighted while the sentence arrived all at once
    for number in (4, 5, 6):
        terminal.send("1", "enter")
        terminal.shows(f"Question {number}")
    terminal.send("/attach run.csv", "enter")
    terminal.shows("NaN from step 201 on")
    terminal.send("f6")
    terminal.shows("What it may be", "^s Export")
    terminal.send("ctrl+s")
    terminal.shows("To the file")
    terminal.send("ctrl+u")
    until(lambda: "triage-report" not in terminal.text(), terminal.text)
    terminal.send("own.md", "enter")
    terminal.shows("Written to own.md")
    terminal.send("ctrl+q")
    assert terminal.status() == 0
    assert terminal.changed() == set()
    assert "NaN from step 201 on" in (tmp_path / "own.md").read_text()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["own.md", "run.csv"]
    entry = saved(tmp_path)
    assert entry.answers == 5
    with type(terminal)([*TRIAGE, "--resume"], environment(tmp_path), cwd=tmp_path) as again:
        again.shows("5 answers count already")
        again.send("f5")
        again.shows("Optimizer: Adam")
        again.send("ctrl+q")
        assert again.status() == 0
    assert saved(tmp_path) == entry


def test_a_resized_window_is_arranged_anew_and_takes_a_log_that_is_dropped_on_it(tmp_path, terminal):
    log = shutil.copy(NAN_LOG, tmp_path / "my run.csv")
    begin(terminal)
    beside = "No log is attached yet."  # stands beside the conversation where there is room
    assert beside not in terminal.text()
    terminal.resize(140, 40)
    terminal.shows("What is wrong?", beside)
    terminal.resize(60, 20)
    until(lambda: beside not in terminal.text(), terminal.text)
    terminal.send("f4")
    terminal.shows(beside)
    terminal.resize(80, 24)
    terminal.send("f2")
    terminal.shows("What is wrong?")
    terminal.paste(f"'{log}'")
    terminal.shows("NaN from step 201 on")
    assert saved(tmp_path).files == (str(log),)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_terminal_is_left_as_it_was_also_where_the_system_ends_the_app(tmp_path, sent):
    with PtyTerminal(TRIAGE, environment(tmp_path), cwd=tmp_path) as terminal:
        begin(terminal)
        assert {"mode 1049", "mode 25", "mode 1003", "mode 2004", "line settings"} <= terminal.changed()
        os.kill(terminal.pid, sent)
        assert terminal.status() == 128 + sent
        assert terminal.changed() == set()
    assert not saved_sessions(tmp_path / "state" / "loss-triage" / "sessions")  # nothing was said


def test_no_colour_is_shown_where_none_is_wanted(tmp_path):
    with PtyTerminal(TRIAGE, environment(tmp_path, NO_COLOR="1"), cwd=tmp_path) as terminal:
        begin(terminal)
        cells = [cell for line in terminal.screen.buffer.values() for cell in line.values()]
        colours = {colour for cell in cells for colour in (cell.fg, cell.bg)} - {"default"}
        assert all(colour[:2] == colour[2:4] == colour[4:] for colour in colours), colours


def test_the_screen_is_drawn_whatever_the_locale_and_wherever_errors_go(tmp_path):
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = ["sh", "-c", 'exec "$@" 2>errors.txt', "sh", *TRIAGE]
    env = environment(tmp_path, TERM=None, COLORTERM=None, **ascii_only)
    with PtyTerminal(command, env, cwd=tmp_path) as terminal:
        begin(terminal)
        assert "›" in terminal.text()
        assert "\\u" not in terminal.text()
        terminal.send("ctrl+q")
        assert terminal.status() == 0
    assert (tmp_path / "errors.txt").read_text() == ""


def test_a_tiny_terminal_is_no_reason_to_fail(tmp_path):
    with PtyTerminal(TRIAGE, environment(tmp_path), columns=20, lines=5, cwd=tmp_path) as terminal:
        terminal.shows("triage")
        terminal.resize(1, 1)
        terminal.send("n")
        terminal.resize(80, 24)
        terminal.shows("What is wrong?")
        terminal.resize(3, 1)
        terminal.send("ctrl+q")
        assert terminal.status() == 0


def test_a_dumb_terminal_is_told_in_one_line_what_works_there(tmp_path):
    with PtyTerminal(TRIAGE, environment(tmp_path, TERM="dumb"), columns=160, cwd=tmp_path) as terminal:
        assert terminal.status() == 2
        first, *others = terminal.text().split("\n")
        assert "found TERM=dumb" in first
        assert "triage --plain" in first
        assert not "".join(others).strip()
