#!/usr/bin/env python3
# Fall or no fall? 16-frame clips from a ceiling camera.
import argparse
import csv

import numpy as np
import torch
from torch import nn
from torch.utils import data


class Clips(data.Dataset):
    def __init__(self, listing):
        with open(listing, newline="") as f:
            self.rows = [(name, float(fall)) for name, fall in csv.reader(f)]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, k):
        name, fall = self.rows[k]
        frames = np.load(name).astype(np.float32) / 255.0  # T x H x W
        return torch.from_numpy((frames - 0.45) / 0.225)[None], torch.tensor([fall])


def conv3(c_in, c_out, stride):
    return nn.Sequential(nn.Conv3d(c_in, c_out, 3, stride, 1, bias=False), nn.BatchNorm3d(c_out), nn.ReLU(True))


class FallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv3(1, 16, (1, 2, 2))
        self.body = nn.Sequential(conv3(16, 32, 2), conv3(32, 32, 1), conv3(32, 64, 2), conv3(64, 128, 2))
        self.top = nn.Sequential(nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(128, 1))

    def forward(self, clip):
        return self.top(self.body(self.stem(clip)))


ap = argparse.ArgumentParser()
ap.add_argument("--train", default="clips_train.csv")
ap.add_argument("--val", default="clips_val.csv")
ap.add_argument("--clips-per-batch", type=int, default=16)
ap.add_argument("--lr", type=float, default=0.005)
ap.add_argument("--epochs", type=int, default=25)
opt = ap.parse_args()

train_loader = data.DataLoader(Clips(opt.train), opt.clips_per_batch, shuffle=True, drop_last=True)
val_loader = data.DataLoader(Clips(opt.val), opt.clips_per_batch)
net = FallNet()
bce = nn.BCEWithLogitsLoss()
sgd = torch.optim.SGD(net.parameters(), lr=opt.lr, momentum=0.9, weight_decay=1e-4)
for ep in range(opt.epochs):
    net.train()
    run = 0.0
    for clip, fall in train_loader:
        sgd.zero_grad()
        loss = bce(net(clip), fall)
        loss.backward()
        sgd.step()
        run = 0.95 * run + 0.05 * loss.item()
    net.eval()
    ok = 0
    with torch.no_grad():
        for clip, fall in val_loader:
            ok += ((net(clip) > 0) == fall.bool()).sum().item()
    print(f"{ep:3d} loss {run:.4f} val {ok / len(val_loader.dataset):.3f}")
