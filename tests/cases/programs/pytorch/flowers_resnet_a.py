import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import models, transforms
from torchvision.datasets import Flowers102

mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
train_tf = transforms.Compose(
    [
        transforms.RandomResizedCrop(224),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize(mean, std),
    ]
)
eval_tf = transforms.Compose(
    [transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), transforms.Normalize(mean, std)]
)
loaders = {
    "train": DataLoader(Flowers102("data", "train", transform=train_tf, download=True), 32, shuffle=True),
    "val": DataLoader(Flowers102("data", "val", transform=eval_tf, download=True), 64),
}

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = models.resnet18(weights=models.ResNet18_Weights.IMAGENET1K_V1)
model.fc = nn.Linear(model.fc.in_features, 102)
model.to(device)

# all layers are fine-tuned, the new one ten times faster
backbone = [p for n, p in model.named_parameters() if not n.startswith("fc.")]
optimizer = torch.optim.AdamW([{"params": backbone, "lr": 1e-4}, {"params": model.fc.parameters(), "lr": 1e-3}], weight_decay=0.01)
criterion = nn.CrossEntropyLoss()

for epoch in range(20):
    for phase in ("train", "val"):
        model.train(phase == "train")
        running = 0.0
        for x, y in loaders[phase]:
            x, y = x.to(device), y.to(device)
            with torch.set_grad_enabled(phase == "train"):
                loss = criterion(model(x), y)
                if phase == "train":
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
            running += loss.item() * x.size(0)
        print(epoch, phase, running / len(loaders[phase].dataset))
