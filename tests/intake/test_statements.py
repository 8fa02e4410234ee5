from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.intake.statements import statements


def said(index, text: str) -> dict[str, tuple[str, ...]]:
    return {item.finding: item.states for item in statements(index, text)}


@pytest.mark.parametrize(
    ("text", "finding", "states"),
    [
        ("I use Adam with a learning rate of 0.0473.", "learning_rate_size", ("far_above_usual",)),
        ("I use Adam with a learning rate of 0.00047.", "learning_rate_size", ("usual",)),
        ("AdamW with weight decay 0.1", "weight_decay", ("usual",)),
        ("Adam with weight decay 0.1", "weight_decay", ("high",)),
        ("a batch size of 300", "batch_size", ("ordinary",)),
        ("bs 5000", "batch_size", ("large",)),
        ("dropout of 0.8 everywhere", "dropout", ("above_half",)),
        ("eps is 1e-3", "adam_epsilon", ("raised",)),
    ],
)
def test_a_value_means_what_it_means_beside_the_others(index, text, finding, states):
    assert said(index, text)[finding] == states


def test_a_value_that_was_only_tried_is_no_setting(index):
    assert "learning_rate_size" not in said(index, "tried lr 0.1, 0.01 and 0.001, no difference")


def test_words_and_values_stand_in_the_order_of_the_text_and_point_at_it(index):
    text = "The loss becomes nan after 300 steps, batch size 1, dropout 0.9."
    found = statements(index, text)
    assert [item.start for item in found] == sorted(item.start for item in found)
    assert all(text[item.start : item.end] == item.words for item in found)
    assert {"nan_onset", "batch_size", "dropout"} <= {item.finding for item in found}


PIECES = ["lr", "0.1", "Adam", "bs", "1e-8", "eps", "=", "nan", ",", "学习率"]


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_any_text_is_read_and_every_state_is_known(index, text):
    for item in statements(index, text):
        assert set(item.states) <= set(index.states[item.finding])
        assert text[item.start : item.end] == item.words
