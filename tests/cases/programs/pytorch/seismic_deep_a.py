import numpy as np
import torch
import yaml
from torch import nn

CONFIG = yaml.safe_load(
    """
model:
  depth: 16
  channels: 48
  kernel: 5
  activation: "sigmoid"
train:
  lr: 0.001
  batch: 64
  steps: 8000
  eval_every: 500
"""
)
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "gelu": nn.GELU}


class PhasePicker(nn.Module):
    """Which of P wave, S wave or noise begins in the middle of the trace."""

    def __init__(self, depth, channels, kernel, activation):
        super().__init__()
        act = ACTIVATIONS[activation]
        layers, width = [], 3
        for _ in range(depth):
            layers += [
                nn.Conv1d(width, channels, kernel, padding=kernel // 2),
                act(),
            ]
            width = channels
        self.trunk = nn.Sequential(*layers)
        self.pick = nn.Linear(channels, 3)

    def forward(self, trace):
        return self.pick(self.trunk(trace).amax(dim=-1))


def batches(x, y, size, rng):
    while True:
        order = rng.permutation(len(x))
        for i in range(0, len(x) - size + 1, size):
            take = order[i : i + size]
            yield torch.from_numpy(x[take]), torch.from_numpy(y[take])


def main():
    rng = np.random.default_rng(11)
    data = np.load("traces.npz")
    x, y = data["trace"].astype(np.float32), data["phase"].astype(np.int64)
    x /= np.abs(x).max(axis=(1, 2), keepdims=True) + 1e-9
    order = rng.permutation(len(x))
    held, used = order[: len(x) // 10], order[len(x) // 10 :]
    train = CONFIG["train"]
    model = PhasePicker(**CONFIG["model"])
    optimizer = torch.optim.Adam(model.parameters(), lr=train["lr"])
    ce = nn.CrossEntropyLoss()
    stream = batches(x[used], y[used], train["batch"], rng)
    for step in range(1, train["steps"] + 1):
        model.train()
        bx, by = next(stream)
        optimizer.zero_grad()
        loss = ce(model(bx), by)
        loss.backward()
        optimizer.step()
        if step % train["eval_every"] == 0:
            model.eval()
            with torch.no_grad():
                acc = (model(torch.from_numpy(x[held])).argmax(1).numpy() == y[held]).mean()
            print(step, f"{loss.item():.4f}", f"{acc:.3f}")


main()
