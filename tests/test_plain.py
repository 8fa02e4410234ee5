import re

import pytest

from tests.knowledge.small import base_of, small
from tests.plain_talk import NAN_LOG, asked, flat, number_of, talk, told, with_complaints
from triage import Session, TriageError
from triage.events import Said, Stopped, changes_that_count
from triage.history import read_history


def test_five_answers_and_the_end_of_the_input_are_what_a_session_makes_of_them(real_base):
    led, by_hand = Session(real_base), Session(real_base)
    for place in (0, 1, 0, 2, 1):
        question = asked(by_hand)
        by_hand.answer(question.finding, question.choices[min(place, len(question.choices) - 1)].state)
    by_hand.stop()
    lines = ["none of these"]
    for change in changes_that_count(by_hand.events)[:-1]:
        lines.append(str(list(real_base.finding(change.finding).states).index(change.states[0]) + 1))
    diagnosis, _ = talk(led, *lines)
    assert diagnosis == by_hand.diagnosis()
    assert diagnosis.stopped == "user_stopped"
    assert led.events == by_hand.events


def test_the_end_of_the_input_is_the_same_as_q_wherever_it_comes(real_base):
    lines = ["6", "1", "?", "u", "b", "optimizer=adam"]
    for count in range(len(lines) + 1):
        ended = talk(Session(real_base), *lines[:count])
        stopped = talk(Session(real_base), *lines[:count], "q")
        assert ended == stopped


def test_an_answer_can_be_given_by_state_by_the_beginning_of_a_label_or_as_several_numbers(nan_session):
    while len(asked(nan_session).choices) < 3:
        nan_session.answer(asked(nan_session).finding, "unknown")
    question = asked(nan_session)
    for line in ("2", "2.", question.choices[1].state, question.choices[1].label.upper()[:-1], f"  {2}  "):
        talk(nan_session, line)
        assert told(nan_session)[question.finding] == ((question.choices[1].state,), False)
        nan_session.withdraw(question.finding)
    for line in ("1 3", "1,3", "3, 1", f"{question.choices[0].state}, {question.choices[2].state}"):
        talk(nan_session, line)
        assert set(told(nan_session)[question.finding][0]) == {question.choices[0].state, question.choices[2].state}
        nan_session.withdraw(question.finding)


@pytest.mark.parametrize(
    "line", ["0", "99", "1 99", "xyz", "=", "optimizer=", "optimizer=adamm", "optimiser=adam", "1" * 5000, "a", "b 7"]
)
def test_what_is_not_understood_costs_nothing_and_the_prompt_comes_again(nan_session, line):
    before = nan_session.events
    diagnosis, text = talk(nan_session, line)
    assert nan_session.events[: len(before)] == before
    assert nan_session.events[len(before) :] == (Stopped(),)
    after = flat(text).split("Your answer, 1 to", 1)[1]
    assert re.search("Expected|nearest", after)
    assert after.count("Your answer, 1 to") == 1
    assert diagnosis.stopped == "user_stopped"


def test_the_beginning_of_several_answers_is_not_taken_for_one(session):
    _, text = talk(session, "none of these", "falls")
    labels = [choice.label.lower() for choice in asked(session).choices]
    first, second = [str(index) for index, label in enumerate(labels, start=1) if label.startswith("falls")][:2]
    assert f"falls fits {first} and " in flat(text)
    assert f" and {second}" in flat(text)
    assert told(session) == {}


def test_question_mark_tells_why_and_what_each_answer_then_really_does(nan_session):
    question = asked(nan_session)
    _, text = talk(nan_session, "?")
    assert flat(question.why) in flat(text)
    for index, choice in enumerate(question.choices, start=1):
        other = Session(nan_session.base)
        other.attach(read_history(NAN_LOG))
        other.answer(question.finding, choice.state)
        leading = other.diagnosis().causes[0]
        line = re.search(rf"If {index}, {re.escape(choice.label)}: it .*? %\.", flat(text))[0]
        assert f"{leading.probability:.0%}".replace("%", " %") in line
        before = nan_session.diagnosis().causes[0]
        assert (leading.title in line) == (leading.id != before.id)
        after = next(cause for cause in other.diagnosis().causes if cause.id == before.id)
        change = round(after.probability, 2) - round(before.probability, 2)
        assert (" rises to " in line) == (change > 0)
        assert (" falls to " in line) == (change < 0)


def test_no_fault_leads_like_any_other_explanation(real_base):
    question = asked(Session(real_base))
    _, text = talk(Session(real_base), "none of these", "?", "1")
    after = Session(real_base)
    after.answer(question.finding, question.choices[0].state)
    percent = f"{after.diagnosis().no_fault:.0%}".replace("%", " %")
    assert "Leading now: no fault, " in flat(text)
    assert f"If 1, {question.choices[0].label}: it rises to {percent}." in flat(text)
    assert f"Most likely now: no fault ({percent}, was " in flat(text)


def test_after_an_answer_it_is_said_how_things_firm_up(nan_session):
    before = nan_session.diagnosis()
    nan_session.answer("scan_inputs_for_nan", "found")
    after = nan_session.diagnosis()
    nan_session.undo()
    _, text = talk(nan_session, "scan_inputs_for_nan=found")
    was = next(cause.probability for cause in before.causes if cause.id == "nan_in_input")
    assert (
        f"Most likely now: {after.causes[0].title} ({after.causes[0].probability:.0%}".replace("%", " %")
        + f", was {was:.0%}".replace("%", " %")
        + f"), then {after.causes[1].title}"
    ) in flat(text)


def test_h_prints_the_code_of_the_framework_that_the_person_uses(session):
    asking_code = next(
        finding
        for finding in session.base.findings.values()
        if finding.kind != "check" and {"pytorch", "keras"} <= finding.question.how.keys()
    )
    session.answer("framework", "keras_tensorflow")
    while asked(session).finding != asking_code.id:
        session.answer(asked(session).finding, "unknown")
    first_line = asking_code.question.how["keras"].strip().splitlines()[0]
    other_line = asking_code.question.how["pytorch"].strip().splitlines()[0]
    shown = talk(session, "h")[1].split("Your answer")[1]
    assert f"In Keras, {len(asking_code.question.how['keras'].strip().splitlines())} lines of code" in shown
    assert first_line[:70] in shown
    session.undo()
    assert other_line[:70] in talk(session, "h pytorch")[1]


def test_a_check_is_asked_with_how_to_do_it(session):
    for finding, state in {"nan_onset": "sudden", "optimizer": "adam"}.items():
        session.answer(finding, state)
    while session.base.findings[asked(session).finding].kind != "check":
        session.answer(asked(session).finding, "unknown")
    check = session.base.findings[asked(session).finding]
    _, text = talk(session)
    assert f"How: {flat(check.instructions)[:60]}" in flat(text)
    assert "h prints the code" in text


def test_not_knowing_is_an_answer_that_is_not_asked_again(nan_session):
    question = asked(nan_session)
    talk(nan_session, "u")
    assert told(nan_session) == {question.finding: ((), False)}
    assert asked(nan_session).finding != question.finding


def test_back_and_redo_tell_what_they_do_and_ask_the_question_again(nan_session):
    first = asked(nan_session)
    nan_session.answer(first.finding, first.choices[0].state)
    second = asked(nan_session)
    nan_session.undo()
    title = nan_session.base.findings[first.finding].title
    _, text = talk(nan_session, "1", "b", "r", "1", "b", "b", "b")
    words = flat(text)
    assert words.count(f"Taken back: {title}: {first.choices[0].label}.") == 2
    assert words.count(f"It counts again: {title}: {first.choices[0].label}.") == 1
    assert words.count(flat(first.prompt)) == 3
    assert words.count(flat(second.prompt)) == 3
    assert "There is nothing to take back." in words
    assert nan_session.diagnosis().history is not None
    assert told(nan_session) == {}


def test_there_is_nothing_to_redo_where_nothing_was_taken_back(nan_session):
    assert "There is nothing to redo." in talk(nan_session, "r")[1]


def test_s_lists_what_was_said_and_b_with_a_number_takes_it_back(nan_session):
    _, text = talk(nan_session, "optimizer=adam", "precision=fp32", "s", "b 1", "s")
    first, second = text.split("What was said so far:")[1:]
    assert "1. Optimizer: Adam" in first
    assert "2. Number format: fp32" in first
    assert "Optimizer" not in second.split("First to check")[0]
    assert set(told(nan_session)) >= {"precision"}
    assert [report.finding for report in nan_session.reports if report.origin == "answer"] == ["precision"]


def test_s_names_five_causes_no_fault_and_not_listed(nan_session):
    diagnosis = nan_session.diagnosis()
    text = flat(talk(nan_session, "s")[1])
    for index, cause in enumerate(diagnosis.causes[:5], start=1):
        assert f"{index}. {cause.title}: {cause.probability:.0%}".replace("%", " %") in text
    assert "No fault: " in text
    assert "A fault that is not listed here: " in text
    assert "Nothing was said so far." in text


def test_the_opening_offers_every_complaint_and_takes_several_as_brought_up(real_base):
    session, by_hand = Session(real_base), Session(real_base)
    _, text = talk(Session(real_base))
    labels = {
        label: (finding.id, name)
        for finding in real_base.findings.values()
        for name, state in finding.states.items()
        if (label := state.complaint)
    }
    chosen = list(labels)[::4][:4]
    together = {}
    for label in sorted(chosen, key=lambda label: int(number_of(text, label))):
        together.setdefault(labels[label][0], []).append(labels[label][1])
    for finding, states in together.items():
        by_hand.volunteer(finding, states)
    by_hand.stop()
    diagnosis, _ = talk(session, " ".join(sorted((number_of(text, label) for label in chosen), key=int)))
    assert {label: number_of(text, label) for label in labels}.keys() == labels.keys()
    assert diagnosis == by_hand.diagnosis()
    assert all(volunteered for _, volunteered in told(session).values())


def test_complaints_of_one_finding_are_one_report():
    session = Session(with_complaints())
    _, text = talk(session, "1 2")
    assert told(session) == {"loss_course": (("grows", "ends_in_nan"), True)}
    assert text.index("1. The loss grows and grows") < text.index("2. The loss turned NaN") < text.index("3. None of")


def test_the_likelier_complaint_comes_first():
    files = small()
    states = files["symptoms/loss_course.yaml"]["states"]
    states["grows"]["complaint"] = "It grows"
    states["ends_in_nan"]["complaint"] = "It ends in NaN"
    files["causes/too_fast.yaml"]["symptoms"][0]["states"] = {"ends_in_nan": "very_frequent"}
    text = talk(Session(base_of(files)))[1]
    assert [number_of(text, label) for label in ("It ends in NaN", "It grows", "None of these")] == ["1", "2", "3"]


def test_back_takes_the_whole_opening_back_and_redo_brings_it_all_again(real_base):
    session = Session(real_base)
    numbers = "1 3 5 6"
    _, text = talk(session, numbers, "b")
    assert told(session) == {}
    assert text.count("What is wrong? Choose all that fit") == 2
    session = Session(real_base)
    _, text = talk(session, numbers, "b", "r")
    together = Session(real_base)
    talk(together, numbers)
    assert told(session) == told(together)
    assert len(told(session)) > 1


def test_none_of_these_goes_alone_and_can_be_taken_back():
    session = Session(with_complaints())
    _, text = talk(session, "1 3", "3", "b", "2")
    assert "None of these goes alone." in flat(text)
    assert text.count("What is wrong?") == 2
    assert told(session) == {"loss_course": (("ends_in_nan",), True)}


def test_there_is_no_opening_where_something_is_known(real_base, nan_session):
    assert "What is wrong?" not in talk(nan_session)[1]
    session = Session(real_base)
    session.answer("optimizer", "adam")
    assert "What is wrong?" not in talk(session)[1]


def test_what_the_log_shows_is_told_before_the_first_question(nan_session):
    head = flat(talk(nan_session)[1].split("Question 1")[0])
    assert "nan_in_input.csv" in head
    assert "NaN from step 201 on" in head


def test_something_else_told_midway_counts_as_brought_up_and_what_was_asked_as_an_answer(session):
    session.answer("framework", "pytorch")
    question = asked(session)
    assert session.base.findings[question.finding].kind == "symptom"
    abnormal = question.choices[-1].state
    other = "metric_against_loss"
    assert other != question.finding
    talk(session, f"{question.finding}={abnormal}", f"{other} = loss_falls_metric_stuck")
    assert told(session)[question.finding] == ((abnormal,), False)
    assert told(session)[other] == (("loss_falls_metric_stuck",), True)


def test_several_states_can_be_told_and_so_can_not_knowing(nan_session):
    talk(nan_session, "optimizer=adam,adamw", "precision=unknown")
    assert told(nan_session)["optimizer"] == (("adam", "adamw"), False)
    assert told(nan_session)["precision"] == ((), False)


@pytest.fixture
def sure_session(nan_session):
    """One whose result is sure, so that the interview is at its end at once."""
    for finding, state in {
        "scan_inputs_for_nan": "found",
        "replay_failing_batch": "input_or_target",
        "lower_rate_tenfold": "no_effect",
        "precision": "fp32",
    }.items():
        states = list(nan_session.base.finding(finding).states)
        nan_session.answer(finding, state if state in states else states[1])
    assert nan_session.diagnosis().stopped == "confident"
    return nan_session


def test_the_end_tells_verdict_evidence_checks_and_changes_and_enter_ends(sure_session):
    before = sure_session.events
    diagnosis, text = talk(sure_session, "", "1")
    words = flat(text)
    assert words.endswith("Enter to end, or what next:")
    assert words.count("Enter to end, or what next:") == 1
    assert "Most likely: NaN or Inf in the inputs or targets" in words
    assert "Nothing more needs to be asked" in words
    assert re.search(r"For, \d+\.\d decibans: ", words)
    assert "What to check first: 1. " in words
    assert "What to change, once confirmed: " in words
    assert "<" not in words
    assert sure_session.events == before
    assert diagnosis.stopped == "confident"


def test_the_evidence_is_not_read_out_again_when_a_told_outcome_leaves_the_end_as_it_is(sure_session):
    _, text = talk(sure_session, "framework=pytorch", "")
    assert text.count("Enter ends.") == 2
    assert text.count("decibans double the odds") == 1
    assert text.count("What to check first:") == 2


def test_the_outcome_of_a_check_or_a_change_can_be_told_by_its_number(sure_session):
    text = talk(sure_session, "h 1")[1]
    assert "lines of code" in text or "line of code" in text
    title = re.search(r"What to change, once confirmed: (\d+)\. (.*?), against", flat(text))
    remedy = next(item for item in sure_session.base.remedies.values() if item.title == title[2])
    finding = remedy.trial or remedy.id
    normal = next(iter(sure_session.base.finding(finding).states))
    before = len(sure_session.events)
    _, text = talk(sure_session, title[1], "?", "1", "")
    assert sure_session.events[before:] == (Said(finding, (normal,), volunteered=False),)
    assert text.count("Enter ends.") >= 1 or "Question" in text
    assert "Most likely now: " in flat(text)


def test_after_the_end_an_outcome_that_speaks_against_it_leads_back_to_questions(sure_session):
    states = list(sure_session.base.finding("scan_inputs_for_nan").states)
    _, text = talk(sure_session, f"scan_inputs_for_nan={states[0]}", "replay_failing_batch=unknown", "1")
    assert "There is more worth asking now. Question 1, about" in flat(text)


def test_asking_goes_on_after_the_end_as_long_as_there_are_questions():
    session = Session(with_complaints())
    for finding, state in {"loss_course": "grows", "slow_down": "prevents", "optimizer_kind": "sgd"}.items():
        session.answer(finding, state)
    assert session.diagnosis().stopped is not None
    left = asked(session).finding
    diagnosis, text = talk(session, "a", "1", "a", "")
    assert left in told(session)
    assert "There is nothing left to ask." in text
    assert diagnosis.next_questions == []


def test_a_session_that_was_stopped_can_be_asked_on_or_have_its_stop_taken_back(real_base):
    for line in ("a", "b"):
        session = Session(real_base)
        session.answer("optimizer", "adam")
        session.stop()
        _, text = talk(session, line, "u")
        assert len(told(session)) == 2
        assert "You stopped here." in text


def test_notes_come_first_and_lost_answers_can_be_taken_back(real_base):
    session = Session(real_base)
    notes = session.replay([Said("optimizer", ("adam",), False), Said("gone_finding", ("x",), False)])
    diagnosis, text = talk(session, "b", "b", "r", "r", notes=notes)
    assert flat(text).startswith(f"{notes[0]} Triage")
    assert diagnosis.stopped == "user_stopped"


def test_what_cannot_be_kept_is_not_answered(real_base):
    kept = []

    def keep(event):
        if len(kept) == 2:
            raise TriageError("disk full")
        kept.append(event)

    session = Session(real_base, keep=keep)
    with pytest.raises(TriageError, match="disk full"):
        talk(session, "none of these", "u", "u", "u")
    assert len(session.events) == 2
