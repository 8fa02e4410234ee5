import random
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision.transforms.functional as TF
from PIL import Image
from torch.utils.data import DataLoader, Dataset

CFG = {"root": "roads", "size": 256, "batch": 16, "epochs": 60, "lr": 0.02, "momentum": 0.9, "wd": 1e-4, "power": 0.9}


class Roads(Dataset):
    def __init__(self, split, augment):
        self.images = sorted(Path(CFG["root"], split, "sat").glob("*.png"))
        self.masks = [Path(CFG["root"], split, "map", p.name) for p in self.images]
        self.augment = augment

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        image, mask = Image.open(self.images[i]).convert("RGB"), Image.open(self.masks[i]).convert("L")
        image = TF.resize(image, [CFG["size"], CFG["size"]])
        mask = TF.resize(mask, [CFG["size"], CFG["size"]], interpolation=TF.InterpolationMode.NEAREST)
        if self.augment and random.random() < 0.5:
            image, mask = TF.hflip(image), TF.hflip(mask)
        if self.augment and random.random() < 0.5:
            image, mask = TF.vflip(image), TF.vflip(mask)
        image = TF.normalize(TF.to_tensor(image), [0.41, 0.43, 0.38], [0.19, 0.18, 0.18])
        return image, torch.from_numpy((np.array(mask) > 127).astype(np.float32)).unsqueeze(0)


def double_conv(i, o):
    return nn.Sequential(
        nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
        nn.Conv2d(o, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
    )


class UNet(nn.Module):
    def __init__(self, widths=(32, 64, 128, 256)):
        super().__init__()
        self.downs = nn.ModuleList(double_conv(i, o) for i, o in zip((3, *widths), widths))
        self.ups = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, 2) for w in reversed(widths[:-1]))
        self.fuse = nn.ModuleList(double_conv(2 * w, w) for w in reversed(widths[:-1]))
        self.last = nn.Conv2d(widths[0], 1, 1)

    def forward(self, x):
        skips = []
        for k, down in enumerate(self.downs):
            x = down(x if k == 0 else F.max_pool2d(x, 2))
            skips.append(x)
        for up, fuse, skip in zip(self.ups, self.fuse, reversed(skips[:-1])):
            x = fuse(torch.cat([up(x), skip], dim=1))
        return self.last(x)


def dice_loss(logits, target, smooth=1.0):
    p = torch.sigmoid(logits).flatten(1)
    t = target.flatten(1)
    inter = (p * t).sum(1)
    return 1 - ((2 * inter + smooth) / (p.sum(1) + t.sum(1) + smooth)).mean()


def criterion(logits, target):
    return F.binary_cross_entropy_with_logits(logits, target) + dice_loss(logits, target)


@torch.no_grad()
def validate(model, loader, device):
    model.eval()
    inter = union = 0.0
    for x, m in loader:
        p = model(x.to(device)) > 0
        m = m.to(device) > 0.5
        inter += (p & m).sum().item()
        union += (p | m).sum().item()
    return inter / max(union, 1.0)


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train = DataLoader(Roads("train", True), CFG["batch"], shuffle=True, num_workers=4, drop_last=True)
    valid = DataLoader(Roads("valid", False), CFG["batch"], num_workers=4)
    model = UNet().to(device)
    opt = torch.optim.SGD(model.parameters(), lr=CFG["lr"], momentum=CFG["momentum"], weight_decay=CFG["wd"], nesterov=True)
    total = CFG["epochs"] * len(train)
    sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda it: (1 - it / total) ** CFG["power"])
    for epoch in range(CFG["epochs"]):
        model.train()
        for x, m in train:
            loss = criterion(model(x.to(device)), m.to(device))
            opt.zero_grad()
            loss.backward()
            opt.step()
            sched.step()
        print(epoch, f"{loss.item():.4f}", f"IoU {validate(model, valid, device):.4f}")


if __name__ == "__main__":
    main()
