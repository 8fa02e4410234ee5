"""Attaching and following logs, in the whole app: by keys alone and by mouse alone."""

import shutil

import pytest

from tests.tui.apps import ADAM_LOG, NAN_LOG, app_of, begin, typed, until
from tests.tui.hands import click_on, flat, pasted, place_of, press_until, shows
from tui.attach_screen import AttachScreen
from tui.curve_panel import CurvePanel
from tui.folder_tree import FolderTree
from tui.log_reader import LogReader
from tui.triage_screen import TriageScreen

SOUND = "step,loss\n" + "".join(f"{step},{2 / (1 + step):.4f}\n" for step in range(40))


def history(app):
    return app.consultation.session.history


def files(app):
    return [] if history(app) is None else [str(name).rpartition("/")[2] for name in history(app).files]


async def attached(pilot, *names):
    await until(pilot, lambda: files(pilot.app) == list(names))
    await until(pilot, lambda: isinstance(pilot.app.screen, TriageScreen))


@pytest.fixture
def two_logs(desk):
    """Training and validation of one run, in two files."""
    rows = range(60)
    (desk / "train.csv").write_text("step,train_loss\n" + "".join(f"{row},{2 / (1 + row)}\n" for row in rows))
    (desk / "valid.csv").write_text("step,val_loss\n" + "".join(f"{row},{2 / (1 + row) + 0.1}\n" for row in rows))
    return desk


async def test_a_command_attaches_and_a_wrong_path_is_told(desk, tmp_path):
    shutil.copy(NAN_LOG, desk / "a.csv")
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await begin(pilot)
        await typed(pilot, "/attach nowhere.csv")
        await shows(pilot, "There is no file nowhere.csv")
        assert history(app) is None
        await typed(pilot, "/attach a.csv")
        await attached(pilot, "a.csv")
        await shows(pilot, "csv, 500 rows", "NaN from step 201 on")


async def test_the_folder_of_a_run_is_attached_as_one_history(desk, tmp_path):
    (desk / "version_0").mkdir()
    rows = "".join(f"{epoch},{epoch * 10 + 9},{2 / (1 + epoch)}\n" for epoch in range(40))
    (desk / "version_0" / "metrics.csv").write_text("epoch,step,train_loss\n" + rows)
    (desk / "version_0" / "hparams.yaml").write_text("lr: 0.1\n")
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await typed(pilot, "/attach version_0")
        await until(pilot, lambda: app.consultation.session.history is not None)
        assert app.consultation.session.history.rows == 40


async def test_one_of_several_runs_in_a_file_is_attached_by_its_name(desk, tmp_path):
    rows = [
        f'{{"run": "{run}", "step": {step}, "loss": {loss / (1 + step)}}}\n'
        for run, loss in (("calm-sea", 2), ("red-sun", 3))
        for step in range(40)
    ]
    (desk / "runs.jsonl").write_text("".join(rows))
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await begin(pilot)
        await typed(pilot, "/attach runs.jsonl")
        await shows(pilot, "'calm-sea'", "--run")
        assert history(app) is None
        await typed(pilot, "/attach runs.jsonl --run red")
        await attached(pilot, "runs.jsonl")
        assert history(app).curve("train_loss").values[0] == 3


async def test_keys_complete_a_path_in_the_dialog_and_replace_one_log_by_another(desk, tmp_path):
    (desk / "runs").mkdir()
    shutil.copy(NAN_LOG, desk / "runs" / "first.csv")
    shutil.copy(ADAM_LOG, desk / "runs" / "second.csv")
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#start-list"))
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, AttachScreen))
        await typed(pilot, "ru", end="tab")
        await shows(pilot, "runs/", "first.csv")
        await typed(pilot, "f", end="tab")
        await shows(pilot, "runs/first.csv")
        await pilot.press("enter")
        await attached(pilot, "first.csv")
        await pilot.press("ctrl+o")
        await shows(pilot, "Attached already: first.csv")
        await typed(pilot, "runs/s", end="tab")
        await shows(pilot, "runs/second.csv")
        await pilot.press("enter")
        await shows(pilot, "Is it another file of the same run, or another run?")
        await press_until(pilot, "tab", lambda: app.focused.id == "attach-instead", most=3)
        await pilot.press("enter")
        await attached(pilot, "second.csv")
        await shows(pilot, "second.csv", "2,000 rows")


async def test_the_mouse_finds_two_files_in_the_folders_and_adds_one_to_the_other(two_logs, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: app.screen.query("#start-list"))
        await click_on(pilot, "Attach a log and start")
        await click_on(pilot, "Browse folders")
        await click_on(pilot, "├ train.csv", beside=4)
        await shows(pilot, "work/train.csv")
        await click_on(pilot, "Attach", after="Type a path")
        await attached(pilot, "train.csv")
        await click_on(pilot, "^o Attach")
        await click_on(pilot, "Browse folders")
        await click_on(pilot, "└ valid.csv", beside=4)
        await shows(pilot, "work/valid.csv")
        await click_on(pilot, "Another file of the same run")
        await attached(pilot, "train.csv", "valid.csv")
        assert {"train_loss", "val_loss"} <= set(history(app).series)


async def test_keys_find_a_file_in_the_folders_and_escape_attaches_nothing(desk, tmp_path):
    shutil.copy(NAN_LOG, desk / "a.csv")
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        await pilot.press("ctrl+o", "escape")
        assert isinstance(app.screen, TriageScreen)
        await pilot.press("ctrl+o", "ctrl+b")
        await until(pilot, lambda: isinstance(app.focused, FolderTree) and "a.csv" in flat(app))
        await press_until(pilot, "down", lambda: str(app.focused.cursor_node.label) == "a.csv", most=5)
        await pilot.press("enter", "enter")
        await attached(pilot, "a.csv")


async def test_files_that_are_pasted_together_are_read_as_one_run(two_logs, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        await pasted(pilot, f"'{two_logs / 'train.csv'}' '{two_logs / 'valid.csv'}'")
        await attached(pilot, "train.csv", "valid.csv")
        assert {"train_loss", "val_loss"} <= set(history(app).series)
        await shows(pilot, "train.csv", "valid.csv", "60 rows")


async def test_a_second_file_by_command_or_paste_is_asked_about(two_logs, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await typed(pilot, "/attach train.csv")
        await attached(pilot, "train.csv")
        await typed(pilot, "/attach valid.csv")
        await shows(pilot, "Attached already: train.csv", "another file of the same run, or another run?")
        await pilot.press("escape")
        await attached(pilot, "train.csv")
        await pasted(pilot, str(two_logs / "valid.csv"))
        await shows(pilot, "another file of the same run, or another run?")
        await pilot.press("enter")
        await attached(pilot, "train.csv", "valid.csv")


@pytest.mark.parametrize("how", ["keys", "mouse"])
async def test_reading_a_big_file_is_given_up_and_the_app_goes_on(desk, tmp_path, how):
    lines = "".join(f"step: {step} loss: {1 + 1 / (1 + step):.9f} val_loss: 1.123456789\n" for step in range(50_000))
    (desk / "big.log").write_text(lines * 40)
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await begin(pilot)
        await typed(pilot, "/attach big.log")
        await shows(pilot, "Reading big.log")
        if how == "keys":
            await pilot.press("ctrl+g")
        else:
            await click_on(pilot, "Cancel", after="Reading big.log")
        await until(pilot, lambda: place_of(app, "Reading big.log") is None)
        assert history(app) is None
        (desk / "small.csv").write_text(SOUND)
        await typed(pilot, "/attach small.csv")
        await attached(pilot, "small.csv")
        if how == "keys":
            await pilot.press("ctrl+g")
            await shows(pilot, "Nothing is being read")


async def test_a_followed_log_moves_the_beliefs_as_it_grows_until_it_is_followed_no_more(desk, tmp_path, monkeypatch):
    monkeypatch.setattr("tui.log_reader.WATCH_SECONDS", 0.05)
    looks = []
    look = LogReader._look
    monkeypatch.setattr(LogReader, "_look", lambda reader: (looks.append(1), look(reader)))
    log = desk / "run.csv"
    log.write_text(SOUND)
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await begin(pilot)
        await pilot.press("f9")
        await shows(pilot, "Attach a log first")
        await typed(pilot, "/attach run.csv")
        await attached(pilot, "run.csv")
        before = app.consultation.topic.diagnosis.no_fault
        await pilot.press("f9")
        await shows(pilot, "The log is followed.")
        with log.open("a") as stream:
            stream.writelines(f"{step},nan\n" for step in range(40, 60))
        await until(pilot, lambda: history(app).rows == 60)
        await shows(pilot, "The log has grown", "NaN from step 40")
        assert app.consultation.topic.diagnosis.no_fault < before
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.focused, CurvePanel))
        await shows(pilot, "NaN or infinite: 20 of 60 values")
        await pilot.press("f9")
        await shows(pilot, "The log is followed no more.")
        looks.clear()
        with log.open("a") as stream:
            stream.write("60,nan\n")
        await typed(pilot, "/follow", end="")  # a moment in which it could be looked at
        assert not looks
        assert history(app).rows == 60
