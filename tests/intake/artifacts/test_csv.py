import numpy as np
import pytest

from tests.intake.artifacts.making import data_told, message, refusal, stated, states
from triage.errors import CancelledError
from triage.intake.artifacts import inspect_data


def table(rows=400, seed=0, labels=None, **columns):
    """A CSV of two standard columns and those given."""
    draw = np.random.default_rng(seed)
    found = {"a": draw.standard_normal(rows), "b": draw.standard_normal(rows), **columns}
    if labels is not None:
        found["label"] = labels
    lines = [",".join(found)]
    lines += [",".join(str(values[row]) for values in found.values()) for row in range(rows)]
    return "\n".join(lines) + "\n"


def likelihood(found, finding):
    return next(shown.likelihood for shown in found.found if shown.finding == finding)


def test_clean_standardised_columns_are_told_so_with_their_count(tmp_path):
    found = data_told(tmp_path, train=table())
    assert states(found)["scan_inputs_for_nan"] == "clean"
    assert states(found)["input_scaling"] == "standardised"
    assert states(found)["scan_for_outliers"] == "none"
    assert stated(found) == {"samples": 400}


@pytest.mark.parametrize(
    ("cell", "name"), [("", "NaN"), ("nan", "NaN"), ("NA", "NaN"), ("inf", "Inf"), ("-inf", "Inf"), ("oops", "NaN")]
)
def test_a_gap_is_named_by_its_column_and_row(tmp_path, cell, name):
    column = [str(value) for value in range(400)]
    column[41] = cell
    found = data_told(tmp_path, data=table(extra=column))
    assert message(found, "scan_inputs_for_nan") == f"{name} in 1 of 400 rows of extra, first in row 42."


def test_a_missing_label_is_a_gap_too(tmp_path):
    labels = ["0", "1"] * 200
    labels[6] = ""
    assert "first in row 7" in message(data_told(tmp_path, data=table(labels=labels)), "scan_inputs_for_nan")


def test_columns_from_zero_to_one_and_raw_ones_are_told_apart(tmp_path):
    draw = np.random.default_rng(1)
    small = "p,q\n" + "\n".join(f"{a},{b}" for a, b in draw.uniform(size=(300, 2)))
    assert states(data_told(tmp_path, data=small))["input_scaling"] == "zero_to_one"
    found = data_told(tmp_path, data=table(price=draw.uniform(1e4, 1e6, 400)))
    assert states(found)["input_scaling"] == "raw"
    assert "price" in message(found, "input_scaling")


def test_a_value_far_beyond_all_others_is_named(tmp_path):
    column = np.random.default_rng(2).standard_normal(400)
    column[77] = 1e9
    found = data_told(tmp_path, data=table(size=column))
    assert states(found)["scan_for_outliers"] == "found"
    assert "size in row 78" in message(found, "scan_for_outliers")


def test_a_column_that_never_changes_is_noted(tmp_path):
    assert any("constant" in note for note in data_told(tmp_path, data=table(constant=[3] * 400)).notes)


@pytest.mark.parametrize(
    ("counts", "state"), [((200, 200), "balanced"), ((300, 100), "uneven"), ((390, 10), "extreme")]
)
def test_balance_of_classes_is_told(tmp_path, counts, state):
    labels = np.random.default_rng(3).permutation(np.repeat([0, 1], counts))
    assert states(data_told(tmp_path, data=table(labels=labels)))["class_balance"] == state


def test_classes_by_name_are_counted(tmp_path):
    labels = np.random.default_rng(3).permutation(np.repeat(["cat", "dog", "bird"], [200, 150, 50]))
    found = data_told(tmp_path, data=table(labels=labels))
    assert states(found)["class_balance"] == "uneven"
    assert "target_form" not in states(found)
    assert any("3 classes" in note for note in found.notes)


def test_gaps_negative_and_one_based_labels_are_noted(tmp_path):
    draw = np.random.default_rng(4)
    gap = data_told(tmp_path, data=table(labels=draw.choice([0, 1, 5], 400)))
    negative = data_told(tmp_path, data=table(labels=draw.choice([-1, 0, 1], 400)))
    later = data_told(tmp_path, data=table(labels=draw.choice([1, 2, 3], 400)))
    assert any("3 never occur" in note for note in gap.notes)
    assert any("negative" in note for note in negative.notes)
    assert any("begin with 1" in note for note in later.notes)


def test_sorted_labels_are_said_with_doubt_as_most_programs_shuffle(tmp_path):
    found = data_told(tmp_path, data=table(labels=np.repeat([0, 1, 2, 3], 100)))
    assert "4 runs" in message(found, "batch_composition")
    assert 0.3 < likelihood(found, "batch_composition")["sorted_or_one_class"] < 0.6
    mixed = data_told(tmp_path, data=table(labels=np.random.default_rng(5).choice(4, 400)))
    assert "batch_composition" not in states(mixed)


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (lambda draw: draw.choice(5, 400), "class_indices"),
        (lambda draw: draw.uniform(size=400), "zero_one_values"),
        (lambda draw: draw.standard_normal(400), "scaled_numbers"),
        (lambda draw: draw.uniform(1e4, 1e6, 400), "raw_numbers"),
        (lambda draw: draw.integers(1e4, 1e6, 400), "raw_numbers"),
    ],
)
def test_the_form_of_the_targets_is_told(tmp_path, make, state):
    values = make(np.random.default_rng(6))
    content = table().splitlines()
    lines = [f"{content[0]},target", *(f"{line},{value}" for line, value in zip(content[1:], values, strict=True))]
    assert states(data_told(tmp_path, data="\n".join(lines)))["target_form"] == state


def test_y_beside_x_and_z_is_a_coordinate(tmp_path):
    draw = np.random.default_rng(7)
    rows = ["x,y,z,class", *(f"{x},{y},{z},{place % 2}" for place, (x, y, z) in enumerate(draw.normal(size=(200, 3))))]
    assert states(data_told(tmp_path, data="\n".join(rows)))["class_balance"] == "balanced"


def test_columns_that_are_one_hot_together_are_one_target(tmp_path):
    classes = np.random.default_rng(7).choice(3, 400)
    columns = {f"target_{place}": (classes == place).astype(int) for place in range(3)}
    assert states(data_told(tmp_path, data=table(**columns)))["target_form"] == "one_hot"


def test_rows_for_testing_that_stand_in_training_are_found(tmp_path):
    train = table(labels=[0, 1] * 200)
    lines = train.splitlines()
    found = data_told(tmp_path, train=train, test="\n".join([lines[0], *lines[100:120]]))
    assert states(found)["find_leaked_samples"] == "found"
    assert "20 rows of the test data, 100.00%" in message(found, "find_leaked_samples")
    clean = data_told(tmp_path, train=train, test=table(rows=50, seed=9, labels=[0, 1] * 25))
    assert states(clean)["find_leaked_samples"] == "none"


def test_a_number_of_the_row_does_not_hide_that_a_row_comes_again(tmp_path):
    lines = table().splitlines()
    rows = [f"id,{lines[0]}", *(f"{place},{line}" for place, line in enumerate(lines[1:] + lines[1:41]))]
    assert any("9.1% of the 440 rows" in note for note in data_told(tmp_path, data="\n".join(rows)).notes)


def test_texts_tell_rows_apart_and_are_not_judged(tmp_path):
    rows = ["text,label", *(f"sentence number {place},{place % 2}" for place in range(200))]
    found = data_told(tmp_path, data="\n".join(rows))
    assert any("'text'" in note for note in found.notes)
    assert not any("came before" in note for note in found.notes)
    assert "input_scaling" not in states(found)


def test_rows_of_few_values_are_alike_by_chance_and_no_leak(tmp_path):
    draw = np.random.default_rng(8)
    coins = ["p,q", *(f"{a},{b}" for a, b in draw.integers(0, 2, (300, 2)))]
    found = data_told(tmp_path, train="\n".join(coins), test="\n".join(coins[:50]))
    assert "find_leaked_samples" not in states(found)


@pytest.mark.parametrize("change", [
    lambda text: text.replace(",", ";").encode(),
    lambda text: text.replace(",", "\t").encode(),
    lambda text: text.replace(",", "|").encode(),
    lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"),
    lambda text: text.encode("utf-16"),
    lambda text: text.replace("a,b", "\u00e4,b").encode("latin-1"),
    lambda text: text.rstrip("\n").encode(),
])  # fmt: skip
def test_separators_ends_of_lines_and_encodings_do_not_matter(tmp_path, change):
    found = data_told(tmp_path, data=change(table(labels=[0, 1] * 200)))
    assert states(found)["input_scaling"] == "standardised"
    assert states(found)["class_balance"] == "balanced"
    assert stated(found) == {"samples": 400}


def test_a_table_without_a_header_keeps_its_first_row(tmp_path):
    draw = np.random.default_rng(9)
    found = data_told(tmp_path, data="\n".join(f"{a} {b}" for a, b in draw.standard_normal((300, 2))))
    assert stated(found) == {"samples": 300}
    assert states(found)["input_scaling"] == "standardised"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b"a,b\n", "with rows"),
        (b"\n\n", "empty file"),
        (b"a,b\n1,2\n3,4,5\n", "line 3"),
        (b'a,b\n1,"2\n3,4\n', "EOF inside string"),
        (b"a,b\n1," + b"9" * (9 << 20), "a line of more than"),
        (b"a" + b",a" * 30_000 + b"\n1", "at most 20,000 columns"),
        (b"\x80\x04K\x01.", "a pickle"),
        (b"\0\1\2\3" * 100, "something else"),
        (b"PK\x03\x04" + bytes(60), "zip archive"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, expected):
    assert expected in refusal(tmp_path, content, reader=inspect_data)


def test_a_text_that_comes_late_in_a_column_of_numbers_is_a_gap(tmp_path):
    column = [str(value) for value in range(5000)]
    column[4000] = "oops"
    assert "row 4,001" in message(data_told(tmp_path, data=table(rows=5000, extra=column)), "scan_inputs_for_nan")


def test_progress_never_goes_back_and_can_end_the_reading(tmp_path):
    file = tmp_path / "data.csv"
    file.write_text(table(rows=20_000))
    shares = []
    inspect_data([file], shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)

    def cancel(_):
        raise CancelledError("no longer wanted")

    with pytest.raises(CancelledError):
        inspect_data([file], cancel)
