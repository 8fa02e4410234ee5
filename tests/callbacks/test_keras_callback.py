import copy
import os
import warnings

import pytest

from tests.callbacks.data import CLASSES, FAR_TOO_HIGH, FEATURES, GOOD, samples
from triage.callbacks import TrainingWarning, Watcher

os.environ.setdefault("KERAS_BACKEND", "torch")
pytest.importorskip("torch", reason="needs a backend of Keras")
keras = pytest.importorskip("keras", reason="needs Keras (extra keras)")

from triage.callbacks import KerasTriage  # noqa: E402 - after the framework was found

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def fitted(watcher, optimizer, epochs=15, callbacks=(), loss=None):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Input((FEATURES,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(CLASSES),
        ]
    )
    loss = loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    callback = KerasTriage(watcher)
    x, y = samples()
    past = model.fit(
        x, y, epochs=epochs, validation_split=0.25, callbacks=[callback, *callbacks], verbose=0, shuffle=False
    )
    return past.history, callback


def test_a_model_that_learns_brings_no_warning(real_base):
    watcher = Watcher(base=real_base, every=20)
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        fitted(watcher, keras.optimizers.SGD(GOOD))
    assert watcher.diagnosis.is_healthy
    assert watcher.history.columns == {
        "train_loss": "loss",
        "val_loss": "val_loss",
        "train_accuracy": "accuracy",
        "val_accuracy": "val_accuracy",
        "learning_rate": "learning_rate",
    }


def test_a_rate_that_is_far_too_high_is_told_and_stops_the_fit(real_base, tmp_path):
    watcher = Watcher(base=real_base, every=20, stop_on="any", report=tmp_path / "run.md")
    with pytest.warns(TrainingWarning, match=r"(?i)rate too high"):
        past, _ = fitted(watcher, keras.optimizers.SGD(FAR_TOO_HIGH), epochs=1000)
    assert len(past["loss"]) < 1000
    assert "rate too high" in (tmp_path / "run.md").read_text(encoding="utf-8")


def test_a_loss_of_nan_is_told(real_base):
    def broken(targets, outputs):
        return keras.ops.mean(keras.ops.log(outputs))

    watcher = Watcher(base=real_base, every=5)
    with pytest.warns(TrainingWarning, match="NaN"):
        fitted(watcher, keras.optimizers.SGD(GOOD), epochs=2, loss=broken)


def test_the_loss_of_each_batch_is_worked_out_from_the_means(real_base):
    seen = []

    class Seen(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append((batch, logs["loss"]))

    watcher = Watcher(base=real_base)
    fitted(watcher, keras.optimizers.SGD(GOOD), epochs=3, callbacks=[Seen()])
    curve = watcher.history.curve("train_loss")
    assert curve.steps.tolist() == list(range(1, 37))
    for epoch in range(3):
        batches = curve.values[12 * epoch : 12 * epoch + 12]
        assert batches.mean() == pytest.approx(seen[12 * epoch + 11][1], rel=1e-5)
        assert batches[0] == pytest.approx(seen[12 * epoch][1], rel=1e-5)


def test_what_the_model_is_made_of_is_known(real_base):
    watcher = Watcher(base=real_base)
    fitted(watcher, keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 1000), clipnorm=1.0), epochs=2)
    found = {finding.finding: finding.state for finding in watcher.diagnosis.findings if finding.origin == "config"}
    assert found["optimizer"] == "adam"
    assert found["hidden_activation"] == "relu"
    assert found["loss_function"] == "cross_entropy_on_logits"
    assert found["learning_rate_schedule"] == "decay_to_a_horizon"
    assert found["precision"] == "fp32"
    assert found["gradient_clipping"] == "loose"


def test_a_model_that_cannot_be_written_down_is_watched_all_the_same(real_base):
    class Model(keras.Model):
        def __init__(self, size):
            super().__init__()
            self.inner = keras.layers.Dense(CLASSES)

        def call(self, x):
            return self.inner(x)

        def get_config(self):
            raise NotImplementedError("not this one")

    model = Model(3)
    model.compile(optimizer="sgd", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    watcher = Watcher(base=real_base)
    with pytest.warns(TrainingWarning, match="the setup could not be read: the compiled model: NotImplementedError"):
        model.fit(*samples(), epochs=2, verbose=0, callbacks=[KerasTriage(watcher)])
    assert watcher.history.rows == 2 * 16 + 2


def test_each_fit_is_a_run_of_its_own_and_a_copy_of_the_callback_too(real_base):
    watcher = Watcher(base=real_base)
    _, callback = fitted(watcher, keras.optimizers.SGD(GOOD), epochs=2)
    callback.set_model(None)
    other = copy.deepcopy(callback)
    for one in (callback, other):
        x, y = samples()
        model = keras.Sequential([keras.layers.Input((FEATURES,)), keras.layers.Dense(CLASSES, activation="softmax")])
        model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
        model.fit(x, y, epochs=1, verbose=0, callbacks=[one])
        assert one.watcher.history.rows == 17
