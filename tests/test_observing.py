"""What is seen in a history, up to the limits of float64."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import HistoryError
from triage.history import read_history
from triage.observing import digest_of, observed

NUMBERS = st.one_of(
    st.floats(width=64), st.sampled_from([1.7e308, -1.7e308, 1e-310, 0.0, 1.0, np.inf, -np.inf, np.nan])
)
NAMES = ("val_loss", "learning_rate", "grad_norm", "accuracy", "epoch", "loss_scale", "train_loss/part")


@st.composite
def frames(draw):
    rows = draw(st.integers(1, 40))
    column = st.lists(NUMBERS, min_size=rows, max_size=rows)
    steps = draw(st.one_of(st.just(list(range(rows))), column))
    others = draw(st.lists(st.sampled_from(NAMES), unique=True))
    return pd.DataFrame({"step": steps, "loss": draw(column), **{name: draw(column) for name in others}})


@given(frames())
def test_any_numbers_are_looked_at_without_an_error_or_a_warning_and_facts_are_finite(frame):
    try:
        history = read_history(frame)
    except HistoryError:
        return
    readings, facts, digest = observed(history)
    assert all(sum(reading.likelihood.values()) < 1 + 1e-6 for reading in readings)
    assert np.isfinite(list(facts.values())).all()
    assert digest == digest_of(history)
