import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms as T

tfm = T.Compose([T.ToTensor(), T.Normalize([0.4377, 0.4438, 0.4728], [0.1980, 0.2010, 0.1970])])
train_dl = DataLoader(datasets.SVHN(".", "train", transform=tfm, download=True), batch_size=128, shuffle=True)
val_dl = DataLoader(datasets.SVHN(".", "test", transform=tfm, download=True), batch_size=256)


def conv(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2))


model = nn.Sequential(
    conv(3, 32), conv(32, 64), conv(64, 128), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10)
)
if torch.cuda.is_available():
    model = model.cuda()
dev = next(model.parameters()).device

opt = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=15)
ce = nn.CrossEntropyLoss()

for epoch in range(15):
    model.train()
    for x, y in train_dl:
        x, y = x.to(dev), y.to(dev)
        loss = ce(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    sched.step()
    model.eval()
    n = 0
    with torch.no_grad():
        for x, y in val_dl:
            n += (model(x.to(dev)).argmax(1) == y.to(dev)).sum().item()
    print(epoch, loss.item(), n / len(val_dl.dataset))
