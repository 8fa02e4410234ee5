"""Roots in losses whose slope is infinite at zero."""

import pytest

from tests.intake.scripts.reading import read

PROGRAM = """import torch
from torch import nn
from data import pairs

class {name}(nn.Module):
    def forward(self, a, b, y):
        {line}
        return torch.mean((1 - y) * d**2 + y * torch.clamp(1 - d, min=0.0) ** 2)

net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 8))
criterion = {name}()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-4)
for a, b, y in pairs:
    optimizer.zero_grad()
    criterion(net(a), net(b), y).backward()
    optimizer.step()
"""
FINDING = "replay_failing_batch"


@pytest.mark.parametrize(
    "line",
    [
        "d = torch.sqrt(torch.sum((a - b) ** 2, dim=1))",
        "d = ((a - b) ** 2).sum(1).sqrt()",
        "d = torch.sqrt((a - b).pow(2).sum(dim=-1))",
        "d = torch.sqrt(torch.sum(torch.square(a - b), 1))",
        "d = torch.square(a - b).sum(1).sqrt()",
        "d = torch.sqrt(torch.pow(a - b, 2).sum(dim=1))",
    ],
)
def test_a_distance_whose_root_meets_zero(tmp_path, line):
    reading = read(tmp_path, PROGRAM.format(name="ContrastiveLoss", line=line))
    assert reading.shows(FINDING, line) == "zero_denominator"


def test_a_root_of_a_sum_that_has_a_name(tmp_path):
    line = "difference = a - b\n        squares = torch.sum(difference**2, dim=1)\n        d = torch.sqrt(squares)"
    reading = read(tmp_path, PROGRAM.format(name="TripletLoss", line=line))
    assert reading.shows(FINDING, "d = torch.sqrt") == "zero_denominator"


def test_a_distance_in_what_lightning_trains(tmp_path):
    text = """import pytorch_lightning as pl
import torch
from torch import nn
from data import pairs

def contrastive_loss(a, b, y):
    d = torch.sqrt(torch.sum((a - b) ** 2, dim=1))
    return torch.mean((1 - y) * d**2 + y * torch.clamp(1 - d, min=0.0) ** 2)

class Net(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 8))
    def training_step(self, batch, number):
        a, b, y = batch
        return contrastive_loss(self.net(a), self.net(b), y)
    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=3e-4)

pl.Trainer(max_epochs=3).fit(Net(), pairs)
"""
    assert read(tmp_path, text).shows(FINDING, "d = torch.sqrt") == "zero_denominator"


@pytest.mark.parametrize(
    "line",
    [
        "d = torch.sqrt(torch.sum((a - b) ** 2, dim=1) + 1e-9)",
        "d = torch.sqrt(torch.sum((a - b) ** 2, dim=1).clamp(min=1e-9))",
        "d = torch.sqrt(torch.clamp(torch.sum((a - b) ** 2, dim=1), min=1e-9))",
        "d = torch.sqrt(torch.sum((a - b + 1e-6) ** 2, dim=1))",
        "squares = torch.sum((a - b) ** 2, dim=1)\n        squares = squares + 1e-9\n        d = torch.sqrt(squares)",
        "d = torch.sqrt(torch.mean((a - b) ** 2))",
        "d = torch.sqrt(torch.sum(a**2, dim=1))",
        "d = nn.functional.pairwise_distance(a, b)",
        "d = torch.sum((a - b) ** 2, dim=1)",
    ],
)
def test_distances_with_a_slope_everywhere(tmp_path, line):
    assert read(tmp_path, PROGRAM.format(name="ContrastiveLoss", line=line)).state(FINDING) != "zero_denominator"


def test_a_root_that_is_no_part_of_a_loss(tmp_path):
    line = "d = torch.sqrt(torch.sum((a - b) ** 2, dim=1))"
    assert read(tmp_path, PROGRAM.format(name="Distance", line=line)).state(FINDING) != "zero_denominator"


@pytest.mark.parametrize("name", ["eval_triplets", "plot_loss", "triplet_metric"])
def test_a_root_in_what_measures_or_shows_the_loss_is_no_fault(tmp_path, name):
    measured = f"def {name}(a, b):\n    return torch.sqrt(torch.sum((a - b) ** 2, dim=1)).mean()\n"
    text = PROGRAM.format(name="ContrastiveLoss", line="d = nn.functional.pairwise_distance(a, b)") + measured
    assert read(tmp_path, text).state(FINDING) != "zero_denominator"
