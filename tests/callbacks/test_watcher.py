import copy
import json
import logging
import math
import os
import pickle
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.callbacks.runs import exploding, logged, losses, turning_nan, until
from triage.callbacks import TrainingWarning, Watcher
from triage.errors import AnswerError, IntakeError, TriageError


@pytest.fixture
def alarms():
    return []


@pytest.fixture
def watch(real_base, alarms):
    """Makes watchers that keep their warnings in ``alarms``, and closes them."""
    made = []

    def make(**options):
        made.append(Watcher(**{"base": real_base, "every": 10, "on_warning": alarms.append, **options}))
        return made[-1]

    yield make
    for watcher in made:
        watcher.close()


def test_a_run_that_trains_brings_no_warning(watch, alarms):
    watcher = watch(patience=1)
    for step, loss in enumerate(losses(600)):
        watcher.log(step, loss=loss, learning_rate=1e-3)
        if step % 100 == 0:
            time.sleep(0.02)
    diagnosis = watcher.close()
    assert alarms == []
    assert diagnosis.is_healthy
    assert not watcher.should_stop


def test_a_loss_that_turns_nan_is_told_while_the_run_goes_on(watch, alarms):
    watcher = logged(watch(), turning_nan(200, at=150))
    assert until(lambda: watcher.alarms)
    watcher.log(200, loss=math.nan)
    (alarm,) = alarms
    assert alarm.finding == "nan_onset"
    assert "150" in alarm.seen
    assert alarm.check
    assert 0 < alarm.probability < 1
    assert alarm.title in str(alarm)
    assert alarm.check in str(alarm)


def test_one_cause_is_warned_of_once(watch, alarms):
    watcher = watch()
    for start in range(0, 400, 50):
        logged(watcher, turning_nan(400, at=100)[start : start + 50], first=start)
        time.sleep(0.05)
    watcher.close()
    causes = [alarm.cause for alarm in alarms]
    assert causes
    assert len(causes) == len(set(causes))


def test_it_warns_with_a_category_of_its_own_at_the_line_that_logs(real_base):
    watcher = logged(Watcher(base=real_base, every=10), turning_nan(60, at=40))
    assert until(lambda: watcher.alarms)
    with pytest.warns(TrainingWarning, match="Check first") as caught:
        watcher.log(60, loss=math.nan)
    assert caught[0].filename == __file__
    watcher.close()


def test_two_runs_in_one_process_that_fail_alike_are_both_warned_of(real_base):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(2):
            with Watcher(base=real_base) as watcher:
                logged(watcher, turning_nan(60, at=40))
    assert len([warning for warning in caught if warning.category is TrainingWarning]) == 2


def test_the_log_of_the_program_has_it_too(watch, caplog):
    with caplog.at_level(logging.DEBUG, logger="triage.callbacks"):
        logged(watch(), turning_nan(60, at=40)).close()
    levels = {record.levelname: record.getMessage() for record in caplog.records}
    assert "Check first" in levels["WARNING"]
    assert "NaN" in levels["INFO"]


def test_what_is_seen_no_more_is_told_to_those_who_debug(watch, caplog):
    watcher = watch(every=1)
    with caplog.at_level(logging.DEBUG, logger="triage.callbacks"):
        logged(watcher, exploding(100, at=80))
        assert until(lambda: any(record.levelname == "INFO" for record in caplog.records))
        logged(watcher, losses(3000), first=100)
        watcher.close()
    assert any(record.getMessage().startswith("cleared: ") for record in caplog.records)


@pytest.mark.parametrize("stop_on", [["nan_onset"], ["nan_onset=sudden"], "any"])
def test_it_asks_for_a_stop_on_what_it_was_told_to(watch, stop_on):
    watcher = logged(watch(stop_on=stop_on), turning_nan(60, at=40))
    assert until(lambda: watcher.should_stop)
    assert watcher.stopped_by


def test_it_asks_for_no_stop_on_anything_else(watch):
    watcher = logged(watch(stop_on=["nan_onset=first_step", "overfitting"]), turning_nan(60, at=40))
    watcher.close()
    assert watcher.alarms
    assert not watcher.should_stop


@pytest.mark.parametrize(
    "options",
    [{"stop_on": ["nan_onsett"]}, {"stop_on": ["nan_onset=sometimes"]}, {"settings": {"optimizer": "adamm"}}],
)
def test_what_does_not_exist_is_refused_before_training_begins(watch, options):
    with pytest.raises(AnswerError):
        watch(**options)


@pytest.mark.parametrize("options", [{"report": "run.pdf"}, {"every": 0}, {"patience": 0}, {"sure": math.nan}])
def test_what_cannot_be_meant_is_refused(watch, options):
    with pytest.raises(TriageError, match="expected"):
        watch(**options)


@pytest.mark.parametrize(
    ("name", "beginning"), [("r.html", "<!DOCTYPE html"), ("r.md", "#"), ("r.json", "{"), ("r.txt", "Not clear yet")]
)
def test_the_report_is_of_the_kind_that_its_name_says(watch, tmp_path, name, beginning):
    file = tmp_path / "not there yet" / name
    logged(watch(report=file), turning_nan(60, at=40)).close()
    assert file.read_text(encoding="utf-8").lower().startswith(beginning.lower())


def test_the_report_says_what_close_returns(watch, tmp_path):
    diagnosis = logged(watch(report=tmp_path / "r.json"), turning_nan(60, at=40)).close()
    assert json.loads((tmp_path / "r.json").read_text())["causes"][0]["id"] == diagnosis.causes[0].id


def test_the_report_is_written_where_the_training_breaks_off(watch, tmp_path):
    def broken_off():
        with watch(report=tmp_path / "r.txt") as watcher:
            logged(watcher, losses(50))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert (tmp_path / "r.txt").exists()


def test_a_report_that_cannot_be_written_is_a_warning_and_no_failure(watch, tmp_path):
    (tmp_path / "file").write_text("")
    watcher = logged(watch(report=tmp_path / "file" / "r.txt"), losses(50))
    with pytest.warns(TrainingWarning, match="expected a file that can be written"):
        assert watcher.close() is not None


def test_a_run_without_a_loss_is_told_once(watch):
    watcher = watch()
    for step in range(50):
        watcher.log(step, reward=1.0)
    with pytest.warns(TrainingWarning, match="expected a column with the loss") as caught:
        assert watcher.close() is None
    assert len(caught) == 1


def test_a_run_that_logs_nothing_has_no_diagnosis(watch, tmp_path):
    assert watch(report=tmp_path / "r.txt").close() is None
    assert not (tmp_path / "r.txt").exists()


def test_a_failure_of_ours_is_told_once_and_training_goes_on(watch, monkeypatch):
    def fails(history):
        raise LookupError("of our own making")

    monkeypatch.setattr("triage.observing.detect", fails)
    watcher = watch()
    logged(watcher, losses(100))
    assert until(lambda: watcher._troubles)
    with pytest.warns(TrainingWarning, match="LookupError: of our own making") as caught:
        logged(watcher, losses(100), first=100).close()
    assert len(caught) == 1


def test_a_closed_watcher_takes_nothing_more_until_another_run_begins(watch):
    watcher = logged(watch(), turning_nan(60, at=40))
    watcher.close()
    assert watcher.close() is watcher.diagnosis
    with pytest.raises(TriageError, match="closed"):
        watcher.log(61, loss=0.1)
    watcher.begin()
    assert logged(watcher, losses(300)).close().is_healthy
    assert watcher.alarms == ()


def test_what_is_known_of_the_setup_counts(watch):
    watcher = watch(settings={"precision": "fp32"})
    watcher.describe({"optimizer": "sgd", "learning_rate": 40.0, "batch_size": 64})
    found = {finding.finding: finding for finding in logged(watcher, losses(50)).close().findings}
    assert found["precision"].state == "fp32"
    assert found["learning_rate_size"].state == "far_above_usual"
    assert found["learning_rate_size"].place == "settings"


def test_settings_of_nothing_are_refused(watch):
    with pytest.raises(IntakeError, match="expected settings of a training"):
        watch().describe({"favourite_colour": "blue"})


def test_columns_can_be_named(watch):
    watcher = watch(columns={"train_loss": "badness", "val_loss": "badness elsewhere"})
    for step, loss in enumerate(losses(50)):
        watcher.log(step, badness=loss)
    assert watcher.close().history.columns == {"train_loss": "badness"}


def test_scalars_of_arrays_count_as_they_were_when_they_were_logged(watch):
    watcher, total = watch(), np.zeros(())
    for step in range(50):
        total[...] = step
        watcher.log(step, loss=total, grad_norm=np.float32(2.0), accuracy=None, weights=np.ones(3), name="run")
    watcher.close()
    assert watcher.history.curve("train_loss").values.tolist() == list(range(50))
    assert watcher.history.curve("train_accuracy") is None
    assert watcher.history.ignored["weights"] == "no number"
    assert watcher.history.ignored["name"] == "no number"


def test_tensors_count_as_they_were_and_hold_no_graph(watch):
    torch = pytest.importorskip("torch", reason="needs PyTorch")
    weight, watcher, total = torch.ones((), requires_grad=True), watch(), torch.zeros(())
    for step in range(20):
        watcher.log(step, loss=weight * step, val_loss=total)
        total += 1
    watcher.close()
    assert watcher.history.curve("train_loss").values.tolist() == list(range(20))
    assert watcher.history.curve("val_loss").values.tolist() == list(range(20))


def test_a_step_that_is_no_number_is_left_out_and_told(watch):
    watcher = logged(watch(), losses(50))
    watcher.log("fifty", loss=1.0)
    with pytest.warns(TrainingWarning, match="a row whose step is no number"):
        watcher.close()
    assert watcher.history.rows == 50


def test_more_names_than_anybody_logs_do_not_fill_the_memory(watch):
    watcher = watch()
    for step, loss in enumerate(losses(3000)):
        watcher.log(step, loss=loss, **{f"metric_{step}": 1.0})
    watcher.close()
    assert len(watcher.history.ignored) <= 2 * 1000


def test_two_watchers_at_once_do_not_mix(real_base):
    told = {"good": [], "bad": []}
    watchers = {name: Watcher(base=real_base, every=10, on_warning=told[name].append) for name in told}
    for step, (good, bad) in enumerate(zip(losses(300), turning_nan(300, at=200), strict=True)):
        watchers["good"].log(step, loss=good)
        watchers["bad"].log(step, loss=bad)
    for watcher in watchers.values():
        watcher.close()
    assert not told["good"]
    assert told["bad"]


def test_rows_from_several_threads_are_all_kept(watch):
    watcher = watch(every=5)
    threads = [threading.Thread(target=logged, args=(watcher, losses(200), 200 * part)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    watcher.close()
    assert watcher.history.rows == 800


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda watcher: pickle.loads(pickle.dumps(watcher))])
def test_a_copy_goes_on_where_the_first_one_was(copied):
    watcher = logged(Watcher(every=10), turning_nan(60, at=40))
    assert until(lambda: watcher.alarms)
    with pytest.warns(TrainingWarning):
        watcher.log(60, loss=math.nan)
    other = copied(watcher)
    for one in (watcher, other):
        one.log(61, loss=math.nan)
        one.close()
        assert one.history.rows == 62
    assert [alarm.cause for alarm in other.alarms] == [alarm.cause for alarm in watcher.alarms]


def test_a_watcher_that_nobody_holds_ends_its_thread(real_base):
    before = threading.active_count()
    logged(Watcher(base=real_base), losses(10))
    assert until(lambda: threading.active_count() == before)


def test_triage_never_runs_twice_at_once_nor_in_the_training_thread(watch, monkeypatch):
    at_work, most, threads = [], [], set()
    real = triage.observing.detect

    def slow(history):
        at_work.append(1)
        most.append(len(at_work))
        threads.add(threading.current_thread())
        time.sleep(0.02)
        at_work.pop()
        return real(history)

    monkeypatch.setattr("triage.observing.detect", slow)
    watcher = watch(every=1, seconds=0)
    for start in range(0, 400, 20):
        logged(watcher, losses(20), first=start)
        time.sleep(0.01)
    assert max(most) == 1
    assert threading.current_thread() not in threads


FORGOTTEN = """
import time
from triage.callbacks import Watcher
watcher = Watcher(every=1, seconds=0)
for step in range(500):
    watcher.log(step, loss=1.0 / (step + 1))
    time.sleep({pause})
print("over", flush=True)
"""


@pytest.mark.parametrize("ending", ["", "raise SystemExit(3)", "import os; os._exit(3)"])
def test_the_interpreter_ends_though_nobody_closed_the_watcher(ending):
    program = FORGOTTEN.format(pause=0.001) + ending
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout == "over\n"
    assert ended.returncode == (3 if ending else 0)
    assert "Traceback" not in ended.stderr
    assert "Fatal" not in ended.stderr


KILLED = """
import os, sys, time
import triage.observing
from triage.callbacks import Watcher
triage.observing.detect = lambda history: time.sleep(1000)
watcher = Watcher(every=1, seconds=0)
for step in range(50):
    watcher.log(step, loss=1.0)
time.sleep(0.5)
print("over", flush=True)
"""


def test_the_interpreter_ends_though_a_triage_hangs():
    ended = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.stdout, ended.returncode) == ("over\n", 0)


FORKED = """
import os
from triage.callbacks import Watcher
watcher = Watcher(every=1, seconds=0)
for step in range(100):
    watcher.log(step, loss=1.0 / (step + 1))
child = os.fork()
for step in range(100, 200):
    watcher.log(step, loss=1.0 / (step + 1))
watcher.close()
assert watcher.history.rows >= (200 if child else 199), watcher.history.rows
if child:
    assert os.waitpid(child, 0)[1] == 0
print("over", flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_that_was_forked_off_can_log_and_end():
    command = [sys.executable, "-W", "ignore", "-c", FORKED]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.stdout, ended.returncode) == ("over\nover\n", 0), ended.stderr


NUMBERS = st.floats(allow_nan=True, allow_infinity=True, width=64)
ROWS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=300),
        st.fixed_dictionaries(
            {"loss": NUMBERS},
            optional={name: st.none() | NUMBERS for name in ("val_loss", "lr", "grad_norm", "accuracy", "epoch")},
        ),
    ),
    min_size=1,
    max_size=30,
)


def frame_of(rows):
    """The rows as a frame that tells what was not logged from a NaN that was."""
    names = ["step", *dict.fromkeys(name for _, values in rows for name in values)]
    columns = {}
    for name in names:
        cells = [step if name == "step" else values.get(name) for step, values in rows]
        missing = np.array([cell is None for cell in cells])
        if not missing.all():
            held = np.array([np.nan if cell is None else float(cell) for cell in cells])
            columns[name] = pd.arrays.FloatingArray(held, missing)
    return pd.DataFrame(columns)


@settings(max_examples=60)
@given(st.data())
def test_what_is_logged_is_diagnosed_as_a_frame_of_the_same_is(real_base, data):
    agrees(real_base, data.draw(ROWS))


def test_a_step_that_is_logged_twice_is_diagnosed_as_a_frame_with_both_is(real_base):
    agrees(real_base, [(0, {"loss": 1.0}), (0, {"loss": 0.5}), (5, {"loss": math.nan, "val_loss": None})])


def agrees(real_base, rows):
    watcher = Watcher(base=real_base, every=7, on_warning=lambda alarm: None, settings={"optimizer": "adam"})
    for step, values in rows:
        watcher.log(step, **values)
    found = watcher.close()
    expected = triage.diagnose(frame_of(rows), {"optimizer": "adam"}, base=real_base)
    leave_out = {"history": {"format", "files"}}
    assert found.model_dump_json(exclude=leave_out) == expected.model_dump_json(exclude=leave_out)
