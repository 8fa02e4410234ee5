import argparse
from pathlib import Path

import numpy as np
import segmentation_models_pytorch as smp
import torch
from torch.utils.data import DataLoader, Dataset

ACCUM_STEPS = 8


class RiverTiles(Dataset):
    def __init__(self, folder):
        self.paths = sorted(Path(folder).glob("*.npz"))

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        tile = np.load(self.paths[index])
        bands = (tile["bands"].astype("float32") / 10000.0 - 0.15) / 0.12
        return torch.from_numpy(bands), torch.from_numpy(tile["water"].astype("float32"))[None]


def train_epoch(model, loader, loss_fn, optimizer, device):
    model.train()
    running = 0.0
    for step, (image, mask) in enumerate(loader):
        optimizer.zero_grad(set_to_none=True)
        image = image.to(device, non_blocking=True)
        mask = mask.to(device, non_blocking=True)
        loss = loss_fn(model(image), mask) / ACCUM_STEPS
        loss.backward()
        running += loss.item() * ACCUM_STEPS
        if (step + 1) % ACCUM_STEPS == 0 or step + 1 == len(loader):
            optimizer.step()
    return running / len(loader)


@torch.inference_mode()
def iou(model, loader, device):
    model.eval()
    inter = union = 0
    for image, mask in loader:
        pred = model(image.to(device)) > 0
        true = mask.to(device) > 0.5
        inter += (pred & true).sum().item()
        union += (pred | true).sum().item()
    return inter / max(union, 1)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("root", type=Path)
    ap.add_argument("--epochs", type=int, default=60)
    args = ap.parse_args()
    device = torch.device("cuda")
    train = DataLoader(RiverTiles(args.root / "train"), batch_size=2, shuffle=True, num_workers=4, pin_memory=True)
    val = DataLoader(RiverTiles(args.root / "val"), batch_size=4, num_workers=4)
    model = smp.FPN("resnet18", encoder_weights="imagenet", in_channels=4, classes=1).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=1e-2)
    loss_fn = torch.nn.BCEWithLogitsLoss()
    for epoch in range(args.epochs):
        train_loss = train_epoch(model, train, loss_fn, optimizer, device)
        print(f"{epoch:02d} loss={train_loss:.4f} iou={iou(model, val, device):.4f}")


if __name__ == "__main__":
    main()
