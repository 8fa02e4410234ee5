import copy
import logging
import warnings

import pytest

from tests.callbacks.data import FAR_TOO_HIGH, GOOD, samples, torch_network
from triage.callbacks import TrainingWarning, Watcher

torch = pytest.importorskip("torch", reason="needs PyTorch (extra lightning)")
pl = pytest.importorskip("lightning.pytorch", reason="needs Lightning (extra lightning)")

from triage.callbacks import LightningTriage  # noqa: E402 - after the framework was found

logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

pytestmark = pytest.mark.filterwarnings("ignore", "default::triage.callbacks.watcher.TrainingWarning")


class Module(pl.LightningModule):
    def __init__(self, rate, optimizer=torch.optim.SGD):
        super().__init__()
        self.network, self.rate, self.optimizer = torch_network(), rate, optimizer

    def loss(self, batch):
        return torch.nn.functional.cross_entropy(self.network(batch[0]), batch[1])

    def training_step(self, batch, batch_idx):
        return self.loss(batch)

    def validation_step(self, batch, batch_idx):
        self.log("val_loss", self.loss(batch))

    def on_before_optimizer_step(self, optimizer):
        self.log("grad_norm", torch.nn.utils.get_total_norm([p.grad for p in self.parameters()]))

    def configure_optimizers(self):
        return self.optimizer(self.parameters(), lr=self.rate)


def fitted(watcher, module, epochs=15, **options):
    data = torch.utils.data.TensorDataset(*map(torch.tensor, samples()))
    loader = torch.utils.data.DataLoader(data, batch_size=32)
    options = {"accelerator": "cpu", "max_epochs": epochs, "log_every_n_steps": 4, **options}
    trainer = pl.Trainer(
        callbacks=[LightningTriage(watcher)], logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, **options,
    )  # fmt: skip
    trainer.fit(module, loader, loader)
    return trainer


def test_a_module_that_learns_brings_no_warning(real_base):
    watcher = Watcher(base=real_base, every=20)
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        fitted(watcher, Module(GOOD))
    assert watcher.diagnosis.is_healthy
    assert set(watcher.history.columns) == {"train_loss", "val_loss", "learning_rate", "grad_norm"}
    assert len(watcher.history.curve("train_loss")) == 15 * 16
    assert len(watcher.history.curve("val_loss")) >= 15


def test_a_rate_that_is_far_too_high_is_told_and_stops_the_fit(real_base, tmp_path):
    watcher = Watcher(base=real_base, every=20, stop_on="any", report=tmp_path / "run.json")
    with pytest.warns(TrainingWarning, match=r"(?i)rate too high"):
        trainer = fitted(watcher, Module(FAR_TOO_HIGH), epochs=1000)
    assert trainer.current_epoch < 999
    assert "learning_rate_too_high" in (tmp_path / "run.json").read_text(encoding="utf-8")


def test_a_loss_of_nan_is_told(real_base):
    class Breaks(Module):
        def training_step(self, batch, batch_idx):
            loss = self.loss(batch)
            return loss * float("nan") if self.global_step >= 100 else loss

    with pytest.warns(TrainingWarning, match="NaN from step 101 on"):
        fitted(Watcher(base=real_base, every=20), Breaks(GOOD))


def test_what_the_trainer_was_given_is_known(real_base):
    watcher = Watcher(base=real_base)
    options = {"gradient_clip_val": 0.01, "accumulate_grad_batches": 2}
    fitted(watcher, Module(1e-3, torch.optim.AdamW), epochs=2, **options)
    found = {finding.finding: finding for finding in watcher.diagnosis.findings if finding.origin == "config"}
    states = {name: finding.state for name, finding in found.items()}
    assert states["optimizer"] == "adamw"
    assert states["precision"] == "fp32"
    assert states["gradient_clipping"] == "tight"
    assert states["gradient_accumulation"] == "used"
    assert states["batch_size"] == "ordinary"
    assert states["training_set_size"] == "hundreds"
    assert found["optimizer"].place == "Trainer"


def test_a_training_that_breaks_off_is_reported(real_base, tmp_path):
    class Breaks(Module):
        def training_step(self, batch, batch_idx):
            if self.global_step >= 40:
                raise ZeroDivisionError
            return self.loss(batch)

    watcher = Watcher(base=real_base, report=tmp_path / "run.txt")
    with pytest.raises(ZeroDivisionError):
        fitted(watcher, Breaks(GOOD))
    assert watcher.history.rows >= 40
    assert (tmp_path / "run.txt").exists()


def test_a_module_that_steps_by_hand_is_watched_by_what_it_logs(real_base):
    class ByHand(Module):
        automatic_optimization = False

        def __init__(self, rate):
            super().__init__(rate)
            self.automatic_optimization = False

        def on_before_optimizer_step(self, optimizer):
            pass

        def training_step(self, batch, batch_idx):
            optimizer, loss = self.optimizers(), self.loss(batch)
            optimizer.zero_grad()
            self.manual_backward(loss)
            optimizer.step()
            self.log("train_loss", loss)

    watcher = Watcher(base=real_base)
    fitted(watcher, ByHand(GOOD))
    assert watcher.history.columns["train_loss"] == "train_loss"
    assert len(watcher.history.curve("train_loss")) >= 15 * 4


def test_a_copy_of_the_callback_watches_a_run_of_its_own(real_base):
    watcher = Watcher(base=real_base)
    callback = LightningTriage(watcher)
    other = copy.deepcopy(callback)
    fitted(other.watcher, Module(GOOD), epochs=2)
    assert other.watcher.history is not None
    assert watcher.history is None


def test_the_package_under_its_older_name_takes_it_too(real_base):
    older = pytest.importorskip("pytorch_lightning", reason="needs pytorch-lightning")

    class Older(older.LightningModule):
        def __init__(self):
            super().__init__()
            self.network = torch_network()

        def training_step(self, batch, batch_idx):
            return torch.nn.functional.cross_entropy(self.network(batch[0]), batch[1])

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=GOOD)

    watcher = Watcher(base=real_base)
    data = torch.utils.data.TensorDataset(*map(torch.tensor, samples()))
    trainer = older.Trainer(
        max_epochs=2, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, callbacks=[LightningTriage(watcher)],
    )  # fmt: skip
    trainer.fit(Older(), torch.utils.data.DataLoader(data, batch_size=32))
    assert len(watcher.history.curve("train_loss")) == 32
