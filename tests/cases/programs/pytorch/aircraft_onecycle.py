import torch
from torch import nn
from torch.amp import GradScaler, autocast
from torch.utils.data import DataLoader
from torchvision import models
from torchvision.datasets import FGVCAircraft
from torchvision.transforms import v2

EPOCHS = 30
MAX_LR = 0.01
DEVICE = "cuda"

normalize = v2.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
to_float = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True), normalize]
train_tf = v2.Compose([v2.RandomResizedCrop(224, scale=(0.5, 1.0), antialias=True), v2.RandomHorizontalFlip(), *to_float])
eval_tf = v2.Compose([v2.Resize(256, antialias=True), v2.CenterCrop(224), *to_float])

train_ds = FGVCAircraft("data", split="train", transform=train_tf, download=True)
val_ds = FGVCAircraft("data", split="val", transform=eval_tf, download=True)
train_dl = DataLoader(train_ds, batch_size=64, shuffle=True, num_workers=8, drop_last=True, pin_memory=True)
val_dl = DataLoader(val_ds, batch_size=128, num_workers=8, pin_memory=True)

model = models.resnet50(weights=models.ResNet50_Weights.DEFAULT)
model.fc = nn.Linear(model.fc.in_features, len(train_ds.classes))
model = model.to(DEVICE, memory_format=torch.channels_last)

criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
optimizer = torch.optim.SGD(model.parameters(), lr=MAX_LR, momentum=0.9, weight_decay=1e-4, nesterov=True)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=MAX_LR, epochs=EPOCHS, steps_per_epoch=len(train_dl))
scaler = GradScaler("cuda")

for epoch in range(EPOCHS):
    model.train()
    for images, labels in train_dl:
        images = images.to(DEVICE, memory_format=torch.channels_last, non_blocking=True)
        labels = labels.to(DEVICE, non_blocking=True)
        optimizer.zero_grad(set_to_none=True)
        with autocast("cuda", dtype=torch.float16):
            loss = criterion(model(images), labels)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=5.0)
        scaler.step(optimizer)
        scaler.update()
        scheduler.step()

    model.eval()
    hits = torch.zeros((), device=DEVICE)
    with torch.no_grad(), autocast("cuda", dtype=torch.float16):
        for images, labels in val_dl:
            hits += (model(images.to(DEVICE)).argmax(1) == labels.to(DEVICE)).sum()
    print(f"{epoch + 1:2d}  lr {scheduler.get_last_lr()[0]:.5f}  val acc {hits.item() / len(val_ds):.4f}")
