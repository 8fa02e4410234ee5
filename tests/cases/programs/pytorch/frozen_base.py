import argparse
import copy
import time

import torch
from torch import nn, optim
from torch.utils.data import DataLoader
from torchvision import datasets, models
from torchvision import transforms as T


def build_loaders(root, batch_size, workers):
    norm = T.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
    tf = {
        "train": T.Compose([T.RandomResizedCrop(224), T.RandomHorizontalFlip(), T.ToTensor(), norm]),
        "val": T.Compose([T.Resize(256), T.CenterCrop(224), T.ToTensor(), norm]),
    }
    sets = {k: datasets.ImageFolder(f"{root}/{k}", tf[k]) for k in tf}
    loaders = {
        k: DataLoader(sets[k], batch_size=batch_size, shuffle=k == "train", num_workers=workers, pin_memory=True) for k in sets
    }
    return loaders, sets["train"].classes


class Headed(nn.Module):
    """A fixed feature extractor with a small classifier on top."""

    def __init__(self, n_classes, hidden=256, p=0.4):
        super().__init__()
        backbone = models.resnet50(weights=models.ResNet50_Weights.IMAGENET1K_V2)
        width = backbone.fc.in_features
        backbone.fc = nn.Identity()
        for param in backbone.parameters():
            param.requires_grad_(False)
        self.backbone = backbone
        self.head = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Dropout(p), nn.Linear(hidden, n_classes))

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, x):
        with torch.no_grad():
            z = self.backbone(x)
        return self.head(z)


def run_epoch(model, loader, criterion, device, optimizer=None):
    training = optimizer is not None
    model.train(training)
    total, correct, seen = 0.0, 0, 0
    with torch.set_grad_enabled(training):
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            scores = model(x)
            loss = criterion(scores, y)
            if training:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += loss.item() * len(y)
            correct += (scores.argmax(1) == y).sum().item()
            seen += len(y)
    return total / seen, correct / seen


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--workers", type=int, default=4)
    args = parser.parse_args()

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loaders, classes = build_loaders(args.root, args.batch_size, args.workers)
    model = Headed(len(classes)).to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.head.parameters(), lr=args.lr)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)

    best, best_acc = copy.deepcopy(model.state_dict()), 0.0
    for epoch in range(args.epochs):
        t0 = time.time()
        tr = run_epoch(model, loaders["train"], criterion, device, optimizer)
        va = run_epoch(model, loaders["val"], criterion, device)
        scheduler.step()
        print(f"{epoch}: train {tr[0]:.4f}/{tr[1]:.3f} val {va[0]:.4f}/{va[1]:.3f} ({time.time() - t0:.0f}s)")
        if va[1] > best_acc:
            best_acc, best = va[1], copy.deepcopy(model.state_dict())
    torch.save({"state": best, "classes": classes}, "headed.pt")


if __name__ == "__main__":
    main()
