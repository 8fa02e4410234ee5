import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class VibrationNet(nn.Module):
    """1-D CNN on two-channel accelerometer windows of 1024 samples."""

    def __init__(self, n_states):
        super().__init__()
        blocks, c_in = [], 2
        for c_out in (16, 32, 64):
            blocks += [nn.Conv1d(c_in, c_out, 9, stride=2, padding=4), nn.BatchNorm1d(c_out), nn.ReLU(), nn.MaxPool1d(2)]
            c_in = c_out
        self.features = nn.Sequential(*blocks)
        self.drop = nn.Dropout(0.4)
        self.head = nn.Linear(64, n_states)

    def forward(self, x):
        z = self.features(x).mean(dim=-1)
        return self.head(self.drop(z))


class Runner:
    def __init__(self, net, device="cpu"):
        self.net = net.to(device)
        self.device = device
        self.criterion = nn.CrossEntropyLoss()
        self.optim = torch.optim.Adam(self.net.parameters(), lr=1e-3)
        self.history = []

    def fit(self, train, val, epochs):
        for epoch in range(epochs):
            self.net.train()
            seen, total = 0, 0.0
            for x, y in train:
                x, y = x.to(self.device), y.to(self.device)
                self.optim.zero_grad()
                loss = self.criterion(self.net(x), y)
                loss.backward()
                self.optim.step()
                seen += len(y)
                total += loss.item() * len(y)
            self.history.append((total / seen, *self.score(val)))
            print("epoch %d: train %.4f, val %.4f, acc %.3f" % (epoch, *self.history[-1]))

    @torch.no_grad()
    def score(self, loader):
        self.net.eval
        seen, total, right = 0, 0.0, 0
        for x, y in loader:
            x, y = x.to(self.device), y.to(self.device)
            out = self.net(x)
            total += self.criterion(out, y).item() * len(y)
            right += (out.argmax(1) == y).sum().item()
            seen += len(y)
        return total / seen, right / seen


def load(name):
    z = np.load(name)
    x = z["windows"].astype("float32")
    x = (x - x.mean(axis=-1, keepdims=True)) / (x.std(axis=-1, keepdims=True) + 1e-8)
    return TensorDataset(torch.from_numpy(x), torch.from_numpy(z["state"].astype("int64")))


train = DataLoader(load("bearings_train.npz"), batch_size=32, shuffle=True)
val = DataLoader(load("bearings_val.npz"), batch_size=128)
runner = Runner(VibrationNet(n_states=4), "cuda" if torch.cuda.is_available() else "cpu")
runner.fit(train, val, epochs=40)
