import os

import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import models, transforms
from torchvision.datasets import ImageFolder

DATA = "scenes"
SIZE = 150

train_tf = transforms.Compose(
    [transforms.Resize((SIZE, SIZE)), transforms.RandomHorizontalFlip(), transforms.ToTensor(),
     transforms.Normalize([0.43, 0.46, 0.45], [0.24, 0.23, 0.24])]
)
valid_tf = transforms.Compose(
    [transforms.Resize((SIZE, SIZE)), transforms.ToTensor(), transforms.Normalize([0.43, 0.46, 0.45], [0.24, 0.23, 0.24])]
)
train_ds = ImageFolder(os.path.join(DATA, "seg_train"), train_tf)
valid_ds = ImageFolder(os.path.join(DATA, "seg_train"), valid_tf)
train_dl = DataLoader(train_ds, 64, shuffle=True)
valid_dl = DataLoader(valid_ds, 128)

model = models.mobilenet_v3_small(weights=None, num_classes=6)
opt = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05)
ce = nn.CrossEntropyLoss()
for epoch in range(25):
    model.train()
    for x, y in train_dl:
        loss = ce(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    good, vloss = 0, 0.0
    with torch.no_grad():
        for x, y in valid_dl:
            out = model(x)
            vloss += ce(out, y).item()
            good += (out.argmax(1) == y).sum().item()
    print(epoch, loss.item(), vloss / len(valid_dl), good / len(valid_ds))
