import copy
import warnings

import pytest

from tests.callbacks.data import FAR_TOO_HIGH, samples, torch_network
from triage.callbacks import TrainingWarning, Watcher

torch = pytest.importorskip("torch", reason="needs PyTorch (extra hugging_face)")
transformers = pytest.importorskip("transformers", reason="needs Transformers (extra hugging_face)")
pytest.importorskip("accelerate", reason="needs Accelerate (extra hugging_face)")

from triage.callbacks import HuggingFaceTriage  # noqa: E402 - after the framework was found

pytestmark = pytest.mark.filterwarnings("ignore", "default::triage.callbacks.watcher.TrainingWarning")


class Model(torch.nn.Module):
    def __init__(self, breaks_at=None):
        super().__init__()
        self.network, self.breaks_at, self.calls = torch_network(), breaks_at, 0

    def forward(self, x, labels):
        logits = self.network(x)
        loss = torch.nn.functional.cross_entropy(logits, labels)
        self.calls += self.training
        if self.breaks_at is not None and self.calls > self.breaks_at:
            loss = loss * float("nan")
        return {"loss": loss, "logits": logits}


def trained(watcher, folder, model=None, **options):
    x, y = samples()
    data = [{"x": row, "labels": label} for row, label in zip(x, y.tolist(), strict=True)]
    options = {"learning_rate": 3e-3, "num_train_epochs": 15, "logging_steps": 1, **options}
    arguments = transformers.TrainingArguments(
        output_dir=str(folder), per_device_train_batch_size=32, save_strategy="no", eval_strategy="epoch",
        report_to=[], disable_tqdm=True, use_cpu=True, **options,
    )  # fmt: skip
    trainer = transformers.Trainer(
        model=model or Model(), args=arguments, train_dataset=data, eval_dataset=data[:64],
        callbacks=[HuggingFaceTriage(watcher)],
    )  # fmt: skip
    trainer.remove_callback(transformers.PrinterCallback)
    trainer.train()
    return trainer


def test_a_model_that_learns_brings_no_warning(real_base, tmp_path):
    watcher = Watcher(base=real_base, every=20)
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        trainer = trained(watcher, tmp_path)
    assert watcher.diagnosis.is_healthy
    assert set(watcher.history.columns) == {"train_loss", "val_loss", "learning_rate", "grad_norm"}
    assert len(watcher.history.curve("train_loss")) == trainer.state.global_step == 15 * 16
    assert len(watcher.history.curve("val_loss")) == 15


def test_a_rate_that_is_far_too_high_is_told_and_stops_the_training(real_base, tmp_path):
    watcher = Watcher(base=real_base, every=20, stop_on="any", report=tmp_path / "run.html")
    with pytest.warns(TrainingWarning, match=r"(?i)rate too high"):
        trainer = trained(
            watcher, tmp_path, learning_rate=FAR_TOO_HIGH, optim="sgd", max_grad_norm=0.0, num_train_epochs=1000
        )
    assert trainer.state.global_step < 16_000
    assert "rate too high" in (tmp_path / "run.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("hidden", [False, True])
def test_a_loss_of_nan_is_told_though_the_trainer_hides_it(real_base, tmp_path, hidden):
    with pytest.warns(TrainingWarning, match="NaN from step 101 on"):
        trained(Watcher(base=real_base, every=20), tmp_path, Model(breaks_at=100), logging_nan_inf_filter=hidden)


def test_the_arguments_of_the_training_are_known(real_base, tmp_path):
    watcher = Watcher(base=real_base)
    trained(watcher, tmp_path, weight_decay=0.5, adam_beta2=0.95, num_train_epochs=2, gradient_accumulation_steps=2)
    found = {finding.finding: finding for finding in watcher.diagnosis.findings if finding.origin == "config"}
    states = {name: finding.state for name, finding in found.items()}
    assert states["optimizer"] == "adamw"
    assert states["weight_decay"] == "high"
    assert states["adam_beta2"] == "at_most_0_99"
    assert states["batch_size"] == "ordinary"
    assert states["gradient_accumulation"] == "used"
    assert states["learning_rate_schedule"] == "decay_to_a_horizon"
    assert states["start_point"] == "fresh"
    assert states["training_set_size"] == "hundreds"
    assert found["weight_decay"].place == "TrainingArguments"


def test_a_copy_of_the_callback_watches_a_run_of_its_own(real_base, tmp_path):
    callback = HuggingFaceTriage(Watcher(base=real_base))
    other = copy.deepcopy(callback)
    trained(other.watcher, tmp_path, num_train_epochs=1)
    assert other.watcher.history is not None
    assert callback.watcher.history is None
