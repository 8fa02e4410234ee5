"""Files beside the log, in the whole app: attached by command, dropped, and pasted as text."""

import json
import struct

import pytest

from tests.tui.apps import NAN_LOG, app_of, attach, begin, typed, until
from tests.tui.hands import pasted, shows
from tui.triage_screen import TriageScreen

SOLVER = 'base_lr: 0.8\nlr_policy: "poly"\npower: 1\nmomentum: 0.9\ntype: "SGD"\n'


def report(app, finding, origin):
    return next((r for r in app.consultation.session.reports if (r.finding, r.origin) == (finding, origin)), None)


def weights_with_nan(path):
    head = json.dumps({"layer.weight": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + struct.pack("<2f", 1.0, float("nan")))


@pytest.fixture
def solver(desk):
    (desk / "solver.prototxt").write_text(SOLVER)
    return desk / "solver.prototxt"


async def test_a_configuration_is_attached_by_command_and_tells_file_and_line(solver, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        await typed(pilot, "/attach solver.prototxt")
        await until(pilot, lambda: report(app, "learning_rate_size", "config"))
        assert report(app, "learning_rate_size", "config").place == "solver.prototxt:1"
        await shows(pilot, "solver.prototxt: configuration", "poly", "max_iter")


async def test_beside_a_log_a_configuration_asks_nothing_and_both_count(solver, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        await attach(pilot, NAN_LOG)
        await pasted(pilot, str(solver))
        await until(pilot, lambda: report(app, "learning_rate_size", "config"))
        assert isinstance(app.screen, TriageScreen)
        assert report(app, "nan_onset", "detector") is not None


async def test_a_second_configuration_is_read_with_the_first_and_undo_takes_it_back(solver, tmp_path):
    app = app_of(tmp_path)
    (solver.parent / "args.yaml").write_text("batch_size: 1\nlearning_rate: 0.8\noptimizer: sgd\n")
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        await typed(pilot, "/attach solver.prototxt")
        await until(pilot, lambda: report(app, "learning_rate_size", "config"))
        await typed(pilot, "/attach args.yaml")
        await until(pilot, lambda: report(app, "batch_size", "config"))
        assert report(app, "framework", "config") is not None
        await typed(pilot, "/undo")
        await until(pilot, lambda: report(app, "batch_size", "config") is None)
        assert report(app, "learning_rate_size", "config") is not None


async def test_what_a_file_says_against_an_answer_is_told(solver, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        app.consultation.say("optimizer", ["adam"])
        await typed(pilot, "/attach solver.prototxt")
        await shows(pilot, "the configuration says", "you said", "the first weighs more")


async def test_what_a_person_says_against_a_file_is_told_too(solver, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        await typed(pilot, "/attach solver.prototxt")
        await until(pilot, lambda: report(app, "optimizer", "config"))
        await typed(pilot, "I use adam")
        await pilot.press("enter")
        await shows(pilot, "the configuration says", "you said", "the first weighs more")


async def test_a_checkpoint_is_looked_through(desk, tmp_path):
    weights_with_nan(desk / "model.safetensors")
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        await typed(pilot, "/attach model.safetensors")
        await until(pilot, lambda: report(app, "weights_contain_nan", "weights"))
        await shows(pilot, "model.safetensors: weights", "layer.weight")


async def test_a_file_that_cannot_be_read_is_told_and_nothing_counts(desk, tmp_path):
    (desk / "broken.safetensors").write_bytes(b"\xff" * 100)
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50), notifications=True) as pilot:
        await begin(pilot)
        await typed(pilot, "/attach broken.safetensors")
        await shows(pilot, "broken.safetensors: expected")
        assert app.consultation.session.reports == ()


async def test_a_pasted_log_and_configuration_count_and_the_words_wait(desk, tmp_path):
    log = "".join(f"step {step} loss {2.3 - step / 1000}\n" for step in range(0, 600, 20)) + "step 600 loss nan\n"
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        await pasted(pilot, f"My loss turns nan, I use fp16.\n\n{SOLVER}\n{log}")
        await until(pilot, lambda: report(app, "nan_onset", "detector"))
        await until(pilot, lambda: report(app, "learning_rate_size", "config"))
        assert report(app, "precision", "answer") is None
        await pilot.press("enter")
        await until(pilot, lambda: report(app, "precision", "answer"))
