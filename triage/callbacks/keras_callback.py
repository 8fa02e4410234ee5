"""A Keras model, watched while it is fitted (extra ``keras``)."""

from __future__ import annotations

from collections.abc import Mapping

import keras

from triage.callbacks.described import described, with_numbers
from triage.callbacks.watcher import Watcher
from triage.intake.found import Told

__all__ = ["KerasTriage"]

NAME = "the compiled model"
"""What the setup is called in the report."""

RATE_EVERY = 20
"""Batches after which the learning rate is read again; it lies on the device."""


class KerasTriage(keras.callbacks.Callback):  # type: ignore[misc]
    """Watches ``model.fit``: ``model.fit(..., callbacks=[KerasTriage(Watcher(report="run.html"))])``.

    Keras tells of each batch the mean loss of the epoch up to it; the loss of the batch is worked out from that. What
    is validated comes at the end of each epoch. Where ``fit`` breaks off, ``watcher.close()`` reports.

    Args:
        watcher: how to watch; by default with a warning and nothing else.

    """

    def __init__(self, watcher: Watcher | None = None) -> None:
        """Make ready."""
        super().__init__()
        self.watcher = Watcher() if watcher is None else watcher
        self._step = 0
        self._batches = 0
        self._sum = 0.0

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Begin anew, with the settings of this model."""
        self.watcher.begin()
        self.watcher.describe_by(lambda: _told(self.model, self.params or {}), NAME)
        self._step = 0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Keras begins its means anew."""
        self._batches, self._sum = 0, 0.0

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Take in the loss of the batches since the last call; stop where it is time."""
        mean = (logs or {}).get("loss")
        self._step += batch + 1 - self._batches
        if mean is not None:
            total = float(mean) * (batch + 1)
            loss = (total - self._sum) / max(batch + 1 - self._batches, 1)
            self._sum = total
            if batch % RATE_EVERY:
                self.watcher.log(self._step, loss=loss)
            else:
                self.watcher.log(self._step, loss=loss, learning_rate=_rate(self.model))
        self._batches = batch + 1
        if self.watcher.should_stop:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Take in what the epoch gave; its mean loss only where no batch told of one."""
        own = {"step", "learning_rate", "epoch", *(["loss"] if self._batches else [])}
        values = {name: value for name, value in (logs or {}).items() if name not in own}
        self.watcher.log(self._step, **values, learning_rate=_rate(self.model), epoch=epoch)
        if self.watcher.should_stop:
            self.model.stop_training = True

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        """Report."""
        self.watcher.close()


def _rate(model: keras.Model) -> float | None:
    """The rate of the next update; None where the optimizer has none, as one of somebody's own may."""
    rate = getattr(model.optimizer, "learning_rate", None)
    return None if rate is None else float(rate)


def _told(model: keras.Model, params: Mapping[str, int | None]) -> Told:
    told = described([keras.saving.serialize_keras_object(model)], NAME)
    epochs, steps = params.get("epochs"), params.get("steps")
    return with_numbers(told, {"epochs": epochs, "max_steps": epochs * steps if epochs and steps else None}, "fit")
