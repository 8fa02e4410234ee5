"""The loss against the last activation, in both frameworks, and losses of one's own."""

import pytest

from tests.intake.scripts.keras_programs import PICTURES, TABLE
from tests.intake.scripts.pytorch_programs import DIGITS, ROWS
from tests.intake.scripts.reading import changed, read

LAST, CRITERION = "nn.Linear(64, 3)", "nn.CrossEntropyLoss()"


def test_softmax_that_is_applied_twice(tmp_path):
    reading = read(tmp_path, changed(DIGITS, ("return self.fc2(x)", "return torch.softmax(self.fc2(x), dim=1)")))
    assert reading.shows("output_activation", "torch.softmax") == "softmax"
    assert reading.shows("loss_function", "nn.CrossEntropyLoss()") == "cross_entropy_on_logits"
    assert reading.state("loss_by_hand") == "different_formula"


@pytest.mark.parametrize(
    ("last", "criterion", "output", "loss"),
    [
        ("nn.Linear(64, 1)", "nn.BCELoss()", "linear", "binary_cross_entropy"),
        ("nn.Linear(64, 1), nn.Sigmoid()", "nn.BCEWithLogitsLoss()", "sigmoid", "binary_cross_entropy"),
        ("nn.Linear(64, 1)", "nn.CrossEntropyLoss()", "linear", "cross_entropy_on_logits"),
        ("nn.Linear(64, 3), nn.ReLU()", "nn.CrossEntropyLoss()", "relu", "cross_entropy_on_logits"),
        ("nn.Linear(64, 3), nn.Softmax(dim=1)", "nn.NLLLoss()", "softmax", "cross_entropy_on_probabilities"),
        ("nn.Linear(64, 3)", "nn.NLLLoss()", "linear", "cross_entropy_on_probabilities"),
        ("nn.Linear(64, 1), nn.Softmax(dim=1)", "nn.MSELoss()", "softmax", "squared_or_absolute_error"),
    ],
)
def test_a_loss_that_does_not_fit_the_outputs(tmp_path, last, criterion, output, loss):
    reading = read(tmp_path, changed(ROWS, (LAST, last), (CRITERION, criterion)))
    assert reading.shows("loss_by_hand", criterion) == "different_formula"
    assert reading.shows("loss_function", criterion) == loss
    assert reading.shows("output_activation", "net = nn.Sequential") == output


@pytest.mark.parametrize(
    ("last", "criterion"),
    [
        ("nn.Linear(64, 1), nn.Sigmoid()", "nn.BCELoss()"),
        ("nn.Linear(64, 1)", "nn.BCEWithLogitsLoss()"),
        ("nn.Linear(64, 3), nn.LogSoftmax(dim=1)", "nn.NLLLoss()"),
        ("nn.Linear(64, 3), nn.LogSoftmax(dim=1)", "nn.CrossEntropyLoss()"),
        ("nn.Linear(64, 1)", "nn.MSELoss()"),
        ("nn.Linear(64, 1), nn.Sigmoid()", "nn.MSELoss()"),
        ("nn.Linear(64, 3)", "MyLoss()"),
        ("nn.Linear(64, 3), Head()", "nn.NLLLoss()"),
    ],
)
def test_a_loss_that_fits_or_is_out_of_sight_is_no_fault(tmp_path, last, criterion):
    assert read(tmp_path, changed(ROWS, (LAST, last), (CRITERION, criterion))).faults() == {}


@pytest.mark.parametrize(
    ("score", "words"),
    [
        ("criterion(F.softmax(net(a), dim=1), b)", "F.softmax"),
        ("criterion(net(a).softmax(dim=-1), b)", ".softmax"),
        ("F.cross_entropy(torch.sigmoid(net(a)), b)", "torch.sigmoid"),
    ],
)
def test_an_activation_between_the_network_and_its_loss(tmp_path, score, words):
    reading = read(tmp_path, changed(ROWS, ("criterion(net(a), b)", score)))
    assert reading.shows("output_activation", words) in ("softmax", "sigmoid")
    assert reading.state("loss_by_hand") == "different_formula"


def test_softmax_for_the_printed_accuracy_only_is_no_fault(tmp_path):
    text = changed(DIGITS, ("outputs.argmax(1)", "torch.softmax(outputs, dim=1).argmax(1)"))
    assert read(tmp_path, text).faults() == {}


def test_softmax_in_evaluation_only_is_no_fault(tmp_path):
    ends = "x = self.fc2(x)\n        if not self.training:\n            x = torch.softmax(x, dim=1)\n        return x"
    reading = read(tmp_path, changed(DIGITS, ("return self.fc2(x)", ends)))
    assert reading.faults() == {}
    assert reading.state("output_activation") is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([(', activation="softmax"', "")], "categorical_crossentropy"),
        ([('"categorical_crossentropy"', "keras.losses.CategoricalCrossentropy(from_logits=True)")], "from_logits"),
        ([('activation="softmax"', 'activation="relu"')], "categorical_crossentropy"),
        ([('"categorical_crossentropy"', '"sparse_categorical_crossentropy"')], "sparse_categorical_crossentropy"),
        ([("labels = to_categorical(labels, 10)\n", "")], "categorical_crossentropy"),
    ],
)
def test_a_keras_loss_that_does_not_fit(tmp_path, changes, words):
    assert read(tmp_path, changed(PICTURES, *changes)).shows("loss_by_hand", words) == "different_formula"


def test_raw_scores_with_from_logits_are_no_fault(tmp_path):
    loss = ('"categorical_crossentropy"', "keras.losses.CategoricalCrossentropy(from_logits=True)")
    reading = read(tmp_path, changed(PICTURES, (', activation="softmax"', ""), loss))
    assert reading.faults() == {}
    assert reading.shows("loss_function", "from_logits=True") == "cross_entropy_on_logits"


@pytest.mark.parametrize(
    "change",
    [
        ('Activation("sigmoid")', 'Activation("softmax")'),
        ('"binary_crossentropy"', '"categorical_crossentropy"'),
        ('out = Activation("sigmoid")(out)\n', ""),
        ('Activation("sigmoid")', 'Activation("tanh")'),
    ],
)
def test_a_single_unit_of_a_functional_network_with_the_wrong_loss(tmp_path, change):
    assert read(tmp_path, changed(TABLE, change)).state("loss_by_hand") == "different_formula"


def test_binary_cross_entropy_on_two_softmax_units_is_noted(tmp_path):
    reading = read(
        tmp_path, changed(TABLE, ("Dense(1)", "Dense(2)"), ('Activation("sigmoid")', 'Activation("softmax")'))
    )
    assert reading.faults() == {}
    assert any("softmax of 2 units" in note for note in reading.told.notes)


OWN = {
    "a module": (
        "class Mine(nn.Module):\n    def forward(self, p, t):\n        t = F.one_hot(t, 3).float()\n"
        "        return -(t * torch.log(p{})).sum(dim=1).mean()\ncriterion = Mine()",
        "nn.Linear(64, 3), nn.Softmax(dim=1)",
    ),
    "a function": (
        "def criterion(p, t):\n    return -(t * torch.log(p{}) + (1 - t) * torch.log(1 - p{})).mean()",
        "nn.Linear(64, 1), nn.Sigmoid()",
    ),
}


@pytest.mark.parametrize("kind", OWN)
def test_a_logarithm_of_ones_own_without_a_bound(tmp_path, kind):
    loss, last = OWN[kind]
    wrong = read(tmp_path, changed(ROWS, ("criterion = nn.CrossEntropyLoss()", loss.replace("{}", "")), (LAST, last)))
    assert wrong.shows("loss_function", "torch.log") == "own_formula"
    assert wrong.shows("replay_failing_batch", "torch.log") == "log_of_non_positive"
    bound = loss.replace("{}", " + 1e-8")
    right = read(tmp_path, changed(ROWS, ("criterion = nn.CrossEntropyLoss()", bound), (LAST, last)))
    assert right.faults() == {}


@pytest.mark.parametrize("bound", ["p = p.clamp(1e-7, 1 - 1e-7)", "p = torch.clamp(p, min=1e-7, max=1 - 1e-7)"])
def test_a_logarithm_of_what_was_clamped_is_no_fault(tmp_path, bound):
    loss = f"def criterion(p, t):\n    {bound}\n    return -(t * torch.log(p) + (1 - t) * torch.log(1 - p)).mean()"
    text = changed(ROWS, ("criterion = nn.CrossEntropyLoss()", loss), (LAST, "nn.Linear(64, 1), nn.Sigmoid()"))
    assert read(tmp_path, text).faults() == {}


def test_a_keras_loss_of_ones_own_without_a_bound(tmp_path):
    loss = "import keras.backend as K\ndef mine(t, p):\n    {}return -K.sum(t * K.log(p), axis=-1)\nmodel.compile"
    uses = ('loss="categorical_crossentropy"', "loss=mine")
    wrong = read(tmp_path, changed(PICTURES, ("model.compile", loss.format("")), uses))
    assert wrong.shows("replay_failing_batch", "K.log(p)") == "log_of_non_positive"
    bounded = loss.format("p = K.clip(p, K.epsilon(), 1)\n    ")
    assert read(tmp_path, changed(PICTURES, ("model.compile", bounded), uses)).faults() == {}


def test_a_division_by_a_sum_that_can_be_zero(tmp_path):
    loss = "def dice_loss(p, t):\n    common = (p * t).sum()\n    return 1 - {} / (p.sum() + t.sum(){})"
    change = ("criterion(net(a), b)", "dice_loss(torch.sigmoid(net(a)), b)")
    wrong = loss.format("2 * common", "")
    reading = read(tmp_path, changed(ROWS, ("criterion = nn.CrossEntropyLoss()", wrong), change))
    assert reading.shows("replay_failing_batch", "2 * common") == "zero_denominator"
    right = loss.format("(2 * common + 1)", " + 1")
    assert read(tmp_path, changed(ROWS, ("criterion = nn.CrossEntropyLoss()", right), change)).faults() == {}


def test_several_losses_are_counted(tmp_path):
    text = changed(ROWS, ("criterion(net(a), b)", "criterion(net(a), b) + 0.1 * F.mse_loss(net(a), a)"))
    assert read(tmp_path, text).stated()["loss_terms"] == 2


def test_outputs_and_targets_the_wrong_way_round(tmp_path):
    text = changed(ROWS, (LAST, "nn.Linear(64, 1), nn.Sigmoid()"), (CRITERION, "nn.BCELoss()"))
    assert read(tmp_path, text).faults() == {}
    swapped = read(tmp_path, changed(text, ("criterion(net(a), b)", "criterion(b, net(a))")))
    assert swapped.shows("loss_by_hand", "criterion(b, net(a))") == "different_formula"


@pytest.mark.parametrize(("rate", "state"), [(0.1, "differs_by_a_factor"), (1e-6, None)])
def test_a_sum_over_the_batch_at_the_rate_of_a_mean(tmp_path, rate, state):
    optimizer = ("torch.optim.Adam(net.parameters(), lr=1e-3)", f"torch.optim.SGD(net.parameters(), lr={rate})")
    text = changed(ROWS, (CRITERION, 'nn.CrossEntropyLoss(reduction="sum")'), optimizer)
    assert read(tmp_path, text).state("loss_by_hand") == state


@pytest.mark.parametrize(("metric", "state"), [("accuracy", "differs"), ("mae", None)])
def test_accuracy_of_a_regression(tmp_path, metric, state):
    loss = ('loss="binary_crossentropy"', f'loss="mse", metrics=["{metric}"]')
    reading = read(tmp_path, changed(TABLE, ('out = Activation("sigmoid")(out)\n', ""), loss))
    assert reading.state("metric_by_hand") == state
    assert reading.faults() == {}


def test_log_softmax_in_front_of_cross_entropy_is_noted_only(tmp_path):
    reading = read(tmp_path, changed(ROWS, (LAST, "nn.Linear(64, 3), nn.LogSoftmax(dim=1)")))
    assert reading.state("output_activation") is None
    assert any("changes nothing" in note for note in reading.told.notes)
