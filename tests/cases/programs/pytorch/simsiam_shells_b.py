# Self-supervised pretraining on photographs of sea shells, after Chen & He (2021)
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset


class TwoViews(Dataset):
    def __init__(self, images):
        self.images = images

    def __len__(self):
        return len(self.images)

    def view(self, img):
        top, left = torch.randint(0, 9, (2,)).tolist()
        out = img[:, top : top + 56, left : left + 56]
        if torch.rand(()) < 0.5:
            out = out.flip(-1)
        return out * (0.8 + 0.4 * torch.rand(3, 1, 1))

    def __getitem__(self, i):
        img = self.images[i].float() / 127.5 - 1.0
        return self.view(img), self.view(img)


def conv(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, 2, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))


class SimSiam(nn.Module):
    def __init__(self, dim=512, pred=128):
        super().__init__()
        self.backbone = nn.Sequential(conv(3, 32), conv(32, 64), conv(64, 128), conv(128, 256), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.projector = nn.Sequential(
            nn.Linear(256, dim, bias=False), nn.BatchNorm1d(dim), nn.ReLU(), nn.Linear(dim, dim, bias=False), nn.BatchNorm1d(dim, affine=False)
        )
        self.predictor = nn.Sequential(nn.Linear(dim, pred, bias=False), nn.BatchNorm1d(pred), nn.ReLU(), nn.Linear(pred, dim))

    def forward(self, a, b):
        za, zb = self.projector(self.backbone(a)), self.projector(self.backbone(b))
        return self.predictor(za), self.predictor(zb), za.detach(), zb.detach()


def distance(p, z):
    return F.cosine_similarity(p, z, dim=-1).mean()


BATCH, EPOCHS = 256, 200
loader = DataLoader(TwoViews(torch.load("shells.pt")), BATCH, shuffle=True, drop_last=True)
model = SimSiam()
base_lr = 0.05 * BATCH / 256
opt = torch.optim.SGD(model.parameters(), base_lr, momentum=0.9, weight_decay=1e-4)

for epoch in range(EPOCHS):
    for g in opt.param_groups:
        g["lr"] = base_lr * 0.5 * (1 + math.cos(math.pi * epoch / EPOCHS))
    total, spread = 0.0, 0.0
    for a, b in loader:
        pa, pb, za, zb = model(a, b)
        loss = 0.5 * (distance(pa, zb) + distance(pb, za))
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
        spread += F.normalize(za, dim=1).std(0).mean().item()
    print(f"{epoch} loss {total / len(loader):.4f} std of features {spread / len(loader):.4f}")
torch.save(model.backbone.state_dict(), "shell_backbone.pt")
