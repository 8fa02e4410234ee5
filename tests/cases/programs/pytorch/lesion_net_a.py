import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

root = "lesions"
norm = transforms.Normalize([0.763, 0.546, 0.570], [0.141, 0.152, 0.169])
train_tf = transforms.Compose([transforms.Resize((128, 128)), transforms.RandomVerticalFlip(), transforms.ToTensor(), norm])
val_tf = transforms.Compose([transforms.Resize((128, 128)), transforms.ToTensor(), norm])

train_set = ImageFolder(f"{root}/train", train_tf)
val_set = ImageFolder(f"{root}/val", val_tf)
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
val_loader = DataLoader(val_set, batch_size=32)


class Block(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, stride=2, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(cout)

    def forward(self, x):
        return torch.relu(self.bn(self.conv(x)))


model = nn.Sequential(Block(3, 24), Block(24, 48), Block(48, 96), Block(96, 96), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(96, 7))
opt = torch.optim.Adam(model.parameters(), lr=2e-4)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(30):
    model.train()
    for x, y in train_loader:
        opt.zero_grad()
        loss_fn(model(x), y).backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        v = sum(loss_fn(model(x), y).item() * len(y) for x, y in val_loader) / len(val_set)
    print(epoch, v)
