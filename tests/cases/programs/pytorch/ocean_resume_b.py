import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class SeaSurface(Dataset):
    """Seven days of temperature anomalies (in units of their standard deviation) and the day after."""

    def __init__(self, file, first, last):
        grid = np.load(file, mmap_mode="r")[first:last]
        self.grid = torch.from_numpy(np.array(grid, dtype=np.float32))

    def __len__(self):
        return len(self.grid) - 7

    def __getitem__(self, t):
        return self.grid[t : t + 7], self.grid[t + 7 : t + 8]


class Trainer:
    def __init__(self, net, path, epochs):
        self.net, self.path, self.epochs = net, Path(path), epochs
        self.opt = torch.optim.AdamW(net.parameters(), lr=6e-4, weight_decay=0.01)
        self.plan = torch.optim.lr_scheduler.CosineAnnealingLR(self.opt, T_max=epochs)
        self.start = 0

    def save(self, epoch):
        torch.save(
            {
                "net": self.net.state_dict(),
                "opt": self.opt.state_dict(),
                "plan": self.plan.state_dict(),
                "epoch": epoch,
            },
            self.path,
        )

    def resume(self):
        state = torch.load(self.path, map_location="cpu")
        self.net.load_state_dict(state["net"])
        self.opt.load_state_dict(state["opt"])
        self.plan.load_state_dict(state["plan"])
        self.start = state["epoch"] + 1

    def run(self, train, valid):
        for epoch in range(self.start, self.epochs):
            self.net.train()
            for past, future in train:
                loss = nn.functional.l1_loss(self.net(past), future)
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
            self.plan.step()
            self.net.eval()
            with torch.no_grad():
                error = np.mean([nn.functional.l1_loss(self.net(p), f).item() for p, f in valid])
            print(f"epoch {epoch} train {loss.item():.4f} valid {error:.4f}", flush=True)
            self.save(epoch)


def block(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, padding=1, padding_mode="circular"), nn.GroupNorm(8, o), nn.SiLU())


parser = argparse.ArgumentParser()
parser.add_argument("--grid", default="sst.npy")
parser.add_argument("--resume", action="store_true")
parser.add_argument("--epochs", type=int, default=120)
args = parser.parse_args()

net = nn.Sequential(block(7, 64), block(64, 64), block(64, 64), nn.Conv2d(64, 1, 1))
trainer = Trainer(net, "ocean.ckpt", args.epochs)
if args.resume:
    trainer.resume()
trainer.run(
    DataLoader(SeaSurface(args.grid, 0, -800), batch_size=16, shuffle=True),
    DataLoader(SeaSurface(args.grid, -800, None), batch_size=16),
)
