import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class ResidualMLP(nn.Module):
    def __init__(self, n_in, width, depth):
        super().__init__()
        self.inp = nn.Linear(n_in, width)
        self.blocks = [nn.Linear(width, width) for _ in range(depth)]
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, 1)

    def forward(self, x):
        x = self.inp(x)
        for blk in self.blocks:
            x = x + nn.functional.gelu(blk(x))
        return self.out(self.norm(x))


blob = torch.load("energy.pt")
train_ds = TensorDataset(blob["x_train"], blob["y_train"])
valid_ds = TensorDataset(blob["x_valid"], blob["y_valid"])
train_dl = DataLoader(train_ds, batch_size=256, shuffle=True)
valid_dl = DataLoader(valid_ds, batch_size=1024)

model = ResidualMLP(blob["x_train"].shape[1], width=128, depth=4)
opt = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
criterion = nn.SmoothL1Loss()
best = math.inf

for epoch in range(40):
    model.train()
    for x, y in train_dl:
        opt.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        v = sum(criterion(model(x), y).item() * len(x) for x, y in valid_dl) / len(valid_ds)
    if v < best:
        best = v
        torch.save(model.state_dict(), "energy_best.pt")
    print(epoch, loss.item(), v)
