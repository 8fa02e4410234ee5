import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision.models import DenseNet121_Weights, densenet121

from chest import ChestXray

BATCH_SIZE = 24
N_FINDINGS = 14

base_weights = DenseNet121_Weights.IMAGENET1K_V1
train_loader = DataLoader(ChestXray("train", base_weights.transforms()), BATCH_SIZE, shuffle=True, num_workers=8)
valid_loader = DataLoader(ChestXray("valid", base_weights.transforms()), BATCH_SIZE, num_workers=8)

model = densenet121(weights=base_weights)
model.classifier = nn.Linear(model.classifier.in_features, N_FINDINGS)
model = model.to("cuda")

bce = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, betas=(0.9, 0.98), eps=1e-9)


def one_epoch(loader, train):
    model.train(train)
    total = 0.0
    for image, finding in loader:
        image, finding = image.to("cuda"), finding.float().to("cuda")
        with torch.set_grad_enabled(train):
            loss = bce(model(image), finding)
        if train:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item()
    return total / len(loader)


for epoch in range(5):
    print(epoch, one_epoch(train_loader, True), one_epoch(valid_loader, False))
