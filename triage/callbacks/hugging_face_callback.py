"""The Trainer of Hugging Face, watched (extra ``hugging_face``)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sized

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from triage.callbacks.agreement import agreed
from triage.callbacks.described import described, with_numbers
from triage.callbacks.watcher import Watcher
from triage.intake.found import Told

__all__ = ["HuggingFaceTriage"]

NAME = "TrainingArguments"
"""What the setup is called in the report."""

MODEL = "the model's config"

AVERAGES = "train_runtime"
"""Beside it stand averages of the whole run, which are no point of its curve."""


class HuggingFaceTriage(TrainerCallback):  # type: ignore[misc]
    """Watches ``transformers.Trainer``: ``Trainer(..., callbacks=[HuggingFaceTriage(Watcher(report="run.html"))])``.

    What the Trainer logs, every ``logging_steps``, is what is triaged; the settings are taken from its arguments. Of
    several processes the first one watches, and all stop together, at the next time that the Trainer logs. Where
    training breaks off, ``watcher.close()`` reports.

    By default the Trainer shows the mean of the other steps where the loss of a step is NaN, and 0 where there are
    none; such a 0 beside a norm of the gradient that is not finite is taken for the NaN that it was.
    ``logging_nan_inf_filter=False`` shows each.

    Args:
        watcher: how to watch; by default with a warning and nothing else.

    """

    def __init__(self, watcher: Watcher | None = None) -> None:
        """Make ready."""
        self.watcher = Watcher() if watcher is None else watcher

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object
    ) -> None:
        """Begin anew, with the settings of this training."""
        self.watcher.begin()
        if state.is_world_process_zero:
            self.watcher.describe_by(lambda: _told(args, state, kwargs), NAME)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: Mapping[str, object] | None = None,
        **kwargs: object,
    ) -> None:
        """Take in what the Trainer logs."""
        if logs is not None and AVERAGES not in logs and state.is_world_process_zero:
            values = {name: value for name, value in logs.items() if name != "step"}
            self.watcher.log(state.global_step, **values | _hidden(args, logs))
        if args.world_size > 1 and agreed(self.watcher.should_stop, args.device):
            control.should_training_stop = True

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object
    ) -> None:
        """Stop where it is time."""
        if self.watcher.should_stop and args.world_size == 1:
            control.should_training_stop = True

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object
    ) -> None:
        """Report."""
        self.watcher.close()


def _hidden(args: TrainingArguments, logs: Mapping[str, object]) -> dict[str, object]:
    """The loss that the Trainer did not show, where that can be told."""
    norm = logs.get("grad_norm")
    fails = isinstance(norm, float | int) and not math.isfinite(norm)
    return {"loss": math.nan} if args.logging_nan_inf_filter and fails and logs.get("loss") == 0 else {}


def _told(args: TrainingArguments, state: TrainerState, kwargs: Mapping[str, object]) -> Told:
    settings = dict(args.to_dict())
    settings |= {"max_steps": state.max_steps, "world_size": args.world_size}
    if state.global_step > 0:
        settings["resume_from_checkpoint"] = "a checkpoint"
    told = described([settings], NAME)
    config = getattr(getattr(kwargs.get("model"), "config", None), "to_dict", None)
    if config is not None:
        of_model = described([config()], MODEL)
        told = Told(told.stated + of_model.stated, told.found + of_model.found, told.notes + of_model.notes)
    data = getattr(kwargs.get("train_dataloader"), "dataset", None)
    return with_numbers(told, {"samples": len(data) if isinstance(data, Sized) else None}, "training data")
