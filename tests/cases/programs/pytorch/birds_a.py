import torch
import torch.nn as nn
import torchvision.models as models
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder


def run(model, loader, optimizer, epochs):
    ce = nn.CrossEntropyLoss()
    for epoch in range(epochs):
        model.train()
        for x, y in loader:
            optimizer.zero_grad()
            loss = ce(model(x), y)
            loss.backward()
            optimizer.step()
        print(epoch, loss.item())


def accuracy(model, loader):
    model.eval()
    n = 0
    with torch.no_grad():
        for x, y in loader:
            n += (model(x).argmax(1) == y).sum().item()
    return n / len(loader.dataset)


weights = models.EfficientNet_B0_Weights.DEFAULT
train_dl = DataLoader(ImageFolder("birds/train", weights.transforms()), batch_size=32, shuffle=True)
val_dl = DataLoader(ImageFolder("birds/val", weights.transforms()), batch_size=64)

model = models.efficientnet_b0(weights=weights)
model.classifier[1] = nn.Linear(1280, len(train_dl.dataset.classes))

# stage 1: warm up the new classifier
for p in model.features.parameters():
    p.requires_grad = False
run(model, train_dl, torch.optim.Adam(model.classifier.parameters(), lr=1e-3), epochs=3)
print("head only:", accuracy(model, val_dl))

# stage 2: fine-tune the whole network
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
run(model, train_dl, optimizer, epochs=10)
print("fine-tuned:", accuracy(model, val_dl))
torch.save(model.state_dict(), "birds.pt")
