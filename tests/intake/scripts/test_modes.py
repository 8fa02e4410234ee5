"""Training and evaluation mode."""

import pytest

from tests.intake.scripts.keras_programs import PICTURES
from tests.intake.scripts.pytorch_programs import DIGITS
from tests.intake.scripts.reading import changed, read

SWITCH = "    model.eval()\n"


def test_evaluation_mode_that_is_switched_on(tmp_path):
    assert read(tmp_path, DIGITS).shows("evaluation_code", "model.eval()") == "mode_switched_same_pipeline"


def test_validation_in_training_mode(tmp_path):
    reading = read(tmp_path, changed(DIGITS, (SWITCH, "")))
    assert reading.shows("evaluation_code", "outputs = model(images)") == "mode_not_switched"
    assert reading.found("evaluation_code").place.line > DIGITS.split("\n").index("    scheduler.step()") + 1


def test_evaluation_mode_that_is_left_on(tmp_path):
    once = changed(DIGITS, ("    model.train()\n", ""), ("for epoch", "model.train()\nfor epoch"))
    assert read(tmp_path, once).shows("evaluation_code", "model.eval()") == "mode_not_switched"


def test_evaluation_mode_that_is_left_on_by_a_function(tmp_path):
    loop = DIGITS[DIGITS.index("    model.eval()") : DIGITS.index("    print(epoch")]
    text = changed(DIGITS, (loop, "    check(model, val_loader)\n"), ("    model.train()\n", ""))
    function = (
        "def check(net, loader):\n    net.eval()\n    with torch.no_grad():\n"
        "        for a, b in loader:\n            net(a)\n"
    )
    text = changed(text, ("for epoch", function + "\nfor epoch"))
    assert read(tmp_path, text).shows("evaluation_code", "net.eval()") == "mode_not_switched"


@pytest.mark.parametrize(
    "changes",
    [
        [
            (SWITCH, ""),
            ("nn.Dropout(0.5)", "nn.Identity()"),
            (" nn.BatchNorm2d(32),", ""),
            (" nn.BatchNorm2d(64),", ""),
        ],
        [("    model.train()\n", ""), ("    print(epoch", "    model.train()\n    print(epoch")],
        [(SWITCH, "    model.train(False)\n"), ("    model.train()\n", "    model.train(True)\n")],
        [(SWITCH, "    to_evaluation(model)\n"), ("BATCH =", "from tools import to_evaluation\nBATCH =")],
    ],
    ids=["nothing minds", "train behind validation", "train(False)", "out of sight"],
)
def test_modes_that_are_no_fault(tmp_path, changes):
    assert read(tmp_path, changed(DIGITS, *changes)).faults() == {}


@pytest.mark.parametrize(
    ("told", "state"),
    [("", "mode_not_switched"), (", training=self.training", "mode_switched_same_pipeline")],
)
def test_dropout_as_a_function_must_be_told_of_the_mode(tmp_path, told, state):
    call = f"nn.functional.dropout(x, 0.5{told})"
    assert read(tmp_path, changed(DIGITS, ("self.drop(x)", call))).state("evaluation_code") == state


PHASES = (
    DIGITS[: DIGITS.index("for epoch")]
    + """for epoch in range(EPOCHS):
    for phase in ["train", "val"]:
        if phase == "train":
            model.train()
        else:
            model.eval()
        for images, labels in loaders[phase]:
            optimizer.zero_grad()
            with torch.set_grad_enabled(phase == "train"):
                outputs = model(images)
                loss = criterion(outputs, labels)
                if phase == "train":
                    loss.backward()
                    optimizer.step()
"""
)
CHOICE = """        if phase == "train":
            model.train()
        else:
            model.eval()
"""


def test_both_phases_in_one_loop_are_no_fault(tmp_path):
    assert read(tmp_path, PHASES).faults() == {}


def test_training_mode_for_both_phases_is_shown_where_it_is_switched_on(tmp_path):
    text = changed(PHASES, (CHOICE, "        model.train()\n"))
    assert read(tmp_path, text).shows("evaluation_code", "model.train()") == "mode_not_switched"


def test_keras_switches_the_mode_itself(tmp_path):
    assert read(tmp_path, PICTURES).state("evaluation_code") == "mode_switched_same_pipeline"


OWN_TRAIN = """    def train(self, mode=True):
        super().train(mode)
        for part in self.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.eval()
        return self

    def forward(self, x):
"""


def test_a_network_with_a_switch_of_its_own(tmp_path):
    text = changed(DIGITS, ("    def forward(self, x):\n", OWN_TRAIN))
    assert read(tmp_path, text).faults() == {}
    still = changed(text, ("    model.eval()\n", ""))
    assert read(tmp_path, still).state("evaluation_code") == "mode_not_switched"


def test_evaluation_mode_that_is_named_and_not_called(tmp_path):
    text = changed(DIGITS, (SWITCH, "    model.eval\n"))
    assert read(tmp_path, text).shows("evaluation_code", "model.eval") == "mode_not_switched"


def test_training_mode_that_is_named_and_not_called(tmp_path):
    text = changed(DIGITS, ("    model.train()\n", "    model.train\n"))
    assert read(tmp_path, text).shows("evaluation_code", "model.train") == "mode_not_switched"


HELD = """
    def train(self, mode=True):
        super().train(mode)
        for part in self.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.eval()
        return self


steps ="""


@pytest.mark.parametrize(
    "changes",
    [
        [("\n\nsteps =", HELD)],
        [("\n\nsteps =", HELD.replace("super()", "super(Net, self)").replace("self.modules", "self.features.modules"))],
        [("model.train()\n", "model.train()\n    for part in model.modules():\n        part.eval()\n")],
        [("model.train()\n", "model.train()\n    model.features.eval()\n")],
    ],
    ids=["an override", "an override with arguments", "in the loop", "a part"],
)
def test_batch_norm_that_is_held_in_evaluation_mode_is_no_fault(tmp_path, changes):
    reading = read(tmp_path, changed(DIGITS, *changes))
    assert reading.state("evaluation_code") == "mode_switched_same_pipeline"


def test_an_override_of_the_mode_does_not_hide_that_it_is_never_switched(tmp_path):
    text = changed(DIGITS, ("\n\nsteps =", HELD), (SWITCH, ""))
    assert read(tmp_path, text).state("evaluation_code") == "mode_not_switched"
