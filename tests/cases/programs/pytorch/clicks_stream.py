# Click-through prediction from a log that does not fit into memory.
import glob
import math
import random
import zlib

import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

BUCKETS, FIELDS, NUMBERS = 2**18, 20, 6


def row_to_sample(row):
    clicked, *rest = row.rstrip("\n").split(",")
    numbers = [math.log1p(max(float(v), 0.0)) / 5 for v in rest[:NUMBERS]]
    codes = [zlib.crc32(f"{k}={v}".encode()) % BUCKETS for k, v in enumerate(rest[NUMBERS : NUMBERS + FIELDS])]
    return torch.tensor(numbers), torch.tensor(codes), torch.tensor(float(clicked))


class ClickLog(IterableDataset):
    def __init__(self, pattern, buffer=0):
        self.files = sorted(glob.glob(pattern))
        self.buffer = buffer
        self.epoch = 0

    def rows(self):
        info = get_worker_info()
        files = self.files if info is None else self.files[info.id :: info.num_workers]
        if self.buffer:
            files = random.Random(self.epoch).sample(files, len(files))
        for name in files:
            with open(name) as f:
                yield from f

    def __iter__(self):
        if not self.buffer:
            yield from map(row_to_sample, self.rows())
            return
        rng, held = random.Random(self.epoch * 7919), []
        for row in self.rows():
            if len(held) < self.buffer:
                held.append(row)
                continue
            k = rng.randrange(self.buffer)
            held[k], row = row, held[k]
            yield row_to_sample(row)
        rng.shuffle(held)
        yield from map(row_to_sample, held)


class WideDeep(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.wide = nn.EmbeddingBag(BUCKETS, 1, mode="sum")
        self.deep = nn.Embedding(BUCKETS, dim)
        self.mlp = nn.Sequential(nn.Linear(FIELDS * dim + NUMBERS, 256), nn.ReLU(), nn.Linear(256, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, numbers, codes):
        deep = torch.cat([self.deep(codes).flatten(1), numbers], dim=1)
        return (self.wide(codes) + self.mlp(deep)).squeeze(1)


train_log = ClickLog("clicks/day_0*.csv", buffer=50_000)
val_log = ClickLog("clicks/day_10.csv")
train_loader = DataLoader(train_log, batch_size=512, shuffle=False)
val_loader = DataLoader(val_log, batch_size=4096)
model = WideDeep()
opt = torch.optim.Adam(model.parameters(), lr=5e-4)
criterion = nn.BCEWithLogitsLoss()

for epoch in range(3):
    train_log.epoch = epoch
    model.train()
    for step, (numbers, codes, clicked) in enumerate(train_loader):
        opt.zero_grad()
        loss = criterion(model(numbers, codes), clicked)
        loss.backward()
        opt.step()
        if step % 200 == 0:
            print(f"epoch {epoch} step {step} logloss {loss.item():.4f}")
    model.eval()
    with torch.no_grad():
        parts = [(torch.sigmoid(model(n, c)), y) for n, c, y in val_loader]
    p, y = torch.cat([a for a, _ in parts]), torch.cat([b for _, b in parts])
    print(f"epoch {epoch}: validation logloss {nn.functional.binary_cross_entropy(p, y).item():.4f}, mean {p.mean():.4f} against {y.mean():.4f}")
