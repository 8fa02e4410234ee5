import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

DEPTH = 12
WIDTH = 100
CLASSES = 6

data = np.load("har.npz")
mean, std = data["x_train"].mean(0), data["x_train"].std(0) + 1e-6
x_train = torch.tensor((data["x_train"] - mean) / std, dtype=torch.float32)
x_test = torch.tensor((data["x_test"] - mean) / std, dtype=torch.float32)
y_train = torch.tensor(data["y_train"], dtype=torch.long)
y_test = torch.tensor(data["y_test"], dtype=torch.long)


def make_net(n_in):
    layers = []
    size = n_in
    for _ in range(DEPTH):
        layers.append(nn.Linear(size, WIDTH))
        layers.append(nn.ReLU())
        size = WIDTH
    layers.append(nn.Linear(size, CLASSES))
    return nn.Sequential(*layers)


model = make_net(x_train.shape[1])
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
loader = DataLoader(TensorDataset(x_train, y_train), batch_size=64, shuffle=True)

for epoch in range(25):
    losses = []
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        acc = (model(x_test).argmax(1) == y_test).float().mean().item()
    print(epoch, np.mean(losses), acc)
