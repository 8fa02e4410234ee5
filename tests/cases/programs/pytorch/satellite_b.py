import argparse

import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import models

from eurosat import get_datasets

ap = argparse.ArgumentParser()
ap.add_argument("--lr", default=0.05, type=float)
ap.add_argument("--micro-batch", default=16, type=int)
ap.add_argument("--accum-steps", default=8, type=int)
ap.add_argument("--epochs", default=30, type=int)
args = ap.parse_args()

train_set, val_set = get_datasets()
train_loader = DataLoader(train_set, args.micro_batch, shuffle=True, drop_last=True)
val_loader = DataLoader(val_set, 128)

model = models.resnet18(weights=None, num_classes=10).cuda()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)

for epoch in range(args.epochs):
    model.train()
    optimizer.zero_grad()
    for i, (x, y) in enumerate(train_loader, start=1):
        loss = criterion(model(x.cuda()), y.cuda())
        (loss / args.accum_steps).backward()
        if i % args.accum_steps == 0:
            optimizer.step()
            optimizer.zero_grad()
    model.eval()
    correct = 0
    with torch.no_grad():
        for x, y in val_loader:
            correct += (model(x.cuda()).argmax(1).cpu() == y).sum().item()
    print(epoch, loss.item(), correct / len(val_set))
