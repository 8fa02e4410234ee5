"""What is told where a person, the log and a file say different things."""

from __future__ import annotations

import pytest

from triage.events import Enclosed
from triage.intake.found import Place, Stated, Told, shows


def script(*found, stated=()) -> Enclosed:
    return Enclosed("code", ("train.py",), Told(tuple(stated), tuple(found)), "/runs")


def optimizer(state: str):
    return shows("optimizer", state, "The optimizer is set there.", Place("train.py", 7, "opt = SGD(...)"))


def test_what_a_person_says_against_a_file_is_told_and_the_file_weighs_more(session):
    session.answer("optimizer", "adam")
    session.enclose(script(optimizer("sgd")))
    diagnosis = session.diagnosis()
    (told,) = diagnosis.disagreements
    assert (told.finding, told.states, told.origins) == ("optimizer", ["sgd", "adam"], ["code", "answer"])
    assert "train.py:7" in told.message
    believed = {item.origin: item.probability for item in diagnosis.findings if item.finding == "optimizer"}
    assert believed["code"] > 0.5 > believed["answer"]


@pytest.mark.parametrize("setting", ["batch_size", "precision", "dropout", "learning_rate_size", "framework"])
def test_the_file_weighs_more_whatever_the_two_say(real_base, session, setting):
    states = list(real_base.findings[setting].states)
    for said in states:
        for stated in states:
            if said != stated:
                one = session.another()
                one.answer(setting, said)
                one.enclose(script(shows(setting, stated, "It stands there.", Place("train.py", 1))))
                believed = {item.origin: item.probability for item in one.diagnosis().findings}
                assert believed["code"] > believed["answer"], (said, stated)


def test_an_optimizer_that_a_script_names_weighs_more_than_a_memory_of_it(session):
    session.answer("optimizer", "sgd")
    session.enclose(script(stated=[Stated("optimizer", "adam", Place("train.py", 7))]))
    (told,) = session.diagnosis().disagreements
    assert told.origins == ["code", "answer"]


def test_agreement_is_not_told(session):
    session.answer("optimizer", "sgd")
    session.enclose(script(optimizer("sgd")))
    assert session.diagnosis().disagreements == []


def test_a_soft_reading_contradicts_nobody(session):
    session.answer("learning_rate_size", "usual")
    session.enclose(script(stated=[Stated("learning_rate", 0.1, Place("train.py", 3))]))
    assert session.diagnosis().disagreements == []
