import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from triage.history.model import History, Series
from triage.history.sketch import BLOCKS, MOST_ROWS

VALUES = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([float("nan"), float("inf"), -float("inf"), 0.0]))


@st.composite
def histories(draw):
    rows = draw(st.integers(MOST_ROWS + 1, 3 * MOST_ROWS))
    pieces = draw(arrays(float, 40, elements=VALUES)), draw(arrays(bool, 40))
    values, logged = (np.resize(piece, rows) for piece in pieces)
    values[draw(st.integers(0, rows - 1))] = draw(VALUES)
    whole = Series(np.arange(rows, 0.0, -1.0), np.ones(rows, bool))
    series = {"train_loss": whole, "val_loss": Series(values, logged), "train_accuracy": whole}
    return History(np.arange(rows) * 10.0, None, series, {}, "test", warnings=("one",), ignored={"a": "b"})


@given(histories())
def test_the_extremes_the_ends_and_what_was_lost_stay(history):
    short = history.sketch
    for name in ("train_loss", "val_loss"):
        before, after = history.curve(name), short.curve(name)
        if before is None or not len(before):
            assert after is None or not len(after)
            continue
        assert np.isin(after.steps, before.steps).all()
        for whole, kept in ((before, after), (before.finite, after.finite)):
            assert bool(len(whole)) == bool(len(kept))
        if len(before.finite):
            assert after.finite.values.min() == before.finite.values.min()
            assert after.finite.values.max() == before.finite.values.max()
        lost, still = before.steps[~np.isfinite(before.values)], after.steps[~np.isfinite(after.values)]
        assert (lost.size == 0) == (still.size == 0)
        if lost.size:
            assert (still[0], still[-1]) == (lost[0], lost[-1])
    assert (short.step[0], short.step[-1]) == (history.step[0], history.step[-1])
    assert short.rows <= 2 + 2 * 4 * BLOCKS
    assert "train_accuracy" not in short.series


def test_a_short_history_keeps_all_its_rows_and_a_long_one_few():
    def of(rows):
        return History(
            np.arange(float(rows)), None, {"train_loss": Series(np.ones(rows), np.ones(rows, bool))}, {}, "t"
        )

    assert of(MOST_ROWS).sketch.rows == MOST_ROWS
    assert of(1_000_000).sketch.rows <= 2 + 2 * BLOCKS
