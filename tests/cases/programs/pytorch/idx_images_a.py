import gzip

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def images(path):
    with gzip.open(path) as f:
        raw = np.frombuffer(f.read(), np.uint8, offset=16)
    return torch.tensor(raw.reshape(-1, 784), dtype=torch.float32) / 255


def labels(path):
    with gzip.open(path) as f:
        raw = np.frombuffer(f.read(), np.uint8, offset=8)
    return torch.tensor(raw, dtype=torch.long)


x_train, y_train = images("train-images-idx3-ubyte.gz"), labels("train-labels-idx1-ubyte.gz")
x_test, y_test = images("t10k-images-idx3-ubyte.gz"), labels("t10k-labels-idx1-ubyte.gz")

net = nn.Sequential(nn.Linear(784, 300), nn.Sigmoid(), nn.Linear(300, 100), nn.Sigmoid(), nn.Linear(100, 10))
criterion = nn.CrossEntropyLoss()
sgd = torch.optim.SGD(net.parameters(), lr=0.1)
loader = DataLoader(TensorDataset(x_train, y_train), batch_size=50, shuffle=True)

for epoch in range(30):
    for xb, yb in loader:
        sgd.zero_grad()
        loss = criterion(net(xb), yb)
        loss.backward()
        sgd.step()
    with torch.no_grad():
        print(epoch, loss.item(), (net(x_test).argmax(1) == y_test).float().mean().item())
