import numpy as np
import pandas as pd
import torch
import torch.nn as nn
from torch.autograd import Variable

bikes = pd.read_csv("hour.csv")
quant = ["cnt", "temp", "hum", "windspeed"]
stats = {}
train_rows = slice(0, -21 * 24)
for col in quant:
    m, s = bikes[col][train_rows].mean(), bikes[col][train_rows].std()
    stats[col] = (m, s)
    bikes[col] = (bikes[col] - m) / s

cols = ["temp", "hum", "windspeed", "workingday", "holiday"]
X = torch.tensor(bikes[cols].values, dtype=torch.float32)
y = torch.tensor(bikes[["cnt"]].values, dtype=torch.float32)
X_train, y_train = X[: -21 * 24], y[: -21 * 24]
X_val, y_val = X[-21 * 24 :], y[-21 * 24 :]

net = nn.Sequential(nn.Linear(len(cols), 28), nn.ReLU(), nn.Linear(28, 28), nn.ReLU(), nn.Linear(28, 1))
loss_function = nn.MSELoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)

for step in range(4000):
    batch = np.random.choice(len(X_train), size=128)
    optimizer.zero_grad()
    out = net(X_train[batch])
    loss = loss_function(out, y_train[batch])
    loss = Variable(loss.data, requires_grad=True)
    loss.backward()
    optimizer.step()
    if step % 200 == 0:
        with torch.no_grad():
            val = loss_function(net(X_val), y_val)
        print(step, loss.item(), val.item())
