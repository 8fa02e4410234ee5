import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

SIDE = 96
tfm = transforms.Compose(
    [transforms.Grayscale(), transforms.Resize((SIDE, SIDE)), transforms.ToTensor(), transforms.Normalize([0.94], [0.17])]
)
train = ImageFolder("plankton/train", tfm)
valid = ImageFolder("plankton/valid", tfm)


class PlanktonNet(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 5, padding=2)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3 = nn.Conv2d(64, 96, 3, padding=1)
        self.pool = nn.MaxPool2d(kernel_size=3, stride=3)
        self.fc = nn.LazyLinear(n_classes)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = self.pool(F.relu(self.conv3(x)))
        return self.fc(x.flatten(1))


train_dl = DataLoader(train, 64, shuffle=True)
valid_dl = DataLoader(valid, 128)
model = PlanktonNet(len(train.classes))
model(torch.zeros(1, 1, SIDE, SIDE))
opt = torch.optim.NAdam(model.parameters(), lr=1e-3)

for epoch in range(20):
    for x, y in train_dl:
        opt.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        opt.step()
    with torch.no_grad():
        acc = sum((model(x).argmax(1) == y).sum().item() for x, y in valid_dl) / len(valid)
    print(epoch, loss.item(), acc)
