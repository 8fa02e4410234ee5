import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.history.files import cells, is_sound
from triage.errors import HistoryError
from triage.history.model import Series
from triage.history.table import Table, listed, merge_histories, to_history, unique_names, with_loss


def column(values):
    """A column of these values; None is a gap."""
    filled = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return Series(filled, np.array([value is not None for value in values], dtype=bool))


def history(chosen=None, file="run.csv", **columns):
    return to_history(Table(file, "csv", {name: column(values) for name, values in columns.items()}), chosen)


def test_the_total_of_a_loss_is_the_sum_of_its_parts_where_all_are_logged():
    found = history(step=[1, 2, 3], box_loss=[1, 2, None], cls_loss=[0.5, np.nan, 1])
    assert cells(found, "train_loss") == [1.5, "nan", None]
    assert found.columns["train_loss"] == "box_loss + cls_loss"


def test_a_total_that_was_logged_is_not_summed_anew():
    found = history(step=[1, 2], loss=[9, 8], box_loss=[1, 2], cls_loss=[1, 2])
    assert cells(found, "train_loss") == [9.0, 8.0]
    assert found.columns["train_loss"] == "loss"


def test_the_parts_of_training_and_of_validation_are_summed_each_for_itself():
    found = history(step=[1], train_box_loss=[1], train_cls_loss=[2], val_box_loss=[10], val_cls_loss=[20])
    assert cells(found, "train_loss") == [3.0]
    assert cells(found, "val_loss") == [30.0]
    assert [curve.name for curve in found.components] == ["train_loss/box", "train_loss/cls"]


def test_a_validation_loss_of_zero_on_every_row_was_never_computed():
    found = history(epoch=[0, 1, 2], loss=[3, 2, 1], val_loss=[0, 0, None])
    assert "val_loss" not in found.series
    assert "val_loss" not in found.columns
    assert "val_loss" in found.ignored
    assert found.curve("val_loss") is None


def test_a_validation_loss_that_is_zero_on_some_rows_was_computed():
    found = history(epoch=[0, 1, 2], loss=[3, 2, 1], val_loss=[0, 0.1, 0])
    assert cells(found, "val_loss") == [0.0, 0.1, 0.0]


def test_a_validation_loss_of_zero_and_nan_was_computed():
    assert cells(history(loss=[3, 2], val_loss=[0, np.nan]), "val_loss") == [0.0, "nan"]


def test_a_training_loss_of_zero_on_every_row_is_one():
    assert cells(history(loss=[0, 0]), "train_loss") == [0.0, 0.0]


def test_validation_parts_of_zero_make_no_total():
    found = history(epoch=[0, 1], train_box_loss=[2, 1], val_box_loss=[0, 0], val_cls_loss=[0, 0])
    assert set(found.series) == {"train_loss", "train_loss/box"}
    assert found.columns.keys() == found.series.keys()


def test_positions_are_steps_before_epochs_before_rows():
    assert history(step=[5, 6], epoch=[0, 1], loss=[1, 1]).step_unit == "step"
    assert history(epoch=[0, 1], loss=[1, 1]).step_unit == "epoch"
    assert history(loss=[1, 1]).step_unit == "row"
    assert history(step=[None, None], epoch=[3, 4], loss=[1, 1]).step.tolist() == [3, 4]


def test_a_row_that_does_not_say_where_it_is_stands_where_the_row_before_it_stood():
    found = history(step=[None, 10, None, np.nan, np.inf, 20], loss=[1, 2, 3, 4, 5, 6])
    assert found.step.tolist() == [10, 10, 10, 10, 10, 20]


def test_steps_that_are_no_positions_at_all_are_counted():
    assert history(step=[np.nan, np.inf], loss=[1, 2]).step.tolist() == [0, 1]


def test_rows_out_of_order_are_put_in_order_with_all_that_stands_in_them():
    found = history(step=[3, 1, 2], epoch=[1, 0, 0], loss=[1, 2, None])
    assert found.step.tolist() == [1, 2, 3]
    assert found.epoch.tolist() == [0, 0, 1]
    assert cells(found, "train_loss") == [2.0, None, 1.0]
    assert found.warnings == ("rows stand out of order; they were sorted by step",)


def test_a_history_without_a_loss_is_refused_and_one_with_a_validation_loss_alone_is_not():
    assert with_loss(history(val_loss=[1, 2])).rows == 2
    with pytest.raises(HistoryError, match=r"run\.csv: this .* a column with the loss .* found 'lr', 'speed'"):
        with_loss(history(lr=[1], speed=[2]))


def test_a_chosen_loss_of_nothing_but_gaps_is_refused():
    with pytest.raises(HistoryError, match="found only empty cells"):
        with_loss(history(chosen={"train_loss": "cost_of_it"}, cost_of_it=[None, None], lr=[1, 2]))


def test_the_files_of_one_run_are_joined_on_their_steps():
    merged = merge_histories([
        history(step=[1, 2, 4], loss=[4, 3, 1]),
        history(file="val.csv", step=[2, 3], val_loss=[5, np.nan]),
    ])  # fmt: skip
    assert is_sound(merged)
    assert merged.step.tolist() == [1, 2, 3, 4]
    assert cells(merged, "train_loss") == [4.0, 3.0, None, 1.0]
    assert cells(merged, "val_loss") == [None, 5.0, "nan", None]
    assert merged.files == ("run.csv", "val.csv")
    assert merged.columns == {"train_loss": "loss", "val_loss": "val_loss"}


def test_of_two_files_with_the_same_series_the_first_keeps_it_and_a_warning_says_so():
    merged = merge_histories([history(step=[1], loss=[4]), history(file="other.csv", step=[1], train_loss=[9], lr=[1])])
    assert cells(merged, "train_loss") == [4.0]
    assert merged.columns == {"train_loss": "loss", "learning_rate": "lr"}
    assert merged.warnings == ("train_loss also stands in other.csv; run.csv was used",)


def test_files_that_count_in_different_units_cannot_be_joined():
    with pytest.raises(HistoryError, match=r"other\.csv: expected positions in steps as in run\.csv, found epochs"):
        merge_histories([history(step=[1], loss=[4]), history(file="other.csv", epoch=[1], val_loss=[9])])


STEPS = st.lists(st.integers(0, 30), min_size=1, max_size=12, unique=True).map(sorted)


@given(STEPS, STEPS, st.data())
def test_joining_loses_nothing_and_invents_nothing(first, second, data):
    values = st.none() | st.floats(allow_nan=False)
    loss = data.draw(st.lists(values, min_size=len(first), max_size=len(first)))
    rate = data.draw(st.lists(values, min_size=len(second), max_size=len(second)))
    one = history(step=first, loss=[0.5, *loss[1:]])
    two = history(file="b.csv", step=second, lr=[0.5, *rate[1:]])
    for merged in (merge_histories([one, two]), merge_histories([two, one])):
        assert merged.step.tolist() == sorted({*first, *second})
        for name, part in (("train_loss", one), ("learning_rate", two)):
            np.testing.assert_array_equal(merged.curve(name).steps, part.curve(name).steps)
            np.testing.assert_array_equal(merged.curve(name).values, part.curve(name).values)


@given(st.lists(st.sampled_from(["a", "b", "a (2)", "a (3)", "b (3)", "a (2) (3)"]), max_size=12))
@example(["a", "a (4)", "a (4) (4)", "a"])
def test_names_become_unique_and_the_first_of_each_keeps_its_own(names):
    unique = unique_names(names)
    assert len(unique) == len(set(unique)) == len(names)
    for place, name in enumerate(names):
        assert unique[place].startswith(name)
        if name not in unique[:place]:
            assert unique[place] == name


def test_the_list_of_names_in_a_message_is_cut():
    assert listed([]) == "none"
    assert listed(["a", "b"]) == "'a', 'b'"
    assert listed(["x"] * 10).endswith("'x' and 2 more")
    assert len(listed(["x" * 1000] * 8)) < 400
    assert "\x1b" not in listed(["\x1b[31m"])


def test_the_parts_of_a_run_in_two_files_complete_each_other():
    early = history(step=[0, 1, 2], loss=[3, 2, 1])
    late = history(file="late.csv", step=[3, 4], loss=["0.5", "nan"])
    merged = merge_histories([early, late])
    assert merged.step.tolist() == [0, 1, 2, 3, 4]
    assert np.isnan(merged.curve("train_loss").values[-1])
    assert len(merged.curve("train_loss")) == 5
    assert merged.warnings == ()


def test_repeated_steps_restarts_and_epochs_of_the_first_file_survive_a_second_one():
    first = history(step=[0, 1, 2, 2, 3], epoch=[0, 0, 0, 1, 1], loss=["3", "2", "nan", "0.8", "0.7"])
    merged = merge_histories([first, history(file="rate.csv", step=[0, 1, 2, 3], lr=[1, 1, 1, 1])])
    assert len(merged.curve("train_loss")) == 5
    assert np.isnan(merged.curve("train_loss").values[2])
    assert merged.epoch.tolist() == [0, 0, 0, 1, 1]
    restarted = merge_histories(
        [history(step=[0, 1, 0, 1], loss=[4, 3, 2, 1]), history(file="r", step=[0, 1], lr=[1, 1])]
    )
    assert restarted.step.tolist() == [0, 1, 2, 3]
    assert restarted.resumes == (2,)
