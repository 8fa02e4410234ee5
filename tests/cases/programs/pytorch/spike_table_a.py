import random

import numpy as np
import torch
from torch import nn

table = np.loadtxt("spikes.csv", delimiter=",", skiprows=1, dtype=np.float32)
n_test = len(table) // 5
random.shuffle(table)
train, test = table[n_test:], table[:n_test]

mu, sd = train[:, :-1].mean(axis=0), train[:, :-1].std(axis=0) + 1e-8


def split(rows):
    x = torch.from_numpy((rows[:, :-1] - mu) / sd)
    t = torch.from_numpy(rows[:, -1].astype(np.int64))
    return x, t


x_train, t_train = split(train)
x_test, t_test = split(test)

net = nn.Sequential(nn.Linear(x_train.shape[1], 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 4))
opt = torch.optim.RMSprop(net.parameters(), lr=1e-3)
xent = nn.CrossEntropyLoss()

for epoch in range(100):
    perm = torch.randperm(len(x_train))
    for chunk in perm.split(50):
        opt.zero_grad()
        loss = xent(net(x_train[chunk]), t_train[chunk])
        loss.backward()
        opt.step()
    if epoch % 10 == 9:
        with torch.no_grad():
            acc = (net(x_test).argmax(1) == t_test).float().mean().item()
        print(epoch + 1, loss.item(), acc)
