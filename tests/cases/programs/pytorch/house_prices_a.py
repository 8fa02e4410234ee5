import pandas as pd
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.preprocessing import StandardScaler
from torch.utils.data import DataLoader, Dataset


class Houses(Dataset):
    def __init__(self, frame, x_scaler, y_scaler):
        cols = [c for c in frame.columns if c != "price"]
        self.x = torch.tensor(x_scaler.transform(frame[cols].values), dtype=torch.float32)
        self.y = torch.tensor(y_scaler.transform(frame[["price"]].values), dtype=torch.float32)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Regressor(nn.Module):
    def __init__(self, n_features, width=128):
        super().__init__()
        self.inp = nn.Linear(n_features, width)
        self.mid = nn.Linear(width, width)
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        x = F.relu(self.inp(x))
        x = F.relu(self.mid(x))
        return self.head(x)


train_df = pd.read_csv("houses_train.csv")
valid_df = pd.read_csv("houses_valid.csv")
xs = StandardScaler().fit(train_df.drop(columns="price").values)
ys = StandardScaler().fit(train_df[["price"]].values)

train_dl = DataLoader(Houses(train_df, xs, ys), batch_size=32, shuffle=True)
valid_dl = DataLoader(Houses(valid_df, xs, ys), batch_size=256)

model = Regressor(train_df.shape[1] - 1)
optim = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(50):
    model.train()
    for x, y in train_dl:
        optim.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optim.step()
    model.eval()
    with torch.no_grad():
        errs = [F.mse_loss(model(x), y).item() for x, y in valid_dl]
    print(epoch, loss.item(), sum(errs) / len(errs))
