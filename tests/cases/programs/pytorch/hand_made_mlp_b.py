"""A network without nn.Linear, for the second exercise: which of 26 letters do 16 pixel features describe?"""
import pandas as pd
import torch
import torch.nn.functional as F

letters = pd.read_csv("letter-recognition.data", header=None)
labels = torch.tensor([ord(c) - ord("A") for c in letters[0]])
pixels = torch.tensor(letters.iloc[:, 1:].to_numpy(), dtype=torch.float32)
pixels = (pixels - pixels[:16000].mean(0)) / pixels[:16000].std(0)
x_train, y_train, x_test, y_test = pixels[:16000], labels[:16000], pixels[16000:], labels[16000:]

sizes = [16, 100, 100, 26]
params = []
for fan_in, fan_out in zip(sizes, sizes[1:]):
    W = (torch.randn(fan_in, fan_out) * (2 / fan_in) ** 0.5).requires_grad_()
    b = torch.zeros(fan_out, requires_grad=True)
    params += [W, b]


def net(x):
    for k in range(0, len(params) - 2, 2):
        x = F.relu(x @ params[k] + params[k + 1])
    return x @ params[-2] + params[-1]


lr, bs = 0.1, 100
for epoch in range(60):
    perm = torch.randperm(len(x_train))
    for i in range(0, len(perm), bs):
        rows = perm[i : i + bs]
        loss = F.cross_entropy(net(x_train[rows]), y_train[rows])
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
                p.grad.zero_()
    with torch.no_grad():
        acc = (net(x_test).argmax(1) == y_test).float().mean()
    print(epoch, loss.item(), acc.item())
