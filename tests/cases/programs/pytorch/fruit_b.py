import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

t = transforms.Compose(
    [transforms.Resize((100, 100)), transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)]
)
train_data = datasets.ImageFolder("fruits/Training", transform=t)
valid_data = datasets.ImageFolder("fruits/Validation", transform=t)
train_loader = DataLoader(train_data, batch_size=64, shuffle=True)
valid_loader = DataLoader(valid_data, batch_size=64)

model = nn.Sequential(
    nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Dropout(0.4),
    nn.Linear(64 * 10 * 10, len(train_data.classes)),
)
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

model.train()
for epoch in range(12):
    for imgs, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(imgs), labels)
        loss.backward()
        optimizer.step()

    model.eval()
    val_loss = 0.0
    with torch.no_grad():
        for imgs, labels in valid_loader:
            val_loss += criterion(model(imgs), labels).item()
    print(f"{epoch}: train {loss.item():.4f}, valid {val_loss / len(valid_loader):.4f}")
