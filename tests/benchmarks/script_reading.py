"""How fast training programs are read: one of about 2,000 lines, made here, and shorter and longer ones beside it.

The program has networks with blocks, data sets, losses, training and validation of each network, settings of a command
line and helpers that have nothing to do with training, as long programs have. It is read through `read_scripts`; the
milliseconds are the median and the largest of a number of readings in one process, by the wall and, as the machine is
shared, by the processor.

Run: python -m tests.benchmarks.script_reading
"""

import statistics
import tempfile
import time
from pathlib import Path

from triage.intake.scripts import read_scripts

TURNS = 15

HEAD = """import argparse
import json
import os
import random
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=1e-3)
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--batch-size", type=int, default=64)
args = parser.parse_args()
"""

PART = """

class Block{i}(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return F.relu(out + self.skip(x))


class Net{i}(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3)
        self.blocks = nn.Sequential(*[Block{i}(32, 32) for _ in range(4)])
        self.head = nn.Linear(32, classes)

    def forward(self, x):
        x = F.relu(self.stem(x))
        x = self.blocks(x)
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return self.head(x)


class Rows{i}(Dataset):
    def __init__(self, folder):
        self.files = sorted(os.listdir(folder))
        self.table = json.load(open(os.path.join(folder, "labels.json")))

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        name = self.files[index]
        image = np.load(name).astype("float32") / 255.0
        if random.random() < 0.5:
            image = image[:, ::-1].copy()
        return torch.from_numpy(image), self.table[name]


def plot_{i}(history, name="curve.png"):
    figure = []
    for key, values in history.items():
        smooth = [sum(values[max(0, k - 5) : k + 1]) / min(k + 1, 6) for k in range(len(values))]
        figure.append((key, smooth, {{"color": "red" if "val" in key else "blue"}}))
    text = ", ".join(f"{{key}}: {{values[-1]:.3f}}" for key, values in history.items() if values)
    with open(name + ".txt", "w") as stream:
        stream.write(text)
    return figure


def train_{i}(folder):
    model = Net{i}()
    loader = DataLoader(Rows{i}(folder), batch_size=args.batch_size, shuffle=True)
    checks = DataLoader(Rows{i}(folder + "-val"), batch_size=args.batch_size)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=args.epochs)
    criterion = nn.CrossEntropyLoss()
    history = {{"loss": [], "val": []}}
    for epoch in range(args.epochs):
        model.train()
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            history["loss"].append(loss.item())
        scheduler.step()
        model.eval()
        right = total = 0
        with torch.no_grad():
            for images, labels in checks:
                right += (model(images).argmax(1) == labels).sum().item()
                total += len(labels)
        history["val"].append(right / total)
        print(f"epoch {{epoch}}: {{history['loss'][-1]:.4f}} {{history['val'][-1]:.3f}}")
    plot_{i}(history)
    torch.save(model.state_dict(), f"model_{i}.pt")


train_{i}("data/{i}")
"""


def program(lines: int) -> str:
    """A program of about so many lines."""
    parts = max(1, round((lines - HEAD.count("\n")) / PART.count("\n")))
    return HEAD + "".join(PART.format(i=i) for i in range(parts))


def main() -> None:
    print(f"{'lines':>6} {'median ms':>10} {'largest ms':>11} {'median cpu ms':>14} {'values':>7} {'findings':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for lines in (200, 500, 1000, 2000, 5000):
            text = program(lines)
            path = Path(folder) / f"train_{lines}.py"
            path.write_text(text, "utf-8")
            taken, busy = [], []
            for _ in range(TURNS):
                start, working = time.perf_counter(), time.process_time()
                told = read_scripts([path])
                taken.append((time.perf_counter() - start) * 1000)
                busy.append((time.process_time() - working) * 1000)
            print(
                f"{text.count(chr(10)):>6,} {statistics.median(taken):>10.1f} {max(taken):>11.1f} "
                f"{statistics.median(busy):>14.1f} {len(told.stated):>7} {len(told.found):>9}"
            )


if __name__ == "__main__":
    main()
