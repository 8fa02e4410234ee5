import math
import sys

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

# How many moths of each of 12 species come to the trap tonight?
SPECIES = 12


class Nights(Dataset):
    def __init__(self, arrays, rows):
        self.month, self.weather, self.caught = (arrays[k][rows] for k in ("month", "weather", "caught"))

    def __len__(self):
        return len(self.caught)

    def __getitem__(self, i):
        angle = 2 * math.pi * self.month[i] / 12
        x = np.concatenate([[math.sin(angle), math.cos(angle)], self.weather[i]]).astype(np.float32)
        return x, self.caught[i].astype(np.float32)


arrays = dict(np.load(sys.argv[1] if len(sys.argv) > 1 else "moths.npz"))
n = len(arrays["caught"])
rows = np.random.RandomState(5).permutation(n)
train_rows, val_rows = rows[n // 6 :], rows[: n // 6]
centre, spread = arrays["weather"][train_rows].mean(0), arrays["weather"][train_rows].std(0)
arrays["weather"] = (arrays["weather"] - centre) / spread

train_dl = DataLoader(Nights(arrays, train_rows), batch_size=128, shuffle=True)
val_dl = DataLoader(Nights(arrays, val_rows), batch_size=128)

net = nn.Sequential(
    nn.Linear(2 + arrays["weather"].shape[1], 64),
    nn.ELU(),
    nn.Dropout(0.1),
    nn.Linear(64, 64),
    nn.ELU(),
    nn.Linear(64, SPECIES),
)
poisson = nn.PoissonNLLLoss(log_input=True, reduction="sum")
optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=40, gamma=0.3)

for epoch in range(100):
    net.train()
    for x, caught in train_dl:
        loss = poisson(net(x), caught)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    schedule.step()
    net.eval()
    error = 0.0
    with torch.no_grad():
        for x, caught in val_dl:
            error += (net(x).exp() - caught).abs().sum().item()
    print(f"night model, epoch {epoch}: mean error {error / (len(val_rows) * SPECIES):.3f} moths")
