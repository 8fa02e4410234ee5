"""The Trainer of PyTorch Lightning, watched (extra ``lightning``)."""

from __future__ import annotations

from collections.abc import Mapping, Sized

try:
    from lightning.pytorch import Callback, LightningModule, Trainer
except ImportError:
    from pytorch_lightning import Callback, LightningModule, Trainer

from triage.callbacks.described import described, torch_settings, with_numbers
from triage.callbacks.watcher import Watcher
from triage.intake.found import Told

__all__ = ["LightningTriage"]

NAME = "Trainer"
"""What the setup is called in the report."""

ACCELERATORS = {"cuda": "gpu", "xla": "tpu"}
"""Class of an accelerator, without that word and in small letters -> its name in settings."""

OWN = frozenset({"loss", "learning_rate", "epoch", "step"})
"""Names that are logged here, whatever the module logs."""


class LightningTriage(Callback):  # type: ignore[misc]
    """Watches a ``Trainer``: ``Trainer(callbacks=[LightningTriage(Watcher(report="run.html"))])``.

    The loss of every batch is what ``training_step`` returns; what the module logs is taken in every
    ``log_every_n_steps``, and after each validation and epoch. Of several processes the first one watches, and all stop
    together, at the end of an epoch at the latest.

    Args:
        watcher: how to watch; by default with a warning and nothing else.

    """

    def __init__(self, watcher: Watcher | None = None) -> None:
        """Make ready."""
        super().__init__()
        self.watcher = Watcher() if watcher is None else watcher

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Begin anew, with the settings of this training."""
        self.watcher.begin()
        if trainer.is_global_zero:
            self.watcher.describe_by(lambda: _told(trainer), NAME)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: object, batch: object, batch_idx: int
    ) -> None:
        """Take in the loss, the rate and, every so often, what the module logged; stop where it is time."""
        is_logged = (batch_idx + 1) % trainer.log_every_n_steps == 0
        if trainer.is_global_zero:
            loss = outputs.get("loss") if isinstance(outputs, Mapping) else outputs
            values = {} if loss is None else {"loss": loss}
            if is_logged:
                values |= _metrics(trainer) | _rates(trainer) | {"epoch": trainer.current_epoch}
            if values:
                self.watcher.log(trainer.global_step, **values)
        if is_logged or trainer.world_size == 1:
            self._stop(trainer)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take in what validation gave."""
        if trainer.is_global_zero and not trainer.sanity_checking and (values := _metrics(trainer)):
            self.watcher.log(trainer.global_step, **values, epoch=trainer.current_epoch)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take in what the epoch gave, where no batch was logged; stop where it is time."""
        if trainer.is_global_zero and (values := _metrics(trainer)):
            self.watcher.log(trainer.global_step, **values, **_rates(trainer), epoch=trainer.current_epoch)
        self._stop(trainer)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Report."""
        self.watcher.close()

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Report, as far as it came."""
        self.watcher.close()

    def _stop(self, trainer: Trainer) -> None:
        if trainer.world_size == 1:
            stop = self.watcher.should_stop
        else:
            stop = trainer.strategy.reduce_boolean_decision(self.watcher.should_stop, all=False)
        trainer.should_stop = trainer.should_stop or stop


def _metrics(trainer: Trainer) -> dict[str, object]:
    """What the module logged up to now."""
    return {name: value for name, value in trainer.callback_metrics.items() if name not in OWN}


def _rates(trainer: Trainer) -> dict[str, object]:
    groups = trainer.optimizers[0].param_groups if trainer.optimizers else []
    return {"learning_rate": groups[0]["lr"]} if groups else {}


def _told(trainer: Trainer) -> Told:
    accelerator = type(trainer.accelerator).__name__.lower().removesuffix("accelerator")
    settings: dict[str, object] = {
        "trainer": {
            "max_epochs": trainer.max_epochs,
            "max_steps": trainer.max_steps,
            "precision": trainer.precision,
            "gradient_clip_val": trainer.gradient_clip_val,
            "gradient_clip_algorithm": str(trainer.gradient_clip_algorithm or "norm").rpartition(".")[2].lower(),
            "accumulate_grad_batches": trainer.accumulate_grad_batches,
            "accelerator": ACCELERATORS.get(accelerator, accelerator),
            "devices": trainer.world_size,
        },
        "ckpt_path": None if trainer.ckpt_path is None else str(trainer.ckpt_path),
    }
    if len(trainer.optimizers) == 1:
        schedules = trainer.lr_scheduler_configs
        settings |= torch_settings(trainer.optimizers[0], schedules[0].scheduler if schedules else None)
    loader = trainer.train_dataloader
    data, size = getattr(loader, "dataset", None), getattr(loader, "batch_size", None)
    numbers = {
        "samples": len(data) if isinstance(data, Sized) else None,
        "batch_size": size if isinstance(size, int) else None,
    }
    return with_numbers(described([settings], NAME), numbers, "training data")
