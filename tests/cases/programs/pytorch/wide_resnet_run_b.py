import torch
import torchvision
from torch import nn
from torchvision import transforms
from torchvision.models import resnet18

NUM_CLASSES = 10
EPOCHS = 40
BATCH = 128
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

stats = ((0.4914, 0.4822, 0.4465), (0.247, 0.243, 0.261))
aug = transforms.Compose(
    [transforms.RandomCrop(32, 4), transforms.RandomHorizontalFlip(), transforms.ToTensor(), transforms.Normalize(*stats)]
)
plain = transforms.Compose([transforms.ToTensor(), transforms.Normalize(*stats)])
train_ds = torchvision.datasets.CIFAR10("./data", train=True, download=True, transform=aug)
test_ds = torchvision.datasets.CIFAR10("./data", train=False, download=True, transform=plain)
train_dl = torch.utils.data.DataLoader(train_ds, BATCH, shuffle=True, num_workers=4, pin_memory=True)
test_dl = torch.utils.data.DataLoader(test_ds, 2 * BATCH, num_workers=4, pin_memory=True)

model = resnet18(weights=None, num_classes=NUM_CLASSES)
model.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
model.maxpool = nn.Identity()
model = model.to(device)

optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, epochs=EPOCHS, steps_per_epoch=len(train_dl))
criterion = nn.CrossEntropyLoss()

for epoch in range(EPOCHS):
    model.train()
    for x, y in train_dl:
        x, y = x.to(device, non_blocking=True), y.to(device, non_blocking=True)
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()
    model.eval()
    top1 = 0
    with torch.no_grad():
        for x, y in test_dl:
            top1 += (model(x.to(device)).argmax(1).cpu() == y).sum().item()
    print(epoch, loss.item(), top1 / len(test_ds))
