"""The lines of the interview: how they are read and written, whatever is typed and whatever they say."""

import io
import os
import re
import threading
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plain_talk import NAN_LOG, talk, told, with_complaints
from tests.report.examples import HOSTILE, a_history
from triage import Session
from triage.history import read_history
from triage.plain import interview
from triage.plain_how import how_to


def test_every_prompt_is_flushed_before_it_waits_for_an_answer(nan_session):
    class Terminal(io.StringIO):
        waiting = False

        def write(self, text):
            self.waiting = True
            return super().write(text)

        def flush(self):
            self.waiting = False

    terminal, seen = Terminal(), []

    class Keyboard(io.StringIO):
        def readline(self, size=-1):
            seen.append(terminal.waiting)
            return super().readline(size)

    interview(nan_session, Keyboard("1\n?\nh\ns\nxyz\nb\nq\n"), terminal)
    assert seen == [False] * 7


def test_an_interrupt_passes_through(nan_session):
    class Keyboard(io.StringIO):
        def readline(self, size=-1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interview(nan_session, Keyboard(), io.StringIO())


@pytest.mark.parametrize("typed", [b"2\n\xff\xfe\n2\n", b"2\n\xe2\x82", b"2\r\n\xff\n\xff\n", b"\x00\n2"])
def test_bytes_that_are_no_text_end_nothing_but_their_line(nan_session, typed):
    read = io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8")
    assert interview(nan_session, read, io.StringIO()).stopped == "user_stopped"


def test_a_terminal_that_knows_ascii_alone_is_served(real_base):
    session = Session(real_base)
    raw = io.BytesIO()
    terminal = io.TextIOWrapper(raw, encoding="ascii")
    interview(session, io.StringIO("s\n"), terminal, ["caf\u00e9 \U0001f600"])
    assert raw.getvalue().startswith(b"caf? ?\n")


def test_answers_can_be_read_and_written_line_by_line_through_a_pipe(real_base):
    """A program at the other end reads up to the prompt and then answers."""
    answers, typed = map(os.fdopen, os.pipe(), "rw")
    shown, written = map(os.fdopen, os.pipe(), "rw")
    session = Session(real_base)
    session.answer("framework", "pytorch")
    with answers, typed, shown:

        def lead():
            with written:
                interview(session, answers, written)

        leading = threading.Thread(target=lead, daemon=True)
        leading.start()
        prompts = 0
        for line in shown:
            if line.startswith("Your answer"):
                prompts += 1
                typed.write("u\n" if prompts < 4 else "q\n")
                typed.flush()
        leading.join()
    assert prompts == 4
    assert len(told(session)) == 4


def fits(text):
    assert max(map(len, text.split("\n"))) <= 80
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", text)


def test_every_screen_fits_80_columns_without_control_characters_or_drawings(real_base, nan_session):
    lines = ["?", "s", "1", "u", "?", "1", "2", "b", "help", "", "x" * 500, "optimizer=" + "y" * 300, *["u"] * 30]
    for session in (nan_session, Session(real_base)):
        _, text = talk(session, *lines, "?", "1", "?", "1", "a", "s", "")
        fits(text)
        prose = re.sub(r"To find out, in .*:\n.*", "", text)
        assert not re.search("[\u2190-\u21ff\u2500-\u259f\u2800-\u28ff<>]", prose)


@pytest.mark.parametrize("framework", ["pytorch", "keras_tensorflow", "hugging_face", "caffe_darknet"])
def test_the_code_of_every_check_and_every_change_fits_80_columns(real_base, framework):
    session = Session(real_base)
    session.answer("framework", framework)
    diagnosis = session.diagnosis()
    for name in (*real_base.findings, *real_base.remedies):
        lines = how_to(diagnosis, real_base, name, "", "h")
        assert max(map(len, lines)) <= 80
        assert lines


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_warnings_are_shown_escaped_and_short(real_base, text):
    history = replace(
        a_history(),
        files=(f"run{text}",),
        format=f"csv {text}",
        warnings=(f"careful {text}",),
        columns={"train_loss": f"loss {text}", "val_loss": text},
    )
    session = Session(real_base)
    session.attach(history)
    _, shown = talk(session, text, "s", "?", f"optimizer={text}", f"h {text}", notes=[f"note {text}"])
    fits(shown)
    assert "run" in shown


def test_wide_characters_do_not_make_a_line_wider_than_80_columns(real_base):
    _, shown = talk(Session(real_base), notes=["\u6a5f" * 300])
    assert max(line.count("\u6a5f") for line in shown.splitlines()) == 40


COMMANDS = ["?", "h", "u", "b", "r", "s", "q", "a", "", "help", "b 1", "b 2", "h 1", "h 4", "h keras", "why", "unknown"]


def typed_lines(base):
    findings = [*base.findings, *base.trials]
    names = st.sampled_from(findings).flatmap(
        lambda name: st.lists(
            st.sampled_from([*base.finding(name).states, "unknown", "nothing"]), min_size=1, max_size=2
        ).map(lambda states: f"{name}={','.join(states)}")
    )
    numbers = st.lists(st.integers(0, 9), min_size=1, max_size=3).map(lambda found: " ".join(map(str, found)))
    weighted = [numbers, numbers, names, st.sampled_from(COMMANDS), st.sampled_from(HOSTILE), st.text(max_size=20)]
    return st.lists(st.one_of(weighted), max_size=14)


def holds_for(base, lines, *, with_log):
    session, again = Session(base), Session(base)
    if with_log:
        session.attach(read_history(NAN_LOG))
    diagnosis, text = talk(session, *lines)
    fits(text)
    assert again.replay(session.events) == []
    assert again.diagnosis() == diagnosis == session.diagnosis()


@given(data=st.data())
def test_any_lines_end_without_an_error_and_replay_to_the_same_in_a_small_knowledge(data):
    base = with_complaints()
    holds_for(base, data.draw(typed_lines(base)), with_log=False)


@settings(max_examples=20)
@given(data=st.data(), with_log=st.booleans())
def test_any_lines_end_without_an_error_and_replay_to_the_same_in_the_real_knowledge(real_base, data, with_log):
    holds_for(real_base, data.draw(typed_lines(real_base)), with_log=with_log)
