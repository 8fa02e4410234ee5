# Benign or malignant moles: ResNet-34, last block and new classifier are trained.
import torch
import torchvision
import torchvision.transforms as T
from torch import nn
from torch.utils.data import DataLoader

device = "cuda" if torch.cuda.is_available() else "cpu"
imagenet = T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
train_tf = T.Compose([T.Resize((224, 224)), T.RandomHorizontalFlip(), T.RandomVerticalFlip(), T.ToTensor(), imagenet])
test_tf = T.Compose([T.Resize((224, 224)), T.ToTensor(), imagenet])
train_set = torchvision.datasets.ImageFolder("isic/train", train_tf)
test_set = torchvision.datasets.ImageFolder("isic/test", test_tf)
train_dl = DataLoader(train_set, 32, shuffle=True, num_workers=4)
test_dl = DataLoader(test_set, 64, num_workers=4)

model = torchvision.models.resnet34(weights="IMAGENET1K_V1")
for param in model.parameters():
    param.requires_grad = False

# the last residual block is adapted to skin
model.layer4.requires_grad = True
model.fc = nn.Linear(model.fc.in_features, 2)
model.to(device)

params_to_update = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.Adam(params_to_update, lr=1e-4)
loss_function = nn.CrossEntropyLoss()


def train_one_epoch():
    model.train()
    total = 0.0
    for x, y in train_dl:
        x, y = x.to(device), y.to(device)
        loss = loss_function(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
    return total / len(train_set)


@torch.no_grad()
def accuracy():
    model.eval()
    right = sum((model(x.to(device)).argmax(1).cpu() == y).sum().item() for x, y in test_dl)
    return right / len(test_set)


for epoch in range(1, 16):
    print(epoch, "loss", train_one_epoch(), "test accuracy", accuracy())
torch.save(model.state_dict(), "moles.pt")
