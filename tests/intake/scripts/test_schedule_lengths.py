"""Schedules that are told how many steps there are."""

import pytest

from tests.intake.scripts.reading import read

PROGRAM = """import torch
from torch import nn
from torch.utils.data import DataLoader
from transformers import get_{kind}_schedule_with_warmup
from data import Texts

EPOCHS = {epochs}
loader = DataLoader(Texts("train"), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5)
steps = {steps}
schedule = get_{kind}_schedule_with_warmup(optimizer, 20, steps)
for epoch in range(EPOCHS):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
{step}
"""
PER_BATCH, PER_EPOCH = "        schedule.step()", "    schedule.step()"


def program(kind="linear", epochs="4", steps="len(loader)", step=PER_BATCH):
    return PROGRAM.format(kind=kind, epochs=epochs, steps=steps, step=step)


@pytest.mark.parametrize("kind", ["linear", "cosine"])
def test_a_schedule_that_is_as_long_as_one_of_several_epochs(tmp_path, kind):
    assert read(tmp_path, program(kind)).shows("learning_rate_course", "schedule = ") == "decays_too_early"


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": "len(loader) * EPOCHS"},
        {"steps": "EPOCHS * len(loader) // 2"},
        {"epochs": "1"},
        {"step": PER_EPOCH},
        {"step": "        if y[0] > 0:\n            schedule.step()"},
        {"kind": "constant"},
    ],
)
def test_schedules_that_last_are_no_fault(tmp_path, changes):
    assert read(tmp_path, program(**changes)).state("learning_rate_course") != "decays_too_early"
