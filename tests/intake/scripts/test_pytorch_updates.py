"""The loop that updates the weights: reset, backward, clip, step, schedule."""

import pytest

from tests.intake.scripts.pytorch_programs import DIGITS, ROWS
from tests.intake.scripts.reading import changed, read

RESET = "        optimizer.zero_grad()\n"
STEP = "        optimizer.step()\n"
BACKWARD = "        loss.backward()\n"
CLIP = "        nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n"
TWICE_A_CYCLE = "        if (i + 1) % 4 == 0:\n            optimizer.step()\n            optimizer.zero_grad()\n"
AMP = (
    ("criterion = nn", "scaler = torch.cuda.amp.GradScaler()\ncriterion = nn"),
    (
        "        outputs = model(images)\n        loss = criterion(outputs, labels)\n",
        "        with torch.cuda.amp.autocast():\n            outputs = model(images)\n"
        "            loss = criterion(outputs, labels)\n",
    ),
)


def test_a_right_program_has_no_fault_and_is_known_to_be_right(tmp_path):
    reading = read(tmp_path, DIGITS)
    assert reading.faults() == {}
    assert reading.shows("gradients_reset", "optimizer.zero_grad()") == "reset_each_update"
    assert reading.shows("trained_part", "optim.SGD") == "everything"


def test_gradients_that_are_never_reset(tmp_path):
    reading = read(tmp_path, changed(DIGITS, (RESET, "")))
    assert reading.shows("gradients_reset", "loss.backward()") == "not_reset"


@pytest.mark.parametrize(
    "changes",
    [
        [(RESET, ""), (BACKWARD, BACKWARD + RESET)],
        [(RESET, ""), ("    model.train()\n", "    model.train()\n    optimizer.zero_grad()\n")],
        [(RESET, "        if i % 10 == 0:\n            optimizer.zero_grad()\n")],
        [(STEP, "        if (i + 1) % 4 == 0:\n            optimizer.step()\n")],
    ],
    ids=["between backward and step", "once per epoch", "in every tenth turn", "in each turn of an accumulation"],
)
def test_gradients_that_are_reset_in_the_wrong_place(tmp_path, changes):
    reading = read(tmp_path, changed(DIGITS, *changes))
    assert reading.shows("gradients_reset", "optimizer.zero_grad()") == "not_reset"


@pytest.mark.parametrize(
    "changes",
    [
        [(RESET, ""), (STEP, STEP + RESET)],
        [(RESET, ""), (BACKWARD, "        model.zero_grad()\n" + BACKWARD)],
        [(RESET, ""), (STEP, STEP + "        for p in model.parameters():\n            p.grad = None\n")],
        [(RESET, "        reset(optimizer)\n"), ("for epoch", "from tools import reset\nfor epoch")],
    ],
    ids=["behind the step", "on the network", "by hand", "by a function that is out of sight"],
)
def test_gradients_that_are_reset_elsewhere_are_no_fault(tmp_path, changes):
    assert read(tmp_path, changed(DIGITS, *changes)).faults() == {}


def test_gradients_of_another_optimizer_are_reset(tmp_path):
    other = "other = torch.optim.Adam(nn.Linear(3, 3).parameters())\nfor epoch"
    reading = read(tmp_path, changed(ROWS, ("for epoch", other), ("optimizer.zero_grad", "other.zero_grad")))
    assert reading.shows("gradients_reset", "other.zero_grad()") == "not_reset"


def test_a_step_that_is_missing(tmp_path):
    assert read(tmp_path, changed(DIGITS, (STEP, ""))).state("weights_change") == "none_change"


def test_a_backward_that_is_missing(tmp_path):
    reading = read(tmp_path, changed(DIGITS, (BACKWARD, "")))
    assert reading.shows("weights_change", "optimizer.step()") == "none_change"


def test_accumulated_losses_that_are_not_divided(tmp_path):
    text = changed(DIGITS, (RESET, ""), (STEP, TWICE_A_CYCLE))
    reading = read(tmp_path, text)
    assert reading.shows("compare_accumulated_gradient", "loss.backward()") == "differs"
    assert reading.stated()["accumulation_steps"] == 4
    divided = read(tmp_path, changed(text, ("criterion(outputs, labels)", "criterion(outputs, labels) / 4")))
    assert divided.faults() == {}
    assert divided.state("compare_accumulated_gradient") == "equal"


def test_accumulation_over_a_continue_is_no_fault(tmp_path):
    loop = "        if (i + 1) % 4:\n            continue\n" + STEP + RESET
    text = changed(DIGITS, (RESET, ""), (STEP, loop), ("criterion(outputs, labels)", "criterion(outputs, labels) / 4"))
    assert read(tmp_path, text).faults() == {}


@pytest.mark.parametrize("change", [(BACKWARD, CLIP + BACKWARD), (STEP, STEP + CLIP)], ids=["before", "behind"])
def test_clipping_that_does_not_act(tmp_path, change):
    reading = read(tmp_path, changed(DIGITS, change))
    assert reading.shows("gradient_clipping", "clip_grad_norm_") == "not_used"
    assert "clip_norm" not in reading.stated()


def test_clipping_that_acts_is_stated(tmp_path):
    reading = read(tmp_path, changed(DIGITS, (BACKWARD, BACKWARD + CLIP)))
    assert reading.faults() == {}
    assert reading.stated()["clip_norm"] == 1.0


def test_clipping_of_gradients_that_are_still_scaled(tmp_path):
    update = (
        "        scaler.scale(loss).backward()\n{}" + CLIP + "        scaler.step(optimizer)\n        scaler.update()\n"
    )
    wrong = read(tmp_path, changed(DIGITS, *AMP, (BACKWARD + STEP, update.format(""))))
    assert wrong.shows("clipped_share", "clip_grad_norm_") == "nearly_all"
    right = read(
        tmp_path, changed(DIGITS, *AMP, (BACKWARD + STEP, update.format("        scaler.unscale_(optimizer)\n")))
    )
    assert right.faults() == {}
    assert right.shows("precision", "autocast") == "fp16_amp"


@pytest.mark.parametrize(
    "schedule",
    [
        "StepLR(optimizer, step_size=5, gamma=0.1)",
        "ExponentialLR(optimizer, 0.9)",
        "CosineAnnealingLR(optimizer, EPOCHS)",
        "MultiStepLR(optimizer, [3, 6])",
    ],
)
def test_a_schedule_of_epochs_that_steps_with_every_batch(tmp_path, schedule):
    per_batch = (STEP, STEP + "        scheduler.step()\n")
    text = changed(DIGITS, ("    scheduler.step()\n\n", ""), per_batch)
    text = changed(text, ("StepLR(optimizer, step_size=5, gamma=0.1)", schedule))
    assert read(tmp_path, text).shows("learning_rate_course", "scheduler.step()") == "decays_too_early"


@pytest.mark.parametrize(
    "schedule",
    [
        "OneCycleLR(optimizer, 0.1, epochs=EPOCHS, steps_per_epoch=len(train_loader))",
        "CosineAnnealingLR(optimizer, EPOCHS * len(train_loader))",
        "StepLR(optimizer, 10000)",
    ],
)
def test_a_schedule_of_batches_that_steps_with_every_batch_is_no_fault(tmp_path, schedule):
    per_batch = (STEP, STEP + "        scheduler.step()\n")
    text = changed(DIGITS, ("    scheduler.step()\n\n", ""), per_batch)
    text = changed(text, ("StepLR(optimizer, step_size=5, gamma=0.1)", schedule))
    assert read(tmp_path, text).faults() == {}


def test_a_schedule_that_never_steps_leaves_the_rate_constant(tmp_path):
    reading = read(tmp_path, changed(DIGITS, ("    scheduler.step()\n\n", "")))
    assert reading.stated()["schedule"] == "constant"
    assert any("never makes a step" in note for note in reading.told.notes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("loss = criterion(", "loss = -criterion("), "-criterion"),
        (("loss.backward()", "(-loss).backward()"), "(-loss)"),
        (("weight_decay=5e-4", "maximize=True"), "maximize"),
    ],
)
def test_an_error_that_is_maximised(tmp_path, change, words):
    assert read(tmp_path, changed(DIGITS, change)).shows("one_step_lowers_loss", words) == "raises"


def test_a_negated_error_that_is_maximised_is_no_fault(tmp_path):
    text = changed(DIGITS, ("loss = criterion(", "loss = -criterion("), ("weight_decay=5e-4", "maximize=True"))
    assert read(tmp_path, text).faults() == {}


def test_a_step_behind_all_batches_of_which_each_resets_the_gradients(tmp_path):
    late = changed(DIGITS, (STEP, ""), ("    scheduler.step()\n", "    optimizer.step()\n    scheduler.step()\n"))
    assert read(tmp_path, late).shows("gradients_reset", "optimizer.zero_grad()") == "not_reset"
    once = changed(late, (RESET, ""), ("    running = 0.0\n", "    running = 0.0\n    optimizer.zero_grad()\n"))
    assert read(tmp_path, once).faults() == {}


@pytest.mark.parametrize(("loss", "state"), [("loss / accumulation", "equal"), ("loss", "differs")])
def test_accumulation_in_a_loop_of_its_own(tmp_path, loss, state):
    loop = f"""accumulation = 8
for step in range(1000):
    for micro in range(accumulation):
        images, labels = batch()
        loss = criterion(model(images), labels)
        ({loss}).backward()
    optimizer.step()
    optimizer.zero_grad()
"""
    reading = read(tmp_path, changed(DIGITS, (DIGITS[DIGITS.index("for epoch") :], loop)))
    assert reading.state("compare_accumulated_gradient") == state
    assert reading.state("gradients_reset") == "reset_each_update"
    assert reading.stated()["accumulation_steps"] == 8


def test_a_second_network_that_steps_in_turns_is_no_accumulation(tmp_path):
    actor = """        if i % 2 == 0:
            actor_loss = -model(actor(images)).mean()
            actor_optimizer.zero_grad()
            actor_loss.backward()
            actor_optimizer.step()
"""
    made = "actor = nn.Linear(3, 3)\nactor_optimizer = optim.Adam(actor.parameters())\nfor epoch"
    reading = read(tmp_path, changed(DIGITS, ("for epoch", made), (STEP, STEP + actor)))
    assert reading.faults() == {}


def test_an_update_without_a_loop_is_read(tmp_path):
    text = ROWS[: ROWS.index("for epoch")] + "loss = criterion(net(torch.randn(4, 20)), torch.zeros(4).long())\n"
    assert read(tmp_path, text + "loss.backward()\noptimizer.step()\n").faults() == {}


def test_a_reset_that_is_named_and_not_called(tmp_path):
    text = changed(DIGITS, (RESET, "        optimizer.zero_grad\n"))
    assert read(tmp_path, text).shows("gradients_reset", "optimizer.zero_grad") == "not_reset"


@pytest.mark.parametrize(("called", "named"), [(STEP, "optimizer.step"), (BACKWARD, "loss.backward")])
def test_an_update_that_is_named_and_not_called(tmp_path, called, named):
    text = changed(DIGITS, (called, called.replace("()", "")))
    assert read(tmp_path, text).shows("weights_change", named) == "none_change"


def test_the_wrong_one_of_two_optimizers_is_reset_in_the_line_that_says_so(tmp_path):
    actor = """        actor_loss = -model(actor(images)).mean()
        optimizer.zero_grad()  # the critic once more
        actor_loss.backward()
        actor_optimizer.step()
"""
    made = "actor = nn.Linear(3, 3)\nactor_optimizer = optim.Adam(actor.parameters())\nfor epoch"
    wrong = read(tmp_path, changed(DIGITS, ("for epoch", made), (STEP, STEP + actor)))
    assert wrong.shows("gradients_reset", "once more") == "not_reset"
    right = changed(wrong.text, ("optimizer.zero_grad()  #", "actor_optimizer.zero_grad()  #"))
    assert read(tmp_path, right).faults() == {}


ACCUMULATED = changed(
    DIGITS,
    (BACKWARD, "        (loss / 4).backward()\n"),
    (STEP, "        if (i + 1) % 4 == 0:\n            optimizer.step()\n"),
)


@pytest.mark.parametrize("loss", ["(loss / 4)", "loss"])
def test_gradients_that_are_reset_while_they_are_added_up(tmp_path, loss):
    reading = read(tmp_path, changed(ACCUMULATED, ("(loss / 4)", loss)))
    assert reading.shows("compare_accumulated_gradient", "optimizer.zero_grad()") == "differs"


def test_gradients_that_are_reset_with_the_step_add_up(tmp_path):
    behind = "            optimizer.step()\n            optimizer.zero_grad()\n"
    reading = read(tmp_path, changed(ACCUMULATED, (RESET, ""), ("            optimizer.step()\n", behind)))
    assert reading.state("compare_accumulated_gradient") == "equal"
    assert reading.faults() == {}
