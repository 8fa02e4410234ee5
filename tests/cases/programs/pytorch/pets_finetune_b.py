import torch
from torch import nn
from torch.optim import SGD
from torch.utils.data import DataLoader
from torchvision.datasets import OxfordIIITPet
from torchvision.models import ResNet34_Weights, resnet34

weights = ResNet34_Weights.DEFAULT
preprocess = weights.transforms()
train = OxfordIIITPet("pets", split="trainval", transform=preprocess, download=True)
test = OxfordIIITPet("pets", split="test", transform=preprocess, download=True)
train_loader = DataLoader(train, batch_size=32, shuffle=True, num_workers=4, drop_last=True)
test_loader = DataLoader(test, batch_size=64, num_workers=4)

net = resnet34(weights=weights)
optimizer = SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
net.fc = nn.Linear(net.fc.in_features, 37)
net = net.cuda()
loss_fn = nn.CrossEntropyLoss(label_smoothing=0.1)

for epoch in range(8):
    net.train()
    for images, breeds in train_loader:
        images, breeds = images.cuda(), breeds.cuda()
        loss = loss_fn(net(images), breeds)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    right = 0
    with torch.inference_mode():
        for images, breeds in test_loader:
            right += (net(images.cuda()).argmax(1) == breeds.cuda()).sum().item()
    print("epoch", epoch, "loss", loss.item(), "top1", right / len(test))
