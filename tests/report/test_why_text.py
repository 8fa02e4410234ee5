import re
import unicodedata

import pytest

from tests.knowledge.small import base_of, small
from tests.report.examples import HOSTILE
from triage import Session
from triage.history import read_history
from triage.report.why_text import why_text
from triage.why import explain

UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
NUMBER = re.compile(r"^  +([+-]\d+\.\d)  ", re.MULTILINE)


def session_of(base, **answers):
    session = Session(base)
    for finding, states in answers.items():
        session.answer(finding, states)
    return session


def text_of(base, cause, *, colour=False, **answers):
    return why_text(explain(session_of(base, **answers).beliefs(), cause), base, colour=colour)


def section(text, heading):
    return next(part for part in text.split("\n\n") if part.startswith(heading))


def words_of(text):
    return " ".join(text.split())


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"nan_onset": "sudden", "optimizer": "adam"},
        {"nan_onset": "sudden", "precision": "fp32", "lower_rate_tenfold": "no_effect", "guard_logarithm": "no_effect"},
    ],
)
def test_every_explanation_fits_100_columns_and_names_its_cause_first(real_base, answers):
    beliefs = session_of(real_base, **answers).beliefs()
    for cause in real_base.causes.values():
        text = why_text(explain(beliefs, cause.id), real_base)
        assert max(map(len, text.splitlines())) <= 100
        assert words_of(text).startswith(f"Why: {cause.title}")
        assert text.endswith("\n")
        assert "\n\n\n" not in text


def test_what_speaks_for_stands_with_its_decibans_before_what_speaks_against(real_base):
    answers = {"nan_onset": "sudden", "lower_rate_tenfold": "no_effect"}
    why = explain(session_of(real_base, **answers).beliefs(), "learning_rate_too_high")
    text = section(why_text(why, real_base), "What speaks for it")
    speaks_for, speaks_against = text.split("What speaks against it")
    assert why.evidence_for
    assert why.evidence_against
    for part, items in ((speaks_for, why.evidence_for), (speaks_against, why.evidence_against)):
        for item in items:
            assert f"{item.decibans:+.1f} {item.title}: {item.label}" in words_of(part)


@pytest.mark.parametrize("cause", ["learning_rate_too_high", "nan_in_input", "fp16_overflow", "dead_relu"])
def test_the_numbers_of_the_comparison_add_up_as_they_are_printed(real_base, cause):
    session = Session(real_base)
    session.attach(read_history("tests/data/nan_in_input.csv"))
    session.answer("optimizer", "adam")
    why = explain(session.beliefs(), cause)
    *parts, total = map(float, NUMBER.findall(section(why_text(why, real_base), "Why it is")))
    assert len(parts) > 2
    assert sum(parts) == pytest.approx(total, abs=0.05 * (len(parts) + 1))
    assert total == pytest.approx(why.comparison.total_decibans, abs=0.051)


def test_weak_findings_and_those_past_the_sixth_are_one_line_of_the_sum(real_base):
    answers = {
        "nan_onset": "sudden", "optimizer": "adam", "precision": "bf16", "network_kind": "transformer",
        "batch_size": "tiny", "lower_rate_tenfold": "no_effect", "scan_inputs_for_nan": "clean",
        "swap_model": "fails_too", "train_on_standard_data": "works", "task": "classification_one_label",
    }  # fmt: skip
    answers = {name: state for name, state in answers.items() if state in real_base.findings[name].states}
    why = explain(session_of(real_base, **answers).beliefs(), "learning_rate_too_high")
    strong = [weight for weight in why.comparison.weights if abs(weight.decibans) >= 0.5][:6]
    weak = why.comparison.weights[len(strong) :]
    assert len(weak) > 1
    told = re.search(r"([+-][\d.]+) (\d+) weaker findings together", words_of(why_text(why, real_base)))
    assert float(told.group(1)) == pytest.approx(sum(weight.decibans for weight in weak), abs=0.051)
    assert int(told.group(2)) == len(weak)


def test_next_to_nothing_has_no_sign_that_says_otherwise(real_base):
    why = explain(session_of(real_base).beliefs(), "learning_rate_too_high")
    nearly_even = why.comparison.model_copy(update={"prior_decibans": -0.01, "total_decibans": -0.01})
    text = why_text(why.model_copy(update={"comparison": nearly_even}), real_base)
    assert "+0.0  how common they are" in text
    assert "in all: as likely as each other" in text


def test_a_leading_cause_is_ahead_and_one_that_is_not_is_behind(real_base):
    answers = {"nan_onset": "sudden", "scan_inputs_for_nan": "found"}
    leading = text_of(real_base, "nan_in_input", **answers)
    behind = words_of(text_of(real_base, "learning_rate_too_high", **answers))
    assert "1st of" in leading
    assert "Why it is ahead of" in leading
    assert f'Why it is behind "{real_base.causes["nan_in_input"].title}"' in behind


def test_the_sum_is_told_as_how_many_times_as_likely(real_base):
    why = explain(session_of(real_base, nan_onset="sudden").beliefs(), "learning_rate_too_high")
    times = 10 ** (-why.comparison.total_decibans / 10)
    told = re.search(r"in all: .* is ([\d.,]+) times as likely", words_of(why_text(why, real_base)))
    assert float(told.group(1).replace(",", "")) == pytest.approx(times, rel=0.05)


def test_a_cause_that_a_setting_rules_out_says_what_was_told_and_what_it_needs(real_base):
    part = section(
        text_of(real_base, "fp16_overflow", nan_onset="sudden", precision="fp32"), "What it cannot do without"
    )
    states = real_base.findings["precision"].states
    assert states["fp16_pure"].label in words_of(part)
    assert f"Told was: {states['fp32'].label}" in words_of(part)
    assert "--answer precision=fp16_amp|fp16_pure" in part


def test_what_is_met_needs_no_line(real_base):
    assert "What it cannot do without" not in text_of(real_base, "fp16_overflow", precision="fp16_amp")


def test_what_would_change_it_can_be_typed_as_it_stands(real_base):
    why = explain(session_of(real_base, nan_onset="sudden").beliefs(), "learning_rate_too_high")
    part = section(why_text(why, real_base), "What would change it most")
    flags = re.findall(r"--answer (\w+)=STATE", part)
    assert flags == [change.finding for change in why.changes]
    for name, answers in zip(flags, re.split(r"--answer \w+=STATE", part), strict=False):
        states = re.findall(r"-> +[<>]?\d+ % +(\w+): ", answers)
        assert states
        for state in states:
            session_of(real_base).check_answer(name, state)


def test_a_change_shows_the_probability_before_and_after(real_base):
    why = explain(session_of(real_base, train_loss_trend="diverging").beliefs(), "learning_rate_too_high")
    first = why.changes[0]
    part = section(why_text(why, real_base), "What would change it most")
    for outcome in (first.raises, first.lowers):
        line = next(line for line in part.splitlines() if f" {outcome.state}: " in line)
        assert f"{why.cause.probability:.0%} -> {outcome.after:.0%}".replace("%", " %") in line


def test_an_answer_after_which_the_same_figure_stands_is_left_out(real_base):
    why = explain(session_of(real_base, nan_onset="sudden", precision="fp32").beliefs(), "fp16_overflow")
    assert why.cause.probability < 0.005
    part = section(why_text(why, real_base), "What would change it most")
    assert "<1 % -> " in part
    assert "-> <1 %" not in part


def test_what_no_answer_can_move_is_said_to_be_so(real_base):
    session = Session(real_base)
    for finding in real_base.findings:
        session.answer(finding, "unknown")
    text = why_text(explain(session.beliefs(), "learning_rate_too_high"), real_base)
    assert "No single answer that is still open" in text


def test_checks_that_were_done_tell_their_outcome_and_open_ones_how_long_they_take(real_base):
    before = text_of(real_base, "learning_rate_too_high")
    after = text_of(real_base, "learning_rate_too_high", lower_rate_tenfold="prevents")
    check = real_base.findings["lower_rate_tenfold"]
    assert f"{check.title} ({check.minutes:.0f} min)" in section(before, "What can confirm it")
    assert f"{check.title} (done: {check.states['prevents'].label})" in words_of(section(after, "What can confirm it"))


def test_remedies_that_were_tried_are_listed_with_what_came_of_them(real_base):
    text = text_of(real_base, "log_of_zero", nan_onset="sudden", guard_logarithm="no_effect")
    remedy = real_base.remedies["guard_logarithm"]
    assert f"{remedy.title}: No difference" in words_of(section(text, "What was tried against it"))


def hostile_base(text):
    """What is read from the files of a pack that says ``text`` wherever it may say something of its own."""
    files = small()
    cause = files["causes/bad_data.yaml"]
    cause["title"] = f"Title {text} end"
    cause["mechanism"] = f"It breaks {text} end"
    for path, file in files.items():
        if path.startswith(("symptoms/", "settings/", "checks/")):
            file["title"] = f"Title {text} end"
            file["question"] = {**file["question"], "prompt": f"What {text} end"}
            for state in file["states"].values():
                state["label"] = f"Label {text} end"
        if path.startswith("checks/"):
            file["instructions"] = f"Look {text} end"
        if path.startswith("remedies/"):
            file["title"] = f"Title {text} end"
    files["causes/too_fast.yaml"]["title"] = f"Other {text} end"
    return base_of(files)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_of_a_pack_are_shown_escaped_within_100_columns(text):
    base = hostile_base(text)
    answers = {"loss_course": "grows", "optimizer_kind": "sgd", "clean_data": "no_effect", "slow_down": "no_effect"}
    beliefs = session_of(base, **answers).beliefs()
    for cause in ("bad_data", "too_fast"):
        written = why_text(explain(beliefs, cause), base)
        assert not {unicodedata.category(character) for character in written if character != "\n"} & UNSHOWN
        assert max(map(len, written.splitlines())) <= 100
        coloured = why_text(explain(beliefs, cause), base, colour=True)
        assert re.sub(r"\x1b\[\d+m", "", coloured) == written
