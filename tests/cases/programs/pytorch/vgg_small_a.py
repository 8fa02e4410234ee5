import torch
from torch import nn, optim
from torch.utils.data import DataLoader
from torchvision import datasets
from torchvision import transforms as tr

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)

train_transform = tr.Compose([tr.RandomCrop(32, padding=4), tr.RandomHorizontalFlip(), tr.ToTensor(), tr.Normalize(MEAN, STD)])
test_transform = tr.Compose([tr.ToTensor()])

trainset = datasets.CIFAR10("~/data", train=True, transform=train_transform, download=True)
testset = datasets.CIFAR10("~/data", train=False, transform=test_transform, download=True)
train_iter = DataLoader(trainset, batch_size=128, shuffle=True, num_workers=2)
test_iter = DataLoader(testset, batch_size=256, num_workers=2)


def vgg_block(n, cin, cout):
    layers = []
    for _ in range(n):
        layers += [nn.Conv2d(cin, cout, 3, padding=1), nn.BatchNorm2d(cout), nn.ReLU(inplace=True)]
        cin = cout
    layers.append(nn.MaxPool2d(2, 2))
    return layers


net = nn.Sequential(*vgg_block(2, 3, 64), *vgg_block(2, 64, 128), *vgg_block(2, 128, 256), nn.Flatten(), nn.Linear(256 * 16, 10))
net = net.cuda()
optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
scheduler = optim.lr_scheduler.MultiStepLR(optimizer, milestones=[30, 45], gamma=0.1)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(60):
    net.train()
    for x, y in train_iter:
        optimizer.zero_grad()
        loss = loss_fn(net(x.cuda()), y.cuda())
        loss.backward()
        optimizer.step()
    scheduler.step()
    net.eval()
    with torch.no_grad():
        ok = sum((net(x.cuda()).argmax(1).cpu() == y).sum().item() for x, y in test_iter)
    print(epoch, loss.item(), ok / len(testset))
