import pandas as pd
import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)

frame = pd.read_csv("heart.csv")
target = torch.tensor(frame["target"].to_numpy(), dtype=torch.float32).unsqueeze(1)
features = frame.drop(columns="target")
features = (features - features.mean()) / features.std()
inputs = torch.tensor(features.to_numpy(), dtype=torch.float32)

ds = TensorDataset(inputs, target)
n_val = len(ds) // 5
train_ds, val_ds = random_split(ds, [len(ds) - n_val, n_val])
train_dl = DataLoader(train_ds, batch_size=16, shuffle=True)
val_dl = DataLoader(val_ds, batch_size=64)


class RiskModel(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.l1 = nn.Linear(d, 32)
        self.l2 = nn.Linear(32, 16)
        self.l3 = nn.Linear(16, 1)
        self.act = nn.ReLU()
        self.prob = nn.Sigmoid()

    def forward(self, x):
        h = self.act(self.l1(x))
        h = self.act(self.l2(h))
        return self.prob(self.l3(h))


model = RiskModel(inputs.shape[1])
loss_fn = nn.BCELoss()
opt = optim.Adam(model.parameters(), lr=0.001)

for ep in range(60):
    model.train()
    for xb, yb in train_dl:
        loss = loss_fn(model(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        vl = sum(loss_fn(model(xb), yb).item() * len(xb) for xb, yb in val_dl) / n_val
    print(ep, loss.item(), vl)
