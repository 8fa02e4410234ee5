import numpy as np
import torch
from torch import nn, optim

rng = np.random.default_rng(3)


def minibatches(x, t, order, size):
    for start in range(0, len(order), size):
        take = order[start : start + size]
        yield torch.from_numpy(x[take]), torch.from_numpy(t[take])


def main(epochs=40, size=32, lr=5e-4):
    pack = np.load("retina.npz")
    x, t = pack["x"].astype(np.float32) / 255.0, pack["grade"].astype(np.int64)
    xv, tv = pack["xv"].astype(np.float32) / 255.0, pack["gradev"].astype(np.int64)
    net = nn.Sequential(
        nn.Conv2d(3, 16, 5, stride=2), nn.ELU(),
        nn.Conv2d(16, 32, 3, stride=2), nn.ELU(),
        nn.Conv2d(32, 64, 3, stride=2), nn.ELU(),
        nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(256, 5),
    )
    opt = optim.Adam(net.parameters(), lr=lr)
    xent = nn.CrossEntropyLoss()

    order = rng.permutation(len(x))
    for epoch in range(epochs):
        for xb, tb in minibatches(x, t, order, size):
            opt.zero_grad()
            loss = xent(net(xb), tb)
            loss.backward()
            opt.step()
        with torch.no_grad():
            val = xent(net(torch.from_numpy(xv)), torch.from_numpy(tv)).item()
        print(epoch, loss.item(), val)


if __name__ == "__main__":
    main()
