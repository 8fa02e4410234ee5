import torch
import torch.nn as nn
from torch.cuda.amp import GradScaler, autocast
from torch.utils.data import DataLoader
from torchvision.models.segmentation import fcn_resnet50

from streets import StreetScenes

N_CLASSES = 19
IGNORE = 255

train_dl = DataLoader(StreetScenes("train", crop=512), batch_size=12, shuffle=True, num_workers=8, drop_last=True)
val_dl = DataLoader(StreetScenes("val", crop=512), batch_size=12, num_workers=8)

model = fcn_resnet50(weights=None, weights_backbone=None, num_classes=N_CLASSES).cuda()
ce = nn.CrossEntropyLoss(ignore_index=IGNORE)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
scaler = GradScaler()

for epoch in range(80):
    model.train()
    for image, mask in train_dl:
        image, mask = image.cuda(), mask.cuda()
        optimizer.zero_grad()
        with autocast():
            loss = ce(model(image)["out"], mask)
        scaler.scale(loss).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
    model.eval()
    total, n = 0.0, 0
    with torch.no_grad(), autocast():
        for image, mask in val_dl:
            total += ce(model(image.cuda())["out"], mask.cuda()).item() * len(image)
            n += len(image)
    print(f"epoch {epoch} train {loss.item():.4f} val {total / n:.4f}")
