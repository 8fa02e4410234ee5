import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

EPOCHS, MILESTONES = 90, (30, 60, 80)


class Glyphs(Dataset):
    """Old scripts, 48 x 48 grey, 156 signs; training glyphs are shifted by up to four pixels."""

    def __init__(self, blob, part):
        self.ink, self.sign, self.shift = blob[part]["ink"], blob[part]["sign"], part == "train"

    def __len__(self):
        return len(self.sign)

    def __getitem__(self, i):
        ink = self.ink[i].float().div(255).sub(0.13).div(0.28)
        if self.shift:
            dy, dx = torch.randint(-4, 5, (2,)).tolist()
            ink = ink.roll((dy, dx), (-2, -1))
        return ink[None], self.sign[i]


class Residual(nn.Module):
    def __init__(self, i, o, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(o)
        self.conv2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(o)
        self.short = nn.Identity() if i == o and stride == 1 else nn.Conv2d(i, o, 1, stride, bias=False)
        nn.init.zeros_(self.bn2.weight)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.short(x))


class Net(nn.Module):
    def __init__(self, signs):
        super().__init__()
        self.stem = nn.Conv2d(1, 32, 3, 1, 1, bias=False)
        self.bn = nn.BatchNorm2d(32)
        self.blocks = nn.Sequential(Residual(32, 32), Residual(32, 64, 2), Residual(64, 64), Residual(64, 128, 2), Residual(128, 128))
        self.fc = nn.Linear(128, signs)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        x = self.blocks(F.relu(self.bn(self.stem(x))))
        return self.fc(x.mean((2, 3)))


blob = torch.load("glyphs.pt")
train_loader = DataLoader(Glyphs(blob, "train"), 128, shuffle=True, drop_last=True)
test_loader = DataLoader(Glyphs(blob, "test"), 500)
net = Net(signs=156)
sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
steps = torch.optim.lr_scheduler.MultiStepLR(sgd, MILESTONES, gamma=0.1)
for epoch in range(EPOCHS):
    net.train()
    for ink, sign in train_loader:
        loss = F.cross_entropy(net(ink), sign)
        for p in net.parameters():
            p.grad = None
        loss.backward()
        sgd.step()
    steps.step()
    net.eval()
    with torch.no_grad():
        hits = sum((net(i).argmax(1) == s).sum().item() for i, s in test_loader)
    print(epoch, steps.get_last_lr()[0], round(loss.item(), 4), round(hits / len(test_loader.dataset), 4))
