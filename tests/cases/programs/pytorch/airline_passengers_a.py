import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
import torch.nn as nn
import torch.utils.data as data

df = pd.read_csv("airline-passengers.csv")
timeseries = df[["Passengers"]].values.astype("float32")

train_size = int(len(timeseries) * 0.67)
train, test = timeseries[:train_size], timeseries[train_size:]
mu, sigma = train.mean(), train.std()
train, test = (train - mu) / sigma, (test - mu) / sigma


def create_dataset(series, lookback):
    X, y = [], []
    for i in range(len(series) - lookback):
        X.append(series[i:i + lookback])
        y.append(series[i + 1:i + lookback + 1])
    return torch.tensor(np.array(X)), torch.tensor(np.array(y))


lookback = 6
X_train, y_train = create_dataset(train, lookback)
X_test, y_test = create_dataset(test, lookback)


class AirModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(input_size=1, hidden_size=50, num_layers=1, batch_first=True)
        self.linear = nn.Linear(50, 1)

    def forward(self, x):
        x, _ = self.lstm(x)
        return self.linear(x)


model = AirModel()
optimizer = torch.optim.Adam(model.parameters())
loss_fn = nn.MSELoss()
loader = data.DataLoader(data.TensorDataset(X_train, y_train), shuffle=True, batch_size=16)

history = []
for epoch in range(1500):
    model.train()
    for X_batch, y_batch in loader:
        y_pred = model(X_batch)
        loss = loss_fn(y_pred, y_batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 100 != 0:
        continue
    model.eval()
    with torch.no_grad():
        train_rmse = torch.sqrt(loss_fn(model(X_train), y_train)) * sigma
        test_rmse = torch.sqrt(loss_fn(model(X_test), y_test)) * sigma
    history.append((epoch, train_rmse.item(), test_rmse.item()))
    print("Epoch %d: train RMSE %.4f, test RMSE %.4f" % history[-1])

plt.plot([h[1] for h in history], label="train")
plt.plot([h[2] for h in history], label="test")
plt.legend()
plt.savefig("airline.png")
