import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision.transforms as transforms
from torch.utils.data import DataLoader
from torchvision.datasets import EMNIST

config = {
    "batch_size": 128,
    "epochs": 8,
    "lr": 0.0005,
    "dropout": 0.25,
    "device": "cuda" if torch.cuda.is_available() else "cpu",
}


class CNN(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=3)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3)
        self.drop = nn.Dropout(p)
        self.fc1 = nn.Linear(64 * 12 * 12, 128)
        self.fc2 = nn.Linear(128, 47)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = self.drop(torch.flatten(x, 1))
        return self.fc2(F.relu(self.fc1(x)))


tr = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1751,), (0.3332,))])
train_ds = EMNIST("emnist", split="balanced", train=True, download=True, transform=tr)
test_ds = EMNIST("emnist", split="balanced", train=False, download=True, transform=tr)
train_dl = DataLoader(train_ds, batch_size=config["batch_size"], shuffle=True)
test_dl = DataLoader(test_ds, batch_size=config["batch_size"])

model = CNN(config["dropout"]).to(config["device"])
optimizer = torch.optim.Adam(model.parameters(), lr=config["lr"])

for epoch in range(config["epochs"]):
    model.train()
    for x, y in train_dl:
        x, y = x.to(config["device"]), y.to(config["device"])
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        acc = sum((model(x.to(config["device"])).argmax(1).cpu() == y).sum().item() for x, y in test_dl)
    print(epoch, loss.item(), acc / len(test_ds))
