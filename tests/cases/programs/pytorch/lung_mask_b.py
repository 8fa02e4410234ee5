import torch
import torch.nn as nn
from torch.utils.data import DataLoader

from lungs import LungSlices


class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0, alpha=0.25):
        super().__init__()
        self.gamma = gamma
        self.alpha = alpha

    def forward(self, logits, target):
        p = torch.sigmoid(logits)
        pos = self.alpha * (1 - p) ** self.gamma * target * torch.log(p)
        neg = (1 - self.alpha) * p**self.gamma * (1 - target) * torch.log(1 - p)
        return -(pos + neg).mean()


def double(i, o):
    return nn.Sequential(
        nn.Conv2d(i, o, 3, padding=1), nn.InstanceNorm2d(o), nn.LeakyReLU(0.1),
        nn.Conv2d(o, o, 3, padding=1), nn.InstanceNorm2d(o), nn.LeakyReLU(0.1),
    )


class SmallUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.d1, self.d2, self.mid = double(1, 16), double(16, 32), double(32, 64)
        self.up2, self.u2 = nn.ConvTranspose2d(64, 32, 2, 2), double(64, 32)
        self.up1, self.u1 = nn.ConvTranspose2d(32, 16, 2, 2), double(32, 16)
        self.pool, self.last = nn.MaxPool2d(2), nn.Conv2d(16, 1, 1)

    def forward(self, x):
        a = self.d1(x)
        b = self.d2(self.pool(a))
        m = self.mid(self.pool(b))
        m = self.u2(torch.cat([self.up2(m), b], 1))
        m = self.u1(torch.cat([self.up1(m), a], 1))
        return self.last(m)


train_dl = DataLoader(LungSlices("train"), batch_size=16, shuffle=True)
val_dl = DataLoader(LungSlices("val"), batch_size=16)
model = SmallUNet()
criterion = FocalLoss()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(50):
    model.train()
    for x, m in train_dl:
        opt.zero_grad()
        loss = criterion(model(x), m)
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        v = sum(criterion(model(x), m).item() for x, m in val_dl) / len(val_dl)
    print(epoch, loss.item(), v)
