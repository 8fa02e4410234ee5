import argparse
import os

import torch
from torch import nn
from torch.utils.data import DataLoader

from pose_data import KeypointDataset


def get_args():
    p = argparse.ArgumentParser(description="keypoint regression")
    p.add_argument("--data", type=str, required=True)
    p.add_argument("--batch-size", type=int, default=64)
    p.add_argument("--lr", type=float, default=1e-8)
    p.add_argument("--wd", type=float, default=1e-2)
    p.add_argument("--epochs", type=int, default=60)
    p.add_argument("--out", type=str, default="runs/pose")
    return p.parse_args()


def build():
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, 2, 1), nn.GroupNorm(8, 32), nn.SiLU(),
        nn.Conv2d(32, 64, 3, 2, 1), nn.GroupNorm(8, 64), nn.SiLU(),
        nn.Conv2d(64, 128, 3, 2, 1), nn.GroupNorm(8, 128), nn.SiLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(128, 34),
    )


def main():
    args = get_args()
    os.makedirs(args.out, exist_ok=True)
    train_dl = DataLoader(KeypointDataset(args.data, "train"), args.batch_size, shuffle=True, num_workers=4)
    val_dl = DataLoader(KeypointDataset(args.data, "val"), args.batch_size, num_workers=4)
    model = build()
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=args.wd)
    criterion = nn.L1Loss()
    for epoch in range(args.epochs):
        model.train()
        for img, kp in train_dl:
            optimizer.zero_grad()
            loss = criterion(model(img), kp)
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            val = [criterion(model(img), kp).item() for img, kp in val_dl]
        print(f"epoch {epoch}: {loss.item():.4f} / {sum(val) / len(val):.4f}")
        torch.save(model.state_dict(), os.path.join(args.out, "last.pt"))


if __name__ == "__main__":
    main()
