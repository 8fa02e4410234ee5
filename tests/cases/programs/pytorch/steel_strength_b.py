import pandas as pd
import torch
import torch.nn as nn
from sklearn.metrics import r2_score
from sklearn.preprocessing import MinMaxScaler

# Old melts to train on, the last year to test on
df = pd.read_csv("steel.csv")
old, new = df[df.year < 2021], df[df.year >= 2021]
cols = ["c", "mn", "si", "cr", "ni", "mo", "v", "temper", "quench"]

X_tr, y_tr = old[cols].values, old[["yield_mpa"]].values
X_te, y_te = new[cols].values, new[["yield_mpa"]].values

scaler = MinMaxScaler()
X_tr = scaler.fit_transform(X_tr)
X_te = scaler.transform(X_te)
y_scaler = MinMaxScaler()
y_tr = y_scaler.fit_transform(y_tr)

X_tr, y_tr, X_te = (torch.tensor(a, dtype=torch.float) for a in (X_tr, y_tr, X_te))


class StrengthNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(9, 128), nn.Linear(128, 128), nn.Linear(128, 32)])
        self.last = nn.Linear(32, 1)

    def forward(self, x):
        for layer in self.layers:
            x = nn.functional.leaky_relu(layer(x))
        return self.last(x)


net = StrengthNet()
opt = torch.optim.Adam(net.parameters(), lr=1e-3, weight_decay=1e-5)
mse = nn.MSELoss()

for epoch in range(300):
    net.train()
    shuffled = torch.randperm(X_tr.size(0))
    for batch in shuffled.split(32):
        opt.zero_grad()
        loss = mse(net(X_tr[batch]), y_tr[batch])
        loss.backward()
        opt.step()
    if (epoch + 1) % 25 == 0:
        net.eval()
        with torch.no_grad():
            pred = y_scaler.inverse_transform(net(X_te).numpy())
        print(f"{epoch + 1:4d}  mse {loss.item():.5f}  r2 on new melts {r2_score(y_te, pred):.3f}")
