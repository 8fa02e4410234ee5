from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


@dataclass
class Config:
    lr: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 0.0005
    epochs: int = 60
    batch_size: int = 32


def load():
    train, test = np.loadtxt("grains_train.txt"), np.loadtxt("grains_test.txt")
    m, s = train[:, :-1].mean(0), train[:, :-1].std(0)
    return [
        TensorDataset(torch.tensor((a[:, :-1] - m) / s).float(), torch.tensor(a[:, -1]).long() - 1)
        for a in (train, test)
    ]


def main(cfg):
    train, test = load()
    net = nn.Sequential(nn.Linear(7, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 3))
    opt = torch.optim.SGD(net.parameters(), lr=cfg.lr, momentum=cfg.momentum, weight_decay=cfg.weight_decay)
    loss_fn = nn.CrossEntropyLoss()
    dl = DataLoader(train, cfg.batch_size, shuffle=True)
    for epoch in range(cfg.epochs):
        for x, y in dl:
            opt.zero_grad()
            loss = loss_fn(net(x), y)
            loss.backward()
            opt.step()
        with torch.no_grad():
            x, y = test.tensors
            print(epoch, loss.item(), (net(x).argmax(1) == y).float().mean().item())


main(Config())
