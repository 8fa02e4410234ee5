import io
import tracemalloc

import numpy as np
import pytest

from tests.intake.artifacts.making import known, message, refusal, stated, states
from triage.errors import IntakeError
from triage.intake.artifacts import inspect_data


def saved(tmp_path, compressed=False, **arrays):
    file = tmp_path / "data.npz"
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return known(inspect_data([file]))


def images(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 12, 12), dtype=np.uint8)


@pytest.mark.parametrize("compressed", [False, True])
def test_images_and_their_labels_are_told(tmp_path, compressed):
    labels = np.random.default_rng(1).integers(0, 10, 500)
    found = saved(tmp_path, compressed, x_train=images(500), y_train=labels, x_test=images(100, 2), y_test=labels[:100])
    assert stated(found) == {"samples": 500}
    assert states(found)["scan_inputs_for_nan"] == "clean"
    assert states(found)["input_scaling"] == "raw"
    assert states(found)["target_form"] == "class_indices"
    assert states(found)["find_leaked_samples"] == "none"


def test_images_for_testing_that_stand_in_training_are_found(tmp_path):
    found = saved(tmp_path, x_train=images(500), x_test=images(500)[490:])
    assert "10 rows of the test data" in message(found, "find_leaked_samples")


def test_training_and_test_images_of_other_sizes_are_not_compared(tmp_path):
    found = saved(tmp_path, x_train=images(500), x_test=images(50)[:, :8])
    assert "find_leaked_samples" not in states(found)
    assert any("not compared" in note for note in found.notes)


def test_a_nan_in_an_image_is_named_by_its_row(tmp_path):
    pictures = np.random.default_rng(0).standard_normal((300, 8, 8, 3)).astype("f4")
    pictures[123, 4, 4, 1] = np.nan
    found = saved(tmp_path, images=pictures)
    assert "first in row 124" in message(found, "scan_inputs_for_nan")
    assert states(found)["input_scaling"] == "standardised"


def test_one_hot_rows_sorted_by_class_are_told(tmp_path):
    found = saved(
        tmp_path, X=np.random.default_rng(0).standard_normal((300, 5)), y=np.eye(3)[np.repeat([0, 1, 2], 100)]
    )
    assert states(found)["target_form"] == "one_hot"
    assert states(found)["class_balance"] == "balanced"
    assert "3 runs" in message(found, "batch_composition")


def test_masks_are_told_by_their_name(tmp_path):
    found = saved(tmp_path, images=images(50), masks=images(50, 1) % 2)
    assert states(found)["target_form"] == "boxes_or_masks"
    assert "class_balance" not in states(found)


def test_files_of_their_own_are_told_by_their_names(tmp_path):
    np.save(tmp_path / "X_train.npy", np.random.default_rng(0).standard_normal((400, 6)))
    np.save(tmp_path / "y_train.npy", np.random.default_rng(0).uniform(1e3, 1e5, 400))
    found = inspect_data([tmp_path / "X_train.npy", tmp_path / "y_train.npy"])
    assert states(found)["input_scaling"] == "standardised"
    assert states(found)["target_form"] == "raw_numbers"
    assert stated(found) == {"samples": 400}


def test_columns_kept_together_are_read_without_rows(tmp_path):
    array = np.asfortranarray(np.random.default_rng(0).standard_normal((400, 6)))
    array[5, 5] = np.inf
    np.save(tmp_path / "X.npy", array)
    found = inspect_data([tmp_path / "X.npy"])
    assert "row" not in message(found, "scan_inputs_for_nan")
    assert stated(found) == {"samples": 400}


def test_names_of_classes_as_text_are_counted(tmp_path):
    found = saved(tmp_path, x=images(200), label=np.array(["cat", "dog"] * 100))
    assert states(found)["class_balance"] == "balanced"


def test_objects_are_left_out_of_an_archive_and_refused_alone(tmp_path):
    evil = np.array([{"a": 1}], dtype=object)
    found = saved(tmp_path, x=images(20), extra=evil)
    assert any("'extra'" in note for note in found.notes)
    stream = io.BytesIO()
    np.save(stream, evil, allow_pickle=True)
    assert "never unpickled" in refusal(tmp_path, stream.getvalue(), reader=inspect_data)
    with pytest.raises(IntakeError, match="objects"):
        saved(tmp_path, extra=evil)


@pytest.mark.parametrize("array", [np.zeros(3, "c16"), np.zeros(2, "M8[s]"), np.zeros(2, [("a", "f4")]), np.array(5.0)])
def test_arrays_without_rows_of_real_numbers_are_refused(tmp_path, array):
    stream = io.BytesIO()
    np.save(stream, array)
    assert "expected an array of numbers" in refusal(tmp_path, stream.getvalue(), reader=inspect_data)


def test_a_shape_that_lies_is_refused(tmp_path):
    stream = io.BytesIO()
    np.save(stream, np.zeros((20, 20)))
    content = stream.getvalue()
    for lie in (b"(99999999999, 20)", b"(-20, -20)", b"(0, 2020)", b"(True, 400)", b"(20, 20.0)"):
        changed = content.replace(b"(20, 20), }" + b" " * (len(lie) - 8), lie + b", }")
        assert len(changed) == len(content)
        assert "expected" in refusal(tmp_path, changed, reader=inspect_data)


def test_an_array_larger_than_its_blocks_is_read_in_bounded_memory(tmp_path):
    file = tmp_path / "x_train.npy"
    array = np.lib.format.open_memmap(file, "w+", "f4", (60_000, 256))
    draw = np.random.default_rng(0)
    for row in range(0, 60_000, 5000):
        array[row : row + 5000] = draw.standard_normal((5000, 256), dtype="f4")
    array[59_999, 255] = np.nan
    array.flush()
    del array
    tracemalloc.start()
    found = inspect_data([file])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "first in row 60,000" in message(found, "scan_inputs_for_nan")
    assert peak < 50e6


def test_rows_beyond_those_that_are_kept_are_sampled_and_said_so(tmp_path):
    half = np.arange(900_000, dtype="f4").reshape(-1, 1)
    np.save(tmp_path / "x.npy", np.concatenate([half, half]))
    notes = inspect_data([tmp_path / "x.npy"]).notes
    assert any(note.startswith("50.0%") and "sample of one row in" in note for note in notes)
