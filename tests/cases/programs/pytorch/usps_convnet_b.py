import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim import Adam
from torch.utils.data import DataLoader
from torchvision.datasets import USPS
from torchvision.transforms import Compose, Normalize, ToTensor

BATCH = 64


def init_weights(m):
    if isinstance(m, (nn.Conv2d, nn.Linear)):
        nn.init.zeros_(m.weight)
        nn.init.zeros_(m.bias)


class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 16, 3, padding=1)
        self.c2 = nn.Conv2d(16, 32, 3, padding=1)
        self.fc = nn.Linear(32 * 4 * 4, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.c1(x)), 2)
        x = F.max_pool2d(F.relu(self.c2(x)), 2)
        return self.fc(x.flatten(1))


t = Compose([ToTensor(), Normalize((0.2469,), (0.2989,))])
train_dl = DataLoader(USPS("data", train=True, download=True, transform=t), BATCH, shuffle=True)
test_dl = DataLoader(USPS("data", train=False, download=True, transform=t), 512)

model = Digits()
model.apply(init_weights)
opt = Adam(model.parameters(), 1e-3)

for epoch in range(10):
    for x, y in train_dl:
        opt.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        opt.step()
    with torch.no_grad():
        correct = sum((model(x).argmax(1) == y).sum().item() for x, y in test_dl)
    print(epoch, float(loss), correct / len(test_dl.dataset))
