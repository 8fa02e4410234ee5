"""Programs that Lightning trains."""

import pytest

from tests.intake.scripts.reading import changed, read

PITCHES = """import torch
import torch.nn.functional as F
import pytorch_lightning as pl
from torch import nn


class Melody(pl.LightningModule):
    def __init__(self, lr=1e-3):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 12))

    def forward(self, x):
        return self.net(x)

    def step(self, batch):
        x, y = batch
        return F.cross_entropy(self(x), y)

    def training_step(self, batch, number):
        loss = self.step(batch)
        self.log("loss", loss)
        return loss

    def validation_step(self, batch, number):
        self.log("val", self.step(batch))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.hparams.lr, momentum=0.9)


trainer = pl.Trainer(
    max_epochs=50,
    gradient_clip_val=0.5,
)
trainer.fit(Melody(lr=0.02), datamodule=Songs("songs.pt"))
"""


def test_a_module_that_is_made_where_it_is_fitted(tmp_path):
    reading = read(tmp_path, PITCHES)
    assert reading.faults() == {}
    assert reading.state("loss_function") == "cross_entropy_on_logits"
    assert reading.state("gradients_reset") == "reset_each_update"
    stated = reading.stated()
    assert (stated["epochs"], stated["clip_norm"], stated["learning_rate"]) == (50, 0.5, 0.02)


@pytest.mark.parametrize("library", ["pytorch_lightning", "lightning", "lightning.pytorch"])
def test_what_the_trainer_is_told_stands_in_its_lines(tmp_path, library):
    text = changed(PITCHES, ("pytorch_lightning", library), ("0.5,", "1e-5,"))
    clip = next(one for one in read(tmp_path, text).told.stated if one.name == "clip_norm")
    assert (clip.value, clip.place.words) == (1e-5, "gradient_clip_val=1e-5,")


def test_clipping_by_value_and_sums_of_batches(tmp_path):
    more = '0.5, gradient_clip_algorithm="value", accumulate_grad_batches=4,'
    stated = read(tmp_path, changed(PITCHES, ("0.5,", more))).stated()
    assert (stated["clip_value"], stated["accumulation_steps"], "clip_norm" in stated) == (0.5, 4, False)


@pytest.mark.parametrize(
    ("given", "state"),
    [('"16-true"', "fp16_pure"), ('"16-mixed"', "fp16_amp"), ("16", "fp16_amp"), ('"bf16-mixed"', "bf16")],
)
def test_the_number_format_of_the_trainer(tmp_path, given, state):
    text = changed(PITCHES, ("max_epochs=50,", f"max_epochs=50,\n    precision={given},"))
    assert read(tmp_path, text).shows("precision", f"precision={given}") == state


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("        return loss\n", "", "def training_step"),
        ("        return loss\n", "        return loss.detach()\n", "return loss.detach()"),
        (
            "        return loss\n",
            "        loss = loss.detach()\n        return {'loss': loss}\n",
            "loss = loss.detach()",
        ),
    ],
)
def test_a_step_that_leaves_nothing_to_learn_from(tmp_path, before, after, words):
    reading = read(tmp_path, changed(PITCHES, (before, after)))
    assert reading.shows("weights_change", words) == "none_change"


@pytest.mark.parametrize(
    "changes",
    [
        [("return loss\n", "return {'loss': loss, 'size': len(batch)}\n")],
        [
            ("self.save_hyperparameters()", "self.automatic_optimization = False"), ("self.hparams.lr", "0.02"),
            ("        return loss\n", "        first = self.optimizers()\n        first.zero_grad()\n"
             "        self.manual_backward(loss)\n        first.step()\n"),
        ],
    ],
    ids=["a mapping", "updates by hand"],
)  # fmt: skip
def test_steps_that_are_no_fault(tmp_path, changes):
    assert read(tmp_path, changed(PITCHES, *changes)).faults() == {}


def test_what_a_module_scores_is_read_through_its_own_methods(tmp_path):
    text = changed(PITCHES, ("return self.net(x)", "return F.softmax(self.net(x), dim=1)"))
    assert read(tmp_path, text).state("loss_by_hand") == "different_formula"
