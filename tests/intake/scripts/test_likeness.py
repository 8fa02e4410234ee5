"""Losses that are to make outputs like others: cosine similarity, with its minus and without."""

import pytest

from tests.intake.scripts.reading import read

VIEWS = """import torch
import torch.nn.functional as F
from torch import nn


class Views(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 32))
        self.predictor = nn.Linear(32, 32)

    def forward(self, a, b):
        za, zb = self.body(a), self.body(b)
        return self.predictor(za), self.predictor(zb), za.detach(), zb.detach()


def distance(p, z):
    {}


model = Views()
opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
angle = nn.CosineSimilarity(dim=1)
for a, b in loader:
    pa, pb, za, zb = model(a, b)
    loss = {}
    opt.zero_grad()
    loss.backward()
    opt.step()
"""
COSINE = "return {}F.cosine_similarity(p, z, dim=-1).mean()"
BOTH = "0.5 * (distance(pa, zb) + distance(pb, za))"


@pytest.mark.parametrize(
    ("distance", "loss"),
    [
        (COSINE.format(""), BOTH),
        ("return F.cosine_similarity(p, z).mean()", "distance(pa, zb) / 2 + distance(pb, za) / 2"),
        ("p, z = F.normalize(p, dim=1), F.normalize(z, dim=1)\n    return (p * z).sum(dim=1).mean()", BOTH),
        ("pass", "angle(pa, zb).mean()"),
        ("pass", "1 + F.cosine_similarity(pa, zb).mean()"),
    ],
)
def test_a_likeness_that_is_minimised_is_found_where_the_loss_is_made(tmp_path, distance, loss):
    reading = read(tmp_path, VIEWS.format(distance, loss))
    assert reading.shows("one_step_lowers_loss", f"loss = {loss}") == "raises"


@pytest.mark.parametrize(
    ("distance", "loss"),
    [
        (COSINE.format("-"), BOTH),
        (COSINE.format("-"), "1 - 0.5 * (1 - distance(pa, zb))"),
        ("return 1 - F.cosine_similarity(p, z).mean()", BOTH),
        ("return 2 - 2 * F.cosine_similarity(p, z).mean()", BOTH),
        ("p, z = F.normalize(p, dim=1), F.normalize(z, dim=1)\n    return -(p * z).sum(dim=1).mean()", BOTH),
        ("pass", "-angle(pa, zb).mean()"),
        ("pass", "angle(pa, zb).mul(-1).mean()"),
        ("pass", "angle(pa, zb).acos().mean()"),
        ("pass", "angle(pa, za).sub(angle(pa, zb)).mean()"),
        ("pass", "F.cosine_similarity(pa, pb).pow(2).mean()"),
        ("pass", "F.cosine_similarity(pa, pb).mean()"),
        ("pass", "F.relu(0.2 + F.cosine_similarity(pa, za) - F.cosine_similarity(pa, zb)).mean()"),
        ("pass", "(F.cosine_similarity(pa, za) - F.cosine_similarity(pa, zb)).mean()"),
        ("pass", "F.cross_entropy(F.normalize(pa) @ F.normalize(zb).T / 0.1, torch.arange(len(pa)))"),
        ("pass", "F.mse_loss(pa, zb) + 0.1 * F.cosine_similarity(pa, zb).mean()"),
    ],
)
def test_likenesses_that_are_no_fault(tmp_path, distance, loss):
    assert read(tmp_path, VIEWS.format(distance, loss)).state("one_step_lowers_loss") is None
