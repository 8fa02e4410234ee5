from __future__ import annotations

from types import SimpleNamespace

import pytest

from triage.diagnosis import FindingView
from triage.watching.told import Told, held


def diagnosis(findings, causes=(), no_fault=0.5):
    views = [
        FindingView(finding=name, state=state, probability=sure, origin="detector", steps=None, message=f"{name} seen")
        for name, state, sure in findings
    ]
    ranked = [SimpleNamespace(id=name, probability=sure) for name, sure in causes]
    return SimpleNamespace(findings=views, causes=ranked, no_fault=no_fault, hypotheses=[])


@pytest.fixture
def told(real_base):
    return Told(real_base, 0.9, ["nan_onset=sudden", "learning_rate_too_high", "any"], 0.5)


SPIKES = ("train_loss_trend", "spikes", 0.8)


def test_a_finding_is_told_when_two_readings_agree_and_cleared_when_two_do(told):
    said = [told.hear(diagnosis(seen), urgent=False) for seen in ([SPIKES], [], [SPIKES], [SPIKES], [SPIKES], [], [])]
    assert [[one.finding for one in new.appeared] for new in said] == [[], [], [], ["train_loss_trend"], [], [], []]
    assert [new.cleared for new in said] == [()] * 6 + [(("train_loss_trend", "spikes"),)]


def test_once_is_enough_where_nothing_comes_after(told):
    assert told.hear(diagnosis([SPIKES]), urgent=True).appeared
    assert told.hear(diagnosis([]), urgent=True).cleared


def test_another_state_of_a_finding_is_told_without_the_first_being_cleared(told):
    told.hear(diagnosis([SPIKES]), urgent=True)
    new = told.hear(diagnosis([("train_loss_trend", "diverging", 0.8)]), urgent=True)
    assert [one.state for one in new.appeared] == ["diverging"]
    assert new.cleared == ()
    assert told.shown == {"train_loss_trend": "diverging"}


def test_a_run_that_still_learns_is_not_worth_a_word(told):
    assert not told.hear(diagnosis([("train_loss_trend", "still_falling_at_end", 0.9)]), urgent=True).appeared


def test_what_is_unlikely_is_not_told(told):
    assert not told.hear(diagnosis([("train_loss_trend", "spikes", 0.4)]), urgent=True).appeared


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ("nan_onset", True),
        ("nan_onset=sudden", True),
        ("nan_onset=first_step", False),
        ("train_loss_trend", False),
        ("nan_in_input", True),
        ("labels_wrong", False),
        ("any", True),
    ],
)
def test_a_cause_a_finding_and_a_state_hold_from_their_threshold_on(real_base, wanted, holds):
    seen = diagnosis([("nan_onset", "sudden", 0.9), SPIKES], [("nan_in_input", 0.9), ("labels_wrong", 0.3)], 0.05)
    assert held(seen, [wanted], 0.85, real_base) == [wanted] * holds


def test_what_is_waited_for_has_to_hold_twice(told):
    bad = diagnosis([("nan_onset", "sudden", 0.9)], no_fault=0.9)
    assert [told.hear(one, urgent=False).held for one in (bad, diagnosis([], no_fault=0.9), bad, bad)][1:] == [
        (), (), ("nan_onset=sudden",),
    ]  # fmt: skip
