import random

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms
from torchvision.datasets import ImageFolder


class SignaturePairs(Dataset):
    """Two signatures and 0 if they are by one hand, 1 if not."""

    def __init__(self, root):
        tf = transforms.Compose([transforms.Grayscale(), transforms.Resize((105, 150)), transforms.ToTensor()])
        self.folder = ImageFolder(root, tf)
        self.by_class = {}
        for i, (_, c) in enumerate(self.folder.samples):
            self.by_class.setdefault(c, []).append(i)

    def __len__(self):
        return len(self.folder)

    def __getitem__(self, i):
        img, c = self.folder[i]
        if random.random() < 0.5:
            other, target = random.choice(self.by_class[c]), 0.0
        else:
            c2 = random.choice([k for k in self.by_class if k != c])
            other, target = random.choice(self.by_class[c2]), 1.0
        return img, self.folder[other][0], torch.tensor(target)


class ContrastiveLoss(nn.Module):
    def __init__(self, margin=1.0):
        super().__init__()
        self.margin = margin

    def forward(self, a, b, y):
        d = torch.sqrt(torch.sum((a - b) ** 2, dim=1))
        return torch.mean((1 - y) * d ** 2 + y * torch.clamp(self.margin - d, min=0.0) ** 2)


class SiameseNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(1, 48, 7, stride=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(48, 96, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(96, 128, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(4),
        )
        self.fc = nn.Sequential(nn.Flatten(), nn.Linear(2048, 256), nn.ReLU(), nn.Linear(256, 64))

    def forward(self, a, b):
        return self.fc(self.cnn(a)), self.fc(self.cnn(b))


device = "cuda:0"
net = SiameseNetwork().to(device)
criterion = ContrastiveLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-4)
loader = DataLoader(SignaturePairs("cedar/train"), shuffle=True, batch_size=64, num_workers=8)

for epoch in range(50):
    net.train()
    history = []
    for img0, img1, label in loader:
        optimizer.zero_grad()
        out0, out1 = net(img0.to(device), img1.to(device))
        loss = criterion(out0, out1, label.to(device))
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    print(f"Epoch {epoch}: contrastive loss {sum(history) / len(history):.5f}")
