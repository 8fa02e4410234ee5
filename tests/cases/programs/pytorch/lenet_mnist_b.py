import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision
from torchvision.transforms import Compose, Normalize, ToTensor

tf = Compose([ToTensor(), Normalize((0.1307,), (0.3081,))])
train_loader = torch.utils.data.DataLoader(
    torchvision.datasets.MNIST("files/", train=True, download=True, transform=tf), batch_size=64, shuffle=True
)
test_loader = torch.utils.data.DataLoader(
    torchvision.datasets.MNIST("files/", train=False, download=True, transform=tf), batch_size=1000, shuffle=True
)


class LeNet5(nn.Module):
    def __init__(self):
        super(LeNet5, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


model = LeNet5()
optimizer = torch.optim.Adam(model.parameters())
criterion = nn.CrossEntropyLoss()

for epoch in range(5):
    for data, target in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(data), target)
        loss.backward()
        optimizer.step()
    correct = 0
    with torch.no_grad():
        for data, target in test_loader:
            correct += model(data).max(1)[1].eq(target).sum().item()
    print("epoch", epoch, "accuracy", correct / len(test_loader.dataset))
