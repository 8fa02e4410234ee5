"""Runs that really failed, from their log to the cause.

The histories were made by tests/lab, which trains small networks with one fault each; the truth files hold the cause and
what a person who looked would truthfully answer. A question that the truth file cannot answer is answered "unknown".
"""

from pathlib import Path

import pytest
import yaml

from triage import Session
from triage.cli import main
from triage.history import read_history

DATA = Path(__file__).parent / "data"
TRUTHS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted((DATA / "truth").glob("*.yaml"))}
FAULTY = [name for name, truth in TRUTHS.items() if truth["cause"]]
HEALTHY = [name for name, truth in TRUTHS.items() if not truth["cause"]]

MOST_ANSWERS = 5
MOST_QUESTIONS = 12


def attached(base, name):
    session = Session(base)
    session.attach(read_history(DATA / TRUTHS[name]["history"]))
    return session


def ranked(diagnosis):
    return [view.id for view in diagnosis.causes]


def answer_truthfully(session, truth):
    """Put the best question until five were answered; returns what was answered."""
    answered = {}
    for _ in range(MOST_QUESTIONS):
        diagnosis = session.diagnosis(1)
        if len(answered) == MOST_ANSWERS or not diagnosis.next_questions:
            break
        finding = diagnosis.next_questions[0].finding
        state = truth["answers"].get(finding, "unknown")
        session.answer(finding, state)
        if state != "unknown":
            answered[finding] = state
    return answered


def test_there_are_runs_of_at_least_ten_failures_and_two_healthy_ones():
    assert len({TRUTHS[name]["cause"] for name in FAULTY}) >= 10
    assert len(HEALTHY) >= 2


@pytest.mark.parametrize("name", FAULTY)
def test_the_cause_is_among_the_first_three_from_the_log_alone(name, real_base):
    diagnosis = attached(real_base, name).diagnosis()
    assert TRUTHS[name]["cause"] in ranked(diagnosis)[:3]
    assert not diagnosis.is_healthy


@pytest.mark.parametrize("name", FAULTY)
def test_the_cause_is_first_after_at_most_five_truthful_answers(name, real_base):
    session = attached(real_base, name)
    answered = answer_truthfully(session, TRUTHS[name])
    assert len(answered) <= MOST_ANSWERS
    assert ranked(session.diagnosis())[0] == TRUTHS[name]["cause"], answered


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_run_is_called_healthy(name, capsys):
    assert main(["--log", str(DATA / TRUTHS[name]["history"])]) == 0
    assert capsys.readouterr().out.lower().startswith("no fault")
