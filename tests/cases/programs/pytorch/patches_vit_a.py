from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


@dataclass
class Config:
    data: str = "tissue_patches.pt"
    classes: int = 9
    patch: int = 8
    dim: int = 192
    depth: int = 6
    heads: int = 3
    lr: float = 5e-4
    wd: float = 1.5
    batch: int = 256
    epochs: int = 60


class TinyViT(nn.Module):
    def __init__(self, cfg: Config, image: int = 64):
        super().__init__()
        n = (image // cfg.patch) ** 2
        self.embed = nn.Conv2d(3, cfg.dim, cfg.patch, stride=cfg.patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, cfg.dim))
        self.pos = nn.Parameter(torch.randn(1, n + 1, cfg.dim) * 0.02)
        layer = nn.TransformerEncoderLayer(cfg.dim, cfg.heads, 4 * cfg.dim, 0.1, "gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, cfg.depth, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(cfg.dim)
        self.head = nn.Linear(cfg.dim, cfg.classes)

    def forward(self, x):
        t = self.embed(x).flatten(2).transpose(1, 2)
        t = torch.cat([self.cls.expand(len(t), -1, -1), t], dim=1) + self.pos
        return self.head(self.norm(self.encoder(t)[:, 0]))


def groups(model: nn.Module, cfg: Config):
    decay = [p for p in model.parameters() if p.ndim >= 2]
    rest = [p for p in model.parameters() if p.ndim < 2]
    return [{"params": decay, "weight_decay": cfg.wd}, {"params": rest, "weight_decay": 0.0}]


def run(cfg: Config):
    blob = torch.load(cfg.data)
    scale = lambda u8: u8.float().div(255).sub(0.5).div(0.25)  # noqa: E731
    train = DataLoader(TensorDataset(scale(blob["x_train"]), blob["y_train"]), cfg.batch, shuffle=True)
    val = DataLoader(TensorDataset(scale(blob["x_val"]), blob["y_val"]), cfg.batch)
    model = TinyViT(cfg)
    optimizer = torch.optim.AdamW(groups(model, cfg), lr=cfg.lr, betas=(0.9, 0.98))
    total = cfg.epochs * len(train)
    warm = total // 20
    schedule = torch.optim.lr_scheduler.SequentialLR(
        optimizer,
        [
            torch.optim.lr_scheduler.LinearLR(optimizer, 0.01, total_iters=warm),
            torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total - warm),
        ],
        milestones=[warm],
    )
    for epoch in range(cfg.epochs):
        model.train()
        for x, y in train:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        model.eval()
        with torch.no_grad():
            acc = sum((model(x).argmax(1) == y).sum().item() for x, y in val) / len(val.dataset)
        print(f"[{epoch:03d}] loss={loss.item():.4f} acc={acc:.4f}")


run(Config())
