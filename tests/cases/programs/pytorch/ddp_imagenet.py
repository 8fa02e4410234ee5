import argparse
import os

import torch
import torch.distributed as dist
import torch.nn as nn
from torch.nn.parallel import DistributedDataParallel as DDP
from torch.utils.data import DataLoader
from torch.utils.data.distributed import DistributedSampler
from torchvision import datasets, models, transforms


def parse():
    p = argparse.ArgumentParser()
    p.add_argument("data")
    p.add_argument("--arch", default="resnet50")
    p.add_argument("--epochs", default=90, type=int)
    p.add_argument("-b", "--batch-size", default=64, type=int, help="per GPU")
    p.add_argument("--lr", default=0.1, type=float)
    p.add_argument("--momentum", default=0.9, type=float)
    p.add_argument("--wd", default=1e-4, type=float)
    p.add_argument("--warmup-epochs", default=5, type=int)
    p.add_argument("--resume", default="")
    p.add_argument("-j", "--workers", default=8, type=int)
    return p.parse_args()


def loaders(args):
    norm = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    train_set = datasets.ImageFolder(
        os.path.join(args.data, "train"),
        transforms.Compose([transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.ToTensor(), norm]),
    )
    val_set = datasets.ImageFolder(
        os.path.join(args.data, "val"),
        transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), norm]),
    )
    sampler = DistributedSampler(train_set)
    train = DataLoader(train_set, args.batch_size, shuffle=False, sampler=sampler, num_workers=args.workers, pin_memory=True, drop_last=True)
    val = DataLoader(val_set, args.batch_size, sampler=DistributedSampler(val_set, shuffle=False), num_workers=args.workers, pin_memory=True)
    return train, val, sampler


def train_one(model, loader, criterion, optimizer, scheduler, device):
    model.train()
    for x, y in loader:
        x, y = x.to(device, non_blocking=True), y.to(device, non_blocking=True)
        with torch.autocast("cuda", dtype=torch.bfloat16):
            loss = criterion(model(x), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        scheduler.step()
    return loss.item()


@torch.no_grad()
def evaluate(model, loader, device):
    model.eval()
    stats = torch.zeros(2, device=device)
    for x, y in loader:
        y = y.to(device)
        with torch.autocast("cuda", dtype=torch.bfloat16):
            pred = model(x.to(device)).argmax(1)
        stats += torch.tensor([(pred == y).sum(), len(y)], device=device)
    dist.all_reduce(stats)
    return (stats[0] / stats[1]).item()


def main():
    args = parse()
    dist.init_process_group("nccl")
    local_rank = int(os.environ["LOCAL_RANK"])
    torch.cuda.set_device(local_rank)
    device = torch.device("cuda", local_rank)

    model = models.__dict__[args.arch](weights=None)
    model = nn.SyncBatchNorm.convert_sync_batchnorm(model).to(device)
    model = DDP(model, device_ids=[local_rank])
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    train_loader, val_loader, sampler = loaders(args)
    optimizer = torch.optim.SGD(model.parameters(), args.lr, momentum=args.momentum, weight_decay=args.wd)
    n = len(train_loader)
    warm = torch.optim.lr_scheduler.LinearLR(optimizer, 0.01, total_iters=args.warmup_epochs * n)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=(args.epochs - args.warmup_epochs) * n)
    scheduler = torch.optim.lr_scheduler.SequentialLR(optimizer, [warm, cosine], milestones=[args.warmup_epochs * n])

    start = 0
    if args.resume:
        ckpt = torch.load(args.resume, map_location=device)
        model.module.load_state_dict(ckpt["model"])
        optimizer.load_state_dict(ckpt["optimizer"])
        scheduler.load_state_dict(ckpt["scheduler"])
        start = ckpt["epoch"] + 1

    for epoch in range(start, args.epochs):
        sampler.set_epoch(epoch)
        loss = train_one(model, train_loader, criterion, optimizer, scheduler, device)
        acc = evaluate(model, val_loader, device)
        if dist.get_rank() == 0:
            print(epoch, round(loss, 4), round(acc, 4))
            state = {"model": model.module.state_dict(), "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(), "epoch": epoch}
            torch.save(state, "checkpoint.pt")
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
