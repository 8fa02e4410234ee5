"""What a tired person reads: one short question, answers that are told apart at a glance."""

import re

import pytest

import knowledge

FINDINGS = list(knowledge.load().findings.values())
LONGEST_PROMPT, LONGEST_LABEL, LONGEST_WHY, WORK = 160, 60, 180, 1.0

each_finding = pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.id)


@each_finding
def test_a_question_is_one_sentence_that_fits_two_lines(finding):
    prompt = finding.question.prompt
    assert prompt.endswith("?")
    assert prompt.count("?") == 1
    assert len(prompt) <= LONGEST_PROMPT
    assert not re.search(r"[.!] [A-Z]", prompt)


@each_finding
def test_answers_are_short_and_different(finding):
    labels = [state.label for state in finding.states.values()]
    assert max(map(len, labels)) <= LONGEST_LABEL
    assert len({label.lower() for label in labels}) == len(labels)


@each_finding
def test_why_it_is_asked_is_one_sentence(finding):
    assert finding.question.why.endswith(".")
    assert len(finding.question.why) <= LONGEST_WHY


@pytest.mark.parametrize(
    "finding", [f for f in FINDINGS if f.kind != "check" and f.minutes >= WORK], ids=lambda f: f.id
)
def test_where_answering_takes_work_the_code_that_answers_it_is_there(finding):
    assert {"pytorch", "keras"} <= finding.question.how.keys()


def test_what_opens_an_interview_are_abnormal_states_of_symptoms_in_few_words():
    complaints = [
        (finding, name, state.complaint)
        for finding in FINDINGS
        for name, state in finding.states.items()
        if state.complaint is not None
    ]
    assert 10 <= len(complaints) <= 16
    for finding, name, complaint in complaints:
        assert finding.kind == "symptom"
        assert name != next(iter(finding.states))
        assert len(complaint) <= LONGEST_LABEL
