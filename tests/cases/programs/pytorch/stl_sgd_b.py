import torch
import torch.nn as nn
import torchvision
from torch.utils.data import DataLoader
from torchvision import transforms

BS, EPOCHS = 64, 30
LR, MOM = 0.02, 0.9

tf_train = transforms.Compose(
    [
        transforms.RandomCrop(96, padding=8),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize((0.447, 0.440, 0.407), (0.260, 0.257, 0.276)),
    ]
)
tf_test = transforms.Compose(
    [transforms.ToTensor(), transforms.Normalize((0.447, 0.440, 0.407), (0.260, 0.257, 0.276))]
)
train_dl = DataLoader(torchvision.datasets.STL10("stl", "train", transform=tf_train, download=True), BS, True)
test_dl = DataLoader(torchvision.datasets.STL10("stl", "test", transform=tf_test, download=True), BS)

model = nn.Sequential()
channels = [3, 32, 64, 128, 128]
for i, (a, b) in enumerate(zip(channels, channels[1:])):
    model.add_module(f"conv{i}", nn.Conv2d(a, b, 3, padding=1))
    model.add_module(f"relu{i}", nn.ReLU())
    model.add_module(f"pool{i}", nn.MaxPool2d(2))
model.add_module("flat", nn.Flatten())
model.add_module("fc", nn.Linear(128 * 6 * 6, 10))

optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOM)
lossf = nn.CrossEntropyLoss()

for ep in range(EPOCHS):
    for x, y in train_dl:
        optimizer.zero_grad()
        l = lossf(model(x), y)
        l.backward()
        optimizer.step()
    with torch.no_grad():
        acc = sum((model(x).argmax(1) == y).sum().item() for x, y in test_dl) / len(test_dl.dataset)
    print(ep, l.item(), acc)
