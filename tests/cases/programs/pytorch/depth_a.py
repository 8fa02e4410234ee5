import torch
from torch import nn, optim
from torch.utils.data import DataLoader

from kitti import DepthCrops
from nets import DepthNet


def masked_l1(pred, depth):
    valid = (depth > 0).float()
    error = (pred - depth).abs() * valid
    return error.sum() / valid.sum().clamp(min=1)


opts = {"lr": 2e-4, "batch": 8, "epochs": 30}

train_loader = DataLoader(DepthCrops("train", size=128), opts["batch"], shuffle=True, num_workers=4)
val_loader = DataLoader(DepthCrops("val", size=128), opts["batch"])
net = DepthNet(base=32).cuda()
adam = optim.AdamW(net.parameters(), lr=opts["lr"], weight_decay=1e-4)

for epoch in range(opts["epochs"]):
    net.train()
    mean = 0.0
    for image, depth in train_loader:
        loss = masked_l1(net(image.cuda()), depth.cuda())
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 10)
        adam.step()
        mean += loss.item() / len(train_loader)
    net.eval()
    with torch.no_grad():
        val = sum(masked_l1(net(i.cuda()), d.cuda()).item() for i, d in val_loader) / len(val_loader)
    print(f"{epoch:3d} {mean:.4f} {val:.4f}")
