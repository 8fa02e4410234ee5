import torch
import torch.nn as nn
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms

data_transforms = {
    "train": transforms.Compose(
        [
            transforms.RandomResizedCrop(224, scale=(0.6, 1.0)),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    ),
    "val": transforms.Compose(
        [
            transforms.Resize(256),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    ),
}
image_datasets = {k: datasets.ImageFolder(f"logos/{k}", data_transforms[k]) for k in ("train", "val")}
dataloaders = {k: DataLoader(image_datasets[k], batch_size=32, shuffle=(k == "train")) for k in ("train", "val")}
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")

model_ft = models.resnet50(weights=models.ResNet50_Weights.IMAGENET1K_V2)
model_ft.fc = nn.Linear(model_ft.fc.in_features, len(image_datasets["train"].classes))
model_ft = model_ft.to(device)
criterion = nn.CrossEntropyLoss()
optimizer_ft = torch.optim.SGD(model_ft.parameters(), lr=0.01, momentum=0.9)
# decay by a factor of 0.1 every 10 epochs
exp_lr_scheduler = lr_scheduler.StepLR(optimizer_ft, step_size=10, gamma=0.1)

for epoch in range(30):
    model_ft.train()
    for inputs, labels in dataloaders["train"]:
        inputs, labels = inputs.to(device), labels.to(device)
        optimizer_ft.zero_grad()
        loss = criterion(model_ft(inputs), labels)
        loss.backward()
        optimizer_ft.step()
    exp_lr_scheduler.step()
    model_ft.eval()
    corrects = 0
    with torch.no_grad():
        for inputs, labels in dataloaders["val"]:
            corrects += torch.sum(model_ft(inputs.to(device)).argmax(1).cpu() == labels).item()
    print(f"{epoch} {loss.item():.4f} {corrects / len(image_datasets['val']):.4f}")
