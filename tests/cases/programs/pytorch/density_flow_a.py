import math

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class MixtureDensity(nn.Module):
    def __init__(self, n_in, k=5, h=64):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(n_in, h), nn.Tanh(), nn.Linear(h, h), nn.Tanh())
        self.pi = nn.Linear(h, k)
        self.mu = nn.Linear(h, k)
        self.log_sigma = nn.Linear(h, k)

    def forward(self, x):
        h = self.trunk(x)
        return torch.log_softmax(self.pi(h), -1), self.mu(h), self.log_sigma(h).clamp(-7, 7)


def nll(params, y):
    log_pi, mu, log_sigma = params
    z = (y - mu) / log_sigma.exp()
    log_prob = -0.5 * z**2 - log_sigma - 0.5 * math.log(2 * math.pi)
    return -torch.logsumexp(log_pi + log_prob, dim=-1).mean()


arr = np.load("wind.npy").astype("float32")
arr = (arr - arr.mean(0)) / arr.std(0)
x, y = torch.from_numpy(arr[:, :-1]), torch.from_numpy(arr[:, -1:])
n = int(len(x) * 0.85)
loader = DataLoader(TensorDataset(x[:n], y[:n]), batch_size=128, shuffle=True)

model = MixtureDensity(x.shape[1])
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, maximize=True)
for epoch in range(60):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = nll(model(xb), yb)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(epoch, loss.item(), nll(model(x[n:]), y[n:]).item())
