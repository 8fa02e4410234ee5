import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.models import ResNet50_Weights, resnet50

ROOT, SIDE, POINTS = Path("knees"), 448, 9
MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


class KneeXrays(Dataset):
    def __init__(self, part):
        self.items = sorted(json.loads((ROOT / f"{part}.json").read_text()).items())

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        name, points = self.items[i]
        with Image.open(ROOT / name) as im:
            w, h = im.size
            pixels = np.asarray(im.convert("RGB").resize((SIDE, SIDE)), dtype=np.float32) / 255.0
        pixels = ((pixels - MEAN) / STD).transpose(2, 0, 1)
        relative = np.array(points, dtype=np.float32) / np.array([w, h], dtype=np.float32)
        return torch.from_numpy(pixels), torch.from_numpy(relative * 2 - 1).flatten()


class Landmarks(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = resnet50(weights=ResNet50_Weights.IMAGENET1K_V2)
        self.backbone.fc = nn.Identity()
        self.points = nn.Linear(2048, 2 * POINTS)

    def train(self, mode=True):
        """Four images are too few for statistics of their own: batch norm keeps those of ImageNet."""
        super().train(mode)
        for m in self.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.eval()
        return self

    def forward(self, x):
        return self.points(self.backbone(x))


def main():
    train = DataLoader(KneeXrays("train"), batch_size=4, shuffle=True, num_workers=4)
    val = DataLoader(KneeXrays("val"), batch_size=4, num_workers=4)
    model = Landmarks()
    opt = torch.optim.AdamW(
        [
            {"params": model.backbone.parameters(), "lr": 2e-5},
            {"params": model.points.parameters(), "lr": 1e-3},
        ],
        weight_decay=0.01,
    )
    loss_fn = nn.SmoothL1Loss(beta=0.05)
    for epoch in range(40):
        model.train()
        for image, target in train:
            opt.zero_grad()
            loss = loss_fn(model(image), target)
            loss.backward()
            opt.step()
        model.eval()
        with torch.no_grad():
            apart = torch.cat([(model(im) - t).view(-1, POINTS, 2).norm(dim=-1) for im, t in val])
        print(f"epoch {epoch} loss {loss.item():.4f} mean distance {apart.mean().item():.4f}")


if __name__ == "__main__":
    main()
