"""A JSON object per line, as trainers write them."""

import json
import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.files import cells, is_sound, read
from triage.errors import HistoryError, SeveralRunsError
from triage.history import read_history
from triage.history.json_lines import table_of_lines

LLAMA_FACTORY = """\
{"current_steps": 5, "total_steps": 30, "loss": 1.75, "eval_loss": null, "reward": null, "lr": 4.9e-05, "epoch": 0.1}
{"current_steps": 10, "total_steps": 30, "loss": null, "eval_loss": 1.5, "lr": null, "epoch": 0.2}
{"current_steps": 15, "total_steps": 30, "loss": NaN, "eval_loss": null, "lr": 4.7e-05, "epoch": 0.3}
"""
DETECTRON2 = """\
{"iteration": 19, "total_loss": 2.1, "loss_cls": 0.7, "loss_box_reg": 1.4, "lr": 1.6e-05, "bbox/APl": NaN}
{"iteration": 39, "total_loss": 1.9, "loss_cls": 0.6, "loss_box_reg": 1.3, "lr": 3.2e-05, "bbox/APl": NaN}
"""
MMENGINE = """\
{"lr": 4e-08, "data_time": 9.0, "loss": 0.42, "loss_kpt": 0.42, "time": 9.9, "epoch": 1, "iter": 50, "step": 50}
{"lr": 4e-08, "data_time": 9.0, "loss": 0.40, "loss_kpt": 0.40, "time": 9.9, "epoch": 1, "iter": 100, "step": 100}
{"coco/AP": 0.1, "data_time": 1.0, "time": 1.0, "step": 1}
{"lr": 4e-08, "data_time": 9.0, "loss": 0.38, "loss_kpt": 0.38, "time": 9.9, "epoch": 2, "iter": 150, "step": 150}
"""
MMCV = """\
{"env_info": "sys.platform: linux", "seed": null}
{"mode": "train", "epoch": 1, "iter": 50, "lr": 0.02, "loss": 2.1, "loss_cls": 1.1}
{"mode": "train", "epoch": 1, "iter": 100, "lr": 0.02, "loss": 2.0, "loss_cls": 1.0}
{"mode": "val", "epoch": 1, "iter": 500, "lr": 0.02, "bbox_mAP": 0.1}
{"mode": "train", "epoch": 2, "iter": 50, "lr": 0.02, "loss": 1.9, "loss_cls": 0.9}
"""
DETR = """\
{"train_lr": 1e-4, "train_loss": 24.5, "train_loss_ce": 1.4, "test_loss": 23.9, "test_coco": [0.1, 0.2], "epoch": 0}
{"train_lr": 1e-4, "train_loss": 22.5, "train_loss_ce": 1.2, "test_loss": 21.9, "test_coco": [0.2, 0.3], "epoch": 1}
"""


def test_a_null_was_not_logged_and_a_nan_was(tmp_path):
    history = read(tmp_path, LLAMA_FACTORY, "trainer_log.jsonl")
    assert history.format == "LLaMA-Factory log"
    assert history.step.tolist() == [5, 10, 15]
    assert cells(history, "train_loss") == [1.75, None, "nan"]
    assert cells(history, "val_loss") == [None, 1.5, None]
    assert cells(history, "learning_rate") == [4.9e-05, None, 4.7e-05]


def test_the_total_of_a_detector_is_the_loss_and_the_rest_are_its_parts(tmp_path):
    history = read(tmp_path, DETECTRON2, "metrics.json")
    assert history.format == "Detectron2 metrics"
    assert history.step.tolist() == [19, 39]
    assert cells(history, "train_loss") == [2.1, 1.9]
    assert cells(history, "train_loss/cls") == [0.7, 0.6]
    assert history.columns["train_loss"] == "total_loss"


def test_an_evaluation_that_counts_epochs_stands_behind_the_training_before_it(tmp_path):
    history = read(tmp_path, MMENGINE, "scalars.json")
    assert history.format == "MMEngine scalars"
    assert history.step.tolist() == [50, 100, 100, 150]
    assert history.epoch.tolist() == [1, 1, 1, 2]
    assert cells(history, "train_loss") == [0.42, 0.4, None, 0.38]
    assert not history.resumes


def test_iterations_that_begin_anew_in_each_epoch_are_counted_on(tmp_path):
    history = read(tmp_path, MMCV, "20230605.log.json")
    assert history.step.tolist() == [50, 100, 100, 150]
    assert cells(history, "train_loss") == [2.1, 2.0, None, 1.9]
    assert not history.resumes


def test_a_row_for_each_epoch_is_placed_by_it(tmp_path):
    history = read(tmp_path, DETR, "log.txt")
    assert (history.step_unit, history.step.tolist()) == ("epoch", [0, 1])
    assert cells(history, "val_loss") == [23.9, 21.9]
    assert cells(history, "learning_rate") == [1e-4, 1e-4]


def test_a_last_line_that_breaks_off_is_left_for_the_next_look(tmp_path):
    whole = read(tmp_path, LLAMA_FACTORY)
    torn = read(tmp_path, LLAMA_FACTORY + '{"current_steps": 20, "lo')
    assert torn.rows == whole.rows == 3
    assert torn.warnings == whole.warnings == ()


def test_lines_that_are_no_objects_are_counted_and_the_first_is_told(tmp_path):
    history = read(
        tmp_path, '{"step": 1, "loss": 3}\nWarning: slow disk\n{"step": 2, "loss": 2}\n{"step": 3, "loss": 1}\n'
    )
    assert history.rows == 3
    assert "line 2" in history.warnings[0]


def test_numbers_inside_objects_and_texts_are_read_and_other_things_passed_over(tmp_path):
    rows = [
        {"step": step, "train": {"loss": str(1 / step), "deep": {"er": {"still": 1}}}, "ok": True, "bins": [1, 2, 3]}
        for step in range(1, 5)
    ]
    history = read(tmp_path, "\n".join(map(json.dumps, rows)))
    assert history.columns["train_loss"] == "train/loss"
    assert cells(history, "train_loss") == [1, 0.5, 1 / 3, 0.25]
    assert not {"ok", "bins"} & history.ignored.keys()


def test_runs_that_are_named_in_the_rows_are_several(tmp_path):
    rows = [{"run_id": run, "step": step, "loss": step + len(run)} for step in range(3) for run in ("a", "bb")]
    path = tmp_path / "all.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    with pytest.raises(SeveralRunsError, match="'a', 'bb'") as caught:
        read_history(path)
    assert caught.value.runs == ("a", "bb")
    assert cells(read_history(path, run="bb"), "train_loss") == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"score": 1, "reward": 2}\n{"score": 2, "reward": 3}\n', "expected a column with the loss"),
        ('{"a": "x"}\n{"a": "y"}\n', "expected numbers"),
        ('{"loss": 1}\n{"loss": 2}\nx\ny\nz\n', "line 3"),
    ],
)
def test_lines_without_a_loss_are_refused(tmp_path, text, problem):
    with pytest.raises(HistoryError, match=problem):
        read(tmp_path, text, "x.jsonl")


NUMBERS = st.one_of(st.none(), st.floats(), st.integers(-(10**400), 10**400))


@given(
    st.lists(st.fixed_dictionaries({"step": st.integers(0, 10**6), "loss": NUMBERS, "val_loss": NUMBERS}), min_size=1)
)
def test_what_was_written_is_read_back(rows):
    (table,) = table_of_lines(map(json.dumps, rows), "file")
    for name in ("loss", "val_loss"):
        expected = [row[name] for row in rows]
        if name not in table.columns:
            assert expected == [None] * len(rows)
            continue
        series = table.columns[name]
        for value, logged, written in zip(series.values, series.logged, expected, strict=True):
            assert logged == (written is not None)
            if written is None or (isinstance(written, float) and math.isnan(written)):
                assert math.isnan(value)
            elif abs(written) > sys.float_info.max:
                assert value == (math.inf if written > 0 else -math.inf)
            else:
                assert value == float(written)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=5), st.integers()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["loss", "step", "epoch", "iter", "mode", "run", "x"]), inner, max_size=4),
    ),
    max_leaves=20,
)


@given(st.lists(JSON, min_size=1, max_size=6))
def test_any_objects_are_a_sound_history_or_refused(tmp_path_factory, rows):
    try:
        history = read(tmp_path_factory.getbasetemp(), "\n".join(map(json.dumps, rows)), "any.jsonl")
    except HistoryError:
        return
    assert is_sound(history)
