import numpy as np
import torch
import torch.nn as nn

device = "cuda" if torch.cuda.is_available() else "cpu"

series = np.load("station_temperature.npy").astype(np.float32)
split = int(len(series) * 0.8)
mu, sigma = series[:split].mean(), series[:split].std()
series = (series - mu) / sigma
WINDOW = 24


def windows(a):
    x = np.stack([a[i : i + WINDOW] for i in range(len(a) - WINDOW)])
    y = a[WINDOW:]
    return torch.from_numpy(x), torch.from_numpy(y).unsqueeze(1)


x_train, y_train = windows(series[:split])
x_val, y_val = windows(series[split:])


def block(i, o):
    return nn.Sequential(nn.Linear(i, o), nn.ReLU())


model = nn.Sequential(block(WINDOW, 64), block(64, 64), block(64, 1)).to(device)
mse = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)

bs = 64
for epoch in range(30):
    order = torch.randperm(len(x_train))
    for i in range(0, len(order), bs):
        idx = order[i : i + bs]
        optimizer.zero_grad()
        loss = mse(model(x_train[idx].to(device)), y_train[idx].to(device))
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        val = mse(model(x_val.to(device)), y_val.to(device))
    print(f"epoch {epoch} loss {loss.item():.5f} val {val.item():.5f}")
