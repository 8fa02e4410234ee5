import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

HISTORY, AHEAD = 56, 7


class ShopWindows(Dataset):
    """Daily sales of every shop and article; many articles do not sell at all on some days."""

    def __init__(self, wide: pd.DataFrame, last_days: int | None = None):
        values = wide.to_numpy(dtype=np.float32)
        if last_days is not None:
            values = values[:, -(last_days + HISTORY) :]
        self.values = values
        self.scale = 1.0 + values[:, :HISTORY].mean(axis=1, keepdims=True)
        self.per_row = values.shape[1] - HISTORY - AHEAD + 1

    def __len__(self):
        return len(self.values) * self.per_row

    def __getitem__(self, i):
        row, day = divmod(i, self.per_row)
        window = self.values[row, day : day + HISTORY + AHEAD]
        scale = self.scale[row]
        return (window[:HISTORY] / scale).astype(np.float32), window[HISTORY:], scale.astype(np.float32)


class MAPELoss(nn.Module):
    def forward(self, forecast, actual):
        return ((forecast - actual) / actual).abs().mean()


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRU(1, 48, batch_first=True)
        self.head = nn.Sequential(nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, AHEAD))

    def forward(self, history, scale):
        _, last = self.cell(history.unsqueeze(-1))
        return self.head(last[-1]) * scale


sales = pd.read_csv("sales.csv").pivot_table(index=["shop", "article"], columns="day", values="units", fill_value=0)
train_loader = DataLoader(ShopWindows(sales.iloc[:, :-60]), batch_size=128, shuffle=True)
valid_loader = DataLoader(ShopWindows(sales, last_days=60), batch_size=512)

model = Forecaster()
criterion = MAPELoss()
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)

for epoch in range(12):
    model.train()
    losses = []
    for history, actual, scale in train_loader:
        loss = criterion(model(history, scale), actual)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        errors = [nn.functional.l1_loss(model(h, s), a).item() for h, a, s in valid_loader]
    print(f"epoch {epoch}: MAPE {np.mean(losses):.3f}, MAE on the last two months {np.mean(errors):.2f} units")
